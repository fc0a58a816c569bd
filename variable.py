"""What a variable of the environment may be: how its text is read, and what to say if it cannot."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


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


def among(*allowed: str) -> Kind:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError
        return text

    return Kind(parse, f"be one of {', '.join(allowed)}")


def whole(least: int, most: int) -> Kind:
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
        credentials(text)
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


def _issuer(text: str) -> str:
    url = urlsplit(text)
    bare = not (url.query or url.fragment or url.username) and url.scheme in {"http", "https"}
    if text and not (bare and url.hostname and url.port != 0 and len(text) <= 200):
        raise ValueError
    return text


def _networks(text: str) -> str:
    networks(text)
    return text


def _sender(text: str) -> str:
    url = urlsplit(text)
    mail = url.scheme in {"smtp", "smtps"} and url.hostname and "@" in url.path
    gateway = url.scheme in {"http", "https"} and url.hostname
    if text and not (mail or gateway or (url.scheme == "file" and url.path.startswith("/"))):
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
ISSUER = Kind(_issuer, "be the portal's issuer, such as https://sso.example.gov.cn/realm, or empty")
NETWORKS = Kind(_networks, "be networks by spaces, such as 10.1.2.0/24 fd00::/8, or empty for all")
LEVEL = among("DEBUG", "INFO", "WARNING", "ERROR")
SENDER = Kind(
    _sender,
    "look like smtps://user:password@host/from@example, https://gateway or, in dev, file:/path",
    secret=True,
)
AD_HOC = among("all", "staff", "none", "usual")
POINTS = whole(1, 10**9)


def networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Addresses and networks (CIDR), by spaces; ValueError if one is none."""
    return tuple(ipaddress.ip_network(each) for each in text.split())


def credentials(text: str) -> dict[str, Any]:
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
