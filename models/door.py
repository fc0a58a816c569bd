"""What guards the door: tries that are counted, registrations, claims, resets, invitations."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from models.base import Table, link, word


class ClaimOutcome(StrEnum):
    """For whom a claim was decided, or that both are one."""

    CLAIMANT = "claimant"
    OWNER = "owner"
    SAME_PERSON = "same_person"


class Throttle(Table):
    """How often somebody tried something lately; `key` is a hash of what and who.

    `of` is a hash of whose door it is, wherever the tries came from: who unlocks it finds them.
    """

    key = fields.CharField(max_length=64, unique=True)
    of = fields.CharField(max_length=64, default="", db_default="", db_index=True)
    hits = fields.IntField()
    since = fields.DatetimeField(db_index=True)
    until = fields.DatetimeField(null=True)

    class Meta:
        table = "throttle"
        table_description = "throttle"


class Registration(Table):
    """A registration that is being filled in; number and password are never in it."""

    token_hash = fields.CharField(max_length=64, unique=True)
    agreement_version = fields.CharField(max_length=20)
    agreed_at = fields.DatetimeField()
    systems = ArrayField("text", default=list)
    name = fields.CharField(max_length=60, default="")
    login = fields.CharField(max_length=40, default="")
    contact = fields.CharField(max_length=120, default="")
    challenge = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "registration"
        table_description = "registration"


class Claim(Table):
    """Two say that one number is theirs: who registered it first, and who came later.

    Who came later registered it, too, or has another and asked for this one (`change`); of such a
    one an approver has opened the claim, and another decides on it.
    """

    claimant = link("Person")
    claimant_id: UUID
    owner = link("Person")
    owner_id: UUID
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    outcome = word(ClaimOutcome, null=True)
    decided_by = link("Person", null=True, db_index=False)
    decided_by_id: UUID | None
    reason = fields.CharField(max_length=200, default="")
    change = link("IdentityChange", null=True, db_index=False)
    change_id: UUID | None
    opened_by = link("Person", null=True, db_index=False)
    opened_by_id: UUID | None

    class Meta:
        table = "identity_claim"
        table_description = "identity_claim"


class PasswordReset(Table):
    """A forgotten password; without an account when nobody has that login."""

    account = link("Account", null=True)
    account_id: UUID | None
    token_hash = fields.CharField(max_length=64, null=True, unique=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "password_reset"
        table_description = "password_reset"


class FormerPassword(Table):
    """A password that was in use: none of the last ones comes back."""

    account = link("Account")
    account_id: UUID
    password_hash = fields.CharField(max_length=200)
    ended_at = fields.DatetimeField()

    class Meta:
        table = "former_password"
        table_description = "former_password"


class Invitation(Table):
    """A one-time link to an account nobody has a password of yet; made for an officer (三员)."""

    account = link("Account")
    account_id: UUID
    token_hash = fields.CharField(max_length=64, unique=True)
    code_hash = fields.CharField(max_length=64, default="", db_default="")
    created_by = link("Account", null=True, db_index=False)
    created_by_id: UUID | None
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invitation"
        table_description = "invitation"
