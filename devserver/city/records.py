"""The rows of the records: what was declared, with its proof, its case and what came of it."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from devserver.city import chance, plots, proofs, stage, story, tape
from devserver.city.places import Place
from devserver.city.rows import Rows
from devserver.city.studies import Study
from models.read import Row
from rules import calendar, dates
from rules.course import CourseCategory, RecordOrigin
from workflow import ledger, training_subject
from workflow.case import TERMINAL, Status
from workflow.history import Tag
from workflow.subject import Change

PAUSE = timedelta(hours=1)  # between the last act of a story and now
CUT = Decimal("2.0")  # hours a leader took off


@dataclass(frozen=True, kw_only=True)
class World:
    """What the records are written into."""

    now: datetime
    founded: datetime
    places: Mapping[str, Place]
    theatre: stage.Theatre
    definitions: Mapping[str, UUID]
    password_hash: str
    rows: Rows = field(default_factory=Rows)
    files: dict[str, bytes] = field(default_factory=dict)
    bare: bool = False  # without proofs and without history

    @cached_property
    def today(self) -> date:
        return dates.shanghai_date(self.now)


def write(world: World, luck: random.Random, study: Study, turn: int) -> None:
    """One record and all that belongs to it."""
    acts = plots.acts(study, turn)
    created = created_at(world.now, luck, study, len(acts))
    record_id = chance.row_id(luck, created)
    proof = None if world.bare else proofs.proof(study, turn)
    columns = record_row(study, record_id, created)
    files = []
    if proof:
        world.files[proof.sha256] = proof.data
        at = created + timedelta(minutes=3)
        files = [proofs.row(luck, proof, study, record_id=record_id, at=at)]
    entries = lived(world, luck, columns, files, acts, study) if acts else []
    follow(columns, study, entries, len(files))
    world.rows.add("training_record", **columns)
    for row in files:
        world.rows.add("attachment", **row)
    for tag, row in () if world.bare else told(columns, files):
        world.rows.add("history", id=chance.row_id(luck, row["at"]), tag=tag, **who(study), **row)
    if entries:
        tape.write(world.rows, luck, entries, world.definitions)


def created_at(now: datetime, luck: random.Random, study: Study, acts: int) -> datetime:
    """Soon after the course; for what is still open, late enough to be of this week."""
    soon = calendar.add_workdays(study.ends_on, luck.randint(1, 3))
    if study.plot in plots.OPEN | plots.OPEN_PUBLIC and "overdue" not in study.plot:
        lately = dates.shanghai_date(now) - timedelta(days=3 * acts + luck.randint(1, 5))
        soon = max(soon, lately)
    return min(story.office_hour(luck, soon), now - PAUSE)


def record_row(study: Study, record_id: UUID, created: datetime) -> dict[str, Any]:
    """The record as it was declared or delivered."""
    declared = study.origin is RecordOrigin.DECLARED
    return {
        "id": record_id,
        "person_id": study.person.id,
        "employer_id": study.person.employer.id,
        "origin": study.origin,
        "status": Status.DRAFT if declared else Status.APPROVED,
        "course_name": study.course_name,
        "category": study.category,
        "achievement": study.achievement,
        "authorship": study.authorship,
        "starts_on": study.starts_on,
        "ends_on": study.ends_on,
        "attended_days": study.attended_days,
        "declared_hours": study.hours if declared else None,
        "declared_credits": None,
        "approved_hours": None if declared else study.hours,
        "approved_credits": None,
        "organiser_id": study.organiser.id if study.organiser else None,
        "organiser_name": study.organiser_name,
        "study_form": "" if study.achievement else form(study),
        "place": "" if study.achievement else "广州",
        "content": "",
        "note": "",
        "version": 1,
        "created_at": created,
        "updated_at": created,
        "submitted_at": None,
        "closed_at": None if declared else created,
        "deleted_at": None,
    }


def form(study: Study) -> str:
    """How it was studied."""
    if study.category is CourseCategory.PUBLIC:
        return "面授" if study.organiser else "网络学习"
    return "面授" if study.category is CourseCategory.PROFESSIONAL else "讲座"


def lived(
    world: World,
    luck: random.Random,
    columns: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]],
    acts: Sequence[str],
    study: Study,
) -> list[ledger.Entry]:
    """The case of the record, from its first submission."""
    created: datetime = columns["created_at"]
    times = story.times(
        luck,
        acts=len(acts),
        after=dates.shanghai_date(created),
        pace=3 if study.plot == "approved" else 2,
        until=world.now - PAUSE,
    )
    granted = {"approved_hours": str(study.hours - CUT)} if study.plot == "cut" else {}
    scene = world.theatre.stage(study.person, declared(columns, files), granted, world.now)
    return story.lived(scene, acts, times, chance.row_id(luck, times[0]))


def declared(columns: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> Row:
    """The record as `models.declared` would read it."""
    listed = [
        {
            "id": str(file["id"]),
            "label": file["label"],
            "name": file["file_name"],
            "sha256": file["sha256"],
            "state": file["scan_state"],
        }
        for file in files
    ]
    return Row(**columns, files=listed)


def follow(
    columns: dict[str, Any], study: Study, entries: Sequence[ledger.Entry], files: int
) -> None:
    """What the adapter of records would have made of it."""
    if study.plot == "deleted":
        columns.update(deleted_at=columns["created_at"] + timedelta(minutes=40))
    if not entries:
        return
    last = entries[-1]
    change = Change(before=last.before, after=last.after, actor=story.who(last), now=last.now)
    hours, credits = training_subject.granted(Row(**columns), change)
    columns.update(
        status=last.after.status.value,
        approved_hours=hours,
        approved_credits=credits,
        version=1 + files + len(entries),
        updated_at=last.now,
        submitted_at=entries[0].now,
        closed_at=last.now if last.after.status in TERMINAL else None,
    )


def told(
    columns: Mapping[str, Any], files: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Tag, dict[str, Any]]]:
    """What no case tells of a declared record: it was written, given a file, thrown away."""
    if columns["origin"] is not RecordOrigin.DECLARED:
        return
    record = {"subject_type": training_subject.TYPE, "subject_id": columns["id"], "data": "{}"}
    yield Tag.RECORD_DECLARE, {**record, "at": columns["created_at"]}
    for file in files:
        data = json.dumps({"sha256": file["sha256"]})
        attachment = {"subject_type": "attachment", "subject_id": file["id"], "data": data}
        yield Tag.ATTACHMENT_ADD, {**attachment, "at": file["created_at"]}
    if columns["deleted_at"]:
        yield Tag.RECORD_DELETE, {**record, "at": columns["deleted_at"]}


def who(study: Study) -> dict[str, Any]:
    """The person as the author of a line of history."""
    return {
        "person_id": study.person.id,
        "account_id": study.person.account_id,
        "organisation_id": None,
    }
