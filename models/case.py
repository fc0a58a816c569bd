"""Cases (案): one run of a pinned route, its events and the opinions in force."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Table, link


class Definition(Table):
    """A published route (流程): the text, and what the compiler made of it."""

    code = fields.CharField(max_length=60)
    version = fields.IntField()
    digest = fields.CharField(max_length=64)
    source = fields.TextField()
    compiled: Any = fields.JSONField()
    published_at = fields.DatetimeField()
    retired_at = fields.DatetimeField(null=True)

    class Meta:
        table = "wf_definition"
        table_description = "wf_definition"
        unique_together = (("code", "version"), ("code", "digest"))


class Case(Table):
    """The stored fold of a case's events."""

    definition = link("Definition")
    definition_id: UUID
    subject_type = fields.CharField(max_length=32)
    subject_id = fields.UUIDField()
    applicant = link("Person")
    applicant_id: UUID
    concerns = link("Person", null=True, db_index=False)
    concerns_id: UUID | None
    employer = link("Organisation")
    employer_id: UUID
    status = fields.CharField(max_length=16)
    step_key = fields.CharField(max_length=32, null=True)
    round = fields.IntField(default=0)
    seq = fields.IntField(default=0)
    revision = fields.CharField(max_length=64, default="")
    state: Any = fields.JSONField()
    due_at = fields.DatetimeField(null=True)
    opened_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "wf_case"
        table_description = "wf_case"
        indexes = (("subject_type", "subject_id"),)


class Event(Table):
    """One thing that happened to a case; never changed, never deleted."""

    case = link("Case", db_index=False)
    case_id: UUID
    seq = fields.IntField()
    kind = fields.CharField(max_length=32)
    data: Any = fields.JSONField()
    person = link("Person", null=True)
    person_id: UUID | None
    account = link("Account", null=True, db_index=False)
    account_id: UUID | None
    principal = link("Person", null=True, db_index=False)
    principal_id: UUID | None
    organisation = link("Organisation", null=True, db_index=False)
    organisation_id: UUID | None
    at = fields.DatetimeField()
    command_id = fields.CharField(max_length=255, default="")
    previous_hash = fields.CharField(max_length=64, default="")
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "wf_event"
        table_description = "wf_event"
        unique_together = (("case", "seq"),)


class Opinion(Table):
    """An opinion (处理意见) of one person at one step of one round."""

    case = link("Case", db_index=False)
    case_id: UUID
    round = fields.IntField()
    step_key = fields.CharField(max_length=32)
    person = link("Person")
    person_id: UUID
    principal = link("Person", null=True, db_index=False)
    principal_id: UUID | None
    act = fields.CharField(max_length=16)
    revision = fields.CharField(max_length=64)
    signed = fields.BooleanField(default=False, db_default=False)
    event_seq = fields.IntField()
    voided_seq = fields.IntField(null=True)

    class Meta:
        table = "wf_opinion"
        table_description = "wf_opinion"
        indexes = (("case_id", "round"),)


class Copy(Table):
    """A case shown (抄送) to a person or an organisation until a day: to read, never to act."""

    case = link("Case")
    case_id: UUID
    person = link("Person", null=True, db_index=False)
    person_id: UUID | None
    organisation = link("Organisation", null=True, db_index=False)
    organisation_id: UUID | None
    until = fields.DatetimeField()
    event_seq = fields.IntField()

    class Meta:
        table = "wf_copy"
        table_description = "wf_copy"


# copy: the right to read, beside the event that tells of it.
COPY = """
INSERT INTO wf_copy (id, case_id, person_id, organisation_id, until, event_seq)
VALUES ($1, $2, $3, $4, $5, $6)
"""

# tell: what happened (events), where the case stands now, which task and which opinions are over.
# The case is inserted with its first event; later the sequence it was read at must still hold.
TELL = """
WITH event AS (
  INSERT INTO wf_event (id, case_id, seq, kind, data, person_id, account_id, principal_id,
    organisation_id, at, command_id, previous_hash, hash)
  SELECT e.id, $1, e.seq, e.kind, e.data, $2, $3, $4, $5, $6, $7, e.previous_hash, e.hash
  FROM jsonb_to_recordset($8::jsonb)
    AS e(id uuid, seq int, kind text, data jsonb, previous_hash text, hash text)
), task AS (
  UPDATE wf_task SET status = t.status, claimed_by_id = t.claimed_by, claimed_at = t.claimed_at,
    done_by_id = t.done_by, done_at = t.done_at, outcome = t.outcome
  FROM jsonb_to_record($9::jsonb) AS t(status text, claimed_by uuid, claimed_at timestamptz,
    done_by uuid, done_at timestamptz, outcome text)
  WHERE case_id = $1 AND wf_task.status = 'open'
), voided AS (
  UPDATE wf_opinion SET voided_seq = $11
  WHERE case_id = $1 AND voided_seq IS NULL AND (round, step_key, person_id::text) IN (
    SELECT v.round, v.step, v.person
    FROM jsonb_to_recordset($10::jsonb) AS v(round int, step text, person text))
)
INSERT INTO wf_case (id, definition_id, subject_type, subject_id, applicant_id, employer_id,
  status, step_key, round, seq, revision, state, due_at, opened_at, closed_at, concerns_id)
SELECT $1, d.id, $13, $14, $15, $16, $17, $18, $19, $11, $20, $21::jsonb, $22, $6, $23, $25
FROM wf_definition d WHERE d.digest = $12
ON CONFLICT (id) DO UPDATE SET definition_id = EXCLUDED.definition_id,
  employer_id = EXCLUDED.employer_id, status = EXCLUDED.status, step_key = EXCLUDED.step_key,
  round = EXCLUDED.round, seq = EXCLUDED.seq, revision = EXCLUDED.revision,
  state = EXCLUDED.state, due_at = EXCLUDED.due_at,
  closed_at = coalesce(wf_case.closed_at, EXCLUDED.closed_at)
WHERE wf_case.seq = $24
RETURNING wf_case.id
"""

# begin: the opinion that was given and the task that is open now.
BEGIN = """
WITH opinion AS (
  INSERT INTO wf_opinion (id, case_id, round, step_key, person_id, principal_id, act, revision,
    signed, event_seq)
  SELECT o.id, $1, o.round, o.step, o.person, o.principal, o.act, o.revision, o.signed, o.seq
  FROM jsonb_to_recordset($2::jsonb) AS o(id uuid, round int, step text, person uuid,
    principal uuid, act text, revision text, signed boolean, seq int)
)
INSERT INTO wf_task (id, case_id, route_code, step_key, round, slot, organisation_id, group_key,
  reason, status, only_for, opened_seq, created_at, due_at)
SELECT t.id, $1, t.route, t.step, t.round, t.slot, t.organisation, t.group_key, t.reason, 'open',
  t.only_for, t.seq, $4, $5
FROM jsonb_to_recordset($3::jsonb) AS t(id uuid, route text, step text, round int, slot int,
  organisation uuid, group_key text, reason text, only_for uuid[], seq int)
"""
