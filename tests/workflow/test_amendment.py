"""Amending approved records: one proposes, another confirms, and nothing else changes a record."""

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from models import (
    Account,
    Amendment,
    AnnualResult,
    Attachment,
    Case,
    Event,
    History,
    Job,
    Opinion,
    PersonTotal,
    Seat,
    Task,
    TrainingRecord,
)
from models.account import UserType
from models.attachment import ScanState
from models.read import Connection
from rules.course import Achievement, CourseCategory, RecordOrigin
from rules.refusal import Refused
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.amendment import (
    CORRECTION,
    DELETION,
    REASON,
    approved,
    keepers,
    proposed,
    struck,
)
from tests.factories.city import City
from tests.factories.record import done
from tests.statements import counted
from workflow import amendment, amendment_subject, annual, command, engine, task, transition
from workflow.case import Act, Status
from workflow.command import Answer
from workflow.proposal import Proposal
from workflow.subject import Change
from workflow.task import Decision

TABLES = (TrainingRecord, Amendment, Case, Task, Event, Opinion, History, Job, PersonTotal)


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    await keepers(city)
    return city


async def decided(city: City, who: str, answer: Answer, act: Act, **words: Any) -> Answer:
    """What somebody is answered who decides on what was proposed."""
    return await records.decided(city, who, UUID(done(answer).data["task"]), act, **words)


async def everything() -> list[Any]:
    return [await table.all().order_by("id").values() for table in TABLES]


async def test_what_another_has_confirmed_is_in_force_with_its_history(city: City) -> None:
    record = await approved(city)
    before = await PersonTotal.get(person_id=record.person_id)
    answer = await proposed(city, record)
    waiting = await TrainingRecord.get(id=record.id)

    done(await decided(city, "leader", answer, Act.PASS, comment="同意"))

    after = await TrainingRecord.get(id=record.id)
    assert (waiting.approved_hours, waiting.version) == (Decimal("30.0"), record.version)
    assert (after.approved_hours, after.version) == (Decimal("24.0"), record.version + 1)
    assert (after.declared_hours, after.status) == (Decimal("30.0"), "approved")
    line = await History.get(tag="record:amend")
    kept = await Amendment.get()
    assert (line.subject_id, line.person_id) == (record.id, city.viewers["leader"].person_id)
    assert line.data == {
        "amendment": str(kept.id),
        "proposer": str(city.viewers["keeper"].person_id),
        "fields": ["approved_hours"],
    }
    assert (kept.reason, kept.before["approved_hours"], kept.proposed["approved_hours"]) == (
        REASON,
        "30.0",
        "24.0",
    )
    assert kept.closed_at == cities.NOW
    total = await PersonTotal.get(person_id=record.person_id)
    assert (total.dirty_version, total.stale_since) == (before.dirty_version + 1, cities.NOW)
    assert await Job.filter(kind="recalculate", state="pending").count() == 1


async def test_the_verdict_follows_and_the_old_one_stays_beside_it(city: City) -> None:
    record = await approved(city)
    assert await annual.settle(record.person_id, now=cities.NOW)
    await decided(city, "leader", await proposed(city, record), Act.PASS)

    assert await annual.settle(record.person_id, now=cities.NOW)

    results = await AnnualResult.filter(person_id=record.person_id, year=2026).order_by("number")
    assert [(one.number, one.total_hours, one.current) for one in results] == [
        (1, Decimal("30.0"), False),
        (2, Decimal("24.0"), True),
    ]


async def test_a_confirmed_deletion_marks_the_record_and_it_counts_no_more(city: City) -> None:
    record = await approved(city)

    done(await decided(city, "leader", await struck(city, record), Act.PASS))

    after = await TrainingRecord.get(id=record.id)
    assert (after.deleted_at, after.version) == (cities.NOW, record.version + 1)
    assert (await History.get(tag="record:delete")).data["fields"] == []
    given = await annual.load(record.person_id)
    assert given and [one.entry.deleted for one in given.records] == [True]


