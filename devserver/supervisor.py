"""`make dev`: PostgreSQL, Redis, demo data, the API and the workers, all on this machine."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import shlex
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from devserver import child, city, place, team
from devserver.postgres import SUPERUSER, Postgres
from devserver.redis import Redis
from models import migrate, roles
from workers import sealer
from workflow import keyfile, keyring, signature

if TYPE_CHECKING:
    from settings import Settings

CHECKOUT = Path(__file__).parent.parent
DATABASE = "jijiao"
ISSUER = "广州市人力资源和社会保障局（演示）"
PROGRAMS = {
    "api": (roles.APP, "serve"),
    "work": (roles.WORKER, "work", "all"),
    "relay": (roles.WORKER, "relay"),
    "seal": (roles.AUDITOR, "audit", "seal"),
}
SEALING = ("JIJIAO_SEAL_KEY", "JIJIAO_SEAL_HEADS")  # for the sealer alone
PATIENCE = 60.0
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Cannot(Exception):
    """Why there can be no development server, in one sentence."""


def dev(settings: Settings, arguments: Sequence[str]) -> int:
    """Run until Ctrl-C; `--fresh` throws away what an earlier run has kept."""
    given = _arguments(arguments)
    for each in ENDING:
        signal.signal(each, _interrupt)
    try:
        _check(settings, fresh=given.fresh)
        with contextlib.ExitStack() as stack:
            _run(settings, stack, home=given.home, fresh=given.fresh)
    except Cannot as error:
        team.say(str(error))
        return 1
    except KeyboardInterrupt:
        team.say("stopped")
    return 0


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev")
    parser.add_argument("--fresh", action="store_true", help="throw away what was kept")
    parser.add_argument("--home", type=Path, help="keep data, files and sockets here")
    given = parser.parse_args(arguments)
    given.home = (given.home or place.data_of(CHECKOUT)).resolve()
    return given


def _run(settings: Settings, stack: contextlib.ExitStack, *, home: Path, fresh: bool) -> None:
    begun = time.monotonic()
    stack.enter_context(_alone(home))
    if fresh:
        _wipe(home)
    members: list[team.Member] = []
    stack.callback(team.dismiss, members)
    ready = _start_servers(settings, home, members)
    _fill(ready)
    _remember(home / "env", ready)
    _start_programs(ready, members)
    _wait_for_api(ready, members)
    _welcome(ready, home, seconds=time.monotonic() - begun)
    team.watch(members)


def _interrupt(number: int, frame: object) -> None:
    """Ctrl-C, SIGTERM and a closed terminal end us once; impatience afterwards changes nothing."""
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def _check(settings: Settings, *, fresh: bool) -> None:
    if settings.mode != "dev":
        raise Cannot("JIJIAO_MODE must be dev or unset: this starts demo accounts.")
    if fresh and settings.database_url:
        raise Cannot("FRESH=1 wipes the database we start ourselves: unset JIJIAO_DATABASE_URL.")
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((settings.host, settings.port))
        except OSError as error:
            raise Cannot(
                f"Port {settings.port} is not free ({error.strerror}): set JIJIAO_PORT to another."
            ) from None


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Two of us over one data directory would fight for it."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)  # as root, PostgreSQL's account passes through
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Cannot(f"Another `make dev` is using {home}.") from None
        yield


def _wipe(home: Path) -> None:
    for name in ("postgres", "redis", "files", "env", "keyring", "seals"):
        path = home / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _start_servers(settings: Settings, home: Path, members: list[team.Member]) -> Settings:
    """The servers the settings do not name; the answer is settings that name all of them."""
    if not settings.database_url:
        postgres = Postgres(home / "postgres", given=settings.pg_bin, durable=True)
        _start(team.Member("postgres", postgres), members)
        asyncio.run(_create_database(postgres))
        settings = replace(settings, database_url=postgres.url(DATABASE))
    if not settings.redis_url:
        redis = Redis(home / "redis", given=settings.redis_bin)
        _start(team.Member("redis", redis), members)
        settings = replace(settings, redis_url=redis.url())
    storage = settings.storage or home / "files"
    storage.mkdir(parents=True, exist_ok=True)
    origin = settings.origin or f"http://{settings.host}:{settings.port}"
    return _with_keys(replace(settings, storage=storage, origin=origin), home)


def _with_keys(settings: Settings, home: Path) -> Settings:
    """Keys of this data directory's own, of which production would take none."""
    return replace(
        settings,
        keyring=settings.keyring or _keyring(home / "keyring"),
        seal_key=settings.seal_key or _seal_key(home / "seal.pem"),
        seal_heads=settings.seal_heads or home / "seals",
        certificate_key=settings.certificate_key or _key(home / "certificate.pem"),
        certificate_issuer=settings.certificate_issuer or ISSUER,
    )


