"""Engine and oracle explored together: every reachable state, every deed of everybody."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from rules.refusal import Refused
from tests.workflow import oracle
from tests.workflow.regulation import Deed, Dossier, Law, Person, World
from workflow import engine, tick
from workflow.case import TERMINAL, Actor, Case, Command, Event, Facts
from workflow.route import Route
from workflow.vocabulary import Act

ACTS: Mapping[str, Act] = {
    "送审": Act.SUBMIT,
    "回收": Act.RECALL,
    "撤回": Act.WITHDRAW,
    "签收": Act.CLAIM,
    "放回": Act.UNCLAIM,
    "释放": Act.RELEASE,
    "重新统计": Act.RESTATE,
    "转办": Act.TRANSFER,
    "加签": Act.ADD_SIGNER,
    "减签": Act.DROP_SIGNER,
    "催办": Act.URGE,
    "抄送": Act.COPY,
    "改派": Act.REDIRECT,
    "呈送同意": Act.AGREE_UP,
    "呈送不同意": Act.DISAGREE_UP,
    "内部退案": Act.RETURN_INSIDE,
    "退案": Act.RETURN,
    "不同意结案": Act.REJECT,
    "同意结案": Act.PASS,
}
CLAIMS = ("签收", "放回", "释放")
SIGNING = ("加签", "减签")
HANDLING = ("转办", "催办", "抄送", "改派")
KINDS = {
    "单位": "unit",
    "申报点": "direct_point",
    "市主管部门": "city_department",
    "区主管部门": "district_department",
    "区县局": "district_bureau",
    "市局": "city_bureau",
}
PLACES = {
    "个人": "applicant",
    "单位审批": "unit_review",
    "公需课认定": "recognition",
    "单位更正确认": "unit_amend",
    "单位确认": "unit_confirm",
    "申报点初验": "point_check",
    "单位初验": "unit_check",
    "主管部门验证": "dept_check",
    "区县人事局验证": "district_check",
    "市局复验": "city_recheck",
    "业务管理员审核": "approve",
}
BODIES = {
    "所在单位": "employer",
    "申报点": "direct_point",
    "主管部门": "superior",
    "同级主管": "ce_authority",
    "区县": "district_bureau",
    "市局": "city_bureau",
    "上级或市局": "superior_or_city",
}
SEATS = {
    "经办人": "handler",
    "单位领导": "unit_leader",
    "初验": "initial_checker",
    "验证": "checker",
    "复验": "rechecker",
    "处领导": "division_leader",
    "业务管理员审核": "approve_admins",
}
FIELDS = {"核定学时": "approved_hours", "核定学分": "approved_credits", "姓名": "name"}
BUSINESSES = {"中级": "to_intermediate", "高级": "to_senior"}
STATUSES = {
    "未送审": "draft",
    "审核中": "in_review",
    "退回待改": "returned",
    "受阻": "blocked",
    "同意": "approved",
    "不同意": "rejected",
    "已撤回": "withdrawn",
}
REASONS = {
    "送审": "submitted",
    "退案": "returned",
    "回收": "recalled",
    "内部退案": "handed_back",
    "重新统计": "restated",
    "改派": "redirected",
}
LEVELS = {"催办": "remind", "告知上级": "tell_superior"}
CLOCK = "定时"
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


class Disagreement(AssertionError):
    """The engine did what the regulation does not say."""


@dataclass(frozen=True)
class State:
    """Where both stand, and what lies on the table now."""

    case: Case
    dossier: Dossier
    content: str


@dataclass(frozen=True)
class Explored:
    """What an exploration has seen."""

    states: int
    traps: tuple[State, ...]
    refusals: frozenset[str]


def actor(person: Person) -> Actor:
    return Actor(
        person_id=person.name,
        account_id=f"account of {person.name}",
        org_id=person.body,
        groups=frozenset(SEATS[seat] for seat in person.seats),
        on_behalf_of=person.instead_of,
        admin=person.chief,
    )


def command(deed: Deed, case: Case, now: datetime = NOW) -> Command:
    return Command(
        act=ACTS[deed.kind],
        actor=actor(deed.person),
        to=SEATS.get(deed.whom, deed.whom) or PLACES[deed.to],
        comment="理由" if deed.reason else " ",
        until=now + timedelta(days=deed.days),
        values={FIELDS[name]: "6.0" for name in deed.values},
        expected_seq=case.seq + 1 if deed.stale else None,
    )


def facts(world: World) -> Facts:
    def check(values: Mapping[str, str]) -> tuple[Refused, ...]:
        return (Refused(world.bad_value),) if world.bad_value else ()

    now = NOW + timedelta(days=world.day)
    return Facts(
        organisations={BODIES[body]: org for body, org in world.bodies},
        revision=world.content,
        now=now,
        eligible={PLACES[stage]: heads for stage, heads in world.heads},
        staffed={
            PLACES[stage]: frozenset(SEATS[seat] for seat in seats) for stage, seats in world.seats
        },
        obstacles=(Refused(world.obstacle),) if world.obstacle else (),
        unclean=({"file": "scan.pdf", "state": "infected"},) if world.unclean else (),
        shortfall=Refused(world.fails) if world.fails else None,
        unsettled=Refused(world.counting) if world.counting else None,
        applicant_left=world.left,
        check_values=check,
        business=BUSINESSES.get(world.business),
        seats=seats(world),
        bodies={org: KINDS[kind] for org, kind in world.kinds},
        due_at=now - timedelta(days=1) if world.late else now + timedelta(days=1),
        claimed_at=now - timedelta(days=9) if world.stale else now,
    )


def seats(world: World) -> dict[str, dict[str, frozenset[str]]]:
    """Who sits where, by organisation and person."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for body, name, held in world.staff:
        there = found.setdefault(body, {})
        there[name] = there.get(name, frozenset()) | frozenset(SEATS[seat] for seat in held)
    return found


