"""What an operator may set: the only reader of the environment."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from arq.connections import RedisSettings
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

PREFIX = "JIJIAO_"
OF_TESTS = "JIJIAO_TEST_"  # read by tests/, no settings
APPS = {
    "jijiao": {
        "models": ["models"],
        "migrations": "models.migrations",
        "default_connection": "default",
    }
}


class SettingError(Exception):
    """One sentence that says which variable to set, and to what."""

    def __init__(self, name: str, must: str) -> None:
        super().__init__(f"{name} must {must}. 请检查环境变量 {name}。")


@dataclass(frozen=True)
class Kind:
    """How the text of a variable becomes a value, and what to say when it cannot."""

    parse: Callable[[str], object]
    must: str
    secret: bool = False


def _among(*allowed: str) -> Kind:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError
        return text

    return Kind(parse, f"be one of {', '.join(allowed)}")


def _whole(least: int, most: int) -> Kind:
    def parse(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() else least - 1
        if not least <= number <= most:
            raise ValueError
        return number

    return Kind(parse, f"be a whole number from {least} to {most}")


def _path(text: str) -> Path | None:
    if text and not Path(text).is_absolute():
        raise ValueError
    return Path(text) if text else None


def _database(text: str) -> str:
    if text:
        _credentials(text)
    return text


def _redis(text: str) -> str:
    url = urlsplit(text)
    usable = (url.scheme in {"redis", "rediss"} and url.hostname) or (
        url.scheme == "unix" and url.path.startswith("/")
    )
    if text and not (usable and url.port != 0):
        raise ValueError
    return text


def _clamd(text: str) -> str:
    host, _, port = text.rpartition(":")
    if text and not text.startswith("/") and not (host and port.isdigit()):
        raise ValueError
    return text


def _origin(text: str) -> str:
    url = urlsplit(text)
    bare = f"{url.scheme}://{url.netloc}" == text and url.username is None
    if text and not (bare and url.scheme in {"http", "https"} and url.hostname and url.port != 0):
        raise ValueError
    return text


TEXT = Kind(str, "be text")
PATH = Kind(_path, "be an absolute path")
DATABASE = Kind(
    _database,
    "look like postgresql://user:password@host:5432/database"
    " or postgresql://user@/database?host=/socket/directory",
    secret=True,
)
REDIS = Kind(
    _redis, "look like redis://host:6379/0, rediss://… or unix:///path/redis.sock", secret=True
)
CLAMD = Kind(_clamd, "be the path of clamd's socket, host:port, or empty for none")
ORIGIN = Kind(_origin, "be scheme://host[:port] without a path, such as https://ce.example.gov.cn")
LEVEL = _among("DEBUG", "INFO", "WARNING", "ERROR")


def _setting(default: str, kind: Kind, meaning: str) -> Any:
    return field(metadata={"default": default, "kind": kind, "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every variable there is; `JIJIAO_` and the name in capitals sets it."""

    mode: Literal["production", "dev"] = _setting(
        "production", _among("production", "dev"), "dev relaxes what production insists on"
    )
    database_url: str = _setting("", DATABASE, "PostgreSQL; in dev, empty starts one")
    redis_url: str = _setting("", REDIS, "Redis; in dev, empty starts one")
    storage: Path | None = _setting("", PATH, "directory of the uploaded files")
    clamd: str = _setting("", CLAMD, "virus scanner; empty leaves files unscanned and unserved")
    host: str = _setting("127.0.0.1", TEXT, "address the API listens on")
    port: int = _setting("8000", _whole(1, 65535), "port the API listens on")
    origin: str = _setting("", ORIGIN, "public origin, as the browser shows it")
    upload_max_mb: int = _setting("20", _whole(1, 100), "largest file")
    files_per_record: int = _setting("10", _whole(1, 100), "most files on one training record")
    session_idle_minutes: int = _setting("30", _whole(1, 480), "a session unused so long ends")
    session_hours: int = _setting("8", _whole(1, 24), "a session ends after so long in any case")
    status_profile: Literal["audit", "draft-2026"] = _setting(
        "audit", _among("audit", "draft-2026"), "whose HTTP status codes GraphQL answers with"
    )
    graphql_get: Literal["on", "off"] = _setting(
        "on", _among("on", "off"), "queries by GET, never with the cookie"
    )
    deadline_seconds: int = _setting("10", _whole(1, 300), "an operation ends after so long")
    log_level: str = _setting("INFO", LEVEL, "least severe log line")
    pool: int = _setting("20", _whole(2, 500), "database connections of one process")
    failpoint: str = _setting("", TEXT, "dev only, for tests of faults: name:n dies there")
    pg_bin: Path | None = _setting("", PATH, "dev only: PostgreSQL's bin directory")
    redis_bin: Path | None = _setting("", PATH, "dev only: the redis-server program")

    @property
    def orm(self) -> dict[str, Any]:
        """The ORM's configuration, for commands that are handed these settings."""
        return tortoise(self)

    def variables(self) -> dict[str, str]:
        """What `read` would read these settings from: the environment of a child process."""
        given = {variable(each.name): getattr(self, each.name) for each in fields(self)}
        return {name: str(value) for name, value in given.items() if value not in (None, "")}


