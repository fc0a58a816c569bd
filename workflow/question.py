"""A question put to the guards: may this command be done to this case, as things are?"""

from typing import NamedTuple

from workflow import address
from workflow.case import Addressed, Case, Command, Facts
from workflow.opinion import Opinion
from workflow.route import Route, Step
from workflow.vocabulary import APPLICANT, INSIDE, Act


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
        """Ask about another act of the same actor."""
        command = Command(act=act, actor=self.command.actor, to=to)
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
