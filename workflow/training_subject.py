"""A declared training record as the subject of a case."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from models import declared
from models.attachment import ScanState
from models.read import Connection, Row
from models.training import RecordStatus
from rules import course, feed, overlap
from rules import profile as profiles
from rules.course import Achievement, Authorship, CourseCategory, Record, RecordOrigin
from rules.person import Discipline, Education, Gender, PersonGroup
from rules.refusal import Refused
from workflow import later
from workflow.case import TERMINAL, Status
from workflow.subject import Change, Subject

TYPE = "training_record"
PLAIN = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,6})?")

# follow: the record after its case. Reviewer's fields of an undone round are forgotten.
FOLLOW = """
UPDATE training_record SET status = $2, employer_id = $3, approved_hours = $4,
  approved_credits = $5, submitted_at = coalesce(submitted_at, $6), closed_at = $7,
  version = version + 1, updated_at = $6
WHERE id = $1
"""


class TrainingSubject:
    """The adapter of training records."""

    type = TYPE

    async def read(
        self, c: Connection, subject_ids: Collection[UUID], *, submitting: bool, today: date
    ) -> Mapping[UUID, Subject]:
        """The records with what stands in the way of submitting them."""
        found = await declared.read(c, subject_ids, others=submitting)
        return {row.id: subject(row, submitting=submitting, today=today) for row in found.values()}

    def check(self, subject: Subject, values: Mapping[str, str]) -> tuple[Refused, ...]:
        """Approved hours and credits keep the bounds of declared ones (L557–565)."""
        numbers: dict[str, Decimal | None] = {}
        for name, text in values.items():
            number = decimal(text)
            if number is None:
                return (Refused("NOT_A_NUMBER", {"given": text[:20]}, ("values", camel(name))),)
            numbers[name] = number
        row = subject.row
        wrong = course.check_approved(
            record_of(row),
            hours=numbers.get("approved_hours", row.approved_hours or row.declared_hours),
            credits=numbers.get("approved_credits", row.approved_credits),
            today=row.ends_on,
        )
        return tuple(one.under("values") for one in wrong)

    async def write(self, c: Connection, subject: Subject, change: Change) -> None:
        """Status and reviewer's fields; an approval makes the person's figures stale.

        A claim or a first opinion without values leaves the record, and so its version, alone:
        what the applicant saw is still so.
        """
        row, before, after = subject.row, change.before, change.after
        if (before.status, before.values) == (after.status, after.values):
            return
        hours, credits = granted(row, change)
        await c.execute_query(
            FOLLOW,
            [
                row.id,
                RecordStatus(after.status.value).value,
                subject.employer_id,
                hours,
                credits,
                change.now,
                change.now if after.status in TERMINAL else None,
            ],
        )
        if after.status is Status.APPROVED:
            await later.recalculate(c, [row.person_id], change.now)


ADAPTER = TrainingSubject()


def subject(row: Row, *, submitting: bool, today: date) -> Subject:
    """A row of `models.declared` as the engine sees it."""
    return Subject(
        type=TYPE,
        id=row.id,
        applicant_id=row.person_id,
        employer_id=row.current_employer if submitting else row.employer_id,
        selectors={"category": row.category},
        business=None,
        content=content(row),
        declared={
            "approved_hours": written(row.declared_hours),
            "approved_credits": written(row.declared_credits),
        },
        obstacles=tuple(obstacles(row, today)) if submitting else (),
        unclean=tuple(
            {"id": file["id"], "name": file["name"], "state": file["state"]}
            for file in row.files
            if file["state"] != ScanState.CLEAN
        ),
        row=row,
    )


def content(row: Row) -> Mapping[str, Any]:
    """What is decided: a change of any of it voids the opinions given on it."""
    return {
        "course_name": row.course_name,
        "category": row.category,
        "achievement": row.achievement,
        "authorship": row.authorship,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "attended_days": row.attended_days,
        "declared_hours": row.declared_hours,
        "declared_credits": row.declared_credits,
        "organiser_id": row.organiser_id,
        "organiser_name": row.organiser_name,
        "files": [[file["sha256"], file["label"]] for file in row.files],
    }


def obstacles(row: Row, today: date) -> Iterator[Refused]:
    """Why a record cannot be submitted: profile, its own fields, proof, what is registered."""
    lacking = profiles.missing(profile_of(row))
    if lacking:
        yield Refused("PROFILE_INCOMPLETE", {"fields": list(lacking)})
    record = record_of(row)
    yield from course.check(record, today=today, born=born(row), complete=True)
    yield from feed.check(record, person_group=person_group(row))
    proof = course.proof_required(record)
    if proof is not None and not row.files:
        yield Refused("PROOF_REQUIRED", {"proof": proof.value}, ("attachments",))
    yield from registered(record, row.others)


def registered(record: Record, others: Collection[Mapping[str, Any]]) -> Iterator[Refused]:
    """What a base has registered or an authority delivered is never declared again (L121, L164)."""
    there = {other["id"]: other for other in others if other["origin"] != RecordOrigin.DECLARED}
    for same in overlap.duplicates(record, [neighbour(other) for other in there.values()]):
        yield Refused("ALREADY_REGISTERED", named(there[same.record_id]), ("courseName",))


def warnings(row: Row, today: date) -> Iterator[Refused]:
    """What is lawful and yet worth a second look, with the other record named."""
    record = record_of(row)
    yield from course.warnings(record, today=today)
    there = {other["id"]: other for other in row.others}
    neighbours = [neighbour(other) for other in there.values()]
    for same in overlap.duplicates(record, neighbours):
        yield Refused("DUPLICATE_RECORD", named(there[same.record_id]), ("courseName",))
    for meeting in overlap.overlaps(record, neighbours):
        yield Refused("OVERLAPPING_DATES", named(there[meeting.record_id]), ("startsOn",))


def named(other: Mapping[str, Any]) -> Mapping[str, Any]:
    """The other record so that a person recognises it."""
    return {
        "record": other["id"],
        "courseName": other["course_name"],
        "startsOn": other["starts_on"],
        "endsOn": other["ends_on"],
        "organiser": other["organiser"] or "—",
        "status": other["status"],
    }


def granted(row: Row, change: Change) -> tuple[Decimal | None, Decimal | None]:
    """Approved hours and credits as the opinions in force leave them; by default as declared.

    Nothing is approved of what was rejected or withdrawn.
    """
    status, given = change.after.status, change.after.values
    if status in TERMINAL and status is not Status.APPROVED:
        return None, None
    hours, credits = decimal(given.get("approved_hours")), decimal(given.get("approved_credits"))
    if status is not Status.APPROVED:
        return hours, credits
    return (
        row.declared_hours if hours is None else hours,
        row.declared_credits if credits is None else credits,
    )


def record_of(row: Row) -> Record:
    """The record as the rules read it."""
    return Record(
        record_id=str(row.id),
        origin=RecordOrigin(row.origin),
        course_name=row.course_name,
        category=CourseCategory(row.category),
        achievement=Achievement(row.achievement) if row.achievement else None,
        authorship=Authorship(row.authorship) if row.authorship else None,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        attended_days=row.attended_days,
        declared_hours=row.declared_hours,
        declared_credits=row.declared_credits,
        organiser_name=row.organiser_name,
        study_form=row.study_form,
        place=row.place,
        content=row.content,
        note=row.note,
    )


def neighbour(other: Mapping[str, Any]) -> Record:
    """Another record of the person, as far as the comparison needs it."""
    return Record(
        record_id=other["id"],
        origin=RecordOrigin(other["origin"]),
        course_name=other["course_name"],
        category=CourseCategory(other["category"]),
        achievement=Achievement(other["achievement"]) if other["achievement"] else None,
        starts_on=date.fromisoformat(other["starts_on"]),
        ends_on=date.fromisoformat(other["ends_on"]),
        organiser_name=other["organiser"] or "",
    )


def profile_of(row: Row) -> profiles.Profile:
    """The person's profile as the rules read it."""
    given = row.profile
    return profiles.Profile(
        gender=Gender(given["gender"]) if given.get("gender") else None,
        birth_date=born(row),
        employed=row.current_employer is not None,
        education=Education(given["education"]) if given.get("education") else None,
        has_title=given.get("has_title", True),
        title_code=given.get("title_code"),
        qualified_on=day(given.get("qualified_on")),
        started_work_on=day(given.get("started_work_on")),
        discipline=Discipline(given["discipline"]) if given.get("discipline") else None,
        phone=given.get("phone"),
    )


def person_group(row: Row) -> PersonGroup:
    """The person's group; without a profile nobody is a teacher or a health worker."""
    return PersonGroup(row.profile.get("person_group", PersonGroup.GENERAL))


def born(row: Row) -> date | None:
    """The date of birth as the profile has it."""
    return day(row.profile.get("birth_date"))


def day(text: str | None) -> date | None:
    """A date out of JSON."""
    return date.fromisoformat(text) if text else None


def decimal(text: str | None) -> Decimal | None:
    """A number out of JSON; None for none and for what is no plain decimal."""
    return Decimal(text) if text and PLAIN.fullmatch(text) else None


def written(number: Decimal | None) -> str | None:
    """A number for JSON."""
    return None if number is None else str(number)


def camel(name: str) -> str:
    """A field as a client names it."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
