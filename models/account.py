"""Accounts (帐号), seats (身份) and login sessions."""

from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from models.base import Table, link, only, word


class UserType(StrEnum):
    """User type (用户类型): in what capacity a person acts."""

    PERSON = "person"
    UNIT = "unit"
    TRAINING_BASE = "training_base"
    CITY_DEPARTMENT = "city_department"
    DISTRICT_DEPARTMENT = "district_department"
    DISTRICT_BUREAU = "district_bureau"
    CITY_BUREAU = "city_bureau"
    SYS_ADMIN = "sys_admin"
    SEC_ADMIN = "sec_admin"
    AUDIT_ADMIN = "audit_admin"


OFFICERS = frozenset({UserType.SYS_ADMIN, UserType.SEC_ADMIN, UserType.AUDIT_ADMIN})


class Account(Table):
    """A login; one per person (实名制)."""

    person = only("Person")
    person_id: UUID
    login = fields.CharField(max_length=40, unique=True)
    password_hash = fields.CharField(max_length=200)
    password_set_at = fields.DatetimeField(null=True)
    contact = fields.CharField(max_length=120, default="", db_default="")
    agreement_version = fields.CharField(max_length=20, default="", db_default="")
    agreed_at = fields.DatetimeField(null=True)
    verified_at = fields.DatetimeField(null=True)
    demo = fields.BooleanField(default=False)
    disabled_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "account"
        table_description = "account"


class Seat(Table):
    """A place a person acts from: organisation, user type, groups and duties."""

    person = link("Person")
    person_id: UUID
    organisation = link("Organisation", null=True)
    organisation_id: UUID | None
    user_type = word(UserType)
    groups = ArrayField("text", default=list)
    duties = ArrayField("text", default=list)
    version = fields.IntField(default=1, db_default=1)
    created_at = fields.DatetimeField(auto_now_add=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "seat"
        table_description = "seat"


class Session(Table):
    """A login session; only the hash of its token is kept."""

    token_hash = fields.BinaryField()
    account = link("Account")
    account_id: UUID
    seat = link("Seat")
    seat_id: UUID
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    address = fields.CharField(max_length=45, default="")
    user_agent = fields.CharField(max_length=200, default="")
    device = fields.CharField(max_length=120, default="", db_default="")
    mfa_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session"
        table_description = "session"
