"""The tree of organisations, how it changes and what a change would move, as clients see it."""

from typing import Any

import strawberry

from models.organisation import UnitKind
from resolvers import organisation, tree
from schema import errors
from schema.command import commanded_by
from schema.errors import UserError
from schema.field import answered_by, published, stored
from schema.label import Label
from schema.organisation import Organisation
from schema.role import SUPERIORS
from schema.training import KEY

BODY = "The organisation: below one's own."
REASON = "Why: the decree or resolution, at most 500 characters."
SINCE = "Since when it is in force: today or earlier, never before the last change."
GROUNDS = {"reason": REASON, "effective_on": SINCE, "idempotency_key": KEY}
SUPERIOR = "The body it shall stand below: one's own, or one below it."
INTO = "The unit it shall go into."

published(
    tree.CreateOrganisationInput,
    "CreateOrganisationInput",
    "A new organisation (设立机构).",
    kind="What it is.",
    name="Its name, at most 120 characters.",
    superior_id=SUPERIOR,
    unit_code="Unified social credit code (统一社会信用代码); a unit has one.",
    **GROUNDS,
)
published(
    tree.RenameOrganisationInput,
    "RenameOrganisationInput",
    "Another name of an organisation (更名).",
    organisation_id=BODY,
    name="The name from now on, at most 120 characters.",
    **GROUNDS,
)
published(
    tree.ReaffiliateOrganisationInput,
    "ReaffiliateOrganisationInput",
    "Another place of an organisation in the tree (调整隶属关系).",
    organisation_id=BODY,
    superior_id=SUPERIOR,
    **GROUNDS,
)
published(
    tree.MergeOrganisationInput,
    "MergeOrganisationInput",
    "A unit that goes into another (合并).",
    organisation_id=BODY,
    into_id=INTO,
    **GROUNDS,
)
published(
    tree.CloseOrganisationInput,
    "CloseOrganisationInput",
    "An organisation that closes (撤销); it must be empty.",
    organisation_id=BODY,
    **GROUNDS,
)
published(
    tree.ReaffiliationPreviewInput,
    "ReaffiliationPreviewInput",
    "Another place of an organisation, to be looked at.",
    organisation_id=BODY,
    superior_id=SUPERIOR,
)
published(
    tree.MergerPreviewInput,
    "MergerPreviewInput",
    "A merger, to be looked at.",
    organisation_id=BODY,
    into_id=INTO,
)


@strawberry.type(description="Open cases at one step which a change of the tree meets alike.")
class TreeCases:
    business: Label = answered_by(tree.business, "The business (所属业务).")
    step: Label | None = answered_by(tree.step, "The step they lie at.")
    fate: Label = answered_by(
        tree.fate, "Whether they stay, begin the step with the body in its place, or are blocked."
    )
    lacking: list[Label] = answered_by(
        tree.lacking,
        "Whose later steps would find nobody: such cases are withdrawn and handed in anew.",
    )
    count: int = stored("How many.")


@strawberry.type(description="What a change of the tree would move, and what stays.")
class TreePreview:
    organisation: Organisation | None = answered_by(organisation.organisation, "What moves.")
    other: Organisation | None = answered_by(tree.other, "Where it goes.")
    unit_kind: UnitKind | None = stored("Affiliation (隶属关系) it would have, if it is a unit.")
    organisation_count: int = answered_by(
        tree.body_count, "How many organisations move, itself among them."
    )
    organisations: list[Organisation] = answered_by(tree.bodies, "The first hundred of them.")
    people: int = stored("How many people they employ.")
    seats: int = stored("How many seats there are in them.")
    grants: int = stored("How many applications for seats wait; they are to be made anew.")
    cases: list[TreeCases] = stored("Their open cases by business, step and fate.")
    problem: UserError | None = answered_by(
        errors.of_action, "What stands in the way of doing it at once."
    )


@strawberry.type(description="An organisation after a verb.")
class OrganisationPayload:
    organisation: Organisation = stored("The organisation; of a merger the one that remains.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")


@strawberry.type(description="A preview of a change of the tree; nothing is changed.")
class TreePreviewPayload:
    preview: TreePreview = stored("What would move.")


@strawberry.type(description="The part of the mutations that is about the tree.")
class TreeMutation:
    create_organisation: Any = commanded_by(
        "CreateOrganisation",
        tree.create,
        OrganisationPayload,
        "Set up an organisation (设立机构) below one's own.",
        seen_by=SUPERIORS,
    )
    rename_organisation: Any = commanded_by(
        "RenameOrganisation",
        tree.rename,
        OrganisationPayload,
        "Give an organisation another name (更名).",
        seen_by=SUPERIORS,
    )
    reaffiliate_organisation: Any = commanded_by(
        "ReaffiliateOrganisation",
        tree.reaffiliate,
        OrganisationPayload,
        "Put an organisation, with all below it, below another (调整隶属关系).",
        seen_by=SUPERIORS,
    )
    merge_organisation: Any = commanded_by(
        "MergeOrganisation",
        tree.merge,
        OrganisationPayload,
        "Let a unit go into another (合并), with people, seats, records and open cases.",
        seen_by=SUPERIORS,
    )
    close_organisation: Any = commanded_by(
        "CloseOrganisation",
        tree.close,
        OrganisationPayload,
        "Close an organisation that is empty (撤销).",
        seen_by=SUPERIORS,
    )
