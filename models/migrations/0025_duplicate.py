"""Persons who had two accounts: whom they are now, and the claims by which that is decided."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

CLAIMS = """
ALTER TABLE identity_claim DROP CONSTRAINT identity_claim_outcome;
ALTER TABLE identity_claim ADD CONSTRAINT identity_claim_outcome CHECK
  (outcome IN ('claimant','owner','same_person') AND (outcome IS NULL) = (closed_at IS NULL)
   AND (outcome IS NULL OR decided_by_id NOT IN (claimant_id, owner_id))
   AND (outcome <> 'same_person' OR change_id IS NOT NULL)
   AND (outcome <> 'claimant' OR change_id IS NULL));
ALTER TABLE identity_claim ADD CONSTRAINT identity_claim_four_eyes CHECK
  ((change_id IS NULL) = (opened_by_id IS NULL) AND opened_by_id NOT IN (claimant_id, owner_id)
   AND opened_by_id <> decided_by_id);
CREATE INDEX identity_claim_change ON identity_claim (change_id) WHERE change_id IS NOT NULL;
"""
# Nobody who is absorbed comes back, and nobody is led through two of them.
PERSONS = """
ALTER TABLE person ADD CONSTRAINT person_absorbed_by_another CHECK (absorbed_by_id <> id);
CREATE INDEX person_absorbed_by ON person (absorbed_by_id) WHERE absorbed_by_id IS NOT NULL;
CREATE FUNCTION person_absorbed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.absorbed_by_id IS NULL OR EXISTS (SELECT FROM person
      WHERE id = NEW.absorbed_by_id AND absorbed_by_id IS NOT NULL) THEN
    RAISE EXCEPTION 'who is absorbed stays so, by somebody who is not'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'person_absorbed';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER person_absorbed AFTER UPDATE OF absorbed_by_id ON person
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.absorbed_by_id IS DISTINCT FROM NEW.absorbed_by_id)
  EXECUTE FUNCTION person_absorbed();
"""
NOTICES = """
ALTER TABLE notice DROP CONSTRAINT notice_kind;
ALTER TABLE notice ADD CONSTRAINT notice_kind CHECK (kind IN ('overdue','escalated','understaffed',
  'claim_expired','urged','cc','transferred','signer_added','content_changed','approved_changed',
  'certificate_issued','certificate_revoked','delegation_given','delegation_revoked',
  'data_request_answered','new_device','session_ended','number_claimed','account_merged'));
"""
# Of whoever was granted that his account be closed, and of whoever has ended in another.
ERASE = """
CREATE OR REPLACE FUNCTION vault.erase(whose uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM public.account WHERE person_id = whose AND disabled_at IS NULL)
      OR NOT (EXISTS (SELECT FROM public.data_request WHERE person_id = whose
          AND kind = 'closure' AND outcome = 'granted')
        OR EXISTS (SELECT FROM public.person WHERE id = whose AND absorbed_by_id IS NOT NULL)) THEN
    RAISE EXCEPTION 'only the number of a closed account is erased' USING ERRCODE = '42501';
  END IF;
  DELETE FROM vault.person_identity WHERE person_id = whose;
  RETURN FOUND;
END $$;
"""
UNDO = """
CREATE OR REPLACE FUNCTION vault.erase(whose uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM public.account WHERE person_id = whose AND disabled_at IS NULL)
      OR NOT EXISTS (SELECT FROM public.data_request WHERE person_id = whose
        AND kind = 'closure' AND outcome = 'granted') THEN
    RAISE EXCEPTION 'only the number of a closed account is erased' USING ERRCODE = '42501';
  END IF;
  DELETE FROM vault.person_identity WHERE person_id = whose;
  RETURN FOUND;
END $$;
ALTER TABLE notice DROP CONSTRAINT notice_kind;
ALTER TABLE notice ADD CONSTRAINT notice_kind CHECK (kind IN ('overdue','escalated','understaffed',
  'claim_expired','urged','cc','transferred','signer_added','content_changed','approved_changed',
  'certificate_issued','certificate_revoked','delegation_given','delegation_revoked',
  'data_request_answered','new_device','session_ended','number_claimed'));
DROP TRIGGER person_absorbed ON person;
DROP FUNCTION person_absorbed();
DROP INDEX person_absorbed_by, identity_claim_change;
ALTER TABLE person DROP CONSTRAINT person_absorbed_by_another;
ALTER TABLE identity_claim DROP CONSTRAINT identity_claim_four_eyes,
  DROP CONSTRAINT identity_claim_outcome;
ALTER TABLE identity_claim ADD CONSTRAINT identity_claim_outcome CHECK
  (outcome IN ('claimant','owner') AND (outcome IS NULL) = (closed_at IS NULL)
   AND (outcome IS NULL OR decided_by_id NOT IN (claimant_id, owner_id)));
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


class Migration(migrations.Migration):
    """Accounts that end in another."""

    dependencies = [("jijiao", "0019_door")]
    initial = False

    operations = [
        ops.AddField(model_name="Person", name="absorbed_by", field=to("Person", "absorbed_by")),
        ops.AddField(model_name="Claim", name="change", field=to("IdentityChange", "change")),
        ops.AddField(
            model_name="Claim",
            name="opened_by",
            field=to("Person", "opened_by"),
        ),
        ops.RunSQL(CLAIMS + PERSONS + NOTICES + ERASE, reverse_sql=UNDO),
    ]
