"""When and by whom a profile was confirmed, and since when that is void."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

CHECKS = """
ALTER TABLE profile ADD CONSTRAINT profile_confirmed CHECK
  ((confirmed_at IS NULL) = (confirmed_by_id IS NULL)
   AND (confirmed_at IS NULL OR confirmation_voided_at IS NULL));
ALTER TABLE profile ADD CONSTRAINT profile_not_own CHECK (confirmed_by_id <> person_id);
"""

# The person learns that his profile was confirmed, came back to him or has to be confirmed anew.
TELL = """
CREATE FUNCTION tell_profile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('changed', 'own ' || NEW.person_id); RETURN NULL; END $$;
CREATE TRIGGER profile_changed AFTER UPDATE OF confirmed_at, confirmation_voided_at ON profile
  FOR EACH ROW EXECUTE FUNCTION tell_profile();

CREATE FUNCTION tell_profile_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('changed', 'own ' || NEW.applicant_id); RETURN NULL; END $$;
CREATE TRIGGER profile_case_changed AFTER INSERT OR UPDATE OF status ON wf_case
  FOR EACH ROW WHEN (NEW.subject_type = 'profile') EXECUTE FUNCTION tell_profile_case();
"""
UNDO = """
DROP TRIGGER profile_case_changed ON wf_case;
DROP FUNCTION tell_profile_case();
DROP TRIGGER profile_changed ON profile;
DROP FUNCTION tell_profile();
ALTER TABLE profile DROP CONSTRAINT profile_not_own, DROP CONSTRAINT profile_confirmed;
"""


class Migration(migrations.Migration):
    """The confirmation of profiles (个人基本资料确认)."""

    dependencies = [("jijiao", "0008_desk")]
    initial = False

    operations = [
        ops.AddField(
            model_name="Profile",
            name="confirmed_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Profile",
            name="confirmed_by",
            field=fields.ForeignKeyField(
                "jijiao.Person",
                source_field="confirmed_by_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(
            model_name="Profile",
            name="confirmation_voided_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.RunSQL(CHECKS + TELL, reverse_sql=UNDO),
    ]
