"""Accounts as the system and the security administrator see them: no business, and no number."""

from models import account_access
from models.select import Key, Source

OFFICE = """(SELECT e.user_type FROM seat e WHERE e.person_id = ac.person_id AND e.ended_at IS NULL
  AND e.user_type IN ('sys_admin','sec_admin','audit_admin'))"""
# As `workflow.throttle.of` makes it.
SHUT = """EXISTS (SELECT FROM throttle t WHERE t.until > now() AND t.of IN (
  encode(sha256(convert_to('door:' || lower(ac.login), 'UTF8')), 'hex'),
  encode(sha256(convert_to('door:' || ac.id::text, 'UTF8')), 'hex')))"""
STATE = f"""CASE WHEN ac.disabled_at IS NOT NULL THEN 'disabled'
  WHEN ac.password_hash = '' THEN 'invited' WHEN {SHUT} THEN 'locked' ELSE 'active' END"""

ACCOUNT = Source(
    alias="ac",
    type_names=("Account",),
    tables="account ac",
    stored="ac.id, ac.login, ac.created_at",
    computed={
        "state": f"({STATE})",
        "office": OFFICE,
        "second_factor": "EXISTS (SELECT FROM vault.factor(ac.id) WHERE confirmed_at IS NOT NULL)",
        "last_sign_in_at": "(SELECT max(s.created_at) FROM session s WHERE s.account_id = ac.id)",
    },
    readable=account_access.accounts,
    filters={"login": "ac.login", "state": f"({STATE})", "office": OFFICE},
    keys={"login": Key("ac.login", "text"), "created_at": Key("ac.created_at", "timestamptz")},
)
