"""The second factor in the vault, sessions that know their device, invitations of officers."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from models.ids import uuid7
from tortoise.fields.base import OnDelete
from tortoise import fields

NOTICES = """
ALTER TABLE notice DROP CONSTRAINT notice_kind;
ALTER TABLE notice ADD CONSTRAINT notice_kind CHECK (kind IN ('overdue','escalated','understaffed',
  'claim_expired','urged','cc','transferred','signer_added','content_changed','approved_changed',
  'certificate_issued','certificate_revoked','delegation_given','delegation_revoked',
  'data_request_answered','new_device','session_ended','number_claimed'));
"""

FACTORS = """
CREATE TABLE vault.second_factor (
  account_id uuid PRIMARY KEY REFERENCES public.account (id) ON DELETE RESTRICT,
  ciphertext bytea NOT NULL,
  key_id varchar(32) NOT NULL,
  used_step bigint NOT NULL DEFAULT 0,
  begun_at timestamptz NOT NULL,
  confirmed_at timestamptz
);
CREATE INDEX second_factor_key ON vault.second_factor (key_id);
CREATE TABLE vault.recovery_code (
  account_id uuid NOT NULL REFERENCES public.account (id) ON DELETE RESTRICT,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  used_at timestamptz,
  PRIMARY KEY (account_id, hash)
);
"""

# One who calls them names the account; what is read back is sealed, and no hash is.
DOORS = """
CREATE FUNCTION vault.begin_factor(whose uuid, sealed bytea, key text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO vault.second_factor AS f (account_id, ciphertext, key_id, begun_at)
    VALUES (whose, sealed, key, at)
    ON CONFLICT (account_id) DO UPDATE SET ciphertext = sealed, key_id = key, begun_at = at, used_step = 0
    WHERE f.confirmed_at IS NULL;
  RETURN FOUND;
END $$;

CREATE FUNCTION vault.factor(whose uuid, OUT sealed bytea, OUT used_step bigint, OUT begun_at timestamptz,
  OUT confirmed_at timestamptz, OUT codes_left bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.ciphertext, f.used_step, f.begun_at, f.confirmed_at,
    (SELECT count(*) FROM vault.recovery_code r WHERE r.account_id = f.account_id AND r.used_at IS NULL)
  FROM vault.second_factor f WHERE f.account_id = whose
$$;

CREATE FUNCTION vault.use_step(whose uuid, step bigint, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE vault.second_factor SET used_step = step, confirmed_at = coalesce(confirmed_at, at)
    WHERE account_id = whose AND used_step < step;
  RETURN FOUND;
END $$;

CREATE FUNCTION vault.keep_codes(whose uuid, hashes bytea[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM vault.recovery_code WHERE account_id = whose;
  INSERT INTO vault.recovery_code (account_id, hash) SELECT whose, unnest(hashes);
END $$;

CREATE FUNCTION vault.knows_code(whose uuid, given bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM vault.recovery_code WHERE account_id = whose AND hash = given AND used_at IS NULL)
$$;

CREATE FUNCTION vault.use_code(whose uuid, given bytea, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE vault.recovery_code SET used_at = at WHERE account_id = whose AND hash = given AND used_at IS NULL;
  RETURN FOUND;
END $$;

CREATE FUNCTION vault.end_factor(whose uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM vault.recovery_code WHERE account_id = whose;
  DELETE FROM vault.second_factor WHERE account_id = whose;
  RETURN FOUND;
END $$;
"""
CLOSED = """
REVOKE ALL ON ALL TABLES IN SCHEMA vault FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault FROM PUBLIC;
"""
UNDO = """
DROP FUNCTION vault.end_factor(uuid), vault.use_code(uuid, bytea, timestamptz), vault.knows_code(uuid, bytea),
  vault.keep_codes(uuid, bytea[]), vault.use_step(uuid, bigint, timestamptz), vault.factor(uuid),
  vault.begin_factor(uuid, bytea, text, timestamptz);
DROP TABLE vault.recovery_code, vault.second_factor;
DELETE FROM notice_read WHERE notice_id IN (SELECT id FROM notice WHERE kind IN
  ('new_device','session_ended','number_claimed'));
DELETE FROM notice WHERE kind IN ('new_device','session_ended','number_claimed');
ALTER TABLE notice DROP CONSTRAINT notice_kind;
ALTER TABLE notice ADD CONSTRAINT notice_kind CHECK (kind IN ('overdue','escalated','understaffed',
  'claim_expired','urged','cc','transferred','signer_added','content_changed','approved_changed',
  'certificate_issued','certificate_revoked','delegation_given','delegation_revoked',
  'data_request_answered'));
"""


class Migration(migrations.Migration):
    """Second factors, devices, invitations."""

    dependencies = [("jijiao", "0021_identity_change")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Session",
            name="device",
            field=fields.CharField(default="", db_default="", max_length=120),
        ),
        ops.AddField(
            model_name="Session",
            name="mfa_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Throttle",
            name="of",
            field=fields.CharField(default="", db_default="", db_index=True, max_length=64),
        ),
        ops.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "jijiao.Account",
                        source_field="account_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                (
                    "created_by",
                    fields.ForeignKeyField(
                        "jijiao.Account",
                        source_field="created_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "invitation",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "invitation",
            },
            bases=["Table"],
        ),
        ops.RunSQL(NOTICES + FACTORS + DOORS + CLOSED, reverse_sql=UNDO),
    ]