async def test_a_rejected_proposal_leaves_the_record_and_opens_it_for_another(city: City) -> None:
    record = await approved(city)
    before = await TrainingRecord.get(id=record.id).values()
    stale = (await PersonTotal.get(person_id=record.person_id)).dirty_version

    done(await decided(city, "leader", await proposed(city, record), Act.REJECT, comment="属实"))

    assert await TrainingRecord.get(id=record.id).values() == before
    assert (await PersonTotal.get(person_id=record.person_id)).dirty_version == stale
    assert (await Amendment.get()).closed_at == cities.NOW
    done(await proposed(city, record, "other keeper"))


@pytest.mark.parametrize("origin", [RecordOrigin.IN_SYSTEM, RecordOrigin.FEED])
async def test_what_a_base_registered_or_an_authority_delivered_is_corrected_too(
    city: City, origin: RecordOrigin
) -> None:
    key = await cities.registered(city, "applicant", origin=origin, approved_credits="1.0")
    record = await TrainingRecord.get(id=key)
    same = {
        "course_name": record.course_name,
        "category": record.category,
        "starts_on": record.starts_on,
        "ends_on": record.ends_on,
        "attended_days": record.attended_days,
        "organiser_id": record.organiser_id,
        "approved_credits": None,
    }

    answer = await proposed(city, record, **same, approved_hours=Decimal("12.0"))
    done(await decided(city, "leader", answer, Act.PASS))

    after = await TrainingRecord.get(id=key)
    assert (after.approved_hours, after.approved_credits) == (Decimal("12.0"), None)
    assert (after.organiser_name, after.origin, after.declared_hours) == ("base", origin, None)


STRANGERS = {
    "applicant": "DUTY_REQUIRED",  # from his personal seat
    "leader": "DUTY_REQUIRED",
    "administrator": "DUTY_REQUIRED",
    "checker": "DUTY_REQUIRED",
    "museum keeper": "NOT_FOUND",
    "keeper above": "OTHER_UNIT",
    "keeper at the top": "OTHER_UNIT",
    "keeper below": "NOT_FOUND",
    "his own keeper": "OWN_CASE",
}


@pytest.mark.parametrize("who", STRANGERS)
async def test_whose_duty_or_unit_it_is_not_proposes_nothing(city: City, who: str) -> None:
    duties = ("record_maintenance",)
    above, top = UserType.CITY_DEPARTMENT, UserType.CITY_BUREAU
    await city.person("keeper above", "department", "checker", duties=duties, user_type=above)
    await city.person("keeper at the top", "bureau", "checker", duties=duties, user_type=top)
    await city.person("keeper below", "school", "handler", duties=duties)
    record = await approved(city)
    city.viewers["his own keeper"] = replace(
        city.viewers["keeper"], person_id=city.viewers["applicant"].person_id
    )
    before = await everything()

    corrected, deleted = await proposed(city, record, who), await struck(city, record, who)

    assert isinstance(corrected, Refused) and isinstance(deleted, Refused)
    assert (corrected.code, deleted.code) == (STRANGERS[who], STRANGERS[who])
    assert await everything() == before


async def test_who_proposed_cannot_confirm_whatever_seat_he_takes(city: City) -> None:
    record = await approved(city)
    answer = await proposed(city, record)
    for seat in ("leader", "checker"):
        city.viewers[f"keeper as {seat}"] = replace(
            city.viewers[seat], person_id=city.viewers["keeper"].person_id
        )
    before = await everything()

    codes = [
        (await decided(city, who, answer, Act.PASS)).code  # type: ignore[union-attr]
        for who in ("keeper", "keeper as leader", "keeper as checker")
    ]

    assert codes == ["NOT_YOUR_TASK", "OWN_CASE", "NOT_YOUR_TASK"]
    assert await everything() == before


