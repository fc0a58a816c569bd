"""Organisations, as clients see them."""

from datetime import date, datetime

import strawberry

from models.organisation import OrganisationKind, TreeChange, UnitKind
from resolvers import organisation, tree
from schema import filter
from schema.field import answered_by, named, published, stored
from schema.node import Connection, Node
from schema.role import OFFICES, SIGNED_IN

named(
    OrganisationKind,
    "OrganisationKind",
    "What an organisation (机构) is.",
    CITY_BUREAU="Municipal bureau (市人社局).",
    CITY_DEPARTMENT="Municipal department (市属单位的主管部门).",
    DISTRICT_BUREAU="District bureau (区县人社局).",
    DISTRICT_DEPARTMENT="District department (区县所属单位的主管部门).",
    UNIT="Unit (法人单位).",
    DIRECT_POINT="Direct declaration point (继续教育直接申报点).",
    TRAINING_INSTITUTION="Training institution (培训机构).",
    TRAINING_BASE="Training base (继续教育基地).",
)
named(
    UnitKind,
    "UnitKind",
    "Affiliation (隶属关系) of an employer; it picks the route of its people's cases.",
    MUNICIPAL="Of a municipal department (市属).",
    DISTRICT="Of a district department (区县所属).",
    DISTRICT_DIRECT="Directly below the district bureau (区县直管).",
    DIRECT_POINT="A direct declaration point (直接申报点).",
)
named(
    TreeChange,
    "TreeChange",
    "What happened to an organisation.",
    CREATED="It was set up (设立).",
    RENAMED="It got another name (更名).",
    REAFFILIATED="It was put below another body (调整隶属关系).",
    MERGED="It went into another unit and closed (合并).",
    TOOK_OVER="Another unit went into it (并入).",
    CLOSED="It was closed (撤销).",
)
published(
    organisation.OrganisationFilter,
    "OrganisationFilter",
    "Which organisations.",
    {"parent": OFFICES, "unit_code": OFFICES},
    kind="What it is.",
    name="Its name.",
    parent="The body directly above it.",
    unit_code="Its unified social credit code (统一社会信用代码).",
    **filter.JOINED,
)
named(
    organisation.OrganisationOrderField,
    "OrganisationOrderField",
    "What organisations are ordered by.",
    NAME="Name.",
)
published(
    organisation.OrganisationOrder,
    "OrganisationOrder",
    "One level of the order of organisations.",
    field="What by.",
    direction="Which way.",
)


@strawberry.type(description="A change of an organisation (机构变更): what, since when, and why.")
class OrganisationEvent:
    kind: TreeChange = stored("What happened.")
    effective_on: date = stored("Since when it is in force.")
    at: datetime = stored("When it was done here.")
    reason: str = stored("Why: the decree or resolution.")
    name_before: str | None = stored("What it was called.")
    name_after: str | None = stored("What it is called since then.")
    superior_before: "Organisation | None" = answered_by(
        tree.superior_before, "Below which body it stood."
    )
    superior_after: "Organisation | None" = answered_by(
        tree.superior_after, "Below which body it stands since then."
    )
    other: "Organisation | None" = answered_by(tree.other, "The other unit of a merger.")
    acting: "Organisation | None" = answered_by(tree.acting, "The body that did it.")
    official: str | None = answered_by(tree.official, "Who did it there.", seen_by=OFFICES)


@strawberry.interface(description="An organisation (机构): a node of the tree below the bureau.")
class Organisation(Node):
    name: str = stored("Its name.")
    kind: OrganisationKind = stored("What it is.")
    closed: bool = answered_by(organisation.is_closed, "Is it closed?")
    parent: "Organisation | None" = answered_by(organisation.parent, "The body above it.")
    history: list[OrganisationEvent] = answered_by(
        tree.history, "What happened to it (机构沿革), the latest first.", seen_by=SIGNED_IN
    )


@strawberry.type(description="A unit (法人单位) or direct declaration point: it employs people.")
class Unit(Organisation):
    unit_code: str | None = stored(
        "Unified social credit code (统一社会信用代码).", seen_by=SIGNED_IN
    )
    unit_kind: UnitKind = stored("Affiliation (隶属关系).")


@strawberry.type(description="A department (主管部门) or bureau (人社局): it stands above units.")
class Department(Organisation):
    pass


@strawberry.type(description="A training institution (培训机构), not recognised as a base.")
class Institution(Organisation):
    pass


@strawberry.type(description="A training base (继续教育基地), recognised by the municipal bureau.")
class TrainingBase(Organisation):
    pass


KINDS = (Unit, Department, Institution, TrainingBase)
OrganisationConnection = Connection[Organisation]