def world(
    law: Law, people: Iterable[Person], bodies: Mapping[str, str | None], about: str = ""
) -> World:
    """Count who could act where: natural persons, the parties and delegates left out."""
    parties = ("申请人", about)
    real = [one for one in people if one.name not in parties and one.instead_of is None]
    seated = {
        stage.name: [
            one for one in real if one.body == bodies[stage.body] and one.seats & set(stage.ladder)
        ]
        for stage in law
    }
    return World(
        bodies=tuple(bodies.items()),
        heads=tuple((name, len({one.name for one in there})) for name, there in seated.items()),
        seats=tuple(
            (name, frozenset(seat for one in there for seat in one.seats))
            for name, there in seated.items()
        ),
        staff=tuple((one.body, one.name, one.seats) for one in people if one.instead_of is None),
    )


def deeds(law: Law, people: Collection[Person], kinds: Collection[str]) -> tuple[Deed, ...]:
    """Everything anybody could try."""
    chosen = tuple(kind for kind in kinds if kind != CLOCK)
    places = ("个人", *(stage.name for stage in law))
    clock = (Deed(CLOCK, Person("钟", "")),) if CLOCK in kinds else ()
    return (
        clock
        + tuple(
            Deed(kind, person, to)
            for person in people
            for kind in chosen
            for to in (places if kind == "退案" else ("个人",))
            if kind not in ("转办", "改派", *SIGNING)
        )
        + tuple(
            Deed(kind, person, whom=whom)
            for person in people
            for kind in chosen
            for whom in sorted(receivers(people, kind))
        )
    )


def receivers(people: Iterable[Person], kind: str) -> set[str]:
    """To whom a case could be handed over, or moved."""
    match kind:
        case "转办":
            return {one.name for one in people}
        case "加签" | "减签":
            return {one.name for one in people} | {"单位领导"}
        case "改派":
            return {one.body for one in people}
    return set()