async def test_whose_record_it_is_cannot_confirm_whatever_seat_he_takes(city: City) -> None:
    record = await approved(city)
    answer = await proposed(city, record)
    for seat in ("leader", "checker", "museum leader"):
        city.viewers[f"applicant as {seat}"] = replace(
            city.viewers[seat], person_id=city.viewers["applicant"].person_id
        )
    before = await everything()

    codes = [
        (await decided(city, who, answer, Act.PASS)).code  # type: ignore[union-attr]
        for who in (
            "applicant",
            "applicant as leader",
            "applicant as checker",
            "applicant as museum leader",
        )
    ]

    assert codes == ["NOT_YOUR_TASK", "OWN_CASE", "NOT_YOUR_TASK", "NOT_YOUR_TASK"]
    assert await everything() == before


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("museum leader", "NOT_FOUND"),
        ("handler", "NOT_YOUR_TASK"),
        ("other keeper", "NOT_YOUR_TASK"),
        ("checker", "NOT_YOUR_TASK"),
        ("city checker", "NOT_YOUR_TASK"),
    ],
)
async def test_who_is_not_the_leader_of_the_unit_confirms_nothing(
    city: City, who: str, code: str
) -> None:
    answer = await proposed(city, await approved(city))
    before = await everything()

    refused = await decided(city, who, answer, Act.PASS)

    assert isinstance(refused, Refused)
    assert refused.code == code
    assert await everything() == before


async def test_a_leader_who_proposed_is_confirmed_by_the_other_or_by_the_superior_body(
    city: City,
) -> None:
    record = await approved(city)
    by_leader = await proposed(city, record, "leading keeper")
    refused = await decided(city, "leading keeper", by_leader, Act.PASS)
    done(await decided(city, "leader", by_leader, Act.PASS))
    assert isinstance(refused, Refused)

    record = await TrainingRecord.get(id=record.id)
    await Seat.filter(person_id=city.viewers["leader"].person_id).update(ended_at=cities.NOW)
    alone = await proposed(city, record, "leading keeper", approved_hours=Decimal("20.0"))
    done(await decided(city, "checker", alone, Act.PASS))

    assert (await TrainingRecord.get(id=record.id)).approved_hours == Decimal("20.0")
    kinds = [event.kind for event in await Event.all().order_by("id")]
    assert kinds.count("stand_in_called") == 1


async def test_a_record_under_amendment_refuses_another(city: City) -> None:
    record = await approved(city)
    await proposed(city, record)
    before = await everything()

    refused = await proposed(city, record, "other keeper", approved_hours=Decimal("12.0"))

    assert isinstance(refused, Refused)
    assert refused.code == "UNDER_AMENDMENT"
    assert await everything() == before


async def test_of_two_proposals_at_once_one_is_taken(city: City) -> None:
    record = await approved(city)

    answers = await asyncio.gather(
        *(proposed(city, record, who) for who in ("keeper", "other keeper", "leading keeper"))
    )

    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert refused == ["UNDER_AMENDMENT"] * 2
    assert await Amendment.all().count() == 1


async def test_a_stale_version_is_told_who_did_what(city: City) -> None:
    record = await approved(city)
    waiting = UUID(done(await proposed(city, record)).data["task"])
    later = city.request("leader", now=cities.NOW + timedelta(minutes=5))
    passed = Decision(act=Act.PASS)
    done(await task.decide(later, task_id=waiting, expected_version=1, decision=passed))

    refused = await struck(city, record)

    assert isinstance(refused, Refused)
    told = [refused.data[name] for name in ("by", "what", "actual")]
    assert (refused.code, told) == ("CONFLICT", ["leader", "record:amend", record.version + 1])


@pytest.mark.parametrize("status", ["draft", "in_review", "returned", "rejected", "withdrawn"])
async def test_only_an_approved_record_is_amended(city: City, status: str) -> None:
    key = await cities.registered(city, "applicant", status=status)
    record = await TrainingRecord.get(id=key)

    refused = await proposed(city, record)

    assert isinstance(refused, Refused)
    assert refused.code == ("NOT_FOUND" if status == "draft" else "NOT_APPROVED")


async def test_a_deleted_record_stays_deleted(city: City) -> None:
    record = await approved(city)
    await decided(city, "leader", await struck(city, record), Act.PASS)

    refused = await proposed(city, await TrainingRecord.get(id=record.id))

    assert isinstance(refused, Refused)
    assert refused.code == "DELETED"


