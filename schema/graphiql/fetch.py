"""Bring GraphiQL: exact versions through the npm client, each file checked against SHA256SUMS."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
VENDOR = HERE / "vendor"
# The explorer comes from GraphiQL's repository and carries no text of its own: that one covers it.
LICENSED = ("react", "react-dom", "graphiql", "fflate")
# package and version, file in it, name here. React 19 has no such build: stay on 18.
FILES = (
    ("react@18.3.1", "umd/react.production.min.js", "react.production.min.js"),
    ("react-dom@18.3.1", "umd/react-dom.production.min.js", "react-dom.production.min.js"),
    ("graphiql@4.1.2", "graphiql.min.js", "graphiql.min.js"),
    ("graphiql@4.1.2", "graphiql.min.css", "graphiql.min.css"),
    ("@graphiql/plugin-explorer@4.0.6", "dist/index.umd.js", "explorer.umd.js"),
    ("@graphiql/plugin-explorer@4.0.6", "dist/style.css", "explorer.css"),
    ("fflate@0.8.3", "umd/index.js", "fflate.js"),  # zips what becomes an .xlsx
)


class Wrong(Exception):
    """What came is not what was reviewed."""


def sums() -> Mapping[str, str]:
    """The checksum of each file by its name here."""
    lines = (HERE / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    return {name: known for known, name in (line.split() for line in lines)}


def complete() -> bool:
    """Is everything there? Content was checked when it came."""
    return all((VENDOR / name).is_file() for name in sums())


def current() -> bool:
    """Is it also what SHA256SUMS names now?"""
    return complete() and all(
        digest((VENDOR / name).read_bytes()) == known for name, known in sums().items()
    )


def digest(data: bytes) -> str:
    """Its checksum."""
    return hashlib.sha256(data).hexdigest()


def main() -> int:
    """Fetch what is missing; without npm everything else works."""
    if current():
        return 0
    npm = shutil.which("npm")
    if npm is None:
        sys.stderr.write("No npm on PATH: /graphiql stays empty, everything else works.\n")
        return 0
    VENDOR.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        try:
            for package in dict.fromkeys(package for package, _, _ in FILES):
                unpack(npm, package, Path(folder))
        except (subprocess.SubprocessError, Wrong) as error:
            sys.stderr.write(f"GraphiQL could not be fetched: {error}\n")
            return 1
    return 0


def unpack(npm: str, package: str, folder: Path) -> None:
    """Take one package and keep the files we want of it, with its licence."""
    packed = subprocess.run(
        [npm, "pack", "--silent", "--pack-destination", str(folder), package],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    with tarfile.open(folder / packed.stdout.strip().splitlines()[-1]) as archive:
        for wanted, path, name in FILES:
            if wanted == package:
                keep(name, content(archive, path))
        name = package.rpartition("@")[0]
        if name in LICENSED:
            (VENDOR / f"LICENSE.{name}").write_bytes(content(archive, "LICENSE"))


def content(archive: tarfile.TarFile, path: str) -> bytes:
    """One file of a package."""
    member = archive.extractfile(f"package/{path}")
    if member is None:
        raise Wrong(f"{path} is missing")
    return member.read()


def keep(name: str, data: bytes) -> None:
    """Lay a file down, if it is the one we know."""
    if digest(data) != sums()[name]:
        raise Wrong(f"{name} is not the file in SHA256SUMS")
    (VENDOR / name).write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
