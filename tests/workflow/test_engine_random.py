"""Random walks of anybody doing anything, while organisations and contents change under way."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from rules.refusal import Refused
from tests.workflow import product, regulation, worlds
from tests.workflow.regulation import Deed, Dossier, Law, Person, World
from workflow import engine, tick
from workflow.case import TERMINAL, Case, Command, Event, Kind, Status
from workflow.route import Route
from workflow.vocabulary import Act, Group

BODIES = ("单位", "点", "局", "厅", "区", "市")
SEATED = (*BODIES, "局")  # the last is the body above, or the city's where there is none
PEOPLE = ("申请人", "甲", "乙", "丙", "丁", "本人")
KINDS = (
    ("单位", "单位"),
    ("点", "申报点"),
    ("局", "市主管部门"),
    ("区", "区县局"),
    ("市", "市局"),
)
LEADING = {Act.RETURN, Act.TRANSFER, Act.REDIRECT, Act.ADD_SIGNER, Act.DROP_SIGNER}
RECEIVERS = {
    "转办": st.sampled_from(PEOPLE),
    "改派": st.sampled_from(BODIES),
    **dict.fromkeys(product.SIGNING, st.sampled_from((*PEOPLE, *product.SEATS))),
}
TOLD = {  # all that time may bring: nothing is decided by it
    Kind.OVERDUE,
    Kind.CLAIM_EXPIRED,
    Kind.FREED,
    Kind.SIGNER_LEFT,
    Kind.MOVED_UP,
    Kind.STEP_UNDERSTAFFED,
    Kind.STAND_IN_CALLED,
}
HONEST = ("送审", "呈送同意", "同意结案")

people = st.builds(
    Person,
    name=st.sampled_from(PEOPLE),
    body=st.sampled_from(BODIES),
    seats=st.frozensets(st.sampled_from(sorted(product.SEATS)), min_size=1),
    instead_of=st.none() | st.sampled_from(PEOPLE),
    chief=st.booleans(),
)
bodies = st.fixed_dictionaries(
    {body: st.sampled_from((*BODIES, *BODIES, *BODIES, None)) for body in product.BODIES}
)


class Walk(RuleBasedStateMachine):
    """One case of one route."""

    name: str
    route: Route
    law: Law

    @initialize()
    def begin(self) -> None:
        self.route, self.law = worlds.routes()[self.name]
        self.about = "本人" if self.law[0] is regulation.CONFIRMATION else ""
        case = product.opening(self.about)
        self.state = product.State(case, Dossier("申请人", self.about), "甲")
        self.events: list[Event] = []
        self.content, self.business = "甲", ""
        self.seated: dict[str, str | None] = dict(zip(product.BODIES, SEATED, strict=True))
        self.short, self.late, self.stale, self.day = 0, False, False, 0

    def world(self) -> World:
        staff = [
            Person(name, home, frozenset(product.SEATS))
            for home in BODIES
            for name in PEOPLE[1 : 4 - self.short]
        ]
        base = product.world(self.law, staff, self.seated, self.about)
        return replace(
            base,
            content=self.content,
            business=self.business,
            late=self.late,
            stale=self.stale,
            day=self.day,
            kinds=KINDS,
        )

    @rule(deed=st.sampled_from(sorted(product.ACTS)), person=people, data=st.data())
    def anybody(self, deed: str, person: Person, data: st.DataObject) -> None:
        places = st.sampled_from(("个人", *(stage.name for stage in self.law)))
        whom = RECEIVERS.get(deed)
        to = data.draw(places) if deed == "退案" else "个人"
        self.do(Deed(deed, person, to, whom="" if whom is None else data.draw(whom)))

    @rule(deed=st.sampled_from(HONEST), name=st.sampled_from(PEOPLE[1:]))
    def honest(self, deed: str, name: str) -> None:
        task = engine.open_task(self.route, self.state.case)
        if task is None:
            self.do(Deed("送审", Person("申请人", "单位")))
            return
        self.do(Deed(deed, Person(name, task.org_id, frozenset(product.SEATS))))

    @rule(
        deed=st.sampled_from(("转办", *product.SIGNING)),
        name=st.sampled_from(PEOPLE[1:]),
        whom=st.sampled_from((*PEOPLE[1:], "单位领导")),
        chief=st.booleans(),
    )
    def hand_over(self, deed: str, name: str, whom: str, chief: bool) -> None:
        task = engine.open_task(self.route, self.state.case)
        if task is not None:
            person = Person(name, task.org_id, frozenset(product.SEATS), chief=chief)
            self.do(Deed(deed, person, whom=whom))

    @rule(days=st.sampled_from((0, 1, 60)), deed=st.sampled_from(("催办", "抄送")))
    def later(self, days: int, deed: str) -> None:
        self.day += days
        self.do(Deed(deed, Person("申请人", "单位")))

    @rule(body=st.sampled_from(BODIES), whom=st.sampled_from(BODIES))
    def move_elsewhere(self, body: str, whom: str) -> None:
        home = self.state.case.org_id or body
        self.do(Deed("改派", Person("管", home, chief=True), whom=whom))

    @rule(edit=st.sampled_from("甲乙"))
    def edit(self, edit: str) -> None:
        self.content = edit

    @rule(seated=bodies)
    def reorganise(self, seated: dict[str, str | None]) -> None:
        self.seated = seated

    @rule(short=st.integers(0, 3), business=st.sampled_from(("", "中级", "高级")))
    def staff(self, short: int, business: str) -> None:
        self.short, self.business = short, business

    @rule(late=st.booleans(), stale=st.booleans())
    def the_clock_strikes(self, late: bool, stale: bool) -> None:
        self.late, self.stale = late, stale
        now, before = self.world(), self.state.case
        known = product.facts(now)
        told = tick.tick(self.route, before, known)
        self.state = product.strike(self.route, self.law, self.state, now, known)
        self.events += told
        assert {event.kind for event in told} <= TOLD
        assert self.state.case.opinions == before.opinions

    @rule(person=people)
    @precondition(lambda self: self.state.case.status is Status.IN_REVIEW)
    def the_buttons_tell_the_truth(self, person: Person) -> None:
        known, actor = product.facts(self.world()), product.actor(person)
        offers = engine.available(self.route, self.state.case, actor, known)

        for act in Act:
            for to in ("applicant", *self.route.order, *PEOPLE, *BODIES, *Group):
                until = known.now + timedelta(days=1)
                asked = Command(act=act, actor=actor, to=to, comment="理由", until=until)
                answer = engine.decide(self.route, self.state.case, asked, known)
                if act in LEADING and offers[act].refusal is None:
                    assert (to in offers[act].targets) == (not isinstance(answer, Refused))
                elif act in LEADING:
                    assert isinstance(answer, Refused)
                else:
                    assert (answer if isinstance(answer, Refused) else None) == offers[act].refusal

    def do(self, deed: Deed) -> None:
        now, before = self.world(), self.state.case
        known = product.facts(now)
        asked = product.command(deed, before, known.now)
        answer = engine.decide(self.route, before, asked, known)
        result = product.step(self.route, self.law, self.state, deed, now, known)
        if isinstance(answer, Refused):
            return
        assert before.status not in TERMINAL or deed.kind == "抄送"
        assert isinstance(result, product.State)
        self.events += answer
        self.state = result
        self.lawful(before, answer, now)

    def lawful(self, before: Case, events: tuple[Event, ...], now: World) -> None:
        after = self.state.case
        kinds = {event.kind for event in events}
        for event in events:
            if event.kind is Kind.RETURNED and event.data["to"] in self.route.order:
                here = self.route.order[before.step or ""]
                assert self.route.order[event.data["to"]] < here
                assert all(self.route.order[one.step] < here for one in after.opinions)
        if after.step and kinds & {Kind.SUBMITTED, Kind.FORWARDED, Kind.RECALLED, Kind.RETURNED}:
            there = self.route.step(after.step)
            short = product.facts(now).eligible[there.key] < there.needs
            called = short and there.stand_in is not None and after.status is Status.IN_REVIEW
            assert (Kind.STAND_IN_CALLED in kinds) == called

    @invariant()
    def the_events_tell_the_whole_story(self) -> None:
        folded = product.folded(self.route, product.opening(self.about), self.events)
        assert folded == self.state.case
        assert folded.seq == len(self.events)
        assert json.loads(json.dumps([dict(event.data) for event in self.events])) == [
            dict(event.data) for event in self.events
        ]

    @invariant()
    def a_stored_case_is_the_case(self) -> None:
        case = self.state.case
        assert Case.from_state(json.loads(json.dumps(case.to_state()))) == case

    @invariant()
    def what_counts_was_said_now_and_of_this(self) -> None:
        case = self.state.case
        assert {(one.round, one.revision) for one in case.opinions} <= {(case.round, case.revision)}


@pytest.mark.parametrize("name", worlds.routes())
def test_no_walk_leaves_the_law(name: str) -> None:
    walk = type(f"Walk_{name}", (Walk,), {"name": name})

    run_state_machine_as_test(
        walk,
        settings=settings(
            max_examples=80, stateful_step_count=40, deadline=None, derandomize=True, database=None
        ),
    )
