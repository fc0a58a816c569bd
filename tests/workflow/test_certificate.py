"""Certificates: once per result, for oneself, and never valid over a year that fails."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from models import (
    AnnualResult,
    Certificate,
    CertificateKey,
    History,
    Notice,
    PersonTotal,
    certificate_sql,
)
from models.ids import uuid7
from models.read import Connection
from rules.certificate import CertificateKind, Revocation, read_number
from rules.refusal import Refused
from tests.factories import certificate as certificates
from tests.factories import city as cities
from tests.factories.certificate import OFFICE, SIGNER, change_hours, issued, passing, recounted
from tests.factories.city import City
from tests.factories.record import done
from tests.statements import counted
from workflow import annual, certificate, later, signature
from workflow.command import Done


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


async def tags() -> list[str]:
    found = await History.filter(subject_type="certificate").order_by("id")
    return [str(each.tag) for each in found]


async def test_a_year_that_passes_is_certified_word_by_word_and_signed(city: City) -> None:
    done(await issued(city, await passing(city)))

    made = await Certificate.get()
    told = signature.read(signature.token(made.data, made.signature, made.key_id))
    assert told.is_by(SIGNER.public)
    (year,) = told.data["figures"]
    assert year["hours"] == {
        "total": "90.0", "public": "30.0", "professional": "42.0", "elective": "18.0",
    }  # fmt: skip
    assert year["needed"] == {"total": "90.0", "public": "30.0", "professional": "42.0"}
    assert (told.data["name"], told.data["years"]) == ("applicant", [2026])
    assert (told.data["issuer"], told.data["issuedOn"]) == (OFFICE.issuer, "2026-11-24")
    assert told.data["check"] == f"https://ce.example/check/{made.number}"
    assert read_number(made.number) == made.number
    assert await tags() == ["certificate:issue"]


async def heard(city: City, who: str = "applicant") -> list[tuple[str, Any]]:
    """The notices of somebody: what kind, and in what words for clients."""
    found = await Notice.filter(person_id=city.viewers[who].person_id).order_by("id")
    return [(one.kind, one.data) for one in found]


async def test_whose_certificate_it_is_hears_of_its_issue_once(city: City) -> None:
    result = await passing(city)

    done(await issued(city, result))
    done(await issued(city, result))

    issue = {"as": "annual", "first": 2026, "last": 2026}
    assert await heard(city) == [("certificate_issued", issue)]


@pytest.mark.parametrize(("hours", "told"), [("17.5", 1), ("20.0", 0)])
async def test_whose_certificate_a_recount_ends_hears_of_it(
    city: City, hours: str, told: int
) -> None:
    done(await issued(city, await passing(city)))
    await change_hours(city, hours)

    await recounted(city)

    end = ("certificate_revoked", {"as": "annual", "year": 2026})
    assert (await heard(city))[1:] == [end] * told
    assert await Notice.filter(kind="certificate_revoked").count() == told


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        ("applicant", None),
        ("handler", Refused("NOT_PERMITTED")),  # he may read it, it is not his
        ("museum handler", Refused("NOT_FOUND", {}, ("resultId",))),
    ],
)
async def test_one_asks_for_oneself(city: City, who: str, refused: Refused | None) -> None:
    result = await passing(city)

    answer = await issued(city, result, who)

    assert answer == refused or (refused is None and isinstance(answer, Done))
    assert await Certificate.all().count() == (refused is None)


@pytest.mark.parametrize(
    ("hours", "refused"),
    [("18.0", None), ("17.5", Refused("NOT_PASSED", {"year": 2026}))],
)
async def test_half_an_hour_less_is_no_certificate(
    city: City, hours: str, refused: Refused | None
) -> None:
    await passing(city)
    await change_hours(city, hours)

    answer = await issued(city, await recounted(city))

    assert answer == refused or (refused is None and isinstance(answer, Done))
    assert await Certificate.all().count() == (refused is None)


async def test_without_a_key_of_the_operators_there_is_none(city: City) -> None:
    result = await passing(city)

    answer = await issued(city, result, office=replace(OFFICE, signer=None))

    assert answer == Refused("CERTIFICATE_NO_KEY")
    assert not await Certificate.exists()
    assert isinstance(await issued(city, result), Done)


async def test_while_figures_are_stale_nothing_is_certified(city: City, db: Connection) -> None:
    result = await passing(city)
    await later.recalculate(db, [city.viewers["applicant"].person_id], cities.NOW)

    stale = await issued(city, result)
    fresh = await issued(city, await recounted(city))

    assert stale == Refused("FIGURES_STALE")
    assert isinstance(fresh, Done)


async def test_the_same_figures_give_the_same_certificate(city: City) -> None:
    result = await passing(city)

    first, again = done(await issued(city, result)), done(await issued(city, result))

    assert again.data["certificate"] == first.data["certificate"]
    assert await Certificate.all().count() == 1
    assert await tags() == ["certificate:issue"]


async def test_other_figures_that_pass_too_leave_it_valid_until_it_is_replaced(city: City) -> None:
    old = done(await issued(city, await passing(city))).data["certificate"]
    await change_hours(city, "20.0")
    result = await recounted(city)
    assert (await Certificate.get()).revoked_at is None

    new = done(await issued(city, result)).data["certificate"]

    before, after = await Certificate.get(id=old), await Certificate.get(id=new)
    assert (before.revoked_because, after.revoked_at) == (Revocation.REPLACED, None)
    assert after.data["figures"][0]["hours"]["total"] == "92.0"


async def test_a_recount_that_turns_the_year_revokes_and_a_later_one_gives_a_new_one(
    city: City,
) -> None:
    first = done(await issued(city, await passing(city))).data["certificate"]
    await change_hours(city, "17.5")

    failed = await recounted(city)

    revoked = await Certificate.get()
    assert (revoked.revoked_at, revoked.revoked_because) == (cities.NOW, Revocation.RECALCULATED)
    assert await tags() == ["certificate:issue", "certificate:revoke"]
    assert await issued(city, failed) == Refused("NOT_PASSED", {"year": 2026})
    await change_hours(city, "18.0")
    second = done(await issued(city, await recounted(city))).data["certificate"]
    assert second != first


async def test_a_recount_that_leaves_the_year_passing_revokes_nothing(city: City) -> None:
    done(await issued(city, await passing(city)))
    await change_hours(city, "19.0")

    await recounted(city)

    assert (await Certificate.get()).revoked_at is None
    assert await tags() == ["certificate:issue"]


async def test_a_recount_that_turns_nothing_costs_no_more_than_before(city: City) -> None:
    done(await issued(city, await passing(city)))
    await change_hours(city, "19.0")

    with counted() as statements:
        await recounted(city)

    assert len(statements) == 6  # five, and the one that reads the result for this test


async def test_issuing_costs_nine_statements(city: City) -> None:
    result = await passing(city)

    with counted() as statements:
        await issued(city, result)

    assert len(statements) == 9


async def test_many_clicks_at_once_are_one_certificate(clone: TortoiseContext) -> None:
    city = await cities.build(clone.db())
    result = await passing(city)

    answers = await asyncio.gather(*(issued(city, result) for _ in range(8)))

    assert len({done(each).data["certificate"] for each in answers}) == 1
    assert await Certificate.all().count() == 1


@pytest.mark.parametrize("turn", range(4))
async def test_a_recount_and_a_request_at_once_leave_no_valid_certificate_of_a_year_that_fails(
    clone: TortoiseContext, turn: int
) -> None:
    city = await cities.build(clone.db())
    result = await passing(city)
    await change_hours(city, "17.5")
    person_id = city.viewers["applicant"].person_id

    at_once: list[Any] = [issued(city, result) for _ in range(3)]
    at_once.insert(turn, annual.settle(person_id, now=cities.NOW))
    await asyncio.gather(*at_once)

    assert (await AnnualResult.get(year=2026, current=True)).verdict == "fail"
    assert not await Certificate.filter(revoked_at=None).exists()


async def test_a_request_that_waits_for_a_recount_reads_what_it_wrote(
    clone: TortoiseContext,
) -> None:
    city = await cities.build(clone.db())
    result = await passing(city)
    await change_hours(city, "17.5")
    given = await annual.load(city.viewers["applicant"].person_id)
    assert given

    async with after(lambda: issued(city, result)) as (begin, waiting), in_transaction() as c:
        assert await annual.store(c, given, annual.judge(given, this_year=2026), now=cities.NOW)
        begin.set()
        await until_somebody_waits(c)

    assert await waiting == Refused("NOT_PASSED", {"year": 2026})


async def test_a_recount_that_waits_for_a_request_revokes_what_it_made(
    clone: TortoiseContext,
) -> None:
    city = await cities.build(clone.db())
    await passing(city)
    person_id = city.viewers["applicant"].person_id
    await change_hours(city, "17.5")

    recounting = after(lambda: annual.settle(person_id, now=cities.NOW))
    async with recounting as (begin, recount), in_transaction() as c:
        await c.execute_query(certificate_sql.HOLD, [person_id])
        begin.set()
        await until_somebody_waits(c)
        current = await AnnualResult.get(person_id=person_id, year=2026, current=True)
        await certificate.issue(
            c, passed(city, current), office=OFFICE, viewer=None, now=cities.NOW
        )

    assert await recount
    assert (await Certificate.get()).revoked_because == Revocation.RECALCULATED


@contextlib.asynccontextmanager
async def after(
    work: Callable[[], Awaitable[Any]],
) -> AsyncIterator[tuple[asyncio.Event, asyncio.Task[Any]]]:
    """Work in a task of its own, outside the transaction that is open when it begins."""
    begin = asyncio.Event()

    async def waited() -> Any:
        await begin.wait()
        return await work()

    task = asyncio.create_task(waited())
    yield begin, task
    begin.set()


async def until_somebody_waits(db: Connection) -> None:
    """Another transaction stands before a lock."""
    waiting = "SELECT count(*) AS n FROM pg_locks WHERE NOT granted"
    async with asyncio.timeout(10):
        while not (await db.execute_query_dict(waiting))[0]["n"]:
            await asyncio.sleep(0.01)


def passed(city: City, result: AnnualResult) -> certificate.Passed:
    return certificate.Passed(
        person_id=city.viewers["applicant"].person_id,
        kind=CertificateKind.ANNUAL,
        years=(2026, 2026),
        name="applicant",
        masked_number="440***************",
        certified=certificate.annual_data(result.explanation),
        annual_result_id=result.id,
    )


async def test_the_database_holds_one_valid_certificate_of_a_year_whatever_the_code_does(
    city: City,
) -> None:
    result = await AnnualResult.get(id=await passing(city))
    done(await issued(city, result.id))

    with pytest.raises(IntegrityError, match="certificate_one_annual"):
        async with in_transaction() as c:
            await certificate.issue(
                c, passed(city, result), office=OFFICE, viewer=None, now=cities.NOW
            )

    assert await Certificate.all().count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE certificate SET data = data || \'{"name": "李四"}\'',
        "UPDATE certificate SET first_year = 2025, last_year = 2025",
        "UPDATE certificate SET revoked_at = NULL",
        "DELETE FROM certificate",
        "UPDATE certificate_key SET first_used_at = now()",
        "DELETE FROM certificate_key",
    ],
)
async def test_what_was_certified_is_never_changed(
    city: City, db: Connection, statement: str
) -> None:
    done(await issued(city, await passing(city)))
    before = await Certificate.get()

    with pytest.raises((IntegrityError, Exception)) as error:
        await db.execute_script(statement)

    assert "revoked" in str(error.value) or "append" in str(error.value)
    after = await Certificate.get()
    assert (after.data, after.revoked_at) == (before.data, before.revoked_at)


async def test_a_revocation_is_final(city: City, db: Connection) -> None:
    done(await issued(city, await passing(city)))
    await change_hours(city, "1.0")
    await recounted(city)

    for change in ("revoked_at = now()", "revoked_at = NULL, revoked_because = NULL"):
        with pytest.raises(IntegrityError, match="only once"):
            await db.execute_script(f"UPDATE certificate SET {change}")


async def test_keys_may_change_and_old_certificates_stay_with_theirs(city: City) -> None:
    fresh = signature.Signer(Ed25519PrivateKey.generate())
    done(await issued(city, await passing(city)))
    await change_hours(city, "20.0")

    done(await issued(city, await recounted(city), office=replace(OFFICE, signer=fresh)))

    old, new = await Certificate.all().order_by("id")
    assert (old.key_id, new.key_id) == (SIGNER.key_id, fresh.key_id)
    assert await CertificateKey.all().count() == 2


async def test_a_repeated_request_is_answered_without_a_second_look(city: City) -> None:
    result, key = await passing(city), str(uuid7())
    first: Any = await issued(city, result, key=key)
    await PersonTotal.all().update(dirty_version=99)

    again: Any = await issued(city, result, key=key)

    assert (again.data, again.replayed) == (first.data, True)


async def test_nothing_about_a_person_stands_in_history(city: City) -> None:
    done(await issued(city, await passing(city)))

    line = await History.get(subject_type="certificate")

    assert json.loads(json.dumps(line.data)) == {"years": [2026, 2026]}
    assert certificates.OFFICE.issuer not in str(line.data)
