"""What leaves by an address, and what is asked for there in vain, stands in the audit log."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

import app
from models import Attachment
from models.ids import uuid7
from models.read import Connection
from settings import Settings
from tests.factories import certificate as certificates
from tests.factories import city as cities
from tests.factories import file, people
from tests.factories import personal as copies
from tests.factories.city import City
from tests.factories.dossier import decided
from tests.factories.record import done, draft
from tests.factories.session import opened
from uploads.store import Store
from workflow import audit
from workflow.account import Device, sign_in

LOG = """SELECT action, outcome, code, object_id, person_id, address FROM audit.audit_event
WHERE request_id IS NOT NULL AND action <> 'session:sign_in' ORDER BY at"""
CONTENT = file.pdf()
HOSTILE = "\r\nFORGED \x1b[2J\x00\u2028"
ADDRESSES = ("/dossiers/{}.json", "/attachments/{}", "/certificates/{}")


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


@pytest.fixture
async def client(city: City, configuration: Settings) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app.create(configuration), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def fetched(client: httpx.AsyncClient, city: City, who: str | None, address: str) -> int:
    """The status of an answer to somebody, or to a stranger."""
    bearer = f"Bearer {await opened(city.viewers[who])}" if who else ""
    headers = {"Authorization": bearer} if who else {}
    return (await client.get(address, headers=headers)).status_code


async def log(db: Connection) -> list[dict[str, Any]]:
    """What requests have left."""
    return list(await db.execute_query_dict(LOG))


async def a_file(city: City, storage: Path) -> UUID:
    """A clean file of the applicant, with a record that waits for the handler."""
    store = Store(storage)
    store.prepare()
    async with store.incoming() as incoming:
        await incoming.add(CONTENT)
        await store.keep(incoming)
    await decided(city)
    (found,) = await Attachment.all()
    size, sha256 = len(CONTENT), hashlib.sha256(CONTENT).hexdigest()
    await Attachment.filter(id=found.id).update(size=size, sha256=sha256, scan_state="clean")
    return found.id


async def something(kind: str, city: City, storage: Path) -> tuple[str, UUID]:
    """The address of a row of the applicant that his unit reads, and its key."""
    if kind == "certificate":
        answer = done(await certificates.issued(city, await certificates.passing(city)))
        key = UUID(str(answer.data["certificate"]))
        return f"/certificates/{key}", key
    if kind == "attachment":
        key = await a_file(city, storage)
        return f"/attachments/{key}", key
    key = await decided(city)
    return f"/dossiers/{key}.json", key


KINDS = (
    ("dossier", "dossier:export"),
    ("attachment", "attachment:read"),
    ("certificate", "certificate:read"),
)


@pytest.mark.parametrize(("kind", "action"), KINDS)
async def test_what_of_somebody_else_leaves_the_house_is_logged(
    db: Connection, client: httpx.AsyncClient, city: City, tmp_path: Path, kind: str, action: str
) -> None:
    address, key = await something(kind, city, tmp_path)

    assert await fetched(client, city, "handler", address) == 200

    (row,) = await log(db)
    assert (row["action"], row["outcome"], row["object_id"]) == (action, "done", key)
    assert row["person_id"] == city.viewers["handler"].person_id
    assert row["address"] == "127.0.0.1"


@pytest.mark.parametrize(("kind", "rows"), [("attachment", 0), ("certificate", 0), ("dossier", 1)])
async def test_ones_own_file_is_no_event_but_a_dossier_is(
    db: Connection, client: httpx.AsyncClient, city: City, tmp_path: Path, kind: str, rows: int
) -> None:
    address, _ = await something(kind, city, tmp_path)

    assert await fetched(client, city, "applicant", address) == 200

    assert len(await log(db)) == rows


@pytest.mark.parametrize(("kind", "action"), KINDS)
async def test_what_one_may_not_read_is_denied_in_the_log_and_unknown_to_the_asker(
    db: Connection, client: httpx.AsyncClient, city: City, tmp_path: Path, kind: str, action: str
) -> None:
    address, key = await something(kind, city, tmp_path)

    assert await fetched(client, city, "museum handler", address) == 404

    (row,) = await log(db)
    assert (row["action"], row["outcome"], row["code"]) == (action, "denied", "NOT_FOUND")
    assert (row["object_id"], row["person_id"]) == (key, city.viewers["museum handler"].person_id)


@pytest.mark.parametrize("address", ADDRESSES)
async def test_an_id_that_never_was_is_logged_alike_and_what_is_no_id_or_no_login_is_not(
    db: Connection, client: httpx.AsyncClient, city: City, address: str
) -> None:
    unknown = address.format(uuid7())

    assert await fetched(client, city, "applicant", unknown) == 404
    assert await fetched(client, city, "applicant", address.format("x")) == 404
    assert await fetched(client, city, None, unknown) == 401

    assert [row["outcome"] for row in await log(db)] == ["denied"]


async def test_a_token_of_somebody_else_is_logged_when_it_is_tried(
    db: Connection, client: httpx.AsyncClient, city: City
) -> None:
    record = await draft(city)
    token = await file.token(city.viewers["applicant"], record, CONTENT, now=cities.NOW)
    bearer = {"Authorization": f"Bearer {await opened(city.viewers['pupil'])}"}

    answer = await client.put(f"/uploads/{token}", headers=bearer, content=CONTENT)

    assert answer.status_code == 404
    (row,) = await log(db)
    assert (row["action"], row["outcome"]) == ("attachment:add", "denied")
    assert token not in str(row)


async def test_a_copy_of_ones_own_data_is_logged(
    db: Connection, client: httpx.AsyncClient, city: City
) -> None:
    await copies.fetched(client, city.viewers["applicant"])

    (row,) = await log(db)
    assert (row["action"], row["outcome"]) == ("personal:export", "done")
    assert row["object_id"] == row["person_id"] == city.viewers["applicant"].person_id


async def test_no_line_is_forged_by_what_a_browser_or_a_person_types(
    db: Connection, client: httpx.AsyncClient, city: City, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    who = await people.account(await people.person())
    audit.called("192.0.2.1" + HOSTILE)
    device = Device(user_agent=HOSTILE, address="192.0.2.1")
    for login in (who.login, HOSTILE):
        await sign_in(login=login, given="x", device=device, now=people.NOW, hours=1)
    await fetched(client, city, "applicant", "/attachments/%0d%0aFORGED%1b%5b2J")

    rows = await db.execute_query_dict("SELECT e::text AS line FROM audit.audit_event e")

    written = [*(row["line"] for row in rows), *(each.getMessage() for each in caplog.records)]
    assert rows and not [line for line in written if set(line) & set("\r\n\x1b\x00\u2028")]
