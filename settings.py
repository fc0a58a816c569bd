"""What an operator may set: the only reader of the environment."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from arq.connections import RedisSettings
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from models.connection import Line, put_in_order
from variable import (
    AD_HOC,
    CLAMD,
    DATABASE,
    ISSUER,
    LEVEL,
    NETWORKS,
    ORIGIN,
    PATH,
    POINTS,
    REDIS,
    SENDER,
    TEXT,
    Kind,
    SettingError,
    among,
    credentials,
    whole,
)

PREFIX = "JIJIAO_"
OF_TESTS = "JIJIAO_TEST_"  # read by tests/, no settings
NEEDED = {  # in production, and what it must be
    "database_url": f" and {DATABASE.must}",
    "redis_url": f" and {REDIS.must}",
    "storage": ": an absolute path",
    "keyring": ": an absolute path",
}
APPS = {
    "jijiao": {
        "models": ["models"],
        "migrations": "models.migrations",
        "default_connection": "default",
    }
}


def _setting(default: str, kind: Kind, meaning: str) -> Any:
    return field(metadata={"default": default, "kind": kind, "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every variable there is; `JIJIAO_` and the name in capitals sets it."""

    mode: Literal["production", "dev"] = _setting(
        "production", among("production", "dev"), "dev relaxes what production insists on"
    )
    database_url: str = _setting("", DATABASE, "PostgreSQL; in dev, empty starts one")
    redis_url: str = _setting("", REDIS, "Redis; in dev, empty starts one")
    storage: Path | None = _setting("", PATH, "directory of the uploaded files")
    keyring: Path | None = _setting(
        "", PATH, "file of the keys for citizen numbers, for the API; `make dev` writes one"
    )
    seal_key: Path | None = _setting("", PATH, "key of the sealer; the API must not read it")
    seal_heads: Path | None = _setting(
        "", PATH, "file the sealer appends its seals to, best on another host"
    )
    audit_days: int = _setting(
        "400", whole(184, 36_500), "the audit log is kept so long; six months is the law"
    )
    clamd: str = _setting("", CLAMD, "virus scanner; empty leaves files unscanned and unserved")
    certificate_key: Path | None = _setting(
        "", PATH, "private key that signs certificates; without one none is issued"
    )
    certificate_issuer: str = _setting("", TEXT, "who issues certificates, as printed on them")
    host: str = _setting("127.0.0.1", TEXT, "address the API listens on")
    port: int = _setting("8000", whole(1, 65535), "port the API listens on")
    origin: str = _setting("", ORIGIN, "public origin, as the browser shows it")
    upload_max_mb: int = _setting("20", whole(1, 100), "largest file")
    files_per_record: int = _setting("10", whole(1, 100), "most files on one training record")
    session_idle_minutes: int = _setting("30", whole(1, 480), "a session unused so long ends")
    session_idle_minutes_staff: int = _setting(
        "15", whole(1, 480), "the same from a seat of staff, where it is less"
    )
    session_hours: int = _setting("8", whole(1, 24), "a session ends after so long in any case")
    account_days: int = _setting(
        "90", whole(1, 3650), "an account of staff unused so long is shut; an officer opens it"
    )
    officer_networks: str = _setting("", NETWORKS, "from where the three officers come in")
    sign_in_rate: int = _setting(
        "60", whole(1, 1_000_000), "tries to sign in from one address in a minute"
    )
    registration_rate: int = _setting(
        "20", whole(1, 1_000_000), "registrations from one address in an hour"
    )
    registration_work: int = _setting(
        "18", whole(0, 30), "proof of work of who registers, in bits; 0 asks for none"
    )
    sender: str = _setting("", SENDER, "how letters leave; in dev, empty writes to the log")
    passwords: Literal["mlps3", "asvs"] = _setting(
        "mlps3", among("mlps3", "asvs"), "what a password must be; see security.md"
    )
    oidc_issuer: str = _setting(
        "", ISSUER, "portal people may sign in through, as it names itself; empty for none"
    )
    oidc_client: str = _setting("", TEXT, "name the portal knows us by (client id)")
    oidc_secret: Path | None = _setting("", PATH, "file of the secret shared with the portal")
    oidc_number_claim: str = _setting(
        "", TEXT, "claim of the ID token that holds a citizen number the portal has verified"
    )
    oidc_strong: str = _setting(
        "", TEXT, "values of `acr`, by spaces, with which the portal says: two factors"
    )
    second_factor: Literal["staff", "nobody", "usual"] = _setting(
        "usual",
        among("staff", "nobody", "usual"),
        "of whom a second factor is demanded; usual is staff, in dev nobody",
    )
    graphql_adhoc: Literal["all", "staff", "none", "usual"] = _setting(
        "usual", AD_HOC, "who may send documents of his own; usual is staff, in dev all"
    )
    graphql_cost: int = _setting("10000", POINTS, "most points an operation may cost")
    graphql_cost_reviewer: int = _setting(
        "50000", POINTS, "the same for units, departments and bureaus"
    )
    graphql_rate: int = _setting("5000", POINTS, "points a viewer gets back each minute")
    graphql_rate_reviewer: int = _setting(
        "20000", POINTS, "the same for units, departments and bureaus"
    )
    graphql_at_once: int = _setting("4", whole(1, 1000), "operations at work for one account")
    graphql_streams: int = _setting("100", whole(1, 1000), "subscriptions open for one account")
    graphql_seconds: int = _setting("10", whole(1, 300), "an operation is ended after so long")
    graphql_compiled: Literal["on", "off"] = _setting(
        "on", among("on", "off"), "off answers by graphql-core's own execution alone"
    )
    graphql_get: Literal["on", "off"] = _setting(
        "on", among("on", "off"), "queries by GET, never with the cookie"
    )
    status_profile: Literal["audit", "draft-2026"] = _setting(
        "audit", among("audit", "draft-2026"), "whose HTTP status codes GraphQL answers with"
    )
    statement_seconds: int = _setting(
        "5", whole(1, 300), "a statement of the API is ended after so long"
    )
    log_level: str = _setting("INFO", LEVEL, "least severe log line")
    pool: int = _setting("20", whole(2, 500), "database connections of one process")
    failpoint: str = _setting("", TEXT, "dev only, for tests of faults: name:n dies there")
    pg_bin: Path | None = _setting("", PATH, "dev only: PostgreSQL's bin directory")
    redis_bin: Path | None = _setting("", PATH, "dev only: the redis-server program")

    @property
    def dev(self) -> bool:
        """Does dev mode relax what production insists on?"""
        return self.mode == "dev"

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


