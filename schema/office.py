"""Accounts and offices, as the system and the security administrator see them."""

from datetime import datetime

import strawberry

from resolvers import office
from resolvers.office import AccountState, Office
from schema import filter
from schema.field import named, published, stored
from schema.node import Node
from schema.training import KEY

THE_ACCOUNT = "The account; not one's own."

named(
    AccountState,
    "AccountState",
    "What can be done with an account.",
    INVITED="It has no password yet.",
    ACTIVE="Its owner can sign in.",
    LOCKED="Somebody tried too often; it opens again by itself.",
    DISABLED="It is shut.",
)
named(
    Office,
    "Office",
    "One of the three separated offices (三员); nobody holds two.",
    SYS_ADMIN="System administrator (系统管理员): keeps accounts, gives no power.",
    SEC_ADMIN="Security administrator (安全管理员): gives power to accounts the other has made.",
    AUDIT_ADMIN="Audit administrator (审计管理员): reads what both did.",
)
published(
    office.AccountFilter,
    "AccountFilter",
    "Which accounts.",
    login="By login.",
    state="By state.",
    office="By office.",
    **filter.JOINED,
)
named(
    office.AccountOrderField,
    "AccountOrderField",
    "What accounts are ordered by.",
    LOGIN="Login.",
    CREATED_AT="When they were made.",
)
published(
    office.AccountOrder,
    "AccountOrder",
    "One level of the order of accounts.",
    field="What by.",
    direction="Which way.",
)
published(
    office.AccountInput,
    "AccountInput",
    "The account to act on.",
    account_id=THE_ACCOUNT,
    idempotency_key=KEY,
)
published(
    office.GrantOfficeInput,
    "GrantOfficeInput",
    "An office for an account that was made for an officer.",
    account_id=THE_ACCOUNT,
    office="Which office.",
    idempotency_key=KEY,
)
published(
    office.InviteOfficerInput,
    "InviteOfficerInput",
    "Somebody who is to become an officer.",
    login="His login.",
    name="His real name.",
    idempotency_key=KEY,
)
published(
    office.RedeemInvitationInput,
    "RedeemInvitationInput",
    "The first password of an account.",
    token="The token of the link, good once and for a day.",
    password="The password.",
    opening_code="The code (启用码) of the security administrator; a link of `setup` needs none.",
)


@strawberry.type(description="An account (帐号) as officers see it: no name, no number.")
class Account(Node):
    login: str = stored("Login.")
    state: AccountState = stored("What can be done with it.")
    office: Office | None = stored("The office its owner holds.")
    second_factor: bool = stored("Does it have a second factor?")
    last_sign_in_at: datetime | None = stored("When somebody last signed in.")
    created_at: datetime = stored("When it was made.")


@strawberry.type(description="An account after a verb.")
class AccountPayload:
    account: Account = stored("The account, read again.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")


@strawberry.type(description="An account with an office.")
class GrantOfficePayload:
    account: Account = stored("The account, read again.")
    opening_code: str | None = stored(
        "The code (启用码) its owner needs beside his link, while nobody has opened the account;"
        " handed to him in person, and shown by nobody again."
    )
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")


@strawberry.type(description="An account that waits for its owner; the link goes to him in person.")
class InvitationPayload:
    account: Account = stored("The account, which has no power yet.")
    token: str | None = stored(
        "The token of the link; nobody can show it again, not this answer either."
    )
    link: str | None = stored("The whole address of the page that takes the token.")
    expires_at: datetime | None = stored(
        "Until when the link is good; its day begins anew when the office is granted."
    )
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")


@strawberry.type(description="The account has a password.")
class RedeemedPayload:
    login: str = stored("The login to sign in with.")
