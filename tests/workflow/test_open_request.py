"""What waits for the city outside cases: terms, one reminder, one count, and rows that stay."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.transactions import in_transaction

from models import Claim, DataRequest, IdentityChange, Notice, roles
from models.data_request import DataField
from models.read import Connection
from tests.factories import city as cities
from tests.factories.city import City
from tests.factories.grant import approvers
from tests.factories.question import answered, codes
from tests.factories.record import done
from tests.statements import counted
from workflow import claim, data_request, identity_change, notice, open_request
from workflow.identity_change import Asked

NOW = cities.NOW
LATE = NOW + timedelta(days=60)
LONG_AGO = datetime(2012, 5, 7, 1, 30, tzinfo=UTC)
WHO = "bureau approver"
COUNTS = "{ openRequests { kind count overdue oldest dueAt } }"
KINDS = ["identity_change", "claim", "data_request"]
BY = "(SELECT id FROM person WHERE name = 'bureau approver')"
CLOSING = {
    "identity_change": "outcome = 'withdrawn', closed_at = now()",
    "claim": f"outcome = 'owner', closed_at = now(), decided_by_id = {BY}",
    "data_request": "outcome = 'withdrawn', closed_at = now()",
}
TABLES: Any = {"identity_change": IdentityChange, "claim": Claim, "data_request": DataRequest}


async def asked(city: City, who: str, claimant: str, *, now: datetime) -> None:
    """One of each kind: two of somebody, and one of another who claims the number of a third."""
    wanted = Asked(name="新名", reason="户口登记更名", evidence="户口簿")
    done(await identity_change.ask(city.request(who, now=now), asked=wanted))
    answer = await data_request.request_correction(
        city.request(who, now=now), field=DataField.RECORD, wish="学时有误", reason="登记有误"
    )
    done(answer)
    theirs, owner = (city.viewers[one].person_id for one in (claimant, "handler"))
    due = claim.due_at(now)
    await Claim.create(claimant_id=theirs, owner_id=owner, created_at=now, due_at=due)


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    await approvers(city)
    await asked(city, "applicant", "pupil", now=NOW)
    return city


def lists(where: str) -> str:
    """All three lists, in the order of the counts."""
    order = "orderBy: [{ field: DUE_AT }]"
    names = ("identityChanges", "claims", "dataRequests")
    rows = f"(where: {{ {where} }}, {order}) {{ totalCount nodes {{ dueAt overdue }} }}"
    return f"{{ {' '.join(name + rows for name in names)} }}"


async def as_application(sql: str) -> None:
    """A statement as the role of the API runs it."""
    async with in_transaction() as c:
        await c.execute_query(f"SET LOCAL ROLE {roles.APP}")
        await c.execute_query(sql)


async def told() -> list[tuple[str, str, str | None]]:
    """Of each reminder: of what kind, and on whose desk."""
    found = await Notice.filter(kind="request_overdue").select_related("organisation")
    return [(one.subject_type or "", one.organisation.name, one.group_key) for one in found]


@pytest.mark.parametrize(
    ("due_at", "now", "due"),
    [
        # Ten working days from Monday 7 May 2012, no holiday among them: two weeks. Five: one.
        (identity_change.due_at, datetime(2012, 5, 7, 1, 30, tzinfo=UTC), (2012, 5, 21)),
        (claim.due_at, datetime(2012, 5, 7, 1, 30, tzinfo=UTC), (2012, 5, 14)),
        # From Monday 21 September 2026: 25 to 27 September and 1 to 7 October are off, Saturday
        # 10 October is made up. 22-24: three, 28-30: six, 8-10: nine, 12: ten.
        (identity_change.due_at, datetime(2026, 9, 21, 1, 30, tzinfo=UTC), (2026, 10, 12)),
        (claim.due_at, datetime(2026, 9, 21, 1, 30, tzinfo=UTC), (2026, 9, 29)),
        # 7 May in Shanghai has begun when it is still 6 May in Greenwich.
        (claim.due_at, datetime(2012, 5, 6, 16, 0, tzinfo=UTC), (2012, 5, 14)),
    ],
)
def test_a_term_is_counted_in_working_days_of_shanghai(
    due_at: Callable[[datetime], datetime], now: datetime, due: tuple[int, int, int]
) -> None:
    last = due_at(now)

    assert (last.year, last.month, last.day) == due
    assert (last.hour, last.utcoffset()) == (23, timedelta(hours=8))


async def test_a_term_that_is_over_is_told_to_the_citys_approvers_once(city: City) -> None:
    due = min([(await table.get()).due_at for table in TABLES.values()])

    looked = [await open_request.remind(now) for now in (due, LATE, LATE + timedelta(days=9))]

    assert looked == [0, 3, 0]
    assert sorted(await told()) == [(kind, "bureau", "approve_admins") for kind in sorted(KINDS)]


async def test_of_several_workers_at_once_each_thing_is_told_by_one(city: City) -> None:
    found = await asyncio.gather(*(open_request.remind(LATE) for _ in range(4)))

    assert sum(found) == len(await told()) == 3


async def test_what_was_told_is_not_told_again_when_its_notice_is_forgotten(
    db: Connection, city: City
) -> None:
    await open_request.remind(LATE)
    forgotten = LATE + notice.KEPT + timedelta(days=1)
    await notice.forget(db, forgotten)

    assert await open_request.remind(forgotten) == 0
    assert await told() == []


async def test_nothing_is_told_of_what_is_decided_or_just_being_decided(city: City) -> None:
    asked = await IdentityChange.get()
    done(await identity_change.withdraw(city.request("applicant"), change_id=asked.id))
    begun, over = asyncio.Event(), asyncio.Event()

    async def deciding() -> None:
        async with in_transaction() as c:
            await c.execute_query("SELECT 1 FROM identity_claim FOR UPDATE")
            begun.set()
            await over.wait()

    decision = asyncio.create_task(deciding())
    await begun.wait()
    during = await open_request.remind(LATE)
    over.set()
    await decision

    assert (during, await open_request.remind(LATE)) == (1, 1)
    assert sorted(kind for kind, *_ in await told()) == ["claim", "data_request"]


async def test_nothing_is_decided_because_time_ran_out(city: City) -> None:
    before = [await table.all().values() for table in TABLES.values()]

    await open_request.remind(NOW + timedelta(days=100))

    assert [await table.all().values() for table in TABLES.values()] == before


async def test_an_approver_reads_what_is_late(city: City) -> None:
    await open_request.remind(LATE)

    query = "{ notices { nodes { kind sentence } } }"
    read = (await answered(city.viewers[WHO], query))["notices"]["nodes"]

    assert {one["kind"] for one in read} == {"REQUEST_OVERDUE"}
    assert sorted(one["sentence"].split(" is past")[0] for one in read) == [
        "A claim of a number",
        "A request of somebody about his data",
        "A request to change name or number",
    ]


async def test_one_statement_counts_what_waits_and_what_is_late_as_the_lists_have_it(
    city: City,
) -> None:
    await asked(city, "museum handler", "leader", now=LONG_AGO)

    with counted() as statements:
        lines = (await answered(city.viewers[WHO], COUNTS))["openRequests"]

    assert len(statements) == 1
    assert [(one["kind"].lower(), one["count"], one["overdue"]) for one in lines] == [
        (kind, 2, 1) for kind in KINDS
    ]
    assert {one["oldest"] for one in lines} == {LONG_AGO.isoformat()}
    for name, where in (("count", "waiting: true"), ("overdue", "overdue: true")):
        listed = await answered(city.viewers[WHO], lists(where))
        assert [one[name] for one in lines] == [one["totalCount"] for one in listed.values()]


async def test_where_nothing_waits_the_count_says_so(db: Connection) -> None:
    city = await cities.build(db)
    await approvers(city)

    lines = (await answered(city.viewers[WHO], COUNTS))["openRequests"]

    assert [(one["kind"].lower(), one["count"], one["dueAt"]) for one in lines] == [
        (kind, 0, None) for kind in KINDS
    ]


@pytest.mark.parametrize(
    ("who", "found"), [("city checker", 0), ("department approver", 0), ("checker", 0), (WHO, 3)]
)
async def test_nobody_but_the_citys_approvers_is_told_how_much_waits(
    city: City, who: str, found: int
) -> None:
    lines = (await answered(city.viewers[who], COUNTS))["openRequests"]

    assert len(lines) == found


@pytest.mark.parametrize("who", ["applicant", "leader"])
async def test_persons_and_units_have_no_such_question(city: City, who: str) -> None:
    assert await codes(city.viewers[who], COUNTS) == ["GRAPHQL_VALIDATION_FAILED"]


@pytest.mark.parametrize(
    ("where", "late"),
    [
        ("overdue: true", [True]),
        ("overdue: false", [False]),
        (
            f'dueAt: {{ range: {{ to: "{LONG_AGO + timedelta(days=99):%Y-%m-%dT00:00:00Z}" }} }}',
            [True],
        ),
        ("waiting: true", [True, False]),
    ],
)
async def test_lists_are_narrowed_to_what_is_late_and_begin_with_what_is_due_first(
    city: City, where: str, late: list[bool]
) -> None:
    await asked(city, "museum handler", "leader", now=LONG_AGO)

    listed = await answered(city.viewers[WHO], lists(where))

    for found in listed.values():
        assert [one["overdue"] for one in found["nodes"]] == late
        assert all(one["dueAt"] for one in found["nodes"])


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("data_request", "wish = '别的'"),
        ("data_request", "reason = '别的'"),
        ("data_request", "field = 'other'"),
        ("data_request", "person_id = gen_random_uuid()"),
        ("data_request", "due_at = due_at + interval '30 days'"),
        ("data_request", "created_at = now()"),
        ("identity_change", "name_after = '别名'"),
        ("identity_change", "evidence = '别的'"),
        ("identity_change", "due_at = due_at + interval '30 days'"),
        ("claim", "owner_id = claimant_id"),
        ("claim", "due_at = due_at + interval '30 days'"),
    ],
)
async def test_what_waits_is_closed_and_not_changed_whoever_writes_the_sql(
    db: Connection, city: City, kind: str, change: str
) -> None:
    table = TABLES[kind]
    before = await table.get().values()
    closing, update = CLOSING[kind], f"UPDATE {table._meta.db_table} SET"

    for also in ("", f", {closing}"):
        with pytest.raises(IntegrityError, match="else stays as it is"):
            await as_application(f"{update} {change}{also}")
    assert await table.get().values() == before
    await as_application(f"{update} {closing}")

    with pytest.raises(IntegrityError, match="else stays as it is"):
        await as_application(f"{update} {closing}")


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_of_it_is_deleted(city: City, kind: str) -> None:
    with pytest.raises(OperationalError, match="append"):
        await as_application(f"DELETE FROM {TABLES[kind]._meta.db_table}")

    assert await TABLES[kind].all().count() == 1