def _seal_key(path: Path) -> Path:
    if not path.exists():
        sealer.make(path)
    return path


def _keyring(path: Path) -> Path:
    if not path.exists():
        keyfile.write(path, keyring.fresh(demo=True))
    return path


def _key(path: Path) -> Path:
    """A key of this data directory's own, for certificates that say they are not real."""
    if not path.exists():
        signature.keep(path, signature.generate())
    return path


def _start(member: team.Member, members: list[team.Member]) -> None:
    members.append(member)
    try:
        member.start(time.monotonic())
    except (OSError, RuntimeError) as error:
        raise Cannot(f"{member.name}: {error}") from error


async def _create_database(server: Postgres) -> None:
    connection = await asyncpg.connect(host=str(server.socket), user=SUPERUSER, database="postgres")
    try:
        known = await connection.fetchval(
            "SELECT true FROM pg_database WHERE datname = $1", DATABASE
        )
        if not known:
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()


def _fill(settings: Settings) -> None:
    keyring.use(keyfile.read(settings.keyring, demo=True))
    if superuser(settings):
        asyncio.run(roles.make(settings.orm))
    asyncio.run(migrate.upgrade(settings.orm))
    if asyncio.run(city.is_seeded(settings.orm)):
        return
    team.say("building the demo city, once")
    assert settings.storage is not None
    asyncio.run(city.build(settings.orm, storage=settings.storage, progress=True))


def _start_programs(settings: Settings, members: list[team.Member]) -> None:
    for name, (role, *arguments) in PROGRAMS.items():
        command = [sys.executable, str(CHECKOUT), *arguments]
        environment = _environment(settings, role)
        _start(team.Member(name, team.Program(name, command, environment)), members)


def _environment(settings: Settings, role: str) -> dict[str, str]:
    """What a program is given: its own role of the database, and no key of another."""
    given = settings.variables()
    if superuser(settings):
        given["JIJIAO_DATABASE_URL"] = settings.database_url.replace(
            f"//{SUPERUSER}@", f"//{role}@", 1
        )
    if role != roles.AUDITOR:
        given = {name: value for name, value in given.items() if name not in SEALING}
    return {**child.ENVIRONMENT, "PYTHONUNBUFFERED": "1", **given}


def superuser(settings: Settings) -> bool:
    """Is it the server we have started, whose superuser we are?"""
    return settings.database_url.startswith(f"postgresql://{SUPERUSER}@/")


def _remember(file: Path, settings: Settings) -> None:
    """For a second terminal: `. .jijiao/env` and then any command."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in settings.variables().items()]
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o600)


def _wait_for_api(settings: Settings, members: Sequence[team.Member]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _answers(settings.host, settings.port):
        if time.monotonic() > deadline:
            raise Cannot(f"The API did not answer within {PATIENCE:.0f} s; its lines are above.")
        team.look(members)
        time.sleep(0.05)


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _welcome(settings: Settings, home: Path, *, seconds: float) -> None:
    if home == place.data_of(CHECKOUT) and home.parent == place.SHARED:
        team.say("as root PostgreSQL runs as nobody, who cannot enter this checkout")
    team.say(f"ready in {seconds:.1f} s; data in {home} (FRESH=1 wipes it)")
    team.say(f"open               {settings.origin}/")
    team.say(f"GraphQL            {settings.origin}/graphql")
    team.say(f"other commands     . {home / 'env'} && {sys.executable} {CHECKOUT} help")
    for line in "\n".join(city.logins()).splitlines():
        team.say(line)
    team.say("Ctrl-C stops everything")
