"""Notices as clients meet them: who has which, unread first, sentences, and word of new ones."""

from datetime import timedelta
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from models import Case, Notice, NoticeRead, Profile
from models.account import UserType
from models.ids import uuid7
from models.notice import NoticeKind
from models.read import Connection
from rules.person import PersonGroup
from tests.factories import city as cities
from tests.factories import delegation as delegations
from tests.factories import record as records
from tests.factories.city import NOW, City
from tests.factories.delegation import given, seen
from tests.factories.question import FAILED, answered
from tests.statements import counted
from workflow import message, notice
from workflow.notice import Desk, Telling

LIST = """query ($where: NoticeFilter) { viewer { unreadNotices } notices(where: $where) {
  totalCount nodes { id kind sentence readAt createdAt case { id status } } } }"""
MARK = f"""mutation ($input: MarkNoticesReadInput!) {{ markNoticesRead(input: $input) {{
  __typename {FAILED} ... on MarkNoticesReadPayload {{ unreadNotices replayed }} }} }}"""
DEADLINES = "{ viewer { deadlines { kind on title sentence workdaysLeft binding year } } }"
EVERYBODY = ["applicant", "handler", "second handler", "leader", "deputy", "administrator",
    "museum handler", "checker", "city checker", "pupil"]  # fmt: skip


@pytest.fixture
async def town(db: Connection) -> City:
    town = await cities.build(db)
    await delegations.deputies(town)
    return town


async def told(db: Connection, town: City, to: Any, **words: Any) -> None:
    """A notice to somebody, or to a group of an organisation, as it would be written."""
    data = {"route": "declaration", "step": "unit_review", "due": NOW.isoformat()}
    usual = {"kind": NoticeKind.OVERDUE, "data": data}
    now = words.pop("now", NOW)
    addressee = town.viewers[to].person_id if isinstance(to, str) else to
    await notice.tell(db, Telling(to=addressee, **{**usual, **words}), now=now)


def desk(town: City, organisation: str, group: str) -> Desk:
    return Desk(town.organisations[organisation], group)


async def having(town: City) -> set[str]:
    """Who of the city reads at least one."""
    found = {who: await answered(await seen(town, who), LIST) for who in EVERYBODY}
    return {who for who, data in found.items() if data["notices"]["totalCount"]}


async def marked(town: City, who: str, *chosen: str) -> Any:
    words = {"noticeIds": [*chosen]} if chosen else {}
    given_input = {**words, "idempotencyKey": str(uuid7())}
    return (await answered(town.viewers[who], MARK, input=given_input))["markNoticesRead"]


@pytest.mark.parametrize(
    ("to", "readers"),
    [
        ("applicant", {"applicant"}),
        ("handler", {"handler"}),
        (("hospital", "handler"), {"handler", "second handler", "chief"}),
        (("hospital", "unit_leader"), {"leader", "chief"}),
        (("hospital", "unit_admin"), {"administrator"}),
        (("department", "checker"), {"checker"}),
        (("department", "handler"), set()),
    ],
)
async def test_a_notice_is_read_by_whom_it_is_addressed_to(
    db: Connection, town: City, to: Any, readers: set[str]
) -> None:
    await told(db, town, to if isinstance(to, str) else desk(town, *to))

    assert await having(town) == readers - {"chief"}


async def test_who_stands_for_somebody_reads_what_his_group_is_told(
    db: Connection, town: City
) -> None:
    await told(db, town, desk(town, "hospital", "unit_leader"))
    await given(town, "leader", "deputy")
    await NoticeRead.all().delete()
    await Notice.filter(kind="delegation_given").delete()

    assert await having(town) == {"leader", "deputy"}