def tortoise(settings: Settings, *, statement_seconds: int = 30) -> dict[str, Any]:
    """The ORM's configuration; a dict, since Tortoise misreads URLs (`?ssl=false` is true)."""
    if not settings.database_url:
        raise SettingError("JIJIAO_DATABASE_URL", f"{DATABASE.must}; `make dev` starts one for you")
    known = {**credentials(settings.database_url), "maxsize": settings.pool}
    return _orm(known, statement_seconds)


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
    _portal_whole(settings)
    if settings.mode == "dev":
        return settings
    for name, must in NEEDED.items():
        if not getattr(settings, name):
            raise SettingError(variable(name), f"be set in production{must}")
    if not settings.origin.startswith("https://"):
        raise SettingError("JIJIAO_ORIGIN", "be set in production: https://host")
    if settings.oidc_issuer.startswith("http:"):
        raise SettingError("JIJIAO_OIDC_ISSUER", "begin with https:// in production")
    if settings.certificate_key and not settings.certificate_issuer:
        raise SettingError("JIJIAO_CERTIFICATE_ISSUER", "be set where certificates are signed")
    return _without_tricks(settings)


def _portal_whole(settings: Settings) -> None:
    """A portal is connected with all it needs, or with nothing."""
    for name in ("oidc_client", "oidc_secret", "origin"):
        if settings.oidc_issuer and not getattr(settings, name):
            raise SettingError(variable(name), "be set where people sign in through a portal")
    for name in ("oidc_client", "oidc_secret", "oidc_number_claim", "oidc_strong"):
        if getattr(settings, name) and not settings.oidc_issuer:
            raise SettingError(variable(name), "be unset, or JIJIAO_OIDC_ISSUER name the portal")


def _without_tricks(settings: Settings) -> Settings:
    """What only dev may ask for."""
    if settings.sender.startswith("file:"):
        raise SettingError("JIJIAO_SENDER", "not be a file, or JIJIAO_MODE be dev")
    for name in ("failpoint", "pg_bin", "redis_bin"):
        if getattr(settings, name):
            raise SettingError(variable(name), "be unset, or JIJIAO_MODE be dev")
    return settings


def _nearest(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f" (did you mean {near[0]}?)" if near else ""


def _orm(credentials: Mapping[str, Any], statement_seconds: int = 30) -> dict[str, Any]:
    pool = {
        "minsize": 1,
        "application_name": "jijiao",
        "statement_cache_size": 200,
        "command_timeout": 30,
        "max_inactive_connection_lifetime": 300,
        "connection_class": Line,
        "reset": put_in_order,
        "server_settings": {
            "timezone": "UTC",
            "datestyle": "ISO",  # dates are painted as PostgreSQL writes them
            "statement_timeout": f"{statement_seconds}s",
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
