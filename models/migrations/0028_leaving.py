"""Moves in which the employer that is left has its say, too."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

# Whoever asked before is let go by whoever employs him now. One that was confirmed before this
# knows nobody who took him in.
KNOWN = """
UPDATE move m SET former_id = (SELECT e.organisation_id FROM employment e
  WHERE e.person_id = m.person_id AND e.until_on IS NULL) WHERE m.closed_at IS NULL;
CREATE INDEX move_former ON move (former_id) WHERE former_id IS NOT NULL;
ALTER TABLE move ADD CONSTRAINT move_acted CHECK
  ((released_at IS NULL) = (released_by_id IS NULL) AND (accepted_at IS NULL) = (accepted_by_id IS NULL)
   AND released_by_id <> person_id AND accepted_by_id <> person_id);
"""
NOTICES = """
ALTER TABLE notice DROP CONSTRAINT notice_kind;
ALTER TABLE notice ADD CONSTRAINT notice_kind CHECK (kind IN ('overdue','escalated','understaffed',
  'claim_expired','urged','cc','transferred','signer_added','content_changed','approved_changed',
  'certificate_issued','certificate_revoked','delegation_given','delegation_revoked',
  'data_request_answered','new_device','session_ended','number_claimed','account_merged',
  'request_overdue','move_waits','move_decided'));
"""
UNDO = """
ALTER TABLE notice DROP CONSTRAINT notice_kind;
ALTER TABLE notice ADD CONSTRAINT notice_kind CHECK (kind IN ('overdue','escalated','understaffed',
  'claim_expired','urged','cc','transferred','signer_added','content_changed','approved_changed',
  'certificate_issued','certificate_revoked','delegation_given','delegation_revoked',
  'data_request_answered','new_device','session_ended','number_claimed','account_merged',
  'request_overdue'));
ALTER TABLE move DROP CONSTRAINT move_acted;
DROP INDEX move_former;
"""


def to(table: str, name: str) -> Any:
    """A column that may refer to another row."""
    return fields.ForeignKeyField(
        f"jijiao.{table}",
        source_field=f"{name}_id",
        null=True,
        db_index=False,
        db_constraint=True,
        to_field="id",
        related_name=False,
        on_delete=OnDelete.RESTRICT,
    )


def instant() -> Any:
    """When something was done, if it was."""
    return fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)


class Migration(migrations.Migration):
    """Who is left, and when both sides have acted."""

    dependencies = [("jijiao", "0027_handed")]
    initial = False

    operations = [
        ops.AddField(model_name="Move", name="former", field=to("Organisation", "former")),
        ops.AddField(model_name="Move", name="released_at", field=instant()),
        ops.AddField(model_name="Move", name="released_by", field=to("Person", "released_by")),
        ops.AddField(model_name="Move", name="accepted_at", field=instant()),
        ops.AddField(model_name="Move", name="accepted_by", field=to("Person", "accepted_by")),
        ops.RunSQL(KNOWN + NOTICES, reverse_sql=UNDO),
    ]
