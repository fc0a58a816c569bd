"""A question put to the guards: may this command be done to this case, as things are?"""

from datetime import timedelta
from typing import Any, NamedTuple

from workflow import address
from workflow.case import Addressed, Case, Command, Facts
from workflow.opinion import Opinion
from workflow.route import Route, Step
from workflow.vocabulary import APPLICANT, INSIDE, Act

GIVEN = "—"  # what a button cannot know yet
DAY = timedelta(days=1)


class Question(NamedTuple):
    """A command, what it is about, and everything known.

    A tuple, because it is quick to make and a page of buttons asks hundreds of them.
    """

    route: Route
    case: Case
    command: Command
    facts: Facts
    task: Addressed | None
    identities: frozenset[str]

    def about(self, act: Act, to: str = APPLICANT) -> "Question":
        """Ask about another act of the same actor, a reason and a term given."""
        command = Command(
            act=act, actor=self.command.actor, to=to, comment=GIVEN, until=self.facts.now + DAY
        )
        return Question(self.route, self.case, command, self.facts, self.task, self.identities)

    @property
    def desk(self) -> Addressed:
        """The open task; asked for only behind the guard `in_review`."""
        assert self.task is not None
        return self.task

    @property
    def step(self) -> Step:
        """The current step; asked for only behind the guard `in_review`."""
        return self.route.step(self.desk.step)

    @property
    def others(self) -> tuple[Opinion, ...]:
        """What others said at this step; whoever speaks again replaces himself."""
        return tuple(one for one in self.case.here if not one.people & self.identities)

    @property
    def returnable(self) -> tuple[Opinion, ...]:
        """The inside opinions of others whose authors still sit where the task can go."""
        seats = (self.case.org_id, self.case.stand_in)
        return tuple(one for one in self.others if one.act in INSIDE and one.org_id in seats)

    @property
    def hand(self) -> dict[str, Any]:
        """Whose hand it was, when, and his words."""
        actor = self.command.actor
        return {
            "person": actor.person_id,
            "on_behalf_of": actor.on_behalf_of,
            "people": sorted(self.identities),
            "comment": self.command.comment,
            "at": self.facts.now.isoformat(),
        }

    @property
    def here(self) -> Step:
        """The step the case stands at, with a task or blocked."""
        assert self.case.step is not None
        return self.route.step(self.case.step)

    @property
    def presides(self) -> bool:
        """Does the administrator of the task's organisation give it to somebody?"""
        actor = self.command.actor
        return self.command.act is Act.TRANSFER and actor.admin and actor.org_id == self.desk.org_id

    @property
    def colleagues(self) -> tuple[str, ...]:
        """Who else could take the task: of its organisation and groups, and kept by nothing."""
        apart = (one.people for one in self.case.opinions if one.step in self.step.not_acted_in)
        spoken = (one.people for one in self.case.here)
        barred = self.case.parties.union(self.identities, *apart, *spoken)
        there = self.facts.seats.get(self.desk.org_id, {})
        groups = frozenset(self.desk.groups)
        return tuple(one for one, held in there.items() if held & groups and one not in barred)

    @property
    def changed(self) -> list[str]:
        """The fields of the content that are no longer as they were submitted, if that is known."""
        was, now = dict(self.case.parts), self.facts.parts
        names = sorted(was.keys() | now.keys()) if was else ()
        return [name for name in names if was.get(name) != now.get(name)]

    @property
    def forwarded(self) -> Opinion | None:
        """The outward decision that brought the case to the current step."""
        passed = (one for one in reversed(self.case.opinions) if one.act is Act.PASS)
        return next(passed, None)


def ask(route: Route, case: Case, command: Command, facts: Facts) -> Question:
    """Put a question."""
    task = address.open_task(route, case)
    return Question(route, case, command, facts, task, command.actor.identities)
