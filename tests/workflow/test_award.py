"""Certificates of approved applications, and what a correction afterwards does to them."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from models import (
    Certificate,
    CycleApplication,
    CycleResult,
    History,
    Notice,
    Profile,
    TrainingRecord,
)
from models.read import Connection
from rules import regulation
from rules.certificate import Revocation
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import cycle as cycles
from tests.factories.award import approved, awarded
from tests.factories.certificate import OFFICE, SIGNER, change_hours, issued, passing
from tests.factories.city import City
from tests.factories.cycle import climbed, corrected, recalculated, submitted
from tests.factories.record import done
from tests.statements import counted
from workflow import chunk, cycle_result, recalculation, signature
from workflow.chunk import Chunk
from workflow.command import Done, constraint


@pytest.fixture
async def city(db: Connection) -> City:
    return await cycles.peopled(await cities.build(db))


@pytest.fixture
async def studies(city: City) -> list[UUID]:
    return await cycles.studied(city)


async def snapshots(key: UUID) -> list[tuple[int, Decimal, str, bool]]:
    rows = await CycleResult.filter(application_id=key).order_by("number")
    return [(one.number, one.total_hours, one.verdict, one.current) for one in rows]


async def failing(studies: list[UUID]) -> None:
    """404 − 4 × 35.5 = 262 of 288."""
    for record in studies[4:8]:
        await corrected(record, "0.0")


async def told() -> dict[str, Any]:
    made = await Certificate.get()
    found = signature.read(signature.token(made.data, made.signature, made.key_id))
    assert found.is_by(SIGNER.public)
    return dict(found.data)


async def test_an_approved_cycle_is_certified_word_by_word(city: City, studies: list[UUID]) -> None:
    key = await approved(city)

    done(await awarded(city, key))

    data, made = await told(), await Certificate.get()
    assert (made.application_id, made.first_year, made.last_year) == (key, 2008, 2011)
    assert (data["target"]["title"], data["discipline"]) == ("高级工程师", "natural")
    assert (data["required"], data["hours"]["total"]) == ("288.0", "404.0")
    assert data["courses"]["public"] == {"had": "4", "needed": "2"}
    assert [each["year"] for each in data["figures"]] == [2008, 2009, 2010, 2011]
    assert (data["appliedOn"], data["approvedOn"]) == ("2012-03-06", "2012-03-06")
    assert data["bodies"] == ["hospital", "department", "bureau"]
    assert (data["binding"], data["supplement"], data["recounted"]) == (True, False, False)


async def test_no_person_who_decided_stands_on_it(city: City, studies: list[UUID]) -> None:
    done(await awarded(city, await approved(city)))

    said = str(await told())

    assert "hospital" in said
    assert not any(who in said for who, _ in cycles.MUNICIPAL)


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        ("applicant", None),
        ("hospital checker", Refused("NOT_PERMITTED")),
        ("museum checker", Refused("NOT_FOUND", {}, ("resultId",))),
    ],
)
async def test_one_asks_for_oneself(
    city: City, studies: list[UUID], who: str, refused: Refused | None
) -> None:
    key = await approved(city)

    answer = await awarded(city, key, who)

    assert answer == refused or (refused is None and isinstance(answer, Done))
    assert await Certificate.all().count() == (refused is None)


@pytest.mark.parametrize(
    ("steps", "refused"),
    [(5, None), (4, Refused("CYCLE_NOT_APPROVED", {"status": "in_review"}))],
)
async def test_one_decision_less_is_no_certificate(
    city: City, studies: list[UUID], steps: int, refused: Refused | None
) -> None:
    key = await submitted(city)
    await climbed(city, key, steps)
    assert await recalculated(city)

    answer = await awarded(city, key)

    assert answer == refused or (refused is None and isinstance(answer, Done))
    assert await Certificate.all().count() == (refused is None)


async def test_without_a_key_there_is_none(city: City, studies: list[UUID]) -> None:
    key = await approved(city)

    answer = await awarded(city, key, office=replace(OFFICE, signer=None))

    assert answer == Refused("CERTIFICATE_NO_KEY")
    assert not await Certificate.exists()


async def test_application_and_result_name_the_same_certificate(
    city: City, studies: list[UUID]
) -> None:
    key = await approved(city)
    result = await CycleResult.get(application_id=key)

    answers = [done(await awarded(city, one)) for one in (key, result.id, key)]

    assert len({one.data["certificate"] for one in answers}) == 1
    assert await Certificate.all().count() == 1


async def test_while_figures_are_stale_nothing_is_certified(
    city: City, studies: list[UUID]
) -> None:
    key = await approved(city)
    await corrected(studies[0], "17.0")

    stale = await awarded(city, key)
    assert await recalculated(city)

    assert stale == Refused("FIGURES_STALE")
    assert isinstance(await awarded(city, key), Done)


async def test_what_fails_afterwards_is_seen_and_the_certificate_ends(
    city: City, studies: list[UUID]
) -> None:
    key = await approved(city)
    done(await awarded(city, key))
    await failing(studies)

    assert await recalculated(city)

    made, row = await Certificate.get(), await CycleApplication.get(id=key)
    assert made.revoked_because == Revocation.RECALCULATED
    assert (row.status, row.decided_number) == ("approved", 1)
    assert await snapshots(key) == [
        (1, Decimal("404.0"), "pass", False),
        (2, Decimal("262.0"), "fail", True),
    ]
    lines = await History.filter(subject_type="certificate").order_by("id")
    assert [one.tag for one in lines] == ["certificate:issue", "certificate:revoke"]
    assert await awarded(city, key) == Refused("CYCLE_NOT_PASSED")


async def test_other_figures_that_pass_end_it_too_and_a_new_one_says_so(
    city: City, studies: list[UUID]
) -> None:
    key = await approved(city)
    first = done(await awarded(city, key)).data["certificate"]
    await corrected(studies[0], "2.0")
    assert await recalculated(city)

    second = done(await awarded(city, key)).data["certificate"]

    old, new = await Certificate.get(id=first), await Certificate.get(id=second)
    assert (old.revoked_because, new.revoked_at) == (Revocation.RECALCULATED, None)
    assert (new.data["hours"]["total"], new.data["recounted"]) == ("389.0", True)


async def test_the_current_year_stands_on_it_where_it_was_added(
    city: City, studies: list[UUID]
) -> None:
    await failing(studies)
    await cities.registered(  # 262 + 30 = 292 of 288
        city,
        "applicant",
        approved_hours="30.0",
        starts_on=date(2012, 2, 1),
        ends_on=date(2012, 2, 3),
    )

    done(await awarded(city, await approved(city)))

    data = await told()
    assert (data["supplement"], data["hours"]["total"]) == (True, "292.0")
    assert [(each["year"], each["supplement"]) for each in data["figures"]][-2:] == [
        (2011, False),
        (2012, True),
    ]


async def test_a_snapshot_that_only_explains_otherwise_leaves_it_valid_until_it_is_replaced(
    city: City, studies: list[UUID]
) -> None:
    key = await approved(city)
    first = done(await awarded(city, key)).data["certificate"]
    (row,) = await cycle_result.load([city.viewers["applicant"].person_id])
    (same,) = cycle_result.judge([row])
    begun_before = replace(same, closed=False, told={**same.told, "records": []})
    async with in_transaction() as c:
        await cycle_result.store(c, [begun_before], now=cycles.APPLIED)
    assert (await Certificate.get()).revoked_at is None

    second = done(await awarded(city, key)).data["certificate"]

    old, new = await Certificate.get(id=first), await Certificate.get(id=second)
    assert (old.revoked_because, new.revoked_at) == (Revocation.REPLACED, None)


@pytest.mark.parametrize("certified", [True, False])
async def test_the_person_and_the_desk_of_his_employer_hear_of_it(
    city: City, studies: list[UUID], certified: bool
) -> None:
    key = await approved(city)
    if certified:
        done(await awarded(city, key))
    await corrected(studies[0], "2.0")

    assert await recalculated(city)

    heard = await Notice.filter(subject_id=key)
    person, desk = sorted(heard, key=lambda one: one.organisation_id is not None)
    kind = "certificate_revoked" if certified else "approved_changed"
    assert (person.kind, person.person_id) == (kind, city.viewers["applicant"].person_id)
    assert (desk.kind, desk.group_key) == (kind, "initial_checker")
    assert desk.organisation_id == city.organisations["hospital"]


async def test_the_same_figures_leave_everything_as_it_was(city: City, studies: list[UUID]) -> None:
    key = await approved(city)
    done(await awarded(city, key))
    await cities.registered(city, "applicant", approved_hours="90.0")  # years after the cycle
    await corrected(studies[0], "17.0")

    assert await recalculated(city)

    assert await snapshots(key) == [(1, Decimal("404.0"), "pass", True)]
    assert (await Certificate.get()).revoked_at is None
    assert not await Notice.filter(subject_id=key).exists()


async def test_who_becomes_a_teacher_later_keeps_what_was_approved(
    city: City, studies: list[UUID]
) -> None:
    key = await approved(city)
    person = city.viewers["applicant"].person_id
    await Profile.filter(person_id=person).update(person_group="teacher")
    await corrected(studies[0], "2.0")

    assert await recalculated(city)

    last = await CycleResult.get(application_id=key, current=True)
    assert (last.number, last.person_group.value) == (2, "general")


@pytest.fixture
def stricter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """From now on each year of a cycle, and each year by itself, asks for 110 hours."""

    def change() -> None:
        law, hours = regulation.current(), Decimal("110.0")
        years = tuple(replace(row, hours=hours) for row in law.cycle_year_rows)
        annual = tuple(replace(row, total_hours=hours) for row in law.annual_rows)
        other = replace(law, cycle_year_rows=years, annual_rows=annual)
        monkeypatch.setattr(regulation, "current", lambda: other)
        chunk.rules.cache_clear()

    yield change
    chunk.rules.cache_clear()


@pytest.mark.parametrize("by", ["job", "run"])
async def test_what_was_approved_stands_by_the_regulation_of_its_day(
    city: City, studies: list[UUID], stricter: Callable[[], None], by: str
) -> None:
    key = await approved(city)
    done(await awarded(city, key))
    stricter()

    await (recalculated(city) if by == "job" else recalculated_by_everybody())

    assert await snapshots(key) == [(1, Decimal("404.0"), "pass", True)]
    assert (await Certificate.get()).revoked_at is None
    assert not await Notice.filter(subject_id=key).exists()


@pytest.mark.parametrize("by", ["job", "run"])
async def test_what_is_under_way_is_judged_by_the_regulation_as_it_is_now(
    city: City, studies: list[UUID], stricter: Callable[[], None], by: str
) -> None:
    key = await submitted(city)
    stricter()

    await (recalculated(city) if by == "job" else recalculated_by_everybody())

    assert (await snapshots(key))[-1] == (2, Decimal("404.0"), "fail", True)


@pytest.mark.parametrize(("records", "verdict"), [(2, "pass"), (4, "fail")])
async def test_a_correction_of_what_was_approved_is_held_against_the_hours_of_its_day(
    city: City,
    studies: list[UUID],
    stricter: Callable[[], None],
    records: int,
    verdict: str,
) -> None:
    key = await approved(city)
    stricter()
    for record in studies[4 : 4 + records]:
        await corrected(record, "0.0")

    assert await recalculated(city)

    last = await CycleResult.get(application_id=key, current=True)
    assert (last.number, last.verdict, last.required_hours) == (2, verdict, Decimal("288.0"))


async def test_the_bulk_run_sees_it_too(city: City, studies: list[UUID]) -> None:
    key = await approved(city)
    done(await awarded(city, key))
    await failing(studies)

    await recalculated_by_everybody()

    assert (await Certificate.get()).revoked_because == Revocation.RECALCULATED
    assert (await snapshots(key))[-1] == (2, Decimal("262.0"), "fail", True)


async def test_one_group_of_a_run_turns_a_year_an_approved_cycle_and_one_under_review(
    city: City, studies: list[UUID]
) -> None:
    approved_one, under_way = await approved(city), await applied_by(city, "second handler")
    done(await awarded(city, approved_one))
    for who in ("leader", "administrator"):
        done(await issued(city, await passing(city, who), who))
    await failing(studies)
    await change_hours(city, "17.5", "leader")  # behind the verbs, as the two below
    await TrainingRecord.filter(
        person_id=city.viewers["second handler"].person_id,
        category="public",
        starts_on="2008-11-03",
    ).update(approved_hours="2.0")

    await recalculated_by_everybody()

    ended = {one.person_id for one in await Certificate.filter(revoked_at__isnull=False)}
    assert ended == {city.viewers[who].person_id for who in ("applicant", "leader")}
    kept = await Certificate.get(revoked_at__isnull=True)
    assert kept.person_id == city.viewers["administrator"].person_id
    assert (await snapshots(approved_one))[-1] == (2, Decimal("262.0"), "fail", True)
    assert (await snapshots(under_way))[-1] == (2, Decimal("389.0"), "pass", True)
    told = await Notice.filter(kind="certificate_revoked", organisation_id=None)
    assert {one.person_id for one in told} == ended


async def applied_by(city: City, who: str) -> UUID:
    """An application of somebody else with the same studies, under review."""
    await cycles.studied(city, who)
    return await submitted(city, who)


async def recalculated_by_everybody() -> None:
    """One run over the whole city, its only chunk carried out here."""
    began = done(await recalculation.begin_unasked(anew=False, now=cycles.APPLIED))
    edges = {"after": recalculation.FIRST, "upto": recalculation.LAST}
    run = Chunk(run_id=UUID(began.data["run"]), anew=False, **edges)
    await chunk.settle(run, now=cycles.APPLIED)


async def test_a_recount_that_moves_nothing_costs_no_more_and_one_that_does_few(
    city: City, studies: list[UUID]
) -> None:
    key = await approved(city)
    done(await awarded(city, key))

    with counted() as quiet:
        await recalculated(city)
    await corrected(studies[0], "2.0")
    with counted() as moved:
        await recalculated(city)

    # retire, snapshot, reviewers, who is approved, revoke, history, notices
    assert len(moved) - len(quiet) <= 10


async def test_issuing_costs_nine_statements(city: City, studies: list[UUID]) -> None:
    key = await approved(city)

    with counted() as statements:
        await awarded(city, key)

    assert len(statements) == 9


async def test_many_clicks_at_once_are_one_certificate(clone: TortoiseContext) -> None:
    city = await cycles.peopled(await cities.build(clone.db()))
    await cycles.studied(city)
    key = await approved(city)

    answers = await asyncio.gather(*(awarded(city, key) for _ in range(8)))

    assert len({done(each).data["certificate"] for each in answers}) == 1
    assert await Certificate.all().count() == 1


@pytest.mark.parametrize("turn", range(4))
async def test_a_recount_and_requests_at_once_leave_no_valid_certificate_of_what_fails(
    clone: TortoiseContext, turn: int
) -> None:
    city = await cycles.peopled(await cities.build(clone.db()))
    studies = await cycles.studied(city)
    key = await approved(city)
    await failing(studies)

    at_once: list[Any] = [awarded(city, key) for _ in range(3)]
    at_once.insert(turn, recalculated(city))
    await asyncio.gather(*at_once)

    assert (await CycleResult.get(application_id=key, current=True)).verdict == "fail"
    assert not await Certificate.filter(revoked_at=None).exists()


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE cycle_application SET decided_number = 2", "cycle_application_decided"),
        ("UPDATE cycle_application SET decided_number = NULL", "cycle_application_decided"),
    ],
)
async def test_what_was_decided_upon_never_changes(
    city: City, studies: list[UUID], statement: str, broken: str
) -> None:
    key = await approved(city)

    with pytest.raises(IntegrityError) as raised:
        async with in_transaction() as c:
            await c.execute_query(statement)

    assert constraint(raised.value) == broken
    assert (await CycleApplication.get(id=key)).decided_number == 1


async def test_raw_sql_does_not_approve_figures_nobody_decided_upon(
    city: City, studies: list[UUID]
) -> None:
    key = await submitted(city)
    approve = """UPDATE cycle_application SET status = 'approved', closed_at = now(),
      decided_number = {} WHERE id = $1"""

    with pytest.raises(Exception) as raised:
        async with in_transaction() as c:
            await c.execute_query(approve.format("NULL"), [key])
    async with in_transaction() as c:
        await c.execute_query(approve.format("1"), [key])

    assert constraint(raised.value) == "cycle_application_passed"
    assert (await CycleApplication.get(id=key)).status == "approved"
