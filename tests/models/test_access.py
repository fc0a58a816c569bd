"""Who reads which rows: each condition, for each kind of viewer, on one small city."""

from dataclasses import replace
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from models import AnnualResult, Remark, Task, TrainingRecord, access
from models.access import Viewer
from models.account import UserType
from models.notice import NoticeKind
from models.read import Connection, Parameters, rows
from rules.certificate import CertificateKind
from rules.course import RecordOrigin
from tests.factories import amendment as amendments
from tests.factories import city as cities
from tests.factories import cycle as cycles
from tests.factories import delegation as delegations
from tests.factories import record as records
from tests.factories.certificate import OFFICE
from tests.factories.city import City
from tests.factories.record import done
from workflow import annual, certificate, later, notice
from workflow.notice import Desk, Telling

TABLES: dict[str, tuple[str, Any]] = {
    "records": ("training_record", access.records),
    "attachments": ("attachment", access.attachments),
    "cases": ("wf_case", access.cases),
    "tasks": ("wf_task", access.tasks),
    "results": ("annual_result", access.annual_results),
    "certificates": ("certificate", access.certificates),
    "remarks": ("remark", access.remarks),
    "delegations": ("wf_delegation", access.delegations),
    "notices": ("notice", access.notices),
}
KINDS = {
    # nobody but himself, and what he handed in
    # the notice tells him of his certificate
    "applicant": {
        "records": 3, "attachments": 2, "cases": 1, "results": 1, "persons": 1, "notices": 1,
    },
    # another person of the unit, and a seat that has no groups yet
    "colleague": {"persons": 1},
    "idle": {"persons": 1},
    "handler": {
        "records": 2, "attachments": 1, "cases": 1, "tasks": 1, "results": 1, "remarks": 1,
        "persons": 7, "delegations": 1, "notices": 2,
    },
    # the same unit, other groups: the second task is his
    "leader": {
        "records": 2, "attachments": 1, "cases": 1, "tasks": 1, "results": 1, "remarks": 1,
        "persons": 7, "delegations": 1, "notices": 1,
    },
    # who reviews nothing and keeps the house
    "administrator": {
        "records": 2, "attachments": 1, "cases": 1, "results": 1, "remarks": 1, "persons": 7,
        "delegations": 1,
    },
    # a unit beside it; the body above both; the district beside; the bureau above all
    "museum handler": {"persons": 2},
    "checker": {"records": 2, "attachments": 1, "cases": 1, "results": 1, "persons": 10},
    "district checker": {"persons": 3},
    "city checker": {"records": 2, "attachments": 1, "cases": 1, "results": 1, "persons": 14},
    # a base reads what it has registered, and no person
    "base": {"records": 1, "persons": 1},
}  # fmt: skip


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    await city.person("colleague", "hospital")
    await city.person("idle", "hospital", "handler")
    city.viewers["idle"] = replace(city.viewers["idle"], groups=frozenset())
    await city.person(
        "base", None, seat_at="base", duties=("feed",), user_type=UserType.TRAINING_BASE
    )
    await records.agreed(city, await records.submitted(city))
    await records.draft(city, course_name="草稿")
    await cities.registered(city, "applicant")
    applicant = city.viewers["applicant"].person_id
    await later.recalculate(db, [applicant], cities.NOW)
    assert await annual.settle(applicant, now=cities.NOW)
    await delegations.given(city, "handler", "leader", by="administrator")
    desk = Desk(city.organisations["hospital"], "handler")
    await notice.tell(db, Telling(kind=NoticeKind.OVERDUE, to=desk), now=cities.NOW)
    await certified(city, applicant)
    await Remark.create(
        organisation_id=city.organisations["hospital"],
        route_code="declaration",
        step_key="unit_review",
        text="同意",
        created_by_id=applicant,
        created_at=cities.NOW,
    )
    return city


async def certified(city: City, person_id: Any) -> None:
    """A certificate of a year, whatever the year came to."""
    result = await AnnualResult.get(person_id=person_id, year=2026, current=True)
    passed = certificate.Passed(
        person_id=person_id,
        kind=CertificateKind.ANNUAL,
        years=(2026, 2026),
        name="applicant",
        masked_number="440***************",
        certified=certificate.annual_data(result.explanation),
        annual_result_id=result.id,
    )
    async with in_transaction() as c:
        await certificate.issue(c, passed, office=OFFICE, viewer=None, now=cities.NOW)


async def read(viewer: Viewer, table: str, condition: Any) -> int:
    """How many rows of a table a viewer reads."""
    p = Parameters()
    return len(await rows(f"SELECT 1 FROM {table} x WHERE {condition(viewer, p, 'x')}", p))


@pytest.mark.parametrize("who", KINDS)
async def test_each_kind_of_viewer_reads_what_concerns_him(city: City, who: str) -> None:
    viewer = city.viewers[who]

    found = {name: await read(viewer, *table) for name, table in TABLES.items()}
    assert found.pop("certificates") == found.get("results", 0)  # whoever reads the year
    found["persons"] = await read(viewer, "person", access.persons)

    assert {name: number for name, number in found.items() if number} == KINDS[who]


