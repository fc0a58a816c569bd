"""No number outside the vault: planted wherever it can enter, searched for wherever it could stay.

In clear, in the usual codes, and as a hash without a key.
"""

import base64
import hashlib
import io
import logging
import os
import subprocess
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from devserver import binaries
from devserver.postgres import SUPERUSER, Postgres
from models import Person
from models.read import Connection
from resolvers import ids
from settings import Settings
from tests.factories.identity import number, numbered
from tests.factories.record import submitted
from tests.schema.house import House, open_house

CANARIES = [number(sequence=each, region="440199") for each in (700, 701, 702)]
REVEAL = """mutation($input: RevealIdentityInput!) { revealIdentity(input: $input) {
  ... on RevealIdentityPayload { number } ... on UserError { code message } } }"""
FIND = """mutation($input: FindPersonInput!) { findPerson(input: $input) { __typename
  ... on FindPersonPayload { person { id name maskedNumber identityAccessLog { at } } } } }"""
PEOPLE = """{ persons(first: 100) { nodes { id name maskedNumber ceNumber
  profile { birthDate gender phone } } }
  trainingRecords { nodes { id person { maskedNumber } } } }"""


def forms(canary: str) -> Iterator[bytes]:
    """A number as it could stand somewhere: in clear, cut, spaced, in codes, as a bare hash."""
    wide = "".join(chr(ord(each) + 0xFEE0) for each in canary)
    raw = canary.encode()
    yield from (raw, raw[6:17], wide.encode(), raw.hex().encode(), raw[::-1])
    yield " ".join([canary[:6], canary[6:14], canary[14:]]).encode()
    yield from (canary.encode("utf-16-le"), canary.encode("utf-16-be"))
    yield from (urllib.parse.quote(wide).encode(), wide.encode("unicode_escape"))
    for start in range(3):  # base64 depends on what stands before
        yield base64.b64encode(b"x" * start + raw)[4:20]
    for kind in ("md5", "sha1", "sha256"):
        digest = hashlib.new(kind, raw).digest()
        yield from (digest, digest.hex().encode(), base64.b64encode(digest)[:20])


def found(content: bytes, where: str) -> list[str]:
    """Which number stands where, and as what."""
    return [f"{where}: {form!r}" for each in CANARIES for form in forms(each) if form in content]


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything anybody logs, at the level of developers."""
    written, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logging.getLogger("tortoise").setLevel(logging.INFO)  # as __main__ does
    for client in ("httpx", "httpcore"):  # who asks is not us
        logging.getLogger(client).setLevel(logging.WARNING)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.parametrize("form", range(20))
def test_the_search_would_find_a_number(form: int) -> None:
    every = list(forms(CANARIES[0]))

    assert found(b"before" + every[form % len(every)] + b"after", "here")


async def test_no_number_stays_anywhere(
    db: Connection,
    configuration: Settings,
    pg: Postgres,
    redis: Redis,
    logged: io.StringIO,
    tmp_path: Path,
) -> None:
    before = {path for path in Path("/tmp").iterdir()}
    async with open_house(db, configuration) as house:
        answers = await planted(house, db)

    places = {
        "log": logged.getvalue().encode(),
        "answers": b"\n".join(answers),
        "redis": await whole(redis),
        "dump": dump(pg),
        **{str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()},
        **{str(path): content(path) for path in set(Path("/tmp").iterdir()) - before},
    }
    assert [each for where, text in places.items() for each in found(text, where)] == []


async def planted(house: House, db: Connection) -> list[bytes]:
    """Every way a number comes in; the answers that may not hold it."""
    owner = house.town.viewers["applicant"].person_id
    await numbered(owner, CANARIES[0])
    await submitted(house.town)
    (case,) = await db.execute_query_dict("SELECT id FROM wf_case")
    given = {
        "personId": ids.encode("Person", owner),
        "caseId": ids.encode("Case", case["id"]),
        "purpose": "VERIFY",
        "reason": "核对身份",
    }
    async with house.client("handler") as client:

        async def ask(query: str, **variables: Any) -> bytes:
            answer = await client.post("/graphql", json={"query": query, "variables": variables})
            return answer.content

        shown = await ask(REVEAL, input=given)
        assert CANARIES[0].encode() in shown  # the one answer that may
        refused = await ask(REVEAL, input={**given, "reason": f"看{CANARIES[1]}"})
        known = [await ask(FIND, input={"number": each}) for each in CANARIES]
        wrong = [
            await ask(FIND, input={"number": CANARIES[1][:-1] + "?"}),
            await ask("{ broken " + f'"{CANARIES[2]}" ' + "}"),
            await ask(FIND, input={"number": CANARIES[2], "nothing": 1}),
            await ask(PEOPLE),
        ]
        sign_in = "mutation($i: SignInInput!) { signIn(input: $i) { __typename } }"
        login = {"login": CANARIES[1], "password": CANARIES[2]}
        await ask(sign_in, i=login)
        await client.get(f"/nothing/{CANARIES[1]}")
        assert await Person.filter(id=owner).exists()
    own = [each.replace(b'"message"', b"") for each in [refused, *known]]
    return [*own, *(each for each in wrong if each not in known)]


async def whole(redis: Redis) -> bytes:
    """Every key and value."""
    kept = [name async for name in redis.scan_iter("*")]
    values = [await redis.dump(name) or b"" for name in kept]
    return b"\n".join([*kept, *values])


def dump(pg: Postgres) -> bytes:
    """The database as a backup has it, but for the vault, whose content is sealed anyway."""
    given = os.environ.get("JIJIAO_PG_BIN")
    program = binaries.postgres(Path(given) if given else None) / "pg_dump"
    made = subprocess.run(
        [program, "--format=plain", "work"],
        env={"PATH": os.defpath, "PGHOST": str(pg.socket), "PGUSER": SUPERUSER},
        capture_output=True,
        check=True,
    )
    assert b"person_identity" in made.stdout
    return made.stdout


def content(path: Path) -> bytes:
    """A file somebody has left meanwhile."""
    try:
        return path.read_bytes() if path.is_file() else b""
    except OSError:
        return b""