WRONG: dict[str, tuple[dict[str, Any], list[tuple[str, tuple[str, ...]]]]] = {
    "no name": ({"course_name": "　"}, [("REQUIRED", ("correction", "courseName"))]),
    "tomorrow": (
        {"ends_on": date(2026, 11, 25)},
        [("DATE_IN_FUTURE", ("correction", "endsOn"))],
    ),
    "backwards": (
        {"ends_on": date(2026, 5, 1), "attended_days": None},
        [("ENDS_BEFORE_START", ("correction", "endsOn"))],
    ),
    "more days than there were": (
        {"attended_days": 6},
        [("DAYS_OUT_OF_RANGE", ("correction", "attendedDays"))],
    ),
    "more hours than a day has": (
        {"approved_hours": Decimal("121.0")},
        [("HOURS_BEYOND_DAY", ("correction", "approvedHours"))],
    ),
    "an achievement of nobody": (
        {
            "achievement": Achievement.PATENT,
            "starts_on": date(2026, 5, 15),
            "attended_days": None,
            "approved_hours": Decimal("28.0"),
        },
        [("REQUIRED", ("correction", "authorship"))],
    ),
    "an unknown institution": (
        {"organiser_id": UUID(int=7)},
        [("ORGANISER_UNKNOWN", ("correction", "organiserId"))],
    ),
}


@pytest.mark.parametrize("name", WRONG)
async def test_the_rules_hold_for_the_unit_as_for_the_person(city: City, name: str) -> None:
    changes, expected = WRONG[name]
    record = await approved(city)
    before = await everything()

    refused = await proposed(city, record, **changes)

    assert isinstance(refused, Refused)
    found = [(one["code"], tuple(one["path"])) for one in refused.data["problems"]]
    assert found == expected
    assert await everything() == before


@pytest.mark.parametrize("reason", ["", " \n ", "字" * 501])
async def test_there_is_no_amendment_without_a_reason_one_can_read(city: City, reason: str) -> None:
    record = await approved(city)

    refused = await proposed(city, record, reason=reason)

    assert isinstance(refused, Refused)
    assert [one["path"] for one in refused.data["problems"]] == [["reason"]]
    assert await Amendment.all().count() == 0


async def test_what_says_the_same_is_no_correction(city: City) -> None:
    record = await approved(city)

    refused = await proposed(city, record, approved_hours=Decimal("30.0"))

    assert isinstance(refused, Refused)
    assert refused.code == "NOTHING_CHANGED"


@pytest.mark.parametrize(
    ("category", "files", "code"),
    [
        (CourseCategory.PROFESSIONAL, 0, "PROOF_MISSING"),
        (CourseCategory.PUBLIC, 0, "PROOF_MISSING"),
        (CourseCategory.ELECTIVE, 0, None),
        (CourseCategory.PROFESSIONAL, 1, None),
    ],
)
async def test_before_2008_the_unit_needs_the_certificate_too(
    city: City, category: CourseCategory, files: int, code: str | None
) -> None:
    key = await cities.registered(city, "applicant")
    record = await TrainingRecord.get(id=key)
    for _ in range(files):
        await records.attach(city, key)
    old: dict[str, Any] = {"starts_on": date(2007, 5, 14), "ends_on": date(2007, 5, 18)}

    answer = await proposed(city, record, category=category, **old)

    if code is None:
        done(answer)
    else:
        assert isinstance(answer, Refused)
        (problem,) = answer.data["problems"]
        assert (problem["code"], problem["data"]) == (code, {"proof": "certificate"})


async def test_nothing_is_confirmed_with_a_file_that_is_not_clean(city: City) -> None:
    record = await approved(city)
    answer = await proposed(city, record)
    await Attachment.all().update(scan_state=ScanState.INFECTED)

    refused = await decided(city, "leader", answer, Act.PASS)

    assert isinstance(refused, Refused)
    assert refused.code == "ATTACHMENT_NOT_CLEAN"


