"""Terms of what waits for the city outside cases, permits of copies, and what only closing changes.

Requests to change name or number and claims of a number get the day by which they are decided. Of
these and of requests about one's data nothing but closing changes a row, while it is open either.
"""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.ids import uuid7

# Of rows that are there: ten and five working days as days of the calendar, holidays apart. No
# trigger fires, so that closed ones get theirs as well.
TERMS = """
ALTER TABLE identity_change ALTER COLUMN due_at TYPE timestamptz USING
  ((created_at AT TIME ZONE 'Asia/Shanghai')::date + 14 + time '23:59:59.999999')
    AT TIME ZONE 'Asia/Shanghai';
ALTER TABLE identity_claim ALTER COLUMN due_at TYPE timestamptz USING
  ((created_at AT TIME ZONE 'Asia/Shanghai')::date + 7 + time '23:59:59.999999')
    AT TIME ZONE 'Asia/Shanghai';
CREATE INDEX identity_change_due ON identity_change (due_at, id) WHERE closed_at IS NULL;
CREATE INDEX identity_claim_due ON identity_claim (due_at, id) WHERE closed_at IS NULL;
"""
# The columns a closing writes are the arguments of the trigger; all others stay as they were asked.
ONLY_CLOSING = """
DROP TRIGGER data_request_frozen ON data_request;
DROP FUNCTION data_request_frozen();
DROP TRIGGER identity_change_frozen ON identity_change;
DROP FUNCTION identity_change_frozen();
CREATE FUNCTION only_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL
      AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a row of % is closed once, and else stays as it is', TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER data_request_frozen BEFORE UPDATE ON data_request FOR EACH ROW
  EXECUTE FUNCTION only_closing('closed_at', 'outcome', 'answer', 'decided_by_id');
CREATE TRIGGER identity_change_frozen BEFORE UPDATE ON identity_change FOR EACH ROW
  EXECUTE FUNCTION only_closing('closed_at', 'outcome', 'answer', 'decided_by_id');
CREATE TRIGGER identity_claim_frozen BEFORE UPDATE ON identity_claim FOR EACH ROW
  EXECUTE FUNCTION only_closing('closed_at', 'outcome', 'reason', 'decided_by_id');
CREATE TRIGGER identity_claim_kept BEFORE DELETE ON identity_claim
  FOR EACH ROW EXECUTE FUNCTION append_only();
"""
NOTICE = """
ALTER TABLE notice DROP CONSTRAINT notice_kind;
ALTER TABLE notice ADD CONSTRAINT notice_kind CHECK (kind IN ('overdue','escalated','understaffed',
  'claim_expired','urged','cc','transferred','signer_added','content_changed','approved_changed',
  'certificate_issued','certificate_revoked','delegation_given','delegation_revoked',
  'data_request_answered','new_device','session_ended','number_claimed','account_merged',
  'request_overdue'));
ALTER TABLE export_permit ADD CONSTRAINT export_permit_token CHECK (octet_length(token_hash) = 32);
"""
UNDO = """
ALTER TABLE export_permit DROP CONSTRAINT export_permit_token;
ALTER TABLE notice DROP CONSTRAINT notice_kind;
ALTER TABLE notice ADD CONSTRAINT notice_kind CHECK (kind IN ('overdue','escalated','understaffed',
  'claim_expired','urged','cc','transferred','signer_added','content_changed','approved_changed',
  'certificate_issued','certificate_revoked','delegation_given','delegation_revoked',
  'data_request_answered','new_device','session_ended','number_claimed','account_merged'));
DROP TRIGGER identity_claim_kept ON identity_claim;
DROP TRIGGER identity_claim_frozen ON identity_claim;
DROP TRIGGER identity_change_frozen ON identity_change;
DROP TRIGGER data_request_frozen ON data_request;
DROP FUNCTION only_closing();
CREATE FUNCTION data_request_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'an answered request never changes'
  USING ERRCODE = 'check_violation', CONSTRAINT = 'data_request_frozen'; END $$;
CREATE TRIGGER data_request_frozen BEFORE UPDATE ON data_request
  FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION data_request_frozen();
CREATE FUNCTION identity_change_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a decided change of identity stays as it is'
  USING ERRCODE = 'check_violation', CONSTRAINT = 'identity_change_frozen'; END $$;
CREATE TRIGGER identity_change_frozen BEFORE UPDATE ON identity_change
  FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION identity_change_frozen();
DROP INDEX identity_claim_due, identity_change_due;
"""


class Migration(migrations.Migration):
    """What the city must not forget, and what nobody may change behind it."""

    dependencies = [("jijiao", "0025_duplicate")]
    initial = False

    operations = [
        ops.AddField(
            model_name="IdentityChange",
            name="due_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Claim",
            name="due_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.CreateModel(
            name="ExportPermit",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "account",
                    fields.OneToOneField(
                        "jijiao.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("token_hash", fields.BinaryField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "export_permit",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "export_permit",
            },
            bases=["Table"],
        ),
        ops.RunSQL(TERMS + ONLY_CLOSING + NOTICE, reverse_sql=UNDO),
        ops.AlterField(
            model_name="IdentityChange",
            name="due_at",
            field=fields.DatetimeField(auto_now=False, auto_now_add=False),
        ),
        ops.AlterField(
            model_name="Claim",
            name="due_at",
            field=fields.DatetimeField(auto_now=False, auto_now_add=False),
        ),
    ]
