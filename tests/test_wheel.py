"""The wheel: one private package that works where it is installed, among the packages it needs."""

from __future__ import annotations

import re
import site
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests import shape

PROJECT = tomllib.loads((shape.ROOT / "pyproject.toml").read_text())
INSIDE = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
OURS = {Path(name).stem for name in INSIDE} - {"__main__"}
CLASH = re.compile(rf"^\s*(?:import|from) ({'|'.join(sorted(OURS))})(?=[\s.]|$)", re.MULTILINE)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    build = ["-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run([sys.executable, *build], cwd=shape.ROOT, check=True, capture_output=True)
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment that sees the packages of this one, and our wheel."""
    home = tmp_path_factory.mktemp("env")
    venv.create(home, with_pip=False)
    (inside,) = home.glob("lib/python3*/site-packages")
    pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--prefix", str(home)]
    subprocess.run([sys.executable, *pip, "--ignore-installed", str(wheel)], check=True)
    (inside / "dependencies.pth").write_text("\n".join(site.getsitepackages()))
    return home / "bin"


def run(command: list[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env={})


def test_everything_lies_in_one_package(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()

    assert {name.split("/")[0] for name in names} == {
        "jijiao",
        f"jijiao-{PROJECT['project']['version']}.dist-info",
    }
    assert [name for name in names if "/tests/" in name or name.endswith(".pyc")] == []


def test_every_module_and_its_data_are_in_it(wheel: Path) -> None:
    names = {name.removeprefix("jijiao/") for name in ZipFile(wheel).namelist()}

    assert set(_source()) - names == set()


def _source() -> Iterator[str]:
    for name in INSIDE:
        place = shape.ROOT / name
        for path in (place.rglob("*"), [place])[place.is_file()]:
            if path.suffix in {".py", ".toml", ".sql", ".graphql"}:
                yield str(path.relative_to(shape.ROOT))


@pytest.mark.parametrize("start", ["script", "module", "directory"])
def test_it_starts_however_it_is_called(installed: Path, tmp_path: Path, start: str) -> None:
    (tmp_path / "settings.py").write_text("raise SystemExit('the wrong settings')\n")
    python = installed / "python"
    package = next(installed.parent.glob("lib/python3*/site-packages/jijiao"))
    command: dict[str, list[str | Path]] = {
        "script": [python, installed / "jijiao"],
        "module": [python, "-m", "jijiao"],
        "directory": [python, package],
    }

    asked = run([*command[start], "help"], tmp_path)
    stopped = run([*command[start], "migrate"], tmp_path)

    assert asked.returncode == 0 and "jijiao 继教" in asked.stdout
    assert (stopped.returncode, stopped.stderr[:26]) == (2, "JIJIAO_DATABASE_URL must b")


def test_migrations_are_found_under_the_name_they_have_in_a_checkout(
    installed: Path, tmp_path: Path
) -> None:
    package = next(installed.parent.glob("lib/python3*/site-packages/jijiao"))
    ask = "import sys; sys.path.insert(0, sys.argv[1])\nfrom models import migrate\n"

    answer = run([installed / "python", "-c", ask + "print(*migrate.names())", package], tmp_path)

    assert answer.stdout.split()[0] == "0001_initial", answer.stderr


def test_no_dependency_has_or_imports_a_name_of_ours() -> None:
    names = set(packages_distributions()) & OURS
    imports = {
        path.name
        for place in site.getsitepackages()
        for path in Path(place).rglob("*.py")
        if CLASH.search(path.read_text(encoding="utf-8", errors="replace"))
    }

    assert (names, imports) == (set(), set())