async def test_a_record_that_moved_under_the_lock_is_a_fault_and_not_overwritten(
    city: City,
) -> None:
    record = await approved(city)
    await proposed(city, record)
    kept, leader = await Amendment.get(), transition.actor(city.viewers["leader"])
    before = engine.opening(applicant="keeper", concerns="applicant")
    passed = replace(before, status=Status.APPROVED)
    change = Change(before=before, after=passed, actor=leader, now=cities.NOW)

    with pytest.raises(amendment_subject.Overtaken):
        async with in_transaction() as c:
            adapter, today = amendment_subject.ADAPTER, date(2026, 11, 24)
            found = await adapter.read(c, [kept.id], submitting=False, today=today)
            await c.execute_query("UPDATE training_record SET version = version + 1")
            await adapter.write(c, found[kept.id], change)

    assert (await TrainingRecord.get(id=record.id)).approved_hours == Decimal("30.0")
    assert (await Amendment.get()).closed_at is None


async def test_who_confirms_sets_no_hours_of_his_own(city: City) -> None:
    answer = await proposed(city, await approved(city))

    refused = await decided(city, "leader", answer, Act.PASS, values={"approved_hours": "99.0"})

    assert isinstance(refused, Refused)
    assert refused.code == "FIELD_NOT_WRITABLE"


async def test_what_changed_after_the_proposal_is_not_confirmed_unseen(city: City) -> None:
    record = await approved(city)
    answer = await proposed(city, record)
    await TrainingRecord.filter(id=record.id).update(version=record.version + 1)

    refused = await decided(city, "leader", answer, Act.PASS)

    assert isinstance(refused, Refused)
    assert refused.code == "CONTENT_CHANGED"


async def test_a_proposal_for_an_older_record_does_not_pass_even_restated(city: City) -> None:
    record = await approved(city)
    await proposed(city, record)
    await TrainingRecord.filter(id=record.id).update(version=record.version + 1)
    case = await Case.get(subject_type="amendment")
    again = await task.restate(city.request("leader"), case_id=case.id, expected_version=case.seq)

    refused = await decided(city, "leader", again, Act.PASS)
    returned = await decided(city, "leader", again, Act.RETURN, comment="记录已变动")

    assert isinstance(refused, Refused)
    assert (refused.code, refused.data) == ("CONTENT_CHANGED", {"fields": ["record_version"]})
    done(returned)


async def recalled(city: City, who: str, seq: int) -> Answer:
    case = await Case.get(subject_type="amendment")
    return await task.recall(city.request(who), case_id=case.id, expected_version=seq)


async def changed(city: City, who: str, seq: int, **changes: Any) -> Answer:
    kept = await Amendment.get()
    proposal = Proposal(correction=replace(CORRECTION, **changes), reason="更正后的理由。")
    return await amendment.change(
        city.request(who), amendment_id=kept.id, expected_version=seq, proposal=proposal
    )


async def test_while_nobody_acted_it_is_taken_back_changed_and_sent_again(city: City) -> None:
    record = await approved(city)
    await proposed(city, record)

    too_early = await changed(city, "keeper", 1, approved_hours=Decimal("18.0"))
    by_another = await recalled(city, "other keeper", 1)
    done(await recalled(city, "keeper", 1))
    not_his = await changed(city, "other keeper", 2, approved_hours=Decimal("18.0"))
    again = await changed(city, "keeper", 2, approved_hours=Decimal("18.0"))
    done(await decided(city, "leader", again, Act.PASS))

    codes = [one.code for one in (too_early, by_another, not_his) if isinstance(one, Refused)]
    assert codes == ["NOT_EDITABLE", "NOT_YOURS_TO_RECALL", "NOT_APPLICANT"]
    assert (await TrainingRecord.get(id=record.id)).approved_hours == Decimal("18.0")
    assert (await Amendment.get()).reason == "更正后的理由。"


