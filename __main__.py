"""The commands: `python . help` in a checkout, `jijiao help` once installed."""

from __future__ import annotations

import asyncio
import difflib
import importlib
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from inspect import iscoroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from settings import Settings

HERE = Path(__file__).parent
LOG = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


@dataclass(frozen=True)
class Command:
    """Where the code of a command lives, and its line in the help."""

    target: str
    summary: str
    arguments: str = ""
    mode: str = "production"  # unless JIJIAO_MODE says otherwise
    needs: tuple[str, ...] = ()  # what the doctor must find in order before it starts

    def function(self) -> Callable[[Settings, Sequence[str]], object]:
        module, _, name = self.target.partition(":")
        found: Callable[[Settings, Sequence[str]], object] = getattr(_module(module), name)
        return found


DATABASE, MIGRATED = ("database",), ("database", "migrations")
RUNNING = (*MIGRATED, "role")
SERVING = (*RUNNING, "keys", "accounts")
COMMANDS: Mapping[str, Command] = {
    "dev": Command(
        "devserver.supervisor:dev", "everything on this machine, with demo data", mode="dev"
    ),
    "serve": Command(":serve", "the API", needs=SERVING),
    "work": Command("workers.settings:main", "a worker", "short|scan|bulk|all", needs=RUNNING),
    "relay": Command("workers.relay:main", "hands due jobs to the workers", needs=RUNNING),
    "jobs": Command(
        "workers.incident:main", "what waits, dead work to resume", "resume ID|all", needs=MIGRATED
    ),
    "recalculate": Command(
        "workers.recalculation:main",
        "everybody's figures anew, shared among the workers",
        "--all [--anew]|--check|--abort",
        needs=MIGRATED,
    ),
    "audit": Command(
        "workers.sealer:main",
        "seal the audit log until stopped, verify it, remove what is past its term",
        "seal|verify|heads|prune [--before DAY]|keygen FILE",
    ),
    "keys": Command(
        "workers.keys:main",
        "the keyring of citizen numbers: make it, exchange its keys",
        "make|data|lookup|finish|rotate",
    ),
    "migrate": Command(
        ":migrate", "bring the database to the newest migration", "--roles", needs=DATABASE
    ),
    "setup": Command(
        "workers.setup:main",
        "the first officers, each with a link that is good once",
        "[--again ROLE]",
        needs=MIGRATED,
    ),
    "doctor": Command("doctor:main", "is everything reachable and current?"),
    "seed": Command("devserver.city:seed", "demo data into an empty database", needs=MIGRATED),
    "token": Command(
        "devserver.token:main", "a session of a demo account", "LOGIN", needs=MIGRATED
    ),
    "schema": Command(
        "schema.snapshot:main", "the GraphQL schema as text", "--write|--changes OLD", mode="dev"
    ),
    "settings": Command(":settings_page", "every setting and command as a page", mode="dev"),
    "inventory": Command("models.inventory:main", "every personal column as a page", mode="dev"),
    "rules": Command(
        "rules.check:main",
        "tables of worked examples against the rules",
        "check FILE.csv …",
        mode="dev",
    ),
    "certificate": Command(
        "printing.command:main",
        "a new key, or is this file genuine? (offline)",
        "keygen FILE|verify FILE.pdf [--key FILE]",
        mode="dev",
    ),
    "dossier": Command(
        "workflow.dossier_command:main",
        "is this dossier whole, and did its case happen so? (offline)",
        "verify FILE.json [--key FILE]",
        mode="dev",
    ),
    "routes": Command(
        "workflow.route_command:main",
        "the approval routes as text",
        "check|show|diff …",
        mode="dev",
    ),
    "routes histories": Command(
        "workflow.replay_command:main", "do recorded cases still lead to their states?", mode="dev"
    ),
    "routes export": Command(
        "workflow.replay_command:export",
        "a case as a history without names",
        "CASE",
        needs=MIGRATED,
    ),
    "routes publish": Command(
        "workflow.route_command:publish", "publish the routes of this release", needs=MIGRATED
    ),
    "routes migrate": Command(
        "workflow.changeover_command:main",
        "cases in flight to another version",
        "…",
        needs=MIGRATED,
    ),
}


