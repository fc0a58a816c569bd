"""Organisations, as clients see them."""

import strawberry

from models.organisation import OrganisationKind, UnitKind
from resolvers import organisation
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


@strawberry.interface(description="An organisation (机构): a node of the tree below the bureau.")
class Organisation(Node):
    name: str = stored("Its name.")
    kind: OrganisationKind = stored("What it is.")
    closed: bool = answered_by(organisation.is_closed, "Is it closed?")
    parent: "Organisation | None" = answered_by(organisation.parent, "The body above it.")


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
