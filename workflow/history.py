"""History (操作日志): one line with one tag for every change that no case tells about."""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from models.access import Viewer
from models.ids import uuid7
from models.read import Connection
from rules.refusal import NOTHING

WRITE = """
INSERT INTO history (id, tag, subject_type, subject_id, person_id, account_id, organisation_id,
  at, data)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


class Tag(StrEnum):
    """What was done to what: `noun:verb`, all of them here."""

    RECORD_DECLARE = "record:declare"
    RECORD_EDIT = "record:edit"
    RECORD_DELETE = "record:delete"
    RECORD_AMEND = "record:amend"
    RECORD_SUBMIT = "record:submit"
    RECORD_RECALL = "record:recall"
    RECORD_WITHDRAW = "record:withdraw"
    ATTACHMENT_ADD = "attachment:add"
    ATTACHMENT_REMOVE = "attachment:remove"
    ATTACHMENT_JUDGE = "attachment:judge"
    CYCLE_APPLY = "cycle:apply"
    CYCLE_EDIT = "cycle:edit"
    CYCLE_DELETE = "cycle:delete"
    ANNUAL_RECALCULATE = "annual:recalculate"
    RECALCULATION_BEGIN = "recalculation:begin"
    RECALCULATION_ABORT = "recalculation:abort"
    CERTIFICATE_ISSUE = "certificate:issue"
    CERTIFICATE_REVOKE = "certificate:revoke"
    DOSSIER_EXPORT = "dossier:export"
    PERSONAL_EXPORT = "personal:export"
    PROFILE_SAVE = "profile:save"
    REMARK_ADD = "remark:add"
    REMARK_REMOVE = "remark:remove"
    SEAT_OPEN = "seat:open"
    SEAT_CHANGE = "seat:change"
    SEAT_END = "seat:end"
    MOVE_CLOSE = "move:close"
    DELEGATION_GIVE = "delegation:give"
    DELEGATION_REVOKE = "delegation:revoke"
    SESSION_SIGN_IN = "session:sign_in"
    SESSION_CHOOSE_SEAT = "session:choose_seat"
    SESSION_SIGN_OUT = "session:sign_out"
    SESSION_REVOKE = "session:revoke"
    SIGN_IN_REFUSED = "session:refuse"
    PORTAL_LINK = "portal:link"
    PORTAL_UNLINK = "portal:unlink"
    PASSWORD_CHANGE = "password:change"
    PASSWORD_RESET = "password:reset"
    FACTOR_BEGIN = "factor:begin"
    FACTOR_ENROL = "factor:enrol"
    FACTOR_CODES = "factor:codes"
    FACTOR_STEP_UP = "factor:step_up"
    FACTOR_RESET = "factor:reset"
    ACCOUNT_OPEN = "account:open"
    ACCOUNT_DISABLE = "account:disable"
    ACCOUNT_ENABLE = "account:enable"
    ACCOUNT_UNLOCK = "account:unlock"
    ACCOUNT_INVITE = "account:invite"
    ACCOUNT_REDEEM = "account:redeem"
    ACCOUNT_ABSORB = "account:absorb"
    CLAIM_OPEN = "claim:open"
    CLAIM_CLOSE = "claim:close"
    ACCOUNT_CLOSE = "account:close"
    PERSON_CORRECT = "person:correct"
    IDENTITY_CHANGE = "identity:change"


async def write(
    c: Connection,
    *,
    tag: Tag,
    subject_type: str,
    subject_id: UUID,
    viewer: Viewer | None,
    now: datetime,
    data: Mapping[str, Any] = NOTHING,
) -> None:
    """Write one line in the transaction of the change; no viewer means the system itself.

    `data` holds ids, codes and the names of changed fields, never personal data.
    """
    who = (viewer.person_id, viewer.account_id, viewer.organisation_id) if viewer else (None,) * 3
    written = json.dumps(dict(data), default=str)
    await c.execute_query(WRITE, [uuid7(), tag.value, subject_type, subject_id, *who, now, written])
