"""The roles of the database, and what each may: the owner, the API, the workers, the auditor.

Nobody who serves requests owns a table, so nobody of them removes a trigger; nobody but the owner
reads the vault; the auditor reads the log, writes seals and opens the
door by which old rows leave, and knows nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import asyncpg

from models import migrate

OWNER, APP, WORKER, AUDITOR = "jijiao_owner", "jijiao", "jijiao_worker", "jijiao_auditor"
ROLES = (OWNER, APP, WORKER, AUDITOR)
# Hashes of passwords and tokens: workers neither read nor write them. What a decision writes they
# do write, since a large batch of decisions is carried out by a worker.
SECRET = (
    "account",
    "export_permit",
    "former_password",
    "invitation",
    "portal_link",
    "portal_visit",
    "registration",
    "session",
    "upload_token",
)
NOT_OF_WORKERS = (*SECRET, "remark")
KNOWN_OF_ACCOUNTS = ("id", "person_id", "login", "contact", "disabled_at")  # no hash among them

CREATE = """DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE {role} LOGIN;
  END IF;
  ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
END $$"""
# Also where somebody else has migrated before: everything of ours belongs to the owner.
HAND_OVER = f"""DO $$ DECLARE r record; BEGIN
  EXECUTE format('ALTER DATABASE %I OWNER TO {OWNER}', current_database());
  FOR r IN SELECT nspname FROM pg_namespace WHERE nspname IN ('public', 'vault', 'audit') LOOP
    EXECUTE format('ALTER SCHEMA %I OWNER TO {OWNER}', r.nspname);
  END LOOP;
  FOR r IN SELECT c.oid::regclass AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ('public', 'vault', 'audit') AND c.relkind IN ('r', 'p', 'v', 'm') LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO {OWNER}', r.name);
  END LOOP;
  FOR r IN SELECT p.oid::regprocedure AS name
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname IN ('public', 'vault', 'audit') LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO {OWNER}', r.name);
  END LOOP;
END $$"""
CLOSED = """DO $$ BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  REVOKE CREATE ON SCHEMA public FROM PUBLIC;
END $$"""
CONNECT = """DO $$ BEGIN
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO {role}', current_database());
END $$"""

EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"
KNOWN = "SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
MIGRATED = "SELECT to_regclass('audit.audit_pruned') IS NOT NULL"


async def make(config: Mapping[str, Any]) -> None:
    """As a superuser: make the roles, and hand the database to its owner; again does no harm."""
    connection = await asyncpg.connect(**migrate.identity(config))
    try:
        for role in ROLES:
            await connection.execute(CREATE.format(role=role))
        await connection.execute(HAND_OVER)
        await connection.execute(CLOSED)
        for role in ROLES:
            await connection.execute(CONNECT.format(role=role))
        await grant(connection)
    finally:
        await connection.close()


async def grant(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Give each role exactly what is its own; after every migration, since tables come and go."""
    known = await connection.fetch(KNOWN, list(ROLES))
    if len(known) < len(ROLES) or not await connection.fetchval(MIGRATED):
        return
    tables = sorted(row["tablename"] for row in await connection.fetch(TABLES))
    async with connection.transaction():
        for statement in (*nothing(), *of_app(), *of_workers(tables), *of_auditor()):
            await connection.execute(statement)


def nothing() -> list[str]:
    """What somebody had before is taken first."""
    roles = f"{APP}, {WORKER}, {AUDITOR}"
    return [
        f"REVOKE ALL ON ALL {things} IN SCHEMA public, vault, audit FROM PUBLIC, {roles}"
        for things in ("TABLES", "SEQUENCES")
    ] + [
        f"REVOKE ALL ON SCHEMA vault, audit FROM PUBLIC, {roles}",
        f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA vault, audit FROM PUBLIC, {roles}",
    ]


def of_app() -> list[str]:
    """The API: rows of business, the doors of the vault, one more line of the log."""
    return [
        f"GRANT {EVERYTHING} ON ALL TABLES IN SCHEMA public TO {APP}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}",
        f"REVOKE INSERT, UPDATE, DELETE ON tortoise_migrations FROM {APP}",
        f"GRANT USAGE ON SCHEMA vault, audit TO {APP}",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA vault TO {APP}",
        f"GRANT SELECT, INSERT ON audit.audit_event TO {APP}",
        f"GRANT SELECT ON audit.audit_seal TO {APP}",
    ]


def of_workers(tables: list[str]) -> list[str]:
    """The workers: jobs and what jobs write; no vault, no password, no session."""
    written = [each for each in tables if each not in (*NOT_OF_WORKERS, "tortoise_migrations")]
    read = [each for each in tables if each not in SECRET]
    return [
        f"GRANT SELECT ON {', '.join(read)} TO {WORKER}",
        f"GRANT SELECT ({', '.join(KNOWN_OF_ACCOUNTS)}) ON account TO {WORKER}",
        f"GRANT INSERT, UPDATE, DELETE ON {', '.join(written)} TO {WORKER}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {WORKER}",
        f"GRANT USAGE ON SCHEMA audit TO {WORKER}",
        f"GRANT INSERT ON audit.audit_event TO {WORKER}",
    ]


def of_auditor() -> list[str]:
    """The sealer and whoever verifies: log and seals; sealed rows leave by his door when old."""
    return [
        f"GRANT USAGE ON SCHEMA audit TO {AUDITOR}",
        f"GRANT SELECT ON audit.audit_event, audit.audit_seal TO {AUDITOR}",
        f"GRANT INSERT ON audit.audit_seal TO {AUDITOR}",
        f"GRANT SELECT ON audit.audit_pruned TO {AUDITOR}",
        f"GRANT EXECUTE ON FUNCTION audit.prune TO {AUDITOR}",
        f"GRANT SELECT ON tortoise_migrations TO {AUDITOR}",
    ]