def read(environment: Mapping[str, str] = os.environ, *, mode: str = "production") -> Settings:
    """Read everything once; the first wrong, missing or unknown variable stops the start.

    `mode` stands where JIJIAO_MODE is not set.
    """
    environment = {variable("mode"): mode, **environment}
    known = {variable(each.name): each for each in fields(Settings)}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known and not name.startswith(OF_TESTS):
            raise SettingError(name, f"be unset: there is no such setting{_nearest(name, known)}")
    values: dict[str, Any] = {
        each.name: _value(name, environment.get(name, ""), each.metadata["default"], each.metadata)
        for name, each in known.items()
    }
    return _coherent(Settings(**values))


def variable(name: str) -> str:
    """The environment variable of a field."""
    return PREFIX + name.upper()


def tortoise(settings: Settings) -> dict[str, Any]:
    """The ORM's configuration; a dict, since Tortoise misreads URLs (`?ssl=false` is true)."""
    if not settings.database_url:
        raise SettingError("JIJIAO_DATABASE_URL", f"{DATABASE.must}; `make dev` starts one for you")
    return _orm({**_credentials(settings.database_url), "maxsize": settings.pool})


def redis(settings: Settings) -> RedisSettings:
    """arq's connection: patient enough for a restart of Redis, gone after about ten seconds."""
    if not settings.redis_url:
        raise SettingError("JIJIAO_REDIS_URL", f"{REDIS.must}; `make dev` starts one for you")
    answer = RedisSettings.from_dsn(settings.redis_url)
    answer.ssl_check_hostname = answer.ssl
    answer.retry = Retry(ExponentialBackoff(cap=2, base=0.1), 10)
    answer.retry_on_error = [RedisConnectionError, RedisTimeoutError, OSError]
    answer.retry_on_timeout = True
    return answer


def _value(name: str, text: str, default: str, metadata: Mapping[str, Any]) -> object:
    kind: Kind = metadata["kind"]
    try:
        return kind.parse(text.strip() or default)
    except ValueError:
        shown = "" if kind.secret else f", not {text!r}"
        raise SettingError(name, kind.must + shown) from None


def _coherent(settings: Settings) -> Settings:
    """What one variable demands of another."""
    if settings.mode == "dev":
        return settings
    for name, kind in (("database_url", DATABASE), ("redis_url", REDIS)):
        if not getattr(settings, name):
            raise SettingError(variable(name), f"be set in production and {kind.must}")
    if settings.storage is None:
        raise SettingError("JIJIAO_STORAGE", "be set in production: an absolute path")
    if not settings.origin.startswith("https://"):
        raise SettingError("JIJIAO_ORIGIN", "be set in production: https://host")
    for name in ("failpoint", "pg_bin", "redis_bin"):
        if getattr(settings, name):
            raise SettingError(variable(name), "be unset, or JIJIAO_MODE be dev")
    return settings


def _nearest(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f" (did you mean {near[0]}?)" if near else ""


def _credentials(text: str) -> dict[str, Any]:
    """user, password, host, port and database of a PostgreSQL URL; ValueError if it is none."""
    url = urlsplit(text)
    options = dict(parse_qsl(url.query, strict_parsing=bool(url.query)))
    host = options.pop("host", None) or unquote(url.hostname or "")
    verify = options.pop("sslmode", None)
    database = unquote(url.path.removeprefix("/"))
    if url.scheme not in {"postgresql", "postgres"} or options or not (host and database):
        raise ValueError
    if not url.username:
        raise ValueError
    return {
        "host": host,
        "port": url.port or 5432,
        "user": unquote(url.username),
        "password": unquote(url.password) if url.password else None,
        "database": database,
        **({"ssl": verify} if verify else {}),
    }


def _orm(credentials: Mapping[str, Any]) -> dict[str, Any]:
    pool = {
        "minsize": 1,
        "application_name": "jijiao",
        "statement_cache_size": 200,
        "command_timeout": 30,
        "max_inactive_connection_lifetime": 300,
        "server_settings": {
            "timezone": "UTC",
            "statement_timeout": "30000",
            "lock_timeout": "5000",
            "idle_in_transaction_session_timeout": "60000",
        },
    }
    connection = {"engine": "tortoise.backends.asyncpg", "credentials": {**pool, **credentials}}
    return {
        "connections": {"default": connection},
        "apps": APPS,
        "use_tz": True,
        "timezone": "UTC",
    }


# For the `tortoise` command, whose makemigrations opens no connection.
TORTOISE = _orm({"host": "", "port": 5432, "user": "", "password": None, "database": ""})
