"""What was stated of a person until a change; requests to change name or number."""

from typing import Any

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.ids import uuid7
from models.identity_change import ChangeOutcome
from rules.document import DocumentType
from rules.person import Discipline, PersonGroup

CHECKS = """
ALTER TABLE former_profile ADD CONSTRAINT former_profile_words CHECK (
  discipline IN ('natural','social') AND person_group IN ('general','teacher','health'));
ALTER TABLE former_profile ADD CONSTRAINT former_profile_says CHECK (changed <> '{}');
CREATE TRIGGER former_profile_kept BEFORE UPDATE OR DELETE ON former_profile
  FOR EACH ROW EXECUTE FUNCTION append_only();
"""
# A request keeps masks alone; the number that is asked for lies sealed in the vault until then.
CHANGE = """
ALTER TABLE identity_change ADD CONSTRAINT identity_change_outcome CHECK
  (outcome IN ('granted','refused','withdrawn') AND (outcome IS NULL) = (closed_at IS NULL)
   AND (outcome IS NULL OR outcome = 'withdrawn' OR decided_by_id IS NOT NULL)
   AND decided_by_id <> person_id);
ALTER TABLE identity_change ADD CONSTRAINT identity_change_what CHECK
  ((document_type IS NULL) = (masked_after IS NULL) AND coalesce(name_after, masked_after) IS NOT NULL
   AND (name_after IS NULL OR name_after <> name_before) AND reason <> '' AND evidence <> '');
ALTER TABLE identity_change ADD CONSTRAINT identity_change_masked CHECK
  (masked_before ~ '^[^*]{0,3}[*]+$' AND masked_after ~ '^[^*]{0,3}[*]+$');
CREATE UNIQUE INDEX identity_change_one_open ON identity_change (person_id)
  WHERE closed_at IS NULL;
CREATE FUNCTION identity_change_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a decided change of identity stays as it is'
  USING ERRCODE = 'check_violation', CONSTRAINT = 'identity_change_frozen'; END $$;
CREATE TRIGGER identity_change_frozen BEFORE UPDATE ON identity_change
  FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION identity_change_frozen();
CREATE TRIGGER identity_change_kept BEFORE DELETE ON identity_change
  FOR EACH ROW EXECUTE FUNCTION append_only();
"""
# As in 0013: who calls these needs no right on the tables; `proposed` opens for open requests only.
DOORS = """
CREATE TABLE vault.identity_change (
  change_id uuid PRIMARY KEY REFERENCES public.identity_change (id) ON DELETE RESTRICT,
  document_type varchar(32) NOT NULL,
  ciphertext bytea NOT NULL
);
CREATE FUNCTION vault.propose(change uuid, document text, sealed bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO vault.identity_change VALUES (change, document, sealed)
$$;

CREATE FUNCTION vault.proposed(change uuid) RETURNS TABLE (document text, sealed bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT v.document_type::text, v.ciphertext FROM vault.identity_change v
  JOIN public.identity_change c ON c.id = v.change_id AND c.closed_at IS NULL
  WHERE v.change_id = change
$$;

CREATE FUNCTION vault.forget(change uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM vault.identity_change WHERE change_id = change
$$;

CREATE FUNCTION vault.exchange(whose uuid, document text, sealed bytea, a bytea, b bytea,
  standard text, strict text, key text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM vault.person_identity v
      WHERE (v.lookup_a = a OR v.lookup_b = b) AND v.person_id <> whose) THEN
    RETURN false;
  END IF;
  INSERT INTO vault.person_identity
    VALUES (whose, document, sealed, a, b, standard, strict, key, at)
    ON CONFLICT (person_id) DO UPDATE SET document_type = EXCLUDED.document_type,
      ciphertext = EXCLUDED.ciphertext, lookup_a = EXCLUDED.lookup_a,
      lookup_b = EXCLUDED.lookup_b, masked_std = EXCLUDED.masked_std,
      masked_strict = EXCLUDED.masked_strict, key_id = EXCLUDED.key_id,
      updated_at = EXCLUDED.updated_at;
  UPDATE public.person SET masked_number = strict WHERE id = whose;
  RETURN true;
EXCEPTION WHEN unique_violation THEN RETURN false;
END $$;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault FROM PUBLIC;
"""
UNDO = """
DROP FUNCTION vault.exchange(uuid, text, bytea, bytea, bytea, text, text, text, timestamptz);
DROP FUNCTION vault.forget(uuid);
DROP FUNCTION vault.proposed(uuid);
DROP FUNCTION vault.propose(uuid, text, bytea);
DROP TABLE vault.identity_change;
DROP TRIGGER identity_change_kept ON identity_change;
DROP TRIGGER identity_change_frozen ON identity_change;
DROP FUNCTION identity_change_frozen();
DROP INDEX identity_change_one_open;
ALTER TABLE identity_change DROP CONSTRAINT identity_change_masked,
  DROP CONSTRAINT identity_change_what, DROP CONSTRAINT identity_change_outcome;
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
        ops.CreateModel(
            name="IdentityChange",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                person("person", db_index=True),
                ("name_before", fields.CharField(max_length=60)),
                ("name_after", fields.CharField(null=True, max_length=60)),
                ("masked_before", fields.CharField(max_length=18)),
                (
                    "document_type",
                    fields.CharEnumField(
                        null=True, description="", enum_type=DocumentType, max_length=32
                    ),
                ),
                ("masked_after", fields.CharField(null=True, max_length=18)),
                ("reason", fields.CharField(max_length=500)),
                ("evidence", fields.CharField(max_length=500)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "outcome",
                    fields.CharEnumField(
                        null=True, description="", enum_type=ChangeOutcome, max_length=32
                    ),
                ),
                person("decided_by", null=True),
                ("answer", fields.CharField(default="", max_length=200)),
            ],
            options={
                "table": "identity_change",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "identity_change",
            },
            bases=["Table"],
        ),
        ops.RunSQL(CHECKS + CHANGE + DOORS, reverse_sql=UNDO),
    ]
