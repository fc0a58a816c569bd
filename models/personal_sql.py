"""Which rows of each table belong to a person: what he gets when he asks for his own data."""

from uuid import UUID

from models import inventory
from models.read import Connection, rows

SECRET = "secret"  # the class whose columns never leave the database
RECORDS = "(SELECT id FROM training_record WHERE person_id = $1)"
AMENDMENTS = "(SELECT id FROM amendment WHERE person_id = $1)"
APPLICATIONS = "(SELECT id FROM cycle_application WHERE person_id = $1)"
ACCOUNTS = "(SELECT id FROM account WHERE person_id = $1)"
CASES = "(SELECT id FROM wf_case WHERE coalesce(concerns_id, applicant_id) = $1)"
# Elsewhere `person_id` says whose row it is. What he did in cases of others is listed by its id.
OWN = {
    "attachment": f"(record_id IN {RECORDS} OR amendment_id IN {AMENDMENTS})",
    "cycle_result": f"application_id IN {APPLICATIONS}",
    "decision_item": "batch_id IN (SELECT id FROM decision_batch WHERE person_id = $1)",
    "export_permit": f"account_id IN {ACCOUNTS}",
    "former_password": f"account_id IN {ACCOUNTS}",
    "identity_claim": "claimant_id = $1 AND closed_at IS NOT NULL",
    "invitation": f"account_id IN {ACCOUNTS}",
    "job": "started_by_id = $1",
    "person": "id = $1",
    "password_reset": f"account_id IN {ACCOUNTS}",
    "portal_link": f"account_id IN {ACCOUNTS}",
    "portal_visit": f"session_id IN (SELECT id FROM session WHERE account_id IN {ACCOUNTS})",
    "recalculation_run": "started_by_id = $1",
    "registration": "$1::uuid IS NULL",  # nobody yet: it ends before there is a person
    "remark": "created_by_id = $1",
    "session": f"account_id IN {ACCOUNTS}",
    "throttle": "$1::uuid IS NULL",  # by digest of a login or an address, of nobody known
    "wf_case": "coalesce(concerns_id, applicant_id) = $1",
    "wf_command": f"account_id IN {ACCOUNTS}",
    "wf_delegation": "$1 IN (principal_id, delegate_id)",
    "wf_event": f"($1 IN (person_id, principal_id) OR case_id IN {CASES})",
    "wf_opinion": f"($1 IN (person_id, principal_id) OR case_id IN {CASES})",
    "wf_task": f"($1 IN (claimed_by_id, done_by_id) OR case_id IN {CASES})",
}

# permit: an account has one; another takes its place. use: by whose it is, once, while it is good.
PERMIT = """
INSERT INTO export_permit (id, account_id, token_hash, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account_id) DO UPDATE SET token_hash = EXCLUDED.token_hash,
  created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at
"""
USE = """
DELETE FROM export_permit WHERE account_id = $1 AND token_hash = $2 AND expires_at > $3
RETURNING id
"""


def statement(table: str) -> str:
    """The personal columns of one table, of the rows that are his; names are ours, not sent."""
    told = inventory.current().personal[table]
    names = [name for kind, columns in told.items() if kind != SECRET for name in columns]
    listed = ", ".join(f'"{name}"' for name in names)
    return (
        f"SELECT to_jsonb(own) AS row FROM (SELECT {listed} FROM {table}"
        f" WHERE {OWN.get(table, 'person_id = $1')}) own"
    )


async def of_person(c: Connection, table: str, person_id: UUID) -> list[str]:
    """His rows of a table, as JSON."""
    return [one.row for one in await rows(statement(table), [person_id], on=c)]
