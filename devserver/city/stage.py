"""Where stories play: the bodies of an employer, who acts for them, and what a case decides."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from devserver.city import people
from devserver.city.people import Dweller
from devserver.city.story import Stage
from models.read import Row
from models.standing import Standing
from rules import dates
from rules.refusal import Refused
from workflow import definition, training_subject, transition
from workflow.case import Actor

LIST = Path(__file__).with_name("remarks.toml")


@cache
def written() -> Mapping[str, Any]:
    """Remarks and comments."""
    return tomllib.loads(LIST.read_text("utf-8"))


class Theatre:
    """Everybody who can act, by the employer whose cases he meets."""

    def __init__(self, dwellers: Sequence[Dweller]) -> None:
        self.dwellers = list(dwellers)
        self.casts: dict[UUID, list[Actor]] = {}
        self.standings: dict[UUID, Standing] = {}

    def stage(
        self,
        person: Dweller,
        record: Row,
        values: Mapping[str, str],
        now: datetime,
    ) -> Stage:
        """A stage for the case of one record."""
        today = dates.shanghai_date(now)
        subject = training_subject.subject(record, submitting=False, today=today)
        route = definition.select(subject)
        if isinstance(route, Refused):
            raise LookupError(route.code)
        standing = self.standing(person)
        facts = transition.facts_of(training_subject.ADAPTER, subject, standing, route, now)
        return Stage(
            subject=subject,
            route=route,
            facts=facts,
            cast=self.cast(person),
            comments=written()["comments"],
            values=values,
        )

    def standing(self, person: Dweller) -> Standing:
        """The chain above the employer and its staff; no case yet."""
        employer = person.employer
        if employer.id not in self.standings:
            self.standings[employer.id] = Standing(
                employer_id=str(employer.id),
                case=None,
                chain=employer.chain(),
                seats=people.staff(self.dwellers, employer),
            )
        return self.standings[employer.id]

    def cast(self, person: Dweller) -> list[Actor]:
        """The applicant himself, then whoever holds a seat in the bodies."""
        employer = person.employer
        if employer.id not in self.casts:
            bodies = {place.id for place in (*employer.above, employer)}
            self.casts[employer.id] = [
                actor(each, seat.place.id, seat.groups)
                for each in self.dwellers
                for seat in each.seats
                if seat.place.id in bodies and seat.groups
            ]
        return [actor(person, None, ()), *self.casts[employer.id]]


def actor(each: Dweller, organisation_id: UUID | None, groups: Sequence[str]) -> Actor:
    """Somebody in one of his seats."""
    return Actor(
        person_id=str(each.id),
        account_id=str(each.account_id),
        org_id=str(organisation_id) if organisation_id else None,
        groups=frozenset(groups),
        admin="unit_admin" in groups,
    )
