"""Where a subject stands: its case with the pinned route, and the staffed bodies around it."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models.organisation import OrganisationKind, UnitKind
from models.read import Connection

# standing: one row per subject asked for; the case columns are empty before the first submission.
# Seats of disabled accounts and closed organisations do not count as staff. Who has the case is
# looked up as well where the tree has moved under it.
STANDING = """
SELECT asked.subject_id, asked.employer_id, c.id, c.definition_id, c.state, c.seq, c.due_at,
  d.source, last.hash, last.at AS last_at, last.kind AS last_kind, actor.name AS last_by,
  open_task.id AS open_task_id, open_task.claimed_at, holder.name AS holder, chain.bodies,
  staff.seats
FROM unnest($2::uuid[], $3::uuid[]) AS asked(subject_id, employer_id)
LEFT JOIN LATERAL (
  SELECT * FROM wf_case WHERE subject_type = $1 AND subject_id = asked.subject_id
  ORDER BY closed_at IS NULL DESC, opened_at DESC LIMIT 1) c ON true
LEFT JOIN wf_definition d ON d.id = c.definition_id
LEFT JOIN wf_event last ON last.case_id = c.id AND last.seq = c.seq
LEFT JOIN person actor ON actor.id = last.person_id
LEFT JOIN wf_task open_task ON open_task.case_id = c.id AND open_task.status = 'open'
LEFT JOIN person holder ON holder.id = open_task.claimed_by_id
LEFT JOIN LATERAL (
  SELECT array_agg(o.id) AS ids, jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name,
    'kind', o.kind, 'parent_id', o.parent_id, 'unit_kind', o.unit_kind)) AS bodies
  FROM organisation employer
  JOIN organisation o ON o.id = ANY (employer.ancestors || employer.id)
  WHERE employer.id = asked.employer_id AND o.closed_on IS NULL) chain ON true
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_array(s.organisation_id, s.person_id, s.groups)) AS seats
  FROM seat s JOIN account a ON a.person_id = s.person_id
  WHERE s.organisation_id = ANY (chain.ids || ARRAY[(c.state->>'org_id')::uuid,
      (c.state->>'stand_in')::uuid])
    AND s.ended_at IS NULL AND s.groups <> '{}' AND a.disabled_at IS NULL) staff ON true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The case as it is stored, and its last event."""

    id: UUID
    definition_id: UUID
    state: Mapping[str, Any]
    seq: int
    due_at: datetime | None
    source: str
    open_task_id: UUID | None
    last_hash: str
    last: Mapping[str, Any]
    holder: str = ""
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An organisation of the chain above the employer."""

    id: str
    name: str
    kind: OrganisationKind
    parent_id: str | None
    unit_kind: UnitKind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSeat:
    """Somebody of one of those bodies, with his groups."""

    organisation_id: str
    person_id: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that routing and guarding need to know beside the subject itself."""

    employer_id: str
    case: Stored | None
    chain: Sequence[Body]
    seats: Sequence[StaffSeat]


async def read(
    c: Connection, *, subject_type: str, subjects: Mapping[UUID, UUID]
) -> dict[UUID, Standing]:
    """Read them (subject → employer); to decide on one, lock it in an earlier statement."""
    values = [subject_type, list(subjects), list(subjects.values())]
    found = await c.execute_query_dict(STANDING, values)
    return {columns["subject_id"]: standing(columns) for columns in found}


def standing(columns: Mapping[str, Any]) -> Standing:
    """One row of the statement."""
    return Standing(
        employer_id=str(columns["employer_id"]),
        case=stored(columns) if columns["id"] else None,
        chain=[body(one) for one in json.loads(columns["bodies"] or "[]")],
        seats=[
            StaffSeat(organisation_id=organisation, person_id=person, groups=frozenset(groups))
            for organisation, person, groups in json.loads(columns["seats"] or "[]")
        ],
    )


def stored(columns: Mapping[str, Any]) -> Stored:
    """The case columns of the row."""
    last_at: datetime = columns["last_at"]
    return Stored(
        id=columns["id"],
        definition_id=columns["definition_id"],
        state=json.loads(columns["state"]),
        seq=columns["seq"],
        due_at=columns["due_at"],
        source=columns["source"],
        open_task_id=columns["open_task_id"],
        holder=columns["holder"] or "",
        claimed_at=columns["claimed_at"],
        last_hash=columns["hash"],
        last={
            "by": columns["last_by"] or "",
            "what": columns["last_kind"],
            "at": last_at.isoformat(),
        },
    )


def body(columns: Mapping[str, Any]) -> Body:
    """One organisation of the chain."""
    kind = columns["unit_kind"]
    return Body(
        id=columns["id"],
        name=columns["name"],
        kind=OrganisationKind(columns["kind"]),
        parent_id=columns["parent_id"],
        unit_kind=UnitKind(kind) if kind else None,
    )


def organisations(standing: Standing) -> dict[str, str | None]:
    """The organisation of each relation of the route files; None where the tree names none."""
    by_kind = {one.kind: one.id for one in standing.chain}
    employer = next((one for one in standing.chain if one.id == standing.employer_id), None)
    city, district = (
        by_kind.get(OrganisationKind.CITY_BUREAU),
        by_kind.get(OrganisationKind.DISTRICT_BUREAU),
    )
    above = employer.parent_id if employer else None
    superior = above if any(one.id == above for one in standing.chain) else None
    return {
        "employer": employer.id if employer else None,
        "direct_point": by_kind.get(OrganisationKind.DIRECT_POINT),
        "superior": superior,
        "district_bureau": district,
        "city_bureau": city,
        "ce_authority": district or city,
        "superior_or_city": superior or city,
    }


def staff(
    standing: Standing,
    *,
    organisation_id: str | None,
    groups: Collection[str],
    without: Collection[str],
) -> dict[str, frozenset[str]]:
    """The persons who could review, its parties left out, and which of these groups they hold."""
    there = people(standing, organisation_id)
    held = {one: mine.intersection(groups) for one, mine in there.items() if one not in without}
    return {one: mine for one, mine in held.items() if mine}


def seats(standing: Standing) -> dict[str, dict[str, frozenset[str]]]:
    """Who sits in each organisation, and the groups of each."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for seat in standing.seats:
        there = found.setdefault(seat.organisation_id, {})
        there[seat.person_id] = there.get(seat.person_id, frozenset()) | seat.groups
    return found


def people(standing: Standing, organisation_id: str | None) -> dict[str, frozenset[str]]:
    """Who sits in one organisation, and the groups of each."""
    return seats(standing).get(organisation_id or "", {})
