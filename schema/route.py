"""Routes ahead of a subject, as clients see them."""

from datetime import date

import strawberry

from resolvers import route
from schema import errors
from schema.errors import UserError
from schema.field import answered_by, named, published, stored
from schema.label import Label
from workflow.forecast import Where

published(
    route.RoutePreviewInput,
    "RoutePreviewInput",
    "Something that takes a route.",
    subject_id="A training record, an amendment or whatever else is decided; a person for his"
    " profile.",
)
named(
    Where,
    "RouteStepState",
    "Where a case is, seen from a step.",
    DONE="The step lies behind it.",
    HERE="It stands at the step.",
    AHEAD="The step is still to come.",
    SKIPPED="The step is left out.",
)


@strawberry.type(description="A step of the way: who decides, by when, and are there people?")
class RouteStep:
    step: Label | None = stored("The step (业务步骤).")
    where: Where = stored("Where the case is, seen from here.")
    relation: Label = stored("Whose step it is, seen from the applicant.")
    organisation: str | None = answered_by(
        route.organisation, "The organisation that is, as things are now; none if it is missing."
    )
    groups: list[Label] = stored("The user groups, in the order in which they give opinions.")
    needs: int = stored("How many different persons must have judged before it is final.")
    eligible: int = stored("How many there are who may, the applicant left out.")
    workdays: int | None = stored("The term in working days (办理时限).")
    due_on: date | None = stored(
        "The day by which it is done if each step takes its whole term, sent today; unknown after"
        " a step without a term."
    )
    skipped: Label | None = stored("Why it is left out, if it is.")
    stand_in: str | None = stored("Who gives the missing opinions where people are too few (代审).")
    stand_in_groups: list[Label] = stored("The user groups of the stand-in.")
    problem: UserError | None = answered_by(
        errors.of_action, "What keeps a case from getting through the step as things are now."
    )


@strawberry.type(description="What awaits a subject on its route; nothing is sent.")
class RoutePreview:
    business: Label = stored("The business (所属业务): its route.")
    route_version: int = stored("Version of the route.")
    steps: list[RouteStep] = stored("Step by step.")
    diagram: str = stored("The route as Mermaid.")