async def test_a_returned_proposal_is_changed_or_withdrawn_by_its_proposer(city: City) -> None:
    record = await approved(city)
    answer = await proposed(city, record)
    done(await decided(city, "leader", answer, Act.RETURN, comment="请附说明"))
    kept = await Amendment.get()
    seq = (await Case.get(subject_id=kept.id)).seq

    async def withdrawn(who: str, version: int) -> Answer:
        return await amendment.withdraw(
            city.request(who), amendment_id=kept.id, expected_version=version
        )

    refused = [await withdrawn("other keeper", seq), await withdrawn("museum keeper", seq)]
    stale = await withdrawn("keeper", seq - 1)
    done(await withdrawn("keeper", seq))
    over = await changed(city, "keeper", seq + 1, approved_hours=Decimal("18.0"))

    codes = [one.code for one in (*refused, stale, over) if isinstance(one, Refused)]
    assert codes == ["NOT_APPLICANT", "NOT_FOUND", "CONFLICT", "CLOSED"]
    assert (await TrainingRecord.get(id=record.id)).approved_hours == Decimal("30.0")
    done(await struck(city, record, "other keeper"))


async def test_forgotten_values_do_not_turn_a_correction_into_a_deletion(city: City) -> None:
    await proposed(city, await approved(city))
    await recalled(city, "keeper", 1)
    kept = await Amendment.get()

    refused = await amendment.change(
        city.request("keeper"), amendment_id=kept.id, expected_version=2, proposal=DELETION
    )

    assert refused == Refused("REQUIRED", {}, ("correction",))


@pytest.mark.parametrize(
    "change",
    [
        {"category": CourseCategory.PUBLIC},  # it would become one
        {"category": CourseCategory.PROFESSIONAL, "was": CourseCategory.PUBLIC},
        {"category": CourseCategory.PUBLIC, "was": CourseCategory.PUBLIC},
    ],
)
async def test_a_recognised_public_course_is_not_corrected_by_the_unit_alone(
    city: City, change: dict[str, Any]
) -> None:
    record = await approved(city)
    await TrainingRecord.filter(id=record.id).update(
        category=change.get("was", CourseCategory.PROFESSIONAL)
    )
    answer = await proposed(city, record, category=change["category"])

    forwarded = done(await decided(city, "leader", answer, Act.PASS))
    waiting = await TrainingRecord.get(id=record.id)
    done(await decided(city, "city checker", forwarded, Act.PASS))

    assert waiting.approved_hours == Decimal("30.0")
    assert (await TrainingRecord.get(id=record.id)).category == change["category"]


async def test_a_proposal_is_answered_once_however_often_it_is_sent(city: City) -> None:
    record = await approved(city)
    request = city.request("keeper")
    proposal = Proposal(correction=CORRECTION, reason=REASON)

    answers = [
        done(
            await amendment.propose(
                request, record_id=record.id, expected_version=record.version, proposal=proposal
            )
        )
        for _ in range(2)
    ]

    assert [answer.replayed for answer in answers] == [False, True]
    assert answers[0].data == answers[1].data
    assert await Amendment.all().count() == 1


async def test_a_proposal_and_its_confirmation_cost_at_most_ten_statements(city: City) -> None:
    record = await approved(city)

    with counted() as proposing:
        answer = await proposed(city, record)
    task_id = UUID(done(answer).data["task"])
    with counted() as confirming:
        done(
            await task.decide(
                city.request("leader"),
                task_id=task_id,
                expected_version=1,
                decision=Decision(act=Act.PASS),
            )
        )

    assert len(proposing) <= 10, proposing
    assert len(confirming) <= 10, confirming


APPROVE_BY_HAND = """
UPDATE wf_case SET status = 'approved', closed_at = now(), state = state || '{"status": "approved"}'
WHERE subject_type = 'amendment'
"""


@pytest.mark.parametrize("who", ["nobody", "applicant", "keeper"])
async def test_raw_sql_cannot_confirm_without_another_person(city: City, who: str) -> None:
    await proposed(city, await approved(city))
    case = await Case.get(subject_type="amendment")
    if who != "nobody":
        await Opinion.create(
            case_id=case.id,
            round=1,
            step_key="unit_amend",
            person_id=city.viewers[who].person_id,
            act="pass",
            revision=case.revision,
            event_seq=1,
        )

    with pytest.raises(Exception) as raised:
        async with in_transaction() as c:
            await c.execute_query(APPROVE_BY_HAND)

    broken = command.constraint(raised.value)
    assert broken == ("wf_case_impartial" if who == "applicant" else "wf_case_four_eyes")