def storm(tried: Iterable[Deed], start: World) -> Iterator[tuple[Deed, World, Facts]]:
    """The same deeds with something wrong: an old version, values, obstacles, a bad file."""
    worlds = [
        replace(start, obstacle="MISSING_PROOF"),
        replace(start, unclean=True),
        replace(start, fails="REQUIREMENTS_NOT_MET"),
        replace(start, counting="FIGURES_STALE"),
        replace(start, bad_value="HOURS_RANGE"),
    ]
    for deed in tried:
        if deed.kind == CLOCK:
            continue
        yield replace(deed, stale=True), start, facts(start)
        if deed.kind in HANDLING:
            yield from hurried(deed, start)
            continue
        if deed.kind == "撤回":
            gone = replace(start, left=True)
            yield deed, gone, facts(gone)
            yield replace(deed, reason=False), gone, facts(gone)
        for values in (("核定学时",), ("核定学时", "姓名")):
            yield replace(deed, values=values), start, facts(start)
        for now in worlds:
            yield replace(deed, values=("核定学时",) if now.bad_value else ()), now, facts(now)


def hurried(deed: Deed, start: World) -> Iterator[tuple[Deed, World, Facts]]:
    """Handling a case later, without a reason, for nobody, or for ever."""
    later = replace(start, day=60)
    yield deed, later, facts(later)
    wrong = (
        replace(deed, reason=False),
        replace(deed, known=False),
        replace(deed, days=0),
        replace(deed, days=181),
    )
    for one in wrong:
        yield one, start, facts(start)


def opening(about: str) -> Case:
    """The case nobody has submitted yet."""
    return engine.opening(applicant="申请人", concerns=about or None)


def step(route: Route, law: Law, state: State, deed: Deed, now: World, known: Facts) -> State | str:
    """Do one deed in both; give the common refusal or the common next state."""
    if deed.kind == CLOCK:
        return strike(route, law, state, now, known)
    asked = command(deed, state.case, known.now)
    known = known if deed.known else replace(known, known=False)
    answer = engine.decide(route, state.case, asked, known)
    why = oracle.verdict(law, state.dossier, deed, now)
    got = answer.code if isinstance(answer, Refused) else None
    if got != why:
        raise Disagreement(f"{deed}: engine {got}, regulation {why}, {state}")
    if isinstance(answer, Refused):
        return answer.code
    case = folded(route, state.case, answer)
    if deed.kind == "抄送":
        same("a copy", replace(case, seq=state.case.seq), state.case, state)
        return replace(state, case=case)
    following = State(case, oracle.after(law, state.dossier, deed, now), state.content)
    agree(route, law, following)
    return following


def strike(route: Route, law: Law, state: State, now: World, known: Facts) -> State:
    """Let the clock strike in both; what it has said once it does not say again."""
    told = tick.tick(route, state.case, known)
    case = folded(route, state.case, told)
    following = State(case, oracle.clock(law, state.dossier, now), state.content)
    if following == state:
        return state
    agree(route, law, following)
    same("said twice", tick.tick(route, case, known), (), following)
    return following


def folded(route: Route, case: Case, events: Iterable[Event]) -> Case:
    for event in events:
        case = engine.evolve(route, case, event)
    return case


def agree(route: Route, law: Law, state: State) -> None:
    """Hold the engine's state against the dossier."""
    case, dossier = state.case, state.dossier
    same("status", case.status, STATUSES[dossier.lies], state)
    if dossier.lies == "同意":
        same("lawful", oracle.unlawful(law, dossier), None, state)
    task = engine.open_task(route, case)
    same("one task", task is not None, dossier.lies == "审核中", state)
    if task is not None:
        at = oracle.table(law, dossier)
        same("step", task.step, PLACES[dossier.stage], state)
        same("organisation", task.org_id, at.body, state)
        same("groups", list(task.groups), [SEATS[seat] for seat in at.seats], state)
        same("help", task.stand_in, at.helped, state)
        same("only for", task.only_for, oracle.kept(dossier), state)
        same("reason", task.reason, "signer" if dossier.signers else REASONS[dossier.why], state)
        same("urged", bool(case.urged_at), dossier.urged is not None, state)
        same("told", set(case.told), {told(one) for one in dossier.told}, state)
        same("claimed", case.claimed_by or "", dossier.holder, state)
    if dossier.lies in ("审核中", "同意"):
        same("opinions", in_force(case), stands(dossier), state)
        same("skipped", list(case.skipped), [PLACES[one] for one in dossier.dropped], state)


def told(one: str) -> str:
    if one.startswith("走"):
        return f"gone:{SEATS.get(one[1:], one[1:])}"
    return LEVELS.get(one) or one.replace("缺", "short:")


