"""What is kept for comparison: the schemas as text, the trusted documents, the page of codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from graphql import build_schema

from resolvers import context
from rules import dates
from schema import api, changes, description, documents, example
from schema.limits import Gate
from schema.role import Role
from schema.views import sdl, told
from workflow import message

if TYPE_CHECKING:
    from settings import Settings

DOCS = Path(__file__).parent.parent / "docs"
FILE = Path(__file__).with_name("schema.graphql")
ERRORS = DOCS / "errors.md"
VIEWS = DOCS / "schema"
RELEASED = VIEWS / "released.graphql"
TRUSTED = example.OPERATIONS / "trusted.json"
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
| 400 | BAD_REQUEST, OPERATION_NAME_REQUIRED, DOCUMENT_NOT_FOUND, DOCUMENT_NOT_TRUSTED |
| 401 | UNAUTHENTICATED, when the whole document is for others |
| 403 | CSRF, FORBIDDEN, NOT_IN_YET, STAFF_ONLY |
| 404 | NOT_FOUND |
| 405 | METHOD_NOT_ALLOWED |
| 406 | NOT_ACCEPTABLE |
| 413 | BODY_TOO_LARGE |
| 415 | UNSUPPORTED_MEDIA_TYPE |
| 429 | RATE_LIMITED, with `Retry-After` |
| 500 | INTERNAL |
| 504 | TIMEOUT of the whole operation |

An operation that began answers 200. A document that cannot be executed has no `data`; clients that
accept `application/graphql-response+json` see 400 then, also for the limits: QUERY_TOO_LARGE,
QUERY_TOO_COMPLEX, COST_EXCEEDED. Their `limit` is a word of the table in [api.md](api.md#limits).
With `JIJIAO_STATUS_PROFILE=draft-2026` a request that does not fit is 422 for every client, and
data with errors 294. Over a socket the same errors come as `error`, in a stream of events as
`next`; UNAUTHENTICATED closes a socket with 4403.
"""


def text() -> str:
    """The whole schema in the schema language, sorted; nobody sees all of it."""
    return sdl(api.api._schema)


def errors_page() -> str:
    """Every code with its sentences."""
    chinese, english = (message.catalogue(language) for language in message.LANGUAGES)
    rows = [f"| `{code}` | {english[code]} | {chinese[code]} |" for code in message.codes()]
    table = ["", "## Codes", "", "| code | meaning, and what to do | 含义与处理 |", "|---|---|---|"]
    return HEAD + STATUS + "\n".join([*table, *rows, ""])


def trusted() -> str:
    """Every trusted document by its id, with the views that have all it asks."""
    gate = Gate(documents=documents.Documents(documents.of_this_release()))
    views = api.guarded(gate)
    fits = gate.documents.fits(views.graphql)
    files = {
        documents.identity(path.read_bytes().decode("utf-8")): path.name for path in example.files()
    }
    listed = {known: {"file": files[known], "views": fits[known]} for known in fits}
    return json.dumps(listed, indent=1) + "\n"


def kept() -> Mapping[Path, str]:
    """Each file with what should be in it."""
    views = api.guarded(Gate()).graphql
    seen = {VIEWS / f"{name}.graphql": sdl(view) for name, view in views.items()}
    staff = told(views[Role.STAFF], description.LANGUAGE)
    seen[VIEWS / f"{Role.STAFF}.{description.LANGUAGE}.graphql"] = sdl(staff)
    return {FILE: text(), ERRORS: errors_page(), TRUSTED: trusted(), **seen}


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Print the schema, keep everything with `--write`, or compare with `--changes OLD`."""
    if arguments[:1] == ["--changes"]:
        return compare(Path(arguments[1]) if arguments[1:] else RELEASED)
    if "--write" not in arguments:
        sys.stdout.write(text())
        return 0
    for path, content in kept().items():
        keep(path, content)
    return 0


def keep(path: Path, content: str) -> None:
    """A file that says it already is left alone, and with it the time of its last change."""
    path.parent.mkdir(exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != content:
        path.write_text(content, encoding="utf-8")


def compare(old: Path) -> int:
    """Print a section of the changelog; 1 if something breaks that was not deprecated in time."""
    before = build_schema(old.read_text(encoding="utf-8"))
    sys.stdout.write(changes.section(before, api.api._schema) + "\n")
    breaking = changes.unannounced(before, api.api._schema, dates.shanghai_date(context.clock()))
    for each in breaking:
        sys.stderr.write(f"breaks clients without a deprecation: {each}\n")
    return int(bool(breaking))