def main() -> int:
    """Run the command that was named; the answer is the exit status."""
    name, *arguments = sys.argv[1:] or ["help"]
    try:
        status = _named(name, arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        if not _nobody_reads():
            raise
        return 1
    return status


def _named(name: str, arguments: Sequence[str]) -> int:
    name, arguments = _in_full(name, arguments)
    if name in {"help", "-h", "--help"}:
        print(usage())
        return 0
    if name not in COMMANDS:
        print(_unknown(name), file=sys.stderr)
        return 2
    _put_ourselves_first()
    settings = importlib.import_module("settings")
    try:
        given = settings.read(mode=COMMANDS[name].mode)
        _log(given.log_level)
        return _run(COMMANDS[name], given, arguments)
    except settings.SettingError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _in_full(name: str, arguments: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Some words of a command need the database: those have an entry of their own."""
    full = " ".join([name, *arguments[:1]])
    return (full, arguments[1:]) if full in COMMANDS else (name, arguments)


def usage() -> str:
    """What `help` prints."""
    lines = [
        f"  {f'{name} {each.arguments}':30}{each.summary}".rstrip()
        for name, each in COMMANDS.items()
    ]
    return "\n".join(
        ["jijiao 继教: continuing education of professional and technical staff", "", *lines]
    )


def serve(settings: Settings, arguments: Sequence[str]) -> None:
    """The access log is for developers: the path of an upload carries its token."""
    import uvicorn

    uvicorn.run(
        "app:app",
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=settings.mode == "dev",
        server_header=False,
        **_module("schema.socket").SERVER,
        timeout_graceful_shutdown=10,
    )


async def migrate(settings: Settings, arguments: Sequence[str]) -> None:
    """`--roles`, as a superuser, makes the roles of the database; without it, as their owner."""
    config = _module("settings").tortoise(settings)
    if "--roles" in arguments:
        await _module("models.roles").make(config)
    else:
        await _module("models.migrate").upgrade(config)


def settings_page(settings: Settings, arguments: Sequence[str]) -> None:
    """What docs/settings.md holds."""
    print("# Settings and commands\n\nMade by `jijiao settings`; a test compares.\n")
    print("| variable | default | it must | meaning |\n|---|---|---|---|")
    for each in fields(settings):
        told, variable = each.metadata, f"JIJIAO_{each.name.upper()}"
        default = f"`{told['default']}`" if told["default"] else ""
        print(f"| `{variable}` | {default} | {told['kind'].must} | {told['meaning']} |")
    print("\n| command | what it does |\n|---|---|")
    for name, command in COMMANDS.items():
        call = f"jijiao {name} {command.arguments}".strip().replace("|", "\\|")
        print(f"| `{call}` | {command.summary} |")


def _run(command: Command, settings: Settings, arguments: Sequence[str]) -> int:
    if obstacle := asyncio.run(_obstacle(command, settings)):
        print(obstacle, file=sys.stderr)
        return 1
    answer = command.function()(settings, arguments)
    if iscoroutine(answer):
        answer = asyncio.run(answer)
    return answer if isinstance(answer, int) else 0


async def _obstacle(command: Command, settings: Settings) -> str | None:
    """One sentence instead of a traceback where the database cannot be used."""
    answer: str | None = None
    if command.needs:
        answer = await _module("doctor").obstacle(settings, command.needs)
    return answer


def _nobody_reads() -> bool:
    """Has the reader of our output gone, as `head` does? Then nothing may be tried again."""
    try:
        print(flush=True)  # what failed before has left nothing to flush
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return True
    return False


def _module(name: str) -> Any:
    return importlib.import_module(name) if name else sys.modules[__name__]


def _put_ourselves_first() -> None:
    """Installed or not, `from rules import annual` finds our own folder: decision 0001."""
    sys.path.insert(0, str(HERE.resolve()))


def _log(level: str) -> None:
    logging.basicConfig(level=level, format=LOG)
    if level == "DEBUG":  # tortoise would log SQL with its values, and they are personal data
        logging.getLogger("tortoise").setLevel(logging.INFO)


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, COMMANDS, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"There is no command {name!r}.{hint}\n\n{usage()}"


if __name__ == "__main__":
    sys.exit(main())