def in_force(case: Case) -> list[tuple[str, frozenset[str], str, str, bool]]:
    return [(one.step, one.people, one.act, one.revision, one.signed) for one in case.opinions]


def stands(dossier: Dossier) -> list[tuple[str, frozenset[str], str, str, bool]]:
    return [
        (PLACES[one.stage], one.who, ACTS[one.deed], one.content, one.signed)
        for one in dossier.said
    ]


def same(what: str, engine_says: object, law_says: object, state: State) -> None:
    if engine_says != law_says:
        raise Disagreement(f"{what}: engine {engine_says}, regulation {law_says}, {state}")


def canonical(route: Route, state: State) -> State:
    """Leave out what cannot matter any more: counters, names of contents, ends."""
    if state.case.status in TERMINAL:
        over = replace(opening(state.dossier.about), status=state.case.status)
        return State(over, oracle.anew(state.dossier, lies=state.dossier.lies), "甲")
    swap = {"甲": "乙", "乙": "甲", "": ""} if state.case.revision == "乙" else None
    highest = max(len(one.groups) for one in route.steps) - 1
    opinions = tuple(
        replace(
            one,
            round=1,
            slot=min(one.slot, highest),
            revision=swap[one.revision] if swap else one.revision,
        )
        for one in state.case.opinions
    )
    said = tuple(
        replace(
            one,
            rung=min(one.rung, highest),
            content=swap[one.content] if swap else one.content,
        )
        for one in state.dossier.said
    )
    case = replace(
        state.case,
        seq=0,
        round=min(state.case.round, 1),
        slot=min(state.case.slot, highest),
        revision=swap[state.case.revision] if swap else state.case.revision,
        opinions=opinions,
        told=tuple(sorted(state.case.told)),
    )
    dossier = replace(
        state.dossier,
        rung=min(state.dossier.rung, highest),
        judged=swap[state.dossier.judged] if swap else state.dossier.judged,
        said=said,
    )
    return State(case, dossier, swap[state.content] if swap else state.content)


def explore(
    route: Route,
    law: Law,
    people: Collection[Person],
    start: World,
    *,
    kinds: Collection[str],
    about: str = "",
    edits: bool = False,
    weather: bool = False,
    limit: int = 40_000,
) -> Explored:
    """Walk every reachable state; raise at the first disagreement, then look for traps."""
    tried = deeds(law, people, kinds)
    storms = tuple(storm(tried, start)) if weather else ()
    worlds = {content: replace(start, content=content) for content in "甲乙"}
    known = {content: facts(one) for content, one in worlds.items()}
    first = State(opening(about), Dossier("申请人", about), "甲")
    seen, queue, refusals = {first}, deque([first]), set[str]()
    came_from: dict[State, set[State]] = {}
    while queue:
        state = queue.popleft()
        following: list[State] = []
        for deed in tried:
            result = step(route, law, state, deed, worlds[state.content], known[state.content])
            if isinstance(result, str):
                refusals.add(result)
            else:
                following.append(canonical(route, result))
        for deed, now, seen_then in storms:
            result = step(route, law, state, deed, now, seen_then)
            refusals |= {result} if isinstance(result, str) else set()
        if edits and state.case.status not in TERMINAL:
            other = "乙" if state.content == "甲" else "甲"
            following.append(canonical(route, replace(state, content=other)))
        for reached in following:
            came_from.setdefault(reached, set()).add(state)
        fresh = [one for one in dict.fromkeys(following) if one not in seen]
        queue += fresh
        seen.update(fresh)
        assert len(seen) <= limit, "the world is larger than it was meant to be"
    return Explored(len(seen), tuple(traps(seen, came_from)), frozenset(refusals))


def traps(seen: set[State], came_from: Mapping[State, set[State]]) -> Iterator[State]:
    """Find the open states from which no decision can be reached any more."""
    good = [state for state in seen if state.dossier.lies in ("同意", "不同意")]
    reaching = set(good)
    while good:
        for before in came_from.get(good.pop(), ()):
            if before not in reaching:
                reaching.add(before)
                good.append(before)
    return (one for one in seen if one not in reaching and one.dossier.lies != "已撤回")
