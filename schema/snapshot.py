"""What is kept for comparison: the schema as text, and the page of every code."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from schema import api
from workflow import message

if TYPE_CHECKING:
    from settings import Settings

FILE = Path(__file__).with_name("schema.graphql")
ERRORS = Path(__file__).parent.parent / "docs" / "errors.md"
HEAD = """# Errors

Made by `jijiao schema --write` from the message catalogue; a test compares.

A refusal the user can act on is a member of the mutation's result union: `... on UserError
{ code message path }`. `ValidationFailed` lists every problem with its field, `StateConflict` says
which version there is (read again, then decide again), `NotPermitted` means another person or
seat, `Refusal` carries the data behind the sentence in `details`. Everything else is a top-level
error with `extensions.code`. A code never changes its meaning; sentences may be reworded. What a
sentence names in braces is in `details`, or in `extensions`.
"""
STATUS = """
## Answers before an operation begins

| HTTP | code |
|---|---|
| 400 | BAD_REQUEST |
| 401 | UNAUTHENTICATED |
| 403 | CSRF |
| 404 | NOT_FOUND |
| 405 | METHOD_NOT_ALLOWED |
| 406 | NOT_ACCEPTABLE |
| 413 | BODY_TOO_LARGE |
| 415 | UNSUPPORTED_MEDIA_TYPE |
| 500 | INTERNAL |
| 504 | TIMEOUT |

An operation that began answers 200. A document that cannot be executed has no `data`; clients that
accept `application/graphql-response+json` see 400 then. With `JIJIAO_STATUS_PROFILE=draft-2026` a
request that does not fit is 422 for every client, and data with errors 294. Over a socket the same
errors come as `error`, in a stream of events as `next`; UNAUTHENTICATED closes a socket with 4403.
"""


def text() -> str:
    """The schema in the schema language, sorted."""
    return api.build(in_order=True).as_str() + "\n"


def errors_page() -> str:
    """Every code with its sentences."""
    chinese, english = (message.catalogue(language) for language in message.LANGUAGES)
    rows = [f"| `{code}` | {english[code]} | {chinese[code]} |" for code in message.codes()]
    table = ["", "## Codes", "", "| code | meaning, and what to do | 含义与处理 |", "|---|---|---|"]
    return HEAD + STATUS + "\n".join([*table, *rows, ""])


def kept() -> Mapping[Path, str]:
    """Each file with what should be in it."""
    return {FILE: text(), ERRORS: errors_page()}


def main(settings: Settings, arguments: Sequence[str]) -> None:
    """Print the schema, or keep everything with `--write`."""
    if "--write" not in arguments:
        sys.stdout.write(text())
        return
    for path, content in kept().items():
        path.write_text(content, encoding="utf-8")
