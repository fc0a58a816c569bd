"""A question put to the guards: may this command be done to this case, as things are?"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from workflow import address
from workflow.case import Addressed, Case, Command, Facts
from workflow.opinion import Opinion
from workflow.route import Route, Step
from workflow.vocabulary import APPLICANT, INSIDE, SIGNING, Act, Group

GIVEN = "—"  # what a button cannot know yet
DAY = timedelta(days=1)


PRESIDED = frozenset({Act.TRANSFER, Act.ADD_SIGNER})


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
        task = task_for(act, self.route, self.case)
        return Question(self.route, self.case, command, self.facts, task, self.identities)

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
        inside = (one for one in self.others if one.act in INSIDE and not one.signed)
        return tuple(one for one in inside if one.org_id in seats)

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
        return self.command.act in PRESIDED and actor.admin and actor.org_id == self.desk.org_id

    @property
    def colleagues(self) -> tuple[str, ...]:
        """Who else could take the task: of its organisation and groups, and kept by nothing."""
        if self.case.signers:
            return ()
        groups = frozenset(self.desk.groups)
        return tuple(one for one, held in self.free.items() if held & groups)

    @property
    def free(self) -> Mapping[str, frozenset[str]]:
        """The others of the organisation who have not spoken here, with their groups."""
        apart = (one.people for one in self.case.opinions if one.step in self.step.not_acted_in)
        spoken = (one.people for one in self.case.here)
        barred = self.case.parties.union(self.identities, *apart, *spoken)
        there = self.facts.seats.get(self.desk.org_id, {})
        return {one: held for one, held in there.items() if one not in barred}

    @property
    def signable(self) -> Mapping[str, str]:
        """Whose opinion can be asked for besides, a person's or a group's, and as what group."""
        asked = {signer.name for signer in self.case.signers}
        found: dict[str, str] = {}
        for one, held in self.free.items():
            groups = [group.value for group in Group if group in held]
            found |= {one: groups[0]} if groups else {}
            found |= {group: group for group in groups}
        return {one: group for one, group in found.items() if one not in asked}

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


def task_for(act: Act, route: Route, case: Case) -> Addressed | None:
    """The task an act is about: adding and dropping signers is a matter of the desk."""
    return address.desk(route, case) if act in SIGNING else address.open_task(route, case)


def ask(route: Route, case: Case, command: Command, facts: Facts) -> Question:
    """Put a question."""
    task = task_for(command.act, route, case)
    return Question(route, case, command, facts, task, command.actor.identities)