async def test_a_base_reads_what_it_registered_and_no_declaration_that_names_it(
    city: City,
) -> None:
    await records.submitted(city, organiser_id=city.organisations["base"], course_name="自报")

    p = Parameters()
    condition = access.records(city.viewers["base"], p, "x")
    found = await rows(f"SELECT origin FROM training_record x WHERE {condition}", p)

    assert [row.origin for row in found] == [RecordOrigin.IN_SYSTEM]


@pytest.mark.parametrize(
    ("who", "read_by"),
    [
        ("applicant", True),
        ("applicant at the museum", True),  # what concerns him is his, from whatever seat
        ("colleague", False),
        ("idle", False),
        ("handler", True),
        ("leader", True),
        ("keeper", True),
        ("keeper as a person", False),  # he has left, or acts for himself
        ("museum keeper", False),
        ("checker", True),
        ("district checker", False),
        ("city checker", True),
        ("base", False),
    ],
)
async def test_an_amendment_is_read_with_its_case_by_the_unit_and_whom_it_concerns(
    city: City, who: str, read_by: bool
) -> None:
    await amendments.keepers(city)
    record = await TrainingRecord.get(id=await cities.registered(city, "applicant"))
    proof = await amendments.sent(city, record)
    applicant, keeper = city.viewers["applicant"], city.viewers["keeper"]
    museum = city.viewers["museum keeper"]
    city.viewers["applicant at the museum"] = replace(museum, person_id=applicant.person_id)
    city.viewers["keeper as a person"] = replace(
        keeper, organisation_id=None, user_type=UserType.PERSON, groups=frozenset()
    )

    def proofs(viewer: Viewer, p: Parameters, a: str) -> str:
        return f"({a}.id = {p(proof)}::uuid AND {access.attachments(viewer, p, a)})"

    unproposed = await read(city.viewers[who], "attachment", proofs)
    assert unproposed == (who == "keeper")  # its sender's, from his seat
    done(await amendments.struck(city, record, proofs=(proof,)))

    def of_amendments(viewer: Viewer, p: Parameters, c: str) -> str:
        return f"({c}.subject_type = 'amendment' AND {access.cases(viewer, p, c)})"

    assert await read(city.viewers[who], "amendment", access.amendments) == read_by
    assert await read(city.viewers[who], "attachment", proofs) == read_by
    assert await read(city.viewers[who], "wf_case", of_amendments) == read_by


@pytest.mark.parametrize(
    ("who", "drafted", "handed_in"),
    [
        ("applicant", True, True),
        ("applicant at the museum", True, True),
        ("colleague", False, False),
        ("idle", False, False),
        ("handler", False, True),
        ("leader", False, True),
        ("museum handler", False, False),
        ("checker", False, True),
        ("district checker", False, False),
        ("city checker", False, True),
        ("base", False, False),
    ],
)
async def test_an_application_is_read_by_its_author_and_once_handed_in_by_those_above(
    city: City, who: str, drafted: bool, handed_in: bool
) -> None:
    applicant, museum = city.viewers["applicant"], city.viewers["museum handler"]
    city.viewers["applicant at the museum"] = replace(museum, person_id=applicant.person_id)
    await TrainingRecord.filter(status="in_review").update(status="rejected")
    await cycles.applied(city, target_title="012", qualified_on=cycles.QUALIFIED)
    viewer = city.viewers[who]
    before = await read(viewer, "cycle_application", access.cycle_applications)
    await cycles.submitted(city, qualified_on=cycles.QUALIFIED)

    after = await read(viewer, "cycle_application", access.cycle_applications)
    figures = await read(viewer, "cycle_result", access.cycle_results)

    assert (before, after - before, figures) == (drafted, handed_in, handed_in)


async def test_a_body_with_a_task_reads_the_application_wherever_the_unit_has_gone(
    city: City,
) -> None:
    await TrainingRecord.filter(status="in_review").update(status="rejected")
    key = await cycles.submitted(city, qualified_on=cycles.QUALIFIED)
    await Task.filter(case__subject_id=key).update(
        organisation_id=city.organisations["district"], group_key="checker"
    )

    viewer = city.viewers["district checker"]

    assert await read(viewer, "cycle_application", access.cycle_applications) == 1


@pytest.mark.parametrize(
    ("who", "organisations"),
    [("applicant", 0), ("idle", 0), ("handler", 1), ("checker", 3), ("city checker", 7)],
)
async def test_a_seat_reaches_its_own_organisation_and_those_below(
    city: City, who: str, organisations: int
) -> None:
    def within(viewer: Viewer, p: Parameters, alias: str) -> str:
        return access.within(viewer, p, f"{alias}.id")

    assert await read(city.viewers[who], "organisation", within) == organisations