async def test_the_unread_come_first_and_each_reads_for_himself(db: Connection, town: City) -> None:
    for hour in range(3):
        await told(db, town, desk(town, "hospital", "handler"), now=NOW + timedelta(hours=hour))
    first = await answered(town.viewers["handler"], LIST)
    newest = first["notices"]["nodes"][0]

    left = await marked(town, "handler", newest["id"])
    mine = await answered(town.viewers["handler"], LIST)
    others = await answered(town.viewers["second handler"], LIST)

    assert (left["unreadNotices"], mine["viewer"]["unreadNotices"]) == (2, 2)
    assert others["viewer"]["unreadNotices"] == 3
    order = [one["id"] for one in first["notices"]["nodes"]]
    assert [one["id"] for one in mine["notices"]["nodes"]] == [*order[1:], order[0]]
    assert mine["notices"]["nodes"][-1]["readAt"] is not None


async def test_all_are_read_at_once_and_again_changes_nothing(db: Connection, town: City) -> None:
    await told(db, town, "handler")
    await told(db, town, desk(town, "hospital", "handler"))

    left = [await marked(town, "handler") for _ in range(2)]

    assert [one["unreadNotices"] for one in left] == [0, 0]
    assert await NoticeRead.all().count() == 2


async def test_what_is_not_addressed_to_him_nobody_marks(db: Connection, town: City) -> None:
    await told(db, town, "handler")
    (node,) = (await answered(town.viewers["handler"], LIST))["notices"]["nodes"]

    await marked(town, "leader", node["id"])

    assert await NoticeRead.all().count() == 0
    assert (await answered(town.viewers["handler"], LIST))["viewer"]["unreadNotices"] == 1


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"unread": True}, 1),
        ({"unread": False}, 1),
        ({"kind": {"eq": "URGED"}}, 1),
        ({"kind": {"eq": "CC"}}, 0),
    ],
)
async def test_notices_are_found_by_what_they_are(
    db: Connection, town: City, where: dict[str, Any], found: int
) -> None:
    await told(db, town, "handler")
    await marked(town, "handler")
    await told(db, town, "handler", kind=NoticeKind.URGED)

    data = await answered(town.viewers["handler"], LIST, where=where)

    assert data["notices"]["totalCount"] == found


TOLD = [
    *((kind, "") for kind in NoticeKind),
    (NoticeKind.CERTIFICATE_ISSUED, "annual"),
    (NoticeKind.CERTIFICATE_ISSUED, "cycle"),
    (NoticeKind.CERTIFICATE_REVOKED, "annual"),
    (NoticeKind.MOVE_DECIDED, "confirmed"),
    (NoticeKind.MOVE_DECIDED, "refused"),
    *((NoticeKind.REQUEST_OVERDUE, one) for one in ("identity_change", "claim", "data_request")),
]


@pytest.mark.parametrize(("kind", "role"), TOLD)
@pytest.mark.parametrize("language", message.LANGUAGES)
async def test_every_kind_says_something_whole_in_both_languages(
    db: Connection, town: City, kind: NoticeKind, role: str, language: str
) -> None:
    term = {"group": ["handler"], "from": NOW.isoformat(), "until": NOW.isoformat()}
    data = {"route": "declaration", "step": "unit_review", "due": NOW.isoformat(), **term}
    data |= {"year": "2012", "first": "2008", "last": "2011", "device": "Firefox"}
    data |= {"records": "3", "repeated": "1"} | ({"as": role} if role else {})
    about = town.viewers["leader"].person_id
    await told(db, town, "handler", kind=kind, data=data, about=about)

    (node,) = (await answered(town.viewers["handler"], LIST, language))["notices"]["nodes"]

    assert node["kind"] == kind.name
    assert len(node["sentence"]) > 5
    assert not set("…{}") & set(node["sentence"])


