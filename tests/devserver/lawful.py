"""Questions to a database full of cases; a lawful one answers each with nothing."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from typing import Any

from models.read import Connection
from rules import dates
from workflow import definition, digest, engine, ledger, task
from workflow.case import Case, Event, Kind

EVENTS = "SELECT * FROM wf_event ORDER BY case_id, seq"
STATES = """
SELECT c.id, c.applicant_id, c.concerns_id, c.state, c.status, c.step_key, c.round, c.seq,
  c.revision, d.source
FROM wf_case c JOIN wf_definition d ON d.id = c.definition_id
"""
DISAGREEING = """
SELECT c.id FROM wf_case c JOIN training_record r ON r.id = c.subject_id
LEFT JOIN wf_task t ON t.case_id = c.id AND t.status = 'open'
WHERE r.status <> c.status OR r.person_id <> c.applicant_id OR r.employer_id <> c.employer_id
   OR (c.status = 'in_review') <> (t.id IS NOT NULL)
   OR (c.closed_at IS NULL) = (c.status IN ('approved', 'rejected', 'withdrawn'))
   OR t.step_key IS DISTINCT FROM c.step_key
   OR jsonb_array_length(c.state->'opinions')
      <> (SELECT count(*) FROM wf_opinion o WHERE o.case_id = c.id AND o.voided_seq IS NULL)
"""
# An amendment and its case, and what a confirmed one made of its record.
MISLED = """
SELECT n.id FROM amendment n JOIN training_record r ON r.id = n.record_id
LEFT JOIN wf_case c ON c.subject_type = 'amendment' AND c.subject_id = n.id
LEFT JOIN wf_task t ON t.case_id = c.id AND t.status = 'open'
WHERE c.id IS NULL OR c.concerns_id <> r.person_id OR c.applicant_id <> n.proposer_id
   OR c.employer_id <> r.employer_id OR n.closed_at IS DISTINCT FROM c.closed_at
   OR (c.status = 'in_review') <> (t.id IS NOT NULL)
   OR (c.status = 'approved') <> (r.version = n.record_version + 1)
   OR (c.status = 'approved') <> EXISTS (SELECT FROM history h
     WHERE h.subject_id = r.id AND h.tag = 'record:amend' AND h.at = n.closed_at)
   OR (c.status = 'approved' AND r.approved_hours <> (n.proposed->>'approved_hours')::numeric)
"""
# An application, its case and its figures; what was handed in has both.
MISJUDGED = """
SELECT y.id FROM cycle_application y
LEFT JOIN wf_case c ON c.subject_type = 'cycle_application' AND c.subject_id = y.id
LEFT JOIN wf_task t ON t.case_id = c.id AND t.status = 'open'
LEFT JOIN cycle_result g ON g.application_id = y.id AND g.current
WHERE (y.submitted_at IS NULL) <> (c.id IS NULL) OR (c.id IS NULL) <> (g.id IS NULL)
   OR y.status <> c.status OR y.employer_id <> c.employer_id OR y.person_id <> c.applicant_id
   OR (c.status = 'in_review') <> (t.id IS NOT NULL) OR y.closed_at IS DISTINCT FROM c.closed_at
   OR (y.status = 'approved' AND g.verdict <> 'pass')
"""
FOREIGN_KEYS = """
SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent, a.attname AS name
FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.contype = 'f' AND cardinality(k.conkey) = 1
"""


async def misjudged(db: Connection) -> list[Any]:
    """Applications that do not agree with their case or their figures."""
    return list(await db.execute_query_dict(MISJUDGED))


async def broken_chains(db: Connection) -> list[Any]:
    """Cases whose events do not link."""
    found: list[Any] = []
    last: dict[Any, str] = {}
    for row in await db.execute_query_dict(EVENTS):
        previous = last.get(row["case_id"], "")
        data = json.loads(row["data"])
        expected = ledger.event_hash(
            previous, row["case_id"], row["seq"], row["kind"], data, row["at"]
        )
        if (row["previous_hash"], row["hash"]) != (previous, expected):
            found.append(row["case_id"])
        last[row["case_id"]] = row["hash"]
    return found


async def unlike_their_events(db: Connection) -> list[Any]:
    """Cases whose stored state is not what their events make of a draft."""
    events: dict[Any, list[Event]] = defaultdict(list)
    for row in await db.execute_query_dict(EVENTS):
        events[row["case_id"]].append(Event(Kind(row["kind"]), json.loads(row["data"])))
    found = []
    for row in await db.execute_query_dict(STATES):
        route, about = definition.pinned(row["source"]), row["concerns_id"]
        case = engine.opening(
            applicant=str(row["applicant_id"]), concerns=str(about) if about else None
        )
        for event in events[row["id"]]:
            case = engine.evolve(route, case, event)
        columns = (row["status"], row["step_key"], row["round"], row["seq"], row["revision"])
        kept = Case.from_state(json.loads(row["state"]))
        if kept != case or columns != (
            case.status,
            case.step,
            case.round,
            case.seq,
            case.revision,
        ):
            found.append(row["id"])
    return found


async def disagreeing(db: Connection) -> list[Any]:
    """Cases whose record, open task or opinions say something else."""
    return [row["id"] for row in await db.execute_query_dict(DISAGREEING)]


async def misled(db: Connection) -> list[Any]:
    """Amendments whose case or record says something else."""
    return [row["id"] for row in await db.execute_query_dict(MISLED)]


async def outdated_revisions(db: Connection, now: datetime) -> list[Any]:
    """Cases in review whose record is no longer what was submitted."""
    rows = await db.execute_query_dict(
        "SELECT subject_id, revision FROM wf_case WHERE status = 'in_review'"
    )
    submitted = {row["subject_id"]: row["revision"] for row in rows}
    today = dates.shanghai_date(now)
    found = [
        one
        for adapter in task.ADAPTERS.values()
        for one in (await adapter.read(db, submitted, submitting=False, today=today)).values()
    ]
    assert len(found) == len(submitted)
    return [one.id for one in found if digest.digest(one.content) != submitted[one.id]]


async def orphans(db: Connection) -> list[str]:
    """Columns that point to rows that are not there."""
    found = []
    for key in await db.execute_query_dict(FOREIGN_KEYS):
        lost = await db.execute_query_dict(
            f"SELECT count(*) AS n FROM {key['child']} c WHERE c.{key['name']} IS NOT NULL"
            f" AND NOT EXISTS (SELECT FROM {key['parent']} p WHERE p.id = c.{key['name']})"
        )
        if lost[0]["n"]:
            found.append(f"{key['child']}.{key['name']}")
    return found
