"""The remaining acts of a case: why a task may be open, and to whom a case is shown."""

from models.ids import uuid7
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

RULES = """
ALTER TABLE wf_task DROP CONSTRAINT wf_task_words;
ALTER TABLE wf_task ADD CONSTRAINT wf_task_words CHECK (status IN ('open','done','void') AND reason
  IN ('submitted','returned','recalled','handed_back','restated','redirected'));
ALTER TABLE wf_copy ADD CONSTRAINT wf_copy_to_one CHECK
  ((person_id IS NULL) <> (organisation_id IS NULL));
CREATE TRIGGER wf_copy_append_only BEFORE UPDATE OR DELETE ON wf_copy
  FOR EACH ROW EXECUTE FUNCTION append_only();
"""
UNDO = """
DROP TRIGGER wf_copy_append_only ON wf_copy;
ALTER TABLE wf_copy DROP CONSTRAINT wf_copy_to_one;
ALTER TABLE wf_task DROP CONSTRAINT wf_task_words;
ALTER TABLE wf_task ADD CONSTRAINT wf_task_words CHECK (status IN ('open','done','void')
  AND reason IN ('submitted','returned','recalled','handed_back'));
"""


class Migration(migrations.Migration):
    """What a case may go through besides reviews."""

    dependencies = [("jijiao", "0006_cycle")]
    initial = False

    operations = [
        ops.CreateModel(
            name="Copy",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "case",
                    fields.ForeignKeyField(
                        "jijiao.Case",
                        source_field="case_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
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
                ("until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("event_seq", fields.IntField()),
            ],
            options={
                "table": "wf_copy",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "wf_copy",
            },
            bases=["Table"],
        ),
        ops.RunSQL(RULES, reverse_sql=UNDO),
    ]
