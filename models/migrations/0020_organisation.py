"""The history of the tree of organisations, and that the tree is one."""

from typing import Any

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from models.ids import uuid7
from models.organisation import TreeChange

CHECKS = """
ALTER TABLE organisation_event ADD CONSTRAINT organisation_event_kind CHECK (kind IN
  ('created','renamed','reaffiliated','merged','took_over','closed'));
ALTER TABLE organisation_event ADD CONSTRAINT organisation_event_says CHECK (
  (kind = 'created' OR reason <> '')
  AND (kind IN ('merged','took_over')) = (other_id IS NOT NULL)
  AND (kind <> 'renamed' OR name_before <> name_after)
  AND (kind <> 'reaffiliated' OR superior_before_id <> superior_after_id)
  AND other_id <> organisation_id);
"""

# The ancestors are those of the body above and that body: no cycle, no loose end, whoever writes.
ROOTED = """
CREATE FUNCTION organisation_rooted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM organisation o LEFT JOIN organisation above ON above.id = o.parent_id
      WHERE (o.id = NEW.id OR o.parent_id = NEW.id)
        AND (o.ancestors IS DISTINCT FROM
            CASE WHEN above.id IS NULL THEN '{}' ELSE above.ancestors || above.id END
          OR o.id = ANY (o.ancestors))) THEN
    RAISE EXCEPTION 'the ancestors of % are not those of the body above', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'organisation_rooted';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER organisation_rooted AFTER INSERT OR UPDATE OF parent_id, ancestors
  ON organisation DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION organisation_rooted();
CREATE TRIGGER organisation_event_kept BEFORE UPDATE OR DELETE ON organisation_event
  FOR EACH ROW EXECUTE FUNCTION append_only();
"""
# No case begins with a body that is just being closed or merged: whoever comes too late looks again.
OPEN = """
CREATE FUNCTION wf_case_of_open_body() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed date;
BEGIN
  SELECT closed_on INTO closed FROM organisation WHERE id = NEW.employer_id FOR SHARE;
  IF closed IS NOT NULL AND NEW.closed_at IS NULL THEN
    RAISE EXCEPTION 'organisation % is closed', NEW.employer_id USING ERRCODE = '40001';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER wf_case_of_open_body AFTER INSERT ON wf_case
  FOR EACH ROW EXECUTE FUNCTION wf_case_of_open_body();
"""
UNDO = """
DROP TRIGGER wf_case_of_open_body ON wf_case;
DROP FUNCTION wf_case_of_open_body();
DROP TRIGGER organisation_event_kept ON organisation_event;
DROP TRIGGER organisation_rooted ON organisation;
DROP FUNCTION organisation_rooted();
ALTER TABLE organisation_event DROP CONSTRAINT organisation_event_says,
  DROP CONSTRAINT organisation_event_kind;
"""


def link(to: str, name: str, **options: Any) -> tuple[str, Any]:
    """A column that refers to another table."""
    return name, fields.ForeignKeyField(
        f"jijiao.{to}",
        source_field=f"{name}_id",
        db_constraint=True,
        to_field="id",
        related_name=False,
        on_delete=OnDelete.RESTRICT,
        **options,
    )


class Migration(migrations.Migration):
    """Changes of the tree (机构变更), and its guard."""

    dependencies = [("jijiao", "0023_data_request")]
    initial = False

    operations = [
        ops.CreateModel(
            name="OrganisationEvent",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                link("Organisation", "organisation", db_index=True),
                ("kind", fields.CharEnumField(description="", enum_type=TreeChange, max_length=32)),
                ("effective_on", fields.DateField()),
                ("reason", fields.CharField(default="", max_length=500)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                link("Person", "person", null=True),
                link("Organisation", "acting", null=True),
                ("name_before", fields.CharField(null=True, max_length=120)),
                ("name_after", fields.CharField(null=True, max_length=120)),
                link("Organisation", "superior_before", null=True),
                link("Organisation", "superior_after", null=True),
                link("Organisation", "other", null=True),
                (
                    "counts",
                    fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads),
                ),
            ],
            options={
                "table": "organisation_event",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "organisation_event",
            },
            bases=["Table"],
        ),
        ops.RunSQL(CHECKS + ROOTED + OPEN, reverse_sql=UNDO),
    ]
