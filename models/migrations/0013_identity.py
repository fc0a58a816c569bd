"""The vault of citizen numbers: a schema of its own that the program enters through four functions."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# Beside a birth date the tail of a number gives it away, so that outside the vault no mask has one.
MASKS = """
UPDATE person SET masked_number = left(masked_number, 3) || repeat('*', greatest(length(masked_number) - 3, 1))
  WHERE masked_number !~ '^[^*]{0,3}[*]+$';
ALTER TABLE person ADD CONSTRAINT person_masked_strict CHECK (masked_number ~ '^[^*]{0,3}[*]+$');
"""

VAULT = """
CREATE SCHEMA vault;
CREATE TABLE vault.person_identity (
  person_id uuid PRIMARY KEY REFERENCES public.person (id) ON DELETE RESTRICT,
  document_type varchar(32) NOT NULL,
  ciphertext bytea NOT NULL,
  lookup_a bytea,
  lookup_b bytea,
  masked_std varchar(18) NOT NULL,
  masked_strict varchar(18) NOT NULL,
  key_id varchar(32) NOT NULL,
  updated_at timestamptz NOT NULL
);
ALTER TABLE vault.person_identity ADD CONSTRAINT identity_document_type CHECK (document_type IN
  ('citizen','hong_kong_macao','taiwan','foreign_resident','passport'));
ALTER TABLE vault.person_identity ADD CONSTRAINT identity_lookup CHECK
  (coalesce(octet_length(lookup_a), 32) = 32 AND coalesce(octet_length(lookup_b), 32) = 32
   AND (lookup_a IS NOT NULL OR lookup_b IS NOT NULL));
CREATE UNIQUE INDEX identity_lookup_a ON vault.person_identity (lookup_a);
CREATE UNIQUE INDEX identity_lookup_b ON vault.person_identity (lookup_b);
CREATE INDEX identity_key ON vault.person_identity (key_id);
"""

# SECURITY DEFINER with a fixed search_path: who calls them needs no right on the table.
DOORS = """
CREATE FUNCTION vault.register(whose uuid, document text, sealed bytea, a bytea, b bytea,
  standard text, strict text, key text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO vault.person_identity
    VALUES (whose, document, sealed, a, b, standard, strict, key, at) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE public.person SET masked_number = strict WHERE id = whose;
  RETURN true;
END $$;

CREATE FUNCTION vault.find(a bytea, b bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT person_id FROM vault.person_identity WHERE lookup_a = a OR lookup_b = b LIMIT 1
$$;

CREATE FUNCTION vault.own_mask(whose uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT masked_std::text FROM vault.person_identity WHERE person_id = whose
$$;
"""
CLOSED = """
REVOKE ALL ON SCHEMA vault FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault FROM PUBLIC;
"""
UNDO = """
DROP SCHEMA vault CASCADE;
ALTER TABLE person DROP CONSTRAINT person_masked_strict;
"""


class Migration(migrations.Migration):
    """The vault and its doors."""

    dependencies = [("jijiao", "0012_account")]
    initial = False

    operations = [ops.RunSQL(MASKS + VAULT + DOORS + CLOSED, reverse_sql=UNDO)]
