"""The command `routes`: check, show and compare route files, as an official reads them."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from models import migrate, read
from workflow import bpmn, definition, describe, difference, message, route, route_check
from workflow.route import Route, RouteError

if TYPE_CHECKING:
    from settings import Settings

FINE, FAULTY, UNKNOWN = 0, 1, 2
ELSEWHERE = {  # commands of their own in __main__.py, listed here for who asks for help
    "publish": "the routes of this release, to the database",
    "migrate": "cases in flight, to another version",
    "histories": "do recorded cases still lead to their states?",
    "export": "a case as a history without names",
}
SOURCE = "SELECT source FROM wf_definition WHERE code = $1 AND version = $2"


class NoSuchRoute(LookupError):
    """A code, a version or a file that is not there; the text says which."""


def main(settings: "Settings", arguments: Sequence[str]) -> int | Awaitable[int]:
    """Without a word the page of all routes; otherwise what the word says."""
    given = parser().parse_args(arguments)
    answer: int | Awaitable[int] = given.does(settings, given)
    return answer


def parser() -> ArgumentParser:
    """The words after `routes`."""
    made = ArgumentParser(prog="jijiao routes", description="The approval routes (流程).")
    made.set_defaults(does=page)
    words = made.add_subparsers(metavar="WORD")
    words.add_parser("describe", help="the page of all routes").set_defaults(does=page)
    checks = words.add_parser("check", help="hold files against every rule")
    checks.add_argument("files", nargs="*", type=Path, metavar="FILE")
    checks.set_defaults(does=check)
    shows = words.add_parser("show", help="a route as sentences, table and diagram")
    shows.add_argument("code")
    shows.add_argument("--version", default="")
    shows.add_argument("--bpmn", action="store_true", help="as BPMN 2.0 XML")
    shows.set_defaults(does=show)
    compares = words.add_parser("diff", help="what changed between two versions or files")
    compares.add_argument("code")
    compares.add_argument("old", metavar="A", help="a version or a file")
    compares.add_argument("new", metavar="B", help="a version or a file")
    compares.set_defaults(does=diff)
    for word in (checks, shows, compares):
        word.add_argument("--language", choices=message.LANGUAGES, default=message.DEFAULT)
    for name, tells in ELSEWHERE.items():
        words.add_parser(name, help=tells)
    return made


def page(settings: "Settings", given: Namespace) -> int:
    """Print what docs/routes.md holds."""
    sys.stdout.write(describe.document(route.load_all().values()))
    return FINE


def check(settings: "Settings", given: Namespace) -> int:
    """Name every fault with its file and line; 1 where there is one."""
    paths = given.files or sorted(route.FOLDER.glob("*.toml"))
    routes: dict[Path, Route] = {}
    faults: list[str] = []
    for path in paths:
        try:
            routes[path] = route.load(path)
        except (RouteError, OSError) as fault:
            faults.append(told(path, fault, given.language))
    faults += [] if faults else together(routes, given.language)
    notes = [
        told(path, note, given.language)
        for path, one in routes.items()
        for note in route_check.warnings(one)
    ]
    sys.stdout.write("".join(f"{line}\n" for line in [*faults, *notes]))
    return FAULTY if faults else FINE


def told(path: Path, fault: RouteError | OSError, language: str) -> str:
    """A fault with the place it stands at, in the words of the catalogue."""
    if isinstance(fault, OSError):
        return f"{path}: {fault.strerror}"
    sentence = message.sentence(f"route.{fault.rule}", fault.data, language)
    return f"{path}:{fault.line}: {fault.rule}: {sentence}"


def together(routes: Mapping[Path, Route], language: str) -> list[str]:
    """The faults of files beside each other and beside the routes of this release."""
    mine = list(routes.values())
    faults = [told(path, fault, language) for path, fault in renumbered(routes)]
    codes = {one.code for one in mine}
    others = [one for code, one in definition.shipped().items() if code not in codes]
    try:
        route_check.fit_together([*others, *mine])
    except RouteError as fault:
        faults.append(told(next(iter(routes)).parent, fault, language))
    return faults


def renumbered(routes: Mapping[Path, Route]) -> Iterator[tuple[Path, RouteError]]:
    """A text that differs from the one of this release and still bears its number."""
    for path, one in routes.items():
        known = definition.shipped().get(one.code)
        if known and known.version == one.version and known.digest != one.digest:
            data = {"code": one.code, "version": one.version}
            yield path, RouteError("same_version", line=1, data=data, file=path.name)


async def show(settings: "Settings", given: Namespace) -> int:
    """Print a route for people, or for a modeller."""

    def shown(found: Sequence[Route]) -> str:
        (one,) = found
        if given.bpmn:
            return bpmn.document(one, given.language)
        text, rows = (write(one, given.language) for write in (describe.sentences, describe.table))
        return f"{text}\n{rows}\n```mermaid\n{describe.mermaid(one, given.language)}```\n"

    return await printed(settings, given.code, [given.version], shown)


async def diff(settings: "Settings", given: Namespace) -> int:
    """Print what changed, one line each; nothing where nothing did."""

    def compared(found: Sequence[Route]) -> str:
        old, new = found
        return "".join(f"{line}\n" for line in difference.differences(old, new, given.language))

    return await printed(settings, given.code, [given.old, given.new], compared)


async def printed(
    settings: "Settings",
    code: str,
    wanted: Sequence[str],
    written: Callable[[Sequence[Route]], str],
) -> int:
    """Find the routes that are named and print what is to be said of them."""
    try:
        found = [await named(settings, code, one) for one in wanted]
    except (NoSuchRoute, RouteError, OSError, asyncpg.PostgresError) as problem:
        sys.stderr.write(f"{problem}\n")
        return UNKNOWN
    sys.stdout.write(written(found))
    return FINE


async def named(settings: "Settings", code: str, wanted: str) -> Route:
    """A route by its version, or by a file; no version is that of this release.

    Older ones are in the database, which keeps every text that was published.
    """
    if wanted and not wanted.isdecimal():
        return route.load(Path(wanted))
    shipped = definition.shipped().get(code)
    if shipped and (not wanted or shipped.version == int(wanted)):
        return shipped
    if not wanted:
        raise NoSuchRoute(f"{code}: no such route. There are: {', '.join(definition.shipped())}")
    source = await published(settings, code, int(wanted))
    if source is None:
        raise NoSuchRoute(f"{code} {wanted}: no such version was published here")
    return definition.pinned(source)


async def published(settings: "Settings", code: str, version: int) -> str | None:
    """The text of a version as the database keeps it."""
    connection = await asyncpg.connect(**migrate.identity(settings.orm))
    try:
        source: str | None = await connection.fetchval(SOURCE, code, version)
        return source
    finally:
        await connection.close()


async def publish(settings: "Settings", arguments: Sequence[str]) -> int:
    """`routes publish`: the routes of this release; run again it changes nothing."""
    async with TortoiseContext() as context:
        await context.init(config=settings.orm)
        try:
            async with in_transaction() as c:
                new = await definition.publish(c, await read.value("SELECT now()", on=c))
        except definition.AlreadyPublished as fault:
            sys.stderr.write(message.sentence("route.same_version", fault.data, "en") + "\n")
            return FAULTY
    for one in definition.shipped().values():
        sys.stdout.write(f"{one.code} {one.version} {'published' if one in new else 'unchanged'}\n")
    return FINE
