"""What is believed of a portal: what it says of itself, its keys, and what it sends."""

import asyncio
import json
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from schema import provider
from schema.provider import KNOWN_FOR, NOT_AGAIN, Provider, Rejected, Unreachable

NOW = datetime(2026, 5, 11, 1, tzinfo=UTC)
ISSUER = "https://sso.example/realm"
ABOUT = {
    "issuer": ISSUER,
    "authorization_endpoint": "https://sso.example/go",
    "token_endpoint": "https://sso.example/token",
    "jwks_uri": "https://sso.example/keys",
}


class Portal:
    """A portal that answers what it is told to, and counts who asks."""

    def __init__(self) -> None:
        self.about: dict[str, Any] = dict(ABOUT)
        self.away = False
        self.asked: list[str] = []
        self.turn("one")

    def turn(self, name: str) -> None:
        """A new key."""
        self.name, self.key = name, ec.generate_private_key(ec.SECP256R1())

    def token(self) -> str:
        """Something signed."""
        return jwt.encode({}, self.key, "ES256", headers={"kid": self.name})

    async def fetch(self, request: urllib.request.Request) -> dict[str, Any]:
        self.asked.append(request.full_url.rpartition("/")[2])
        if self.away:
            raise Unreachable
        public = json.loads(ECAlgorithm.to_jwk(self.key.public_key()))
        keys = {"keys": [{**public, "kid": self.name}]}
        return keys if request.full_url.endswith("/keys") else self.about


def of(portal: Portal) -> Provider:
    return Provider(issuer=ISSUER, client="jijiao", secret="s", fetch=portal.fetch)


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://sso.example/realm/"},
        {"issuer": None},
        {"token_endpoint": "http://sso.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
    ],
)
async def test_a_portal_that_speaks_for_another_is_none(said: dict[str, Any]) -> None:
    portal = Portal()
    assert (await of(portal).metadata(NOW))["issuer"] == ISSUER

    portal.about.update(said)

    with pytest.raises(Unreachable):
        await of(portal).metadata(NOW)


async def test_what_it_says_is_kept_for_a_while_and_longer_while_it_is_away() -> None:
    portal = Portal()
    known = of(portal)
    await asyncio.gather(*(known.metadata(NOW) for _ in range(10)))
    assert len(portal.asked) == 1

    await known.metadata(NOW + KNOWN_FOR)
    assert len(portal.asked) == 1
    portal.away = True

    for _ in range(5):  # and nobody waits for it time and again
        assert await known.metadata(NOW + 3 * KNOWN_FOR) == ABOUT
    assert len(portal.asked) == 2
    await known.metadata(NOW + 3 * KNOWN_FOR + 2 * NOT_AGAIN)
    assert len(portal.asked) == 3


async def test_a_portal_that_was_away_is_asked_again_soon() -> None:
    portal = Portal()
    portal.away, known = True, of(portal)
    for _ in range(3):
        with pytest.raises(Unreachable):
            await known.metadata(NOW)
    assert len(portal.asked) == 1

    portal.away = False

    assert await known.metadata(NOW + 2 * NOT_AGAIN) == ABOUT


async def test_an_unknown_key_is_asked_for_at_once_and_not_time_and_again() -> None:
    portal = Portal()
    known = of(portal)
    await known.keys_for(portal.token(), NOW)
    await known.keys_for(portal.token(), NOW + timedelta(minutes=1))
    assert portal.asked.count("keys") == 1

    portal.turn("two")
    found = await known.keys_for(portal.token(), NOW + NOT_AGAIN + timedelta(minutes=1))
    forged = jwt.encode({}, portal.key, "ES256", headers={"kid": "three"})
    for _ in range(20):
        await known.keys_for(forged, NOW + NOT_AGAIN + timedelta(minutes=1))

    assert [key.key_id for key in found] == ["two"]  # and the old one is gone
    assert portal.asked.count("keys") == 2


async def test_keys_it_has_shown_are_good_while_it_is_away() -> None:
    portal = Portal()
    known, token = of(portal), portal.token()
    await known.keys_for(token, NOW)
    portal.away = True

    assert len(await known.keys_for(token, NOW + 2 * KNOWN_FOR)) == 1
    portal.turn("two")
    left = await known.keys_for(portal.token(), NOW + 4 * KNOWN_FOR)
    assert [key.key_id for key in left] == ["one"]
    with pytest.raises(Unreachable):
        await of(portal).keys_for(token, NOW)


Answer = Callable[[asyncio.StreamWriter], None]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        ("200 OK", b'{"a": 1}', None),
        ("200 OK", b"[]", Unreachable),
        ("200 OK", b"<html>", Unreachable),
        ("200 OK", b'"' + b"x" * provider.LARGEST + b'"', Unreachable),
        ("302 Found\r\nLocation: http://127.0.0.1:1/", b"", Unreachable),
        ("400 Bad Request", b"{}", Rejected),
        ("503 Busy", b"{}", Unreachable),
        ("", b"", Unreachable),
    ],
)
async def test_only_an_object_of_a_usual_size_is_an_answer(
    status: str, body: bytes, error: type[Exception] | None
) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body if status else b"")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        request = urllib.request.Request(f"http://127.0.0.1:{port}/")
        if error is None:
            assert await provider.fetch(request) == {"a": 1}
        else:
            with pytest.raises(error):
                await provider.fetch(request)


async def test_a_portal_that_says_nothing_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(provider, "PATIENCE", 0.1)
    held: list[asyncio.StreamWriter] = []

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unreachable):
            await provider.fetch(urllib.request.Request(f"http://127.0.0.1:{port}/"))
        for one in held:
            one.close()


async def test_nobody_answers_where_nobody_is() -> None:
    with pytest.raises(Unreachable):
        await provider.fetch(urllib.request.Request("http://127.0.0.1:1/"))


async def test_the_secret_is_sent_as_the_portal_wants_it() -> None:
    sent: list[urllib.request.Request] = []
    portal = Portal()

    async def fetch(request: urllib.request.Request) -> dict[str, Any]:
        sent.append(request)
        return await portal.fetch(request) if request.data is None else {"id_token": "t"}

    known = Provider(issuer=ISSUER, client="a:b", secret="c d", fetch=fetch)
    assert await known.token({"code": "x"}, NOW) == "t"
    portal.about["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    assert await known.token({"code": "x"}, NOW + 2 * KNOWN_FOR) == "t"

    basic, post = [one for one in sent if one.data is not None]
    assert basic.headers["Authorization"] == "Basic YSUzQWI6Yytk"  # a%3Ab:c+d
    assert post.data == b"code=x&client_id=a%3Ab&client_secret=c+d"
    assert "Authorization" not in post.headers
