"""What was stated of a person until a change: name, title, discipline, and who changed it."""

from typing import Any

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.ids import uuid7
from rules.person import Discipline, PersonGroup

CHECKS = """
ALTER TABLE former_profile ADD CONSTRAINT former_profile_words CHECK (
  discipline IN ('natural','social') AND person_group IN ('general','teacher','health'));
ALTER TABLE former_profile ADD CONSTRAINT former_profile_says CHECK (changed <> '{}');
CREATE TRIGGER former_profile_kept BEFORE UPDATE OR DELETE ON former_profile
  FOR EACH ROW EXECUTE FUNCTION append_only();
"""
UNDO = """
DROP TRIGGER former_profile_kept ON former_profile;
ALTER TABLE former_profile DROP CONSTRAINT former_profile_says,
  DROP CONSTRAINT former_profile_words;
"""


def person(name: str, **options: Any) -> tuple[str, Any]:
    """A column that refers to a person."""
    return name, fields.ForeignKeyField(
        "jijiao.Person",
        source_field=f"{name}_id",
        db_constraint=True,
        to_field="id",
        related_name=False,
        on_delete=OnDelete.RESTRICT,
        **options,
    )


class Migration(migrations.Migration):
    """The history of what people state."""

    dependencies = [("jijiao", "0020_organisation")]
    initial = False

    operations = [
        ops.CreateModel(
            name="FormerProfile",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                person("person", db_index=True),
                ("until_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                person("changed_by", null=True),
                ("changed", ArrayField(default=list, element_type="TEXT")),
                ("name", fields.CharField(max_length=60)),
                ("has_title", fields.BooleanField(default=True)),
                ("title_code", fields.CharField(null=True, max_length=3)),
                ("qualified_on", fields.DateField(null=True)),
                ("started_work_on", fields.DateField(null=True)),
                (
                    "discipline",
                    fields.CharEnumField(
                        null=True, description="", enum_type=Discipline, max_length=32
                    ),
                ),
                (
                    "person_group",
                    fields.CharEnumField(
                        null=True, description="", enum_type=PersonGroup, max_length=32
                    ),
                ),
            ],
            options={
                "table": "former_profile",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "former_profile",
            },
            bases=["Table"],
        ),
        ops.RunSQL(CHECKS, reverse_sql=UNDO),
    ]
