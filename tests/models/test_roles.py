"""The roles of the database: what each may do with the tables it has no business in."""

from typing import Any

import pytest

from models import roles
from models.read import Connection

MAY = "SELECT has_table_privilege($1, $2, $3) AS may"
MAY_COLUMN = "SELECT has_column_privilege($1, 'account', $2, $3) AS may"
DEEDS = ("SELECT", "INSERT", "UPDATE", "DELETE")
NOTHING: set[str] = set()
EVERYTHING = set(DEEDS)


async def deeds(db: Connection, role: str, table: str) -> set[str]:
    """What a role may do with a table."""
    asked = {deed: await db.execute_query_dict(MAY, [role, table, deed]) for deed in DEEDS}
    return {deed for deed, found in asked.items() if found[0]["may"]}


@pytest.mark.parametrize(
    "table",
    [
        "account",
        "export_permit",
        "former_password",
        "invitation",
        "portal_link",
        "portal_visit",
        "registration",
        "session",
        "upload_token",
    ],
)
async def test_only_the_api_touches_hashes_of_passwords_and_tokens(db: Any, table: str) -> None:
    assert await deeds(db, roles.APP, table) == EVERYTHING
    assert await deeds(db, roles.WORKER, table) == NOTHING
    assert await deeds(db, roles.AUDITOR, table) == NOTHING


@pytest.mark.parametrize("table", ["training_record", "wf_case", "wf_command", "seat", "profile"])
async def test_a_worker_writes_what_a_decision_writes(db: Any, table: str) -> None:
    assert await deeds(db, roles.WORKER, table) == EVERYTHING
    assert await deeds(db, roles.AUDITOR, table) == NOTHING


@pytest.mark.parametrize(
    "column", ["id", "person_id", "login", "contact", "disabled_at", "password_hash"]
)
async def test_a_worker_knows_of_an_account_whose_it_is_and_never_its_hash(
    db: Any, column: str
) -> None:
    read = await db.execute_query_dict(MAY_COLUMN, [roles.WORKER, column, "SELECT"])
    write = await db.execute_query_dict(MAY_COLUMN, [roles.WORKER, column, "UPDATE"])

    assert (read[0]["may"], write[0]["may"]) == (column != "password_hash", False)


@pytest.mark.parametrize(
    ("table", "app", "worker", "auditor"),
    [
        ("vault.person_identity", NOTHING, NOTHING, NOTHING),
        ("vault.second_factor", NOTHING, NOTHING, NOTHING),
        ("vault.recovery_code", NOTHING, NOTHING, NOTHING),
        ("audit.audit_event", {"SELECT", "INSERT"}, {"INSERT"}, {"SELECT"}),
        ("audit.audit_seal", {"SELECT"}, NOTHING, {"SELECT", "INSERT"}),
        ("audit.audit_pruned", NOTHING, NOTHING, {"SELECT"}),
        ("tortoise_migrations", {"SELECT"}, {"SELECT"}, {"SELECT"}),
    ],
)
async def test_vault_log_and_seals_open_only_their_own_doors(
    db: Any, table: str, app: set[str], worker: set[str], auditor: set[str]
) -> None:
    assert await deeds(db, roles.APP, table) == app
    assert await deeds(db, roles.WORKER, table) == worker
    assert await deeds(db, roles.AUDITOR, table) == auditor
