"""The example clients do what they say, against a real server."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from devserver.city import PASSWORD
from schema import example
from tests.guide import operations as op
from tests.shape import ROOT
from tests.town import Town

CLIENTS = ROOT / "docs" / "clients"
TYPESCRIPT = CLIENTS / "typescript"
NPM = shutil.which("npm")
OFFLINE = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED")
needs_npm = pytest.mark.skipif(not (NPM and shutil.which("node")), reason="needs node and npm")


def npm(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert NPM
    return subprocess.run(
        [NPM, "--silent", "--no-audit", "--no-fund", "--no-update-notifier", *arguments],
        cwd=TYPESCRIPT,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def typescript() -> Path:
    """The TypeScript client with what its lock names, its types, and its build."""
    lock, done = TYPESCRIPT / "package-lock.json", TYPESCRIPT / "node_modules/.package-lock.json"
    if not (done.exists() and done.stat().st_mtime > lock.stat().st_mtime):
        came = npm("ci", "--prefer-offline", "--loglevel=error")
        if came.returncode and OFFLINE.search(came.stderr):
            pytest.skip("no registry within reach")
        assert came.returncode == 0, came.stderr
    for script in ("generate", "check", "build"):
        ran = npm("run", script)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    return TYPESCRIPT


@pytest.fixture(scope="module")
async def inbox(town: Town) -> AsyncIterator[list[tuple[str, str]]]:
    """Whose record and which course a handler finds in his inbox."""
    async with town.citizen("handler") as handler:
        nodes = (await handler.ask(op.TASKS))["tasks"]["nodes"]
    yield [(task["applicant"]["name"], task["record"]["courseName"]) for task in nodes]


@needs_npm
async def test_the_typescript_client_compiles_signs_in_and_reads_the_inbox(
    typescript: Path, town: Town, inbox: list[tuple[str, str]]
) -> None:
    ran = npm("run", "inbox", "--", town.url, "handler", PASSWORD)

    assert ran.returncode == 0, ran.stderr
    head, *lines = ran.stdout.splitlines()
    assert head.endswith(f": {len(inbox)}")
    assert {tuple(line.split("\t")[:2]) for line in lines} == set(inbox)


@needs_npm
async def test_the_typescript_client_is_told_why_it_may_not(typescript: Path, town: Town) -> None:
    ran = npm("run", "inbox", "--", town.url, "handler", "wrong")

    assert ran.returncode != 0
    assert "WRONG_LOGIN" in ran.stderr


@needs_npm
def test_the_manifest_has_every_operation_and_each_fits_the_schema(typescript: Path) -> None:
    manifest = json.loads((typescript / "src/gql/persisted-documents.json").read_text())
    schema = build_schema((ROOT / "schema/schema.graphql").read_text(encoding="utf-8"))

    assert len(manifest) == len(example.library())
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}|[0-9a-f]{64}", key) for key in manifest)
    assert [validate(schema, parse(text)) for text in manifest.values()] == [[]] * len(manifest)


def test_the_lock_names_exact_versions_and_no_address() -> None:
    lock = json.loads((TYPESCRIPT / "package-lock.json").read_text())
    wanted = json.loads((TYPESCRIPT / "package.json").read_text())["devDependencies"]

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert [name for name, version in wanted.items() if not version[0].isdigit()] == []
    assert lock["packages"][""]["devDependencies"] == wanted


async def test_the_python_client_prints_the_inbox(town: Town, inbox: list[tuple[str, str]]) -> None:
    async with town.citizen("handler") as handler:
        token = handler.client.headers["Authorization"].partition(" ")[2]
        ran = subprocess.run(
            [sys.executable, CLIENTS / "python.py", town.url, token],
            capture_output=True,
            text=True,
        )

    assert ran.returncode == 0, ran.stderr
    *lines, last = ran.stdout.splitlines()
    assert last == f"{len(inbox)} in all"
    assert {tuple(line.split("\t")[1:]) for line in lines} <= set(inbox) and lines
