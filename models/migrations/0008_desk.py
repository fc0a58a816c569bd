"""Delegations of reviewers who are absent, and notices."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from models.ids import uuid7
from models.notice import NoticeKind
from orjson import loads
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

DELEGATION = """
ALTER TABLE wf_delegation ADD CONSTRAINT delegation_term CHECK (ends_at > starts_at);
ALTER TABLE wf_delegation ADD CONSTRAINT delegation_two CHECK (principal_id <> delegate_id);
ALTER TABLE wf_delegation ADD CONSTRAINT delegation_given CHECK (created_by_id <> delegate_id);
ALTER TABLE wf_delegation ADD CONSTRAINT delegation_groups CHECK (groups <> '{}' AND reason <> '');
ALTER TABLE wf_delegation ADD CONSTRAINT delegation_revoked CHECK
  ((revoked_at IS NULL) = (revoked_by_id IS NULL));
CREATE INDEX delegation_live ON wf_delegation (delegate_id, organisation_id, ends_at)
  WHERE revoked_at IS NULL;
"""

# In whose name somebody decided must stay to be seen: a delegation ends once and never changes.
GUARDS = """
CREATE FUNCTION delegation_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.revoked_at IS NOT NULL OR to_jsonb(NEW) - 'revoked_at' - 'revoked_by_id'
      IS DISTINCT FROM to_jsonb(OLD) - 'revoked_at' - 'revoked_by_id' THEN
    RAISE EXCEPTION 'a delegation is revoked, never changed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'delegation_frozen';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER delegation_frozen BEFORE UPDATE ON wf_delegation
  FOR EACH ROW EXECUTE FUNCTION delegation_frozen();
CREATE TRIGGER delegation_kept BEFORE DELETE ON wf_delegation
  FOR EACH ROW EXECUTE FUNCTION append_only();
"""

NOTICE = """
ALTER TABLE notice ADD CONSTRAINT notice_kind CHECK (kind IN ('overdue','escalated','understaffed',
  'claim_expired','urged','cc','transferred','signer_added','content_changed',
  'certificate_issued','certificate_revoked','delegation_given','delegation_revoked'));
ALTER TABLE notice ADD CONSTRAINT notice_addressee CHECK
  ((person_id IS NULL) = (organisation_id IS NOT NULL)
   AND (organisation_id IS NULL) = (group_key IS NULL));
ALTER TABLE notice ADD CONSTRAINT notice_subject CHECK ((subject_type IS NULL) = (subject_id IS NULL));
CREATE INDEX notice_of_person ON notice (person_id, created_at) WHERE person_id IS NOT NULL;
CREATE INDEX notice_of_group ON notice (organisation_id, group_key, created_at)
  WHERE organisation_id IS NOT NULL;
CREATE INDEX notice_age ON notice (created_at);
CREATE UNIQUE INDEX notice_once ON notice (once, person_id, organisation_id, group_key)
  NULLS NOT DISTINCT WHERE once IS NOT NULL;
"""

# What the clock looks for.
CLOCK = """
CREATE INDEX wf_task_term ON wf_task (due_at) WHERE status = 'open';
CREATE INDEX wf_task_held ON wf_task (claimed_at) WHERE status = 'open' AND claimed_at IS NOT NULL;
"""

# Who has a new notice learns of it; who has read one, in his other windows too.
TELL = """
CREATE FUNCTION tell_desk() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE topic text;
BEGIN
  IF TG_TABLE_NAME = 'wf_delegation' THEN topic := 'own ' || NEW.delegate_id;
  ELSIF TG_TABLE_NAME = 'notice_read' THEN topic := 'notice ' || NEW.person_id;
  ELSE topic := 'notice ' || coalesce(NEW.person_id::text, NEW.organisation_id || ' ' || NEW.group_key);
  END IF;
  PERFORM pg_notify('changed', topic);
  RETURN NULL;
END $$;
CREATE TRIGGER delegation_changed AFTER INSERT OR UPDATE ON wf_delegation
  FOR EACH ROW EXECUTE FUNCTION tell_desk();
CREATE TRIGGER notice_added AFTER INSERT ON notice
  FOR EACH ROW EXECUTE FUNCTION tell_desk();
CREATE TRIGGER notice_seen AFTER INSERT ON notice_read
  FOR EACH ROW EXECUTE FUNCTION tell_desk();
"""
UNDO = """
DROP TRIGGER notice_seen ON notice_read;
DROP TRIGGER notice_added ON notice;
DROP TRIGGER delegation_changed ON wf_delegation;
DROP FUNCTION tell_desk();
DROP INDEX wf_task_held, wf_task_term;
DROP INDEX notice_once, notice_age, notice_of_group, notice_of_person;
ALTER TABLE notice DROP CONSTRAINT notice_subject, DROP CONSTRAINT notice_addressee,
  DROP CONSTRAINT notice_kind;
DROP TRIGGER delegation_kept ON wf_delegation;
DROP TRIGGER delegation_frozen ON wf_delegation;
DROP FUNCTION delegation_frozen();
DROP INDEX delegation_live;
ALTER TABLE wf_delegation DROP CONSTRAINT delegation_revoked, DROP CONSTRAINT delegation_groups,
  DROP CONSTRAINT delegation_given, DROP CONSTRAINT delegation_two, DROP CONSTRAINT delegation_term;
"""


class Migration(migrations.Migration):
    """The desk of a reviewer."""

    dependencies = [("jijiao", "0007_flow")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Delegation",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "principal",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="principal_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "delegate",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="delegate_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="organisation_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("groups", ArrayField(element_type="TEXT")),
                ("routes", ArrayField(default=list, element_type="TEXT")),
                ("starts_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ends_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("reason", fields.TextField(unique=False)),
                (
                    "created_by",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="created_by_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "revoked_by",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="revoked_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "wf_delegation",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "wf_delegation",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("kind", fields.CharEnumField(description="", enum_type=NoticeKind, max_length=32)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="person_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="organisation_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("group_key", fields.CharField(null=True, max_length=32)),
                (
                    "case",
                    fields.ForeignKeyField(
                        "jijiao.Case",
                        source_field="case_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("subject_type", fields.CharField(null=True, max_length=32)),
                ("subject_id", fields.UUIDField(null=True)),
                (
                    "about",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="about_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("data", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("once", fields.CharField(null=True, max_length=120)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "notice",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "notice",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="NoticeRead",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "notice",
                    fields.ForeignKeyField(
                        "jijiao.Notice",
                        source_field="notice_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "notice_read",
                "app": "jijiao",
                "unique_together": (("notice", "person"),),
                "pk_attr": "id",
                "table_description": "notice_read",
            },
            bases=["Table"],
        ),
        ops.RunSQL(DELEGATION + GUARDS + NOTICE + CLOCK + TELL, reverse_sql=UNDO),
    ]
