"""The rows a story leaves behind, as `models.case.TELL` and `BEGIN` would have left them."""

import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from devserver.city import chance, story
from devserver.city.rows import Rows
from workflow import ledger
from workflow.case import TERMINAL


def write(
    rows: Rows,
    luck: random.Random,
    entries: Sequence[ledger.Entry],
    definitions: Mapping[str, UUID],
) -> None:
    """All rows of one case."""
    tasks: list[dict[str, Any]] = []
    opinions: list[dict[str, Any]] = []
    for entry in entries:
        for event in ledger.event_rows(entry):
            rows.add("wf_event", **event_row(luck, event, entry))
        follow_tasks(tasks, luck, entry)
        follow_opinions(opinions, luck, entry)
    for task in tasks:
        rows.add("wf_task", **task)
    for opinion in opinions:
        rows.add("wf_opinion", **opinion)
    rows.add("wf_case", **case_row(entries, definitions))


def case_row(entries: Sequence[ledger.Entry], definitions: Mapping[str, UUID]) -> dict[str, Any]:
    """The case as its last command left it."""
    last = entries[-1]
    return {
        "id": last.case_id,
        "definition_id": definitions[last.route.digest],
        "subject_type": last.subject.type,
        "subject_id": last.subject.id,
        "applicant_id": last.subject.applicant_id,
        "concerns_id": last.subject.concerns_id,
        "employer_id": last.subject.employer_id,
        "status": last.after.status.value,
        "step_key": last.after.step,
        "round": last.after.round,
        "seq": last.after.seq,
        "revision": last.after.revision,
        "state": json.dumps(last.after.to_state()),
        "due_at": ledger.due_at(last),
        "opened_at": entries[0].now,
        "closed_at": last.now if last.after.status in TERMINAL else None,
    }


def event_row(luck: random.Random, event: Mapping[str, Any], entry: ledger.Entry) -> dict[str, Any]:
    """One event, with its actor."""
    actor = story.who(entry)
    return {
        "id": chance.row_id(luck, entry.now),
        "case_id": entry.case_id,
        "seq": event["seq"],
        "kind": event["kind"],
        "data": json.dumps(event["data"]),
        "person_id": actor.person_id,
        "account_id": actor.account_id,
        "organisation_id": actor.org_id,
        "at": entry.now,
        "command_id": entry.command_id,
        "previous_hash": event["previous_hash"],
        "hash": event["hash"],
    }


def follow_tasks(tasks: list[dict[str, Any]], luck: random.Random, entry: ledger.Entry) -> None:
    """Close the task that was open, or note who holds it; open the next."""
    if tasks and tasks[-1]["status"] == "open":
        change = ledger.task_row(entry)
        tasks[-1].update(
            status=change["status"],
            claimed_by_id=change.get("claimed_by"),
            claimed_at=instant(change.get("claimed_at")),
            done_by_id=change.get("done_by"),
            done_at=instant(change.get("done_at")),
            outcome=change.get("outcome"),
        )
    opened = ledger.open_task(entry)
    if opened and not ledger.keeps_task(entry):
        tasks.append(task_row(luck, opened, entry))


def task_row(luck: random.Random, opened: Mapping[str, Any], entry: ledger.Entry) -> dict[str, Any]:
    """A task as it is opened."""
    return {
        "id": chance.row_id(luck, entry.now),
        "case_id": entry.case_id,
        "route_code": opened["route"],
        "step_key": opened["step"],
        "round": opened["round"],
        "slot": opened["slot"],
        "organisation_id": opened["organisation"],
        "group_key": opened["group_key"],
        "reason": opened["reason"],
        "status": "open",
        "claimed_by_id": None,
        "claimed_at": None,
        "only_for": opened["only_for"],
        "opened_seq": opened["seq"],
        "created_at": entry.now,
        "due_at": ledger.due_at(entry),
        "done_by_id": None,
        "done_at": None,
        "outcome": None,
    }


def follow_opinions(
    opinions: list[dict[str, Any]], luck: random.Random, entry: ledger.Entry
) -> None:
    """Void what is no longer in force; add what was said."""
    gone = {(each["round"], each["step"], each["person"]) for each in ledger.voided_rows(entry)}
    for row in opinions:
        key = (row["round"], row["step_key"], row["person_id"])
        if row["voided_seq"] is None and key in gone:
            row["voided_seq"] = entry.after.seq
    given = [one for one in entry.after.opinions if one not in entry.before.opinions]
    opinions.extend(opinion_row(luck, ledger.opinion_row(one, entry), entry) for one in given)


def opinion_row(
    luck: random.Random, given: Mapping[str, Any], entry: ledger.Entry
) -> dict[str, Any]:
    """One opinion."""
    return {
        "id": chance.row_id(luck, entry.now),
        "case_id": entry.case_id,
        "round": given["round"],
        "step_key": given["step"],
        "person_id": given["person"],
        "principal_id": given["principal"],
        "act": given["act"],
        "revision": given["revision"],
        "event_seq": given["seq"],
        "voided_seq": None,
    }


def instant(text: str | None) -> datetime | None:
    """An instant as the ledger writes it."""
    return datetime.fromisoformat(text) if text else None
