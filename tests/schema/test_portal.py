"""Signing in through a portal, over HTTP, at a provider that is a process of its own."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

import app
from models import Account, PortalLink, PortalVisit, Session
from models.read import Connection, rows
from settings import Settings
from tests import provider, servers, shape
from tests.factories import city
from tests.factories.identity import number, numbered
from tests.factories.portal import HASHED, RIGHT
from tests.factories.question import answered, somebody
from tests.town import NO_TLS
from variable import SettingError

ORIGIN = "http://test"
OURS = {"X-Jijiao-Client": "test", "Origin": ORIGIN}
BROWSER = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "en"}
NUMBER = number(sequence=3)
WHO = {"query": "{ viewer { login seat { userType } } }"}
PORTAL = {"query": "{ portal { offered linkedAt usedAt } }"}
UNLINK = {"query": "mutation { unlinkPortal }"}
SIGN_IN = f"""mutation {{ signIn(input: {{ login: "handler", password: "{RIGHT}" }}) {{
  ... on UserError {{ code }} }} }}"""
LINK = """mutation($password: String!) { linkPortal(input: { password: $password }) { __typename
  ... on UserError { code path } } }"""
SAID = "SELECT outcome, code, detail FROM audit.audit_event WHERE action = 'portal:sign_in'"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider until the module is done."""
    command = [sys.executable, "-m", "tests.provider"]
    process = subprocess.Popen(command, cwd=shape.ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def secret(folder: Path) -> str:
    """The file of the secret."""
    path = folder / "portal"
    path.write_text(provider.SECRET)
    path.chmod(0o400)
    return str(path)


@pytest.fixture
async def client(
    db: Connection, pg: Any, redis_server: Any, issuer: str, tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at our front door; applicant has a number, handler a password."""
    town = await city.build(db)
    await numbered(town.viewers["applicant"].person_id, NUMBER)
    await Account.filter(login="handler").update(password_hash=HASHED)
    given = servers.configuration(
        pg,
        "work",
        redis_url=redis_server.url(),
        storage=str(tmp_path),
        log_level="WARNING",
        origin=ORIGIN,
        oidc_issuer=issuer,
        oidc_client=provider.CLIENT,
        oidc_secret=secret(tmp_path),
        oidc_number_claim="idnum",
    )
    transport = httpx.ASGITransport(app.create(given), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


async def be(issuer: str, **manner: Any) -> None:
    """Tell the provider how to be from now on."""
    async with httpx.AsyncClient(verify=NO_TLS) as other:
        await other.post(f"{issuer}/be", json=manner)


async def led(client: httpx.AsyncClient) -> str:
    """Where the portal sends a browser back to, that was led there from here."""
    begun = await client.get("/oidc/begin")
    assert begun.status_code == 303, begun.text
    async with httpx.AsyncClient(verify=NO_TLS) as other:
        gone = await other.get(begun.headers["location"])
    assert gone.status_code == 302, gone.text
    return gone.headers["location"]


async def came(client: httpx.AsyncClient) -> httpx.Response:
    """There and back again."""
    return await client.get(await led(client))


def code(answer: httpx.Response) -> str:
    """The code of a refusal."""
    found: str = answer.json()["errors"][0]["extensions"]["code"]
    return found


async def mine(client: httpx.AsyncClient) -> Any:
    """Who the browser is signed in as."""
    return (await client.post("/graphql", json=WHO, headers=OURS)).json()["data"]["viewer"]


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
async def test_a_person_signs_in_through_the_portal(
    client: httpx.AsyncClient, issuer: str, algorithm: str
) -> None:
    await be(issuer, alg=algorithm, claims={"idnum": NUMBER})

    answer = await came(client)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert await mine(client) == {"login": "applicant", "seat": {"userType": "PERSON"}}


async def test_the_session_is_the_one_a_password_opens(
    client: httpx.AsyncClient, issuer: str
) -> None:
    await be(issuer, claims={"idnum": NUMBER})

    kept, gone = (await came(client)).headers.get_list("set-cookie")
    given = await client.post("/graphql", json={"query": SIGN_IN}, headers=OURS)

    plain = [each.lower().partition(";")[2] for each in (kept, given.headers["set-cookie"])]
    assert plain[0] == plain[1]
    assert (
        kept.startswith("jijiao=") and gone.startswith('jijiao-portal=""') and "Max-Age=0" in gone
    )
    assert len(client.cookies) == 1


async def test_the_portal_is_asked_with_pkce_state_and_nonce(client: httpx.AsyncClient) -> None:
    begun = await client.get(
        "/oidc/begin?next=https://evil.example&redirect_uri=https://evil.example"
    )

    asked = dict(parse_qsl(urlsplit(begun.headers["location"]).query))
    made = {asked.pop(name) for name in ("state", "nonce", "code_challenge")}
    assert asked == {
        "response_type": "code",
        "scope": "openid profile",
        "client_id": "jijiao",
        "redirect_uri": f"{ORIGIN}/oidc/return",
        "code_challenge_method": "S256",
    }
    assert {len(each) for each in made} == {43} and len(made) == 3
    cookie = begun.headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/", "max-age=600"} <= set(cookie.split("; "))


EVIL = "http://evil.example"
LIES: Mapping[str, tuple[dict[str, Any], str]] = {
    "unsigned": ({"alg": "none"}, "signature"),
    "issuer of the token": ({"claims": {"iss": EVIL}}, "issuer"),
    "audience": ({"claims": {"aud": "other"}}, "audience"),
    "nonce": ({"claims": {"nonce": "x"}}, "nonce"),
    "old": ({"claims": {"exp": 1}}, "time"),
    "issuer of the answer": ({"answer": {"iss": EVIL}}, "issuer"),
    "code": ({"answer": {"code": "guessed"}}, "code"),
    "no code": ({"answer": {"code": ""}}, "code"),
}


@pytest.mark.parametrize("lie", LIES)
async def test_what_is_not_proven_opens_nothing(
    client: httpx.AsyncClient, issuer: str, lie: str
) -> None:
    manner, why = LIES[lie]
    await be(issuer, **{**manner, "claims": {"idnum": NUMBER, **manner.get("claims", {})}})

    answer = await came(client)

    assert (answer.status_code, code(answer)) == (403, "PORTAL_REFUSED")
    assert answer.json()["errors"][0]["extensions"]["why"] == why
    assert await mine(client) is None
    assert [await each.all().count() for each in (PortalLink, Session)] == [0, 0]
    ((outcome, name, detail),) = [tuple(one.values()) for one in await logged()]
    assert (outcome, name, why in detail) == ("denied", "PORTAL_REFUSED", True)


async def logged() -> list[dict[str, Any]]:
    """What the log says of the portal."""
    return [
        {"outcome": one.outcome, "code": one.code, "detail": one.detail} for one in await rows(SAID)
    ]


async def test_a_way_back_is_good_once_and_for_the_browser_that_went(
    client: httpx.AsyncClient, issuer: str
) -> None:
    await be(issuer, claims={"idnum": NUMBER})
    back = await led(client)
    mine_alone = dict(client.cookies)

    client.cookies.clear()
    forced = await client.get(back)  # somebody is lured to the end of another's way
    client.cookies.update(mine_alone)
    first = await client.get(back)
    client.cookies.update(mine_alone)
    again = await client.get(back)

    assert [code(each) for each in (forced, again)] == ["PORTAL_EXPIRED"] * 2
    assert (first.status_code, forced.status_code) == (303, 400)


async def test_a_code_of_another_visit_is_worth_nothing(
    client: httpx.AsyncClient, issuer: str
) -> None:
    """Its verifier is another's: what PKCE is for."""
    await be(issuer, claims={"idnum": NUMBER})
    stolen = dict(parse_qsl(urlsplit(await led(client)).query))["code"]
    client.cookies.clear()

    own = dict(parse_qsl(urlsplit(await led(client)).query))
    answer = await client.get("/oidc/return", params={**own, "code": stolen})

    assert code(answer) == "PORTAL_REFUSED"
    assert (await came(client)).status_code == 303


async def test_new_keys_of_the_portal_are_found(client: httpx.AsyncClient, issuer: str) -> None:
    await be(issuer, claims={"idnum": NUMBER}, turn=True)

    assert (await came(client)).status_code == 303


@pytest.mark.parametrize(
    ("manner", "status", "name"),
    [
        ({"declines": True, "answer": {}}, 403, "PORTAL_DECLINED"),
        ({"fails": True}, 503, "PORTAL_UNREACHABLE"),
        ({}, 403, "PORTAL_UNKNOWN"),
    ],
)
async def test_people_are_told_on_a_page_and_programs_in_json(
    client: httpx.AsyncClient, issuer: str, manner: dict[str, Any], status: int, name: str
) -> None:
    await be(issuer, **manner)

    page = await client.get(await led(client), headers=BROWSER)
    told = await came(client)

    assert (page.status_code, told.status_code, code(told)) == (status, status, name)
    assert f'data-code="{name}"' in page.text and 'href="/"' in page.text
    assert "script" not in page.text and page.headers["content-language"] == "en"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.headers["cache-control"] == "no-store"


async def test_an_account_is_linked_and_unlinked_by_its_owner(
    client: httpx.AsyncClient, issuer: str
) -> None:
    async def asked(body: dict[str, Any]) -> Any:
        return (await client.post("/graphql", json=body, headers=OURS)).json()["data"]

    await be(issuer, claims={"sub": "of handler"})
    await asked({"query": SIGN_IN})
    before, back = (await asked(PORTAL))["portal"], await came(client)
    offered = (await asked(PORTAL))["portal"]
    answer = await asked({"query": LINK, "variables": {"password": RIGHT}})
    linked = (await asked(PORTAL))["portal"]

    assert before == {"offered": False, "linkedAt": None, "usedAt": None}
    assert back.status_code == 303 and offered["offered"] is True
    assert answer["linkPortal"]["__typename"] == "PortalLinkedPayload"
    assert linked["offered"] is False and linked["linkedAt"] is not None
    client.cookies.clear()
    await came(client)
    assert (await mine(client))["login"] == "handler"
    assert await asked(UNLINK) == {"unlinkPortal": True}
    client.cookies.clear()
    assert code(await came(client)) == "PORTAL_UNKNOWN"


async def test_a_token_of_a_script_links_nothing(client: httpx.AsyncClient, issuer: str) -> None:
    await be(issuer, claims={"sub": "of handler"})
    query = SIGN_IN.replace("}) {", ", asToken: true }) { ... on SignInPayload { token }", 1)
    given = await client.post("/graphql", json={"query": query})
    token = given.json()["data"]["signIn"]["token"]

    answer = await client.get(await led(client), headers={"Authorization": f"Bearer {token}"})

    assert code(answer) == "PORTAL_UNKNOWN"
    assert await PortalVisit.exclude(session_id=None).count() == 0


async def test_no_number_is_in_a_log_or_a_row(
    client: httpx.AsyncClient, issuer: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await be(issuer, claims={"idnum": NUMBER})
    await came(client)
    await be(issuer, claims={"idnum": NUMBER, "aud": "other"})
    refused = await came(client)

    kept = [await each.all().values() for each in (PortalVisit, PortalLink, Session)]
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("jijiao")]
    assert NUMBER not in repr([kept, ours, await logged(), refused.text])


@pytest.mark.parametrize(
    ("text", "mode", "trouble"),
    [("x", 0o444, "is open to others"), ("", 0o400, "must hold one line"), (None, 0, "be read")],
)
def test_a_secret_that_cannot_be_used_stops_the_start(
    pg: Any, tmp_path: Path, text: str | None, mode: int, trouble: str
) -> None:
    path = tmp_path / "portal"
    if text is not None:
        path.write_text(text)
        path.chmod(mode)
    named = {"oidc_issuer": "http://127.0.0.1:1", "oidc_client": "x", "oidc_secret": str(path)}
    given = servers.configuration(pg, "work", storage=str(tmp_path), origin=ORIGIN, **named)

    with pytest.raises(SettingError, match=f"JIJIAO_OIDC_SECRET must be usable.*{trouble}"):
        app.create(given)


async def test_without_a_portal_there_is_nothing_at_its_addresses(
    db: Connection, configuration: Settings
) -> None:
    transport = httpx.ASGITransport(app.create(configuration))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        answers = [await client.get(f"/oidc/{name}") for name in ("begin", "return")]

    assert [one.status_code for one in answers] == [404, 404]
    assert await answered(somebody(), PORTAL["query"]) == {"portal": None}
