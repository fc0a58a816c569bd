"""Delegations, as clients see them."""

from datetime import datetime

import strawberry

from resolvers import delegation, organisation, person
from schema import filter
from schema.field import answered_by, named, published, stored
from schema.label import Label
from schema.node import Node
from schema.organisation import Organisation
from schema.person import Person

KEY = "The same key, the same answer."

published(
    delegation.CreateDelegationInput,
    "CreateDelegationInput",
    "A colleague who shall decide in somebody's name while he is absent.",
    principal_id="In whose name; left out: the viewer himself. Others only as administrator.",
    delegate_id="Who shall decide: one of `colleagues`, never the viewer himself.",
    groups="Keys of user groups the principal holds; left out: all of them.",
    routes="Codes of businesses; left out: all of them.",
    starts_at="From this moment on; left out: now.",
    ends_at="Until this moment, and no longer then. At most 366 days.",
    reason="Why: 1 to 500 characters; both see it.",
    idempotency_key=KEY,
)
published(
    delegation.RevokeDelegationInput,
    "RevokeDelegationInput",
    "A delegation that ends now.",
    delegation_id="The delegation.",
    idempotency_key=KEY,
)
published(
    delegation.DelegationFilter,
    "DelegationFilter",
    "Which delegations.",
    principal="In whose name.",
    delegate="By whom.",
    starts_at="From when.",
    ends_at="Until when.",
    revoked="Only revoked ones, or only the others.",
    **filter.JOINED,
)
named(
    delegation.DelegationOrderField,
    "DelegationOrderField",
    "What delegations are ordered by.",
    STARTS_AT="From when.",
)
published(
    delegation.DelegationOrder,
    "DelegationOrder",
    "One level of the order of delegations.",
    field="What by.",
    direction="Which way.",
)


@strawberry.type(
    description="A delegation (代理): who decides in whose name while he is absent. No task moves."
)
class Delegation(Node):
    principal: Person = answered_by(delegation.principal, "In whose name (委托人).")
    delegate: Person = answered_by(delegation.delegate, "By whom (代理人).")
    organisation: Organisation | None = answered_by(
        organisation.organisation, "In which organisation."
    )
    groups: list[Label] = answered_by(delegation.groups, "In which user groups (用户组).")
    routes: list[Label] = answered_by(
        delegation.routes, "For which businesses (所属业务); none means all."
    )
    starts_at: datetime = stored("From this moment on.")
    ends_at: datetime = stored("Until this moment, and no longer then.")
    reason: str = stored("Why.")
    active: bool = answered_by(delegation.active, "Is it in force now?")
    created_by: Person = answered_by(delegation.created_by, "Who gave it.")
    created_at: datetime = stored("When it was given.")
    revoked_at: datetime | None = stored("When it was revoked, if it was.")


@strawberry.type(description="Somebody seated in the viewer's organisation.")
class Colleague:
    person: Person = answered_by(person.person, "Who.")
    groups: list[Label] = answered_by(
        delegation.groups, "The user groups (用户组) he reviews in himself, and may hand over."
    )


@strawberry.type(description="A delegation after a verb.")
class DelegationPayload:
    delegation: Delegation = stored("The delegation, read again.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")