async def test_what_was_decided_is_kept_as_it_was(city: City) -> None:
    record = await approved(city)
    await decided(city, "leader", await proposed(city, record), Act.PASS)

    for statement in ("UPDATE amendment SET reason = '其他'", "DELETE FROM amendment"):
        with pytest.raises(Exception, match=r"never changes|append-only"):
            async with in_transaction() as c:
                await c.execute_query(statement)


async def test_the_stored_state_names_whom_it_is_about(city: City) -> None:
    record = await approved(city)
    await proposed(city, record)

    case = await Case.get(subject_type="amendment")

    state = case.state if isinstance(case.state, dict) else json.loads(case.state)
    assert (case.concerns_id, state["concerns"]) == (record.person_id, str(record.person_id))
    assert case.applicant_id == city.viewers["keeper"].person_id


async def left_behind(city: City, how: str = "seat") -> Amendment:
    """A proposal that was returned, and whose proposer has gone, or has not."""
    record = await approved(city)
    answer = await proposed(city, record)
    done(await decided(city, "leader", answer, Act.RETURN, comment="请附说明"))
    keeper = city.viewers["keeper"].person_id
    if how == "seat":
        await Seat.filter(person_id=keeper).update(ended_at=cities.NOW)
    elif how == "account":
        await Account.filter(person_id=keeper).update(disabled_at=cities.NOW)
    return await Amendment.get()


async def given_up(city: City, who: str, kept: Amendment, reason: str = "提出人已调离。") -> Answer:
    case = await Case.get(subject_id=kept.id)
    return await amendment.withdraw(
        city.request(who), amendment_id=kept.id, expected_version=case.seq, reason=reason
    )


@pytest.mark.parametrize("how", ["seat", "account"])
async def test_what_one_who_has_left_proposed_is_withdrawn_by_the_administrator(
    city: City, how: str
) -> None:
    kept = await left_behind(city, how)

    done(await given_up(city, "administrator", kept))

    last = await Event.get(case_id=(await Case.get(subject_id=kept.id)).id, kind="withdrawn")
    assert last.person_id == city.viewers["administrator"].person_id
    assert last.data["comment"] == "提出人已调离。"
    done(await struck(city, await TrainingRecord.get(id=kept.record_id), "other keeper"))


@pytest.mark.parametrize(
    ("who", "how", "reason", "code"),
    [
        ("administrator", "stays", "提出人已调离。", "NOT_APPLICANT"),
        ("other keeper", "seat", "提出人已调离。", "NOT_APPLICANT"),
        ("museum keeper", "seat", "提出人已调离。", "NOT_FOUND"),
        ("administrator", "seat", " ", "REASON_REQUIRED"),
        ("administrator", "seat", "长" * 501, "INVALID_INPUT"),
    ],
)
async def test_nobody_else_and_nothing_else_is_withdrawn_for_another(
    city: City, who: str, how: str, reason: str, code: str
) -> None:
    kept = await left_behind(city, how)
    before = await everything()

    refused = await given_up(city, who, kept, reason)

    assert isinstance(refused, Refused)
    assert refused.code == code
    assert await everything() == before


async def test_what_the_reviewers_have_is_theirs_to_end(city: City) -> None:
    await proposed(city, await approved(city))
    await Seat.filter(person_id=city.viewers["keeper"].person_id).update(ended_at=cities.NOW)
    before = await everything()

    refused = await given_up(city, "administrator", await Amendment.get())

    assert refused == Refused("NOT_APPLICANT")
    assert await everything() == before


async def test_the_administrator_ends_nothing_that_is_about_himself(city: City) -> None:
    kept = await left_behind(city)
    chief = city.viewers["administrator"].person_id
    await Seat.filter(person_id=chief).update(ended_at=cities.NOW)
    himself = replace(
        city.viewers["applicant"],
        organisation_id=city.organisations["hospital"],
        user_type=UserType.UNIT,
        groups=frozenset({"unit_admin"}),
    )
    city.viewers["himself"] = himself

    assert await given_up(city, "himself", kept) == Refused("OWN_CASE")