async def test_dates_are_those_of_guangzhou_and_the_case_is_there_for_who_may_read_it(
    db: Connection, town: City
) -> None:
    await records.submitted(town)
    case = await Case.get()
    for who in ("handler", "museum handler"):
        await told(db, town, who, case_id=case.id)

    (mine,) = (await answered(town.viewers["handler"], LIST))["notices"]["nodes"]
    (other,) = (await answered(town.viewers["museum handler"], LIST))["notices"]["nodes"]

    assert "2026-11-24 10:00" in mine["sentence"]  # two in the morning in UTC
    assert (mine["case"]["status"], other["case"]) == ("IN_REVIEW", None)


async def test_a_longer_list_costs_no_more_statements(db: Connection, town: City) -> None:
    await told(db, town, "handler")
    with counted() as few:
        await answered(await seen(town, "handler"), LIST)
    for _ in range(5):
        await told(db, town, desk(town, "hospital", "handler"))
    with counted() as many:
        data = await answered(await seen(town, "handler"), LIST)

    assert data["notices"]["totalCount"] == 6
    # the session; account, unread, the list, its number
    assert len(few) == len(many) == 5, many


async def test_what_is_told_once_is_told_once_to_each(db: Connection, town: City) -> None:
    for _ in range(2):
        for who in ("handler", "leader"):
            await told(db, town, who, once="figures of one case")
        await told(db, town, desk(town, "hospital", "handler"), once="figures of one case")

    assert await Notice.all().count() == 3


async def test_what_is_half_a_year_old_is_forgotten_with_who_has_read_it(
    db: Connection, town: City
) -> None:
    await told(db, town, "handler")
    await marked(town, "handler")
    await told(db, town, "leader", now=NOW + timedelta(days=1))

    await notice.forget(db, NOW + notice.KEPT + timedelta(seconds=1))

    assert [one.person_id for one in await Notice.all()] == [town.viewers["leader"].person_id]
    assert await NoticeRead.all().count() == 0


@pytest.mark.parametrize(
    "addressee",
    [
        {},
        {"person": "handler", "organisation": "hospital", "group": "handler"},
        {"organisation": "hospital"},
        {"group": "handler"},
    ],
)
async def test_raw_sql_cannot_address_a_notice_to_nobody_or_to_two(
    town: City, addressee: dict[str, str]
) -> None:
    person = addressee.get("person")
    organisation = addressee.get("organisation")

    with pytest.raises(IntegrityError, match="notice_addressee"):
        await Notice.create(
            kind=NoticeKind.CC,
            person_id=person and town.viewers[person].person_id,
            organisation_id=organisation and town.organisations[organisation],
            group_key=addressee.get("group"),
            data={},
            created_at=NOW,
        )


@pytest.mark.parametrize(
    ("who", "group", "days"),
    [
        ("applicant", PersonGroup.GENERAL, ["2027-01-31", "2027-06-30"]),
        ("applicant", PersonGroup.TEACHER, ["2027-01-31", "2027-05-30", "2027-06-30"]),
        ("handler", PersonGroup.GENERAL, ["2027-01-31", "2027-05-30", "2027-06-30"]),
        ("base", PersonGroup.GENERAL, ["2027-01-31"]),
    ],
)
async def test_each_sees_the_days_that_concern_him(
    town: City, who: str, group: PersonGroup, days: list[str]
) -> None:
    await town.person(
        "base", None, seat_at="base", duties=("feed",), user_type=UserType.TRAINING_BASE
    )
    await Profile.filter(person_id=town.viewers[who].person_id).update(person_group=group)

    found = (await answered(town.viewers[who], DEADLINES))["viewer"]["deadlines"]

    assert [one["on"] for one in found] == days
    assert found[0]["sentence"] == "Training records of 2026 are registered by 2027-01-31."
    assert all(one["sentence"].endswith("what-if.") for one in found[1:])


async def test_who_has_no_profile_yet_sees_the_days_of_everybody(town: City) -> None:
    await Profile.all().delete()

    found = (await answered(town.viewers["applicant"], DEADLINES, "zh-CN"))["viewer"]["deadlines"]

    assert [one["kind"] for one in found] == ["REGISTRATION", "FIRST_WINDOW"]
