"""Amendments (更正) in the small city: proposed by who keeps the records of the demo unit."""

import json
import random
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from devserver.city import chance, paper, people, proofs, stage, story, tape
from devserver.city.people import Dweller
from devserver.city.records import PAUSE, World
from devserver.city.story import Stage
from models.amendment import AmendmentKind
from models.attachment import ScanState
from models.read import Row
from rules import dates
from rules.refusal import Refused
from workflow import amendment_subject, definition, ledger, proposal, transition
from workflow.case import TERMINAL, Status
from workflow.history import Tag

KEEPER = "handler"  # the demo login with the duty 培训信息维护
BEFORE = timedelta(minutes=10)  # its proof came in
LIST = Path(__file__).with_name("amendments.toml")


def write(world: World) -> None:
    """Each story of the list, about a record of its own."""
    luck = chance.of("amendments")
    keeper = next(each for each in world.theatre.dwellers if each.login == KEEPER)
    free = candidates(world)
    for told in tomllib.loads(LIST.read_text("utf-8"))["amendment"]:
        wanted = {name: told[name] for name in ("origin", "category") if name in told}
        record = next(row for row in free if wanted.items() <= row.items())
        free.remove(record)
        lived(world, luck, keeper, record, told)


def candidates(world: World) -> list[dict[str, Any]]:
    """Approved courses of colleagues who have no demo login, the latest first."""
    named = {each.login for each in people.logins()}
    colleagues = {
        each.id
        for each in world.theatre.dwellers
        if each.employer.key == people.DEMO_UNIT and each.login not in named
    }
    found = [
        dict_of(row)
        for row in world.rows["training_record"]
        if row["person_id"] in colleagues
        and row["status"] == Status.APPROVED
        and row["deleted_at"] is None
        and row["achievement"] is None
        and row["updated_at"] < world.now - 9 * PAUSE
    ]
    return sorted(found, key=lambda row: (row["ends_on"], str(row["id"])), reverse=True)


def dict_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it lies in memory: what is confirmed is written into it."""
    assert isinstance(row, dict)
    return row


def lived(
    world: World,
    luck: random.Random,
    keeper: Dweller,
    record: dict[str, Any],
    told: Mapping[str, Any],
) -> None:
    """One proposal and what became of it."""
    acts = told["acts"].split()
    after = dates.shanghai_date(max(record["updated_at"], world.founded))
    until = world.now - PAUSE
    times = story.times(luck, acts=len(acts), after=after, pace=2, until=until)
    row = amendment(world, keeper, record, told, chance.row_id(luck, times[0]))
    proof = proven(world, row, told["proof"], times[0] - BEFORE) if "proof" in told else None
    row.proofs = [listed(proof)] if proof else []
    scene = staged(world, keeper, record, row)
    entries = story.lived(scene, acts, times, chance.row_id(luck, times[0]))
    world.rows.add("amendment", **columns(row, entries))
    if proof:
        world.rows.add("attachment", **proof)
    tape.write(world.rows, luck, entries, world.definitions)
    if entries[-1].after.status is Status.APPROVED:
        confirmed(world, luck, record, row, entries[-1])


def amendment(
    world: World,
    keeper: Dweller,
    record: Mapping[str, Any],
    told: Mapping[str, Any],
    amendment_id: UUID,
) -> Row:
    """The proposal as `workflow.proposal` would keep it."""
    before = proposal.written(record)
    hours = Decimal(told["hours"]) if "hours" in told else None
    return Row(
        id=amendment_id,
        record_id=record["id"],
        person_id=record["person_id"],
        employer_id=record["employer_id"],
        proposer_id=keeper.id,
        kind=AmendmentKind.CORRECT if hours else AmendmentKind.DELETE,
        before=before,
        proposed={**before, "approved_hours": proposal.plain(hours)} if hours else None,
        record_version=record["version"],
        reason=told["reason"],
        origin=record["origin"],
        present_version=record["version"],
        files=list(files(world, record)),
        proofs=[],
        abandoned=False,
    )


def files(world: World, record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The proofs of the record as `amendment_sql.AMENDED` would list them."""
    found = [each for each in world.rows["attachment"] if each["record_id"] == record["id"]]
    for each in sorted(found, key=lambda row: (row["sha256"], str(row["id"]))):
        assert each["scan_state"] == ScanState.CLEAN  # of an approved record
        yield listed(each)


def listed(file: Mapping[str, Any]) -> Mapping[str, Any]:
    """One of them."""
    return {
        "id": str(file["id"]),
        "label": file["label"],
        "name": file["file_name"],
        "sha256": file["sha256"],
        "state": file["scan_state"],
    }


def proven(world: World, row: Row, label: str, at: datetime) -> dict[str, Any]:
    """What the proposer has sent with it."""
    data = paper.certificate(
        title=label,
        lines=[f"学习科目：{row.before['course_name']}", f"说　　明：{row.reason}"],
        issuer=row.before["organiser_name"] or "继续教育培训机构",
        issued=f"{at:%Y年%m月%d日}",
    )
    proof = proofs.made(data, f"{label}.pdf", "application/pdf", label)
    world.files[proof.sha256] = proof.data
    return proofs.row_of_amendment(chance.of(f"proof {row.id}"), proof, row, at=at)


def staged(world: World, keeper: Dweller, record: Mapping[str, Any], row: Row) -> Stage:
    """Where the story plays: the unit of the keeper and the bodies above it."""
    subject = amendment_subject.subject(row)
    route = definition.select(subject)
    if isinstance(route, Refused):
        raise LookupError(route.code)
    standing = world.theatre.standing(keeper)
    adapter = amendment_subject.ADAPTER
    return Stage(
        subject=subject,
        route=route,
        facts=transition.facts_of(adapter, subject, standing, route, world.now),
        cast=world.theatre.cast(keeper)[1:],  # from his seat, not as a person
        comments={**stage.written()["comments"], "submit": (row.reason,)},
        values={},
    )


def columns(row: Row, entries: list[ledger.Entry]) -> dict[str, Any]:
    """The amendment as its last command left it."""
    first, last = entries[0], entries[-1]
    over = last.now if last.after.status in TERMINAL else None
    names = ("id", "record_id", "person_id", "employer_id", "proposer_id", "kind")
    return {
        **{name: getattr(row, name) for name in names},
        "before": json.dumps(row.before),
        "proposed": row.proposed and json.dumps(row.proposed),
        "record_version": row.record_version,
        "reason": row.reason,
        "created_at": first.now,
        "updated_at": last.now if over else first.now,
        "closed_at": over,
    }


def confirmed(
    world: World, luck: random.Random, record: dict[str, Any], row: Row, last: ledger.Entry
) -> None:
    """The record and its history as `amendment_sql.APPLY` would have left them."""
    at: datetime = last.now
    hours = Decimal(row.proposed["approved_hours"])
    record.update(approved_hours=hours, version=record["version"] + 1, updated_at=at)
    actor = story.who(last)
    fields = amendment_subject.changed_fields(row.before, row.proposed)
    told = {"amendment": str(row.id), "proposer": str(row.proposer_id), "fields": fields}
    world.rows.add(
        "history",
        id=chance.row_id(luck, at),
        tag=Tag.RECORD_AMEND,
        person_id=UUID(actor.person_id),
        account_id=UUID(actor.account_id),
        organisation_id=UUID(actor.org_id),
        subject_type="training_record",
        subject_id=record["id"],
        data=json.dumps(told),
        at=at,
    )
