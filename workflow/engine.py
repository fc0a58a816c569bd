"""The approval engine: what may be done to a case, and what comes of it; nothing but values."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rules.refusal import Refused
from workflow import address, arrival, fold, guard, handling, question
from workflow.case import (
    APPLICANT,
    Actor,
    Case,
    Command,
    Event,
    Facts,
    Kind,
    Offer,
    StepForecast,
)
from workflow.question import Question
from workflow.route import Route, Step
from workflow.vocabulary import Act

__all__ = ["available", "decide", "evolve", "open_task", "opening", "preview"]

evolve = fold.evolve
open_task = address.open_task


def opening(*, applicant: str, concerns: str | None = None) -> Case:
    """Begin a case: a draft."""
    return Case(applicant=applicant, concerns=concerns)


def decide(route: Route, case: Case, command: Command, facts: Facts) -> tuple[Event, ...] | Refused:
    """Answer a command with what happens, or with the first reason why not."""
    asked = question.ask(route, case, command, facts)
    return guard.refusal(asked) or tuple(EFFECTS[command.act](asked))


def available(route: Route, case: Case, actor: Actor, facts: Facts) -> Mapping[Act, Offer]:
    """Ask the same guards about every act, and about every place it may lead to."""
    asked = question.ask(route, case, Command(act=Act.SUBMIT, actor=actor), facts)
    offers = {act: Offer(refusal=guard.refusal(asked.about(act))) for act in Act}
    for act, places in handling.places(asked).items():
        allowed = [to for to in places if guard.refusal(asked.about(act, to)) is None]
        if allowed:
            offers[act] = Offer(refusal=None, targets=tuple(allowed))
    return offers


def submit(q: Question) -> Iterable[Event]:
    """Begin a round at the first step, or go on where the case was returned."""
    skips, step = arrival.entry(q.route, q.case, q.facts)
    resumed = arrival.resumes(q.route, q.case, q.facts)
    yield Event(
        Kind.SUBMITTED,
        {
            **arrival.place(step, q.facts),
            "round": q.case.round if resumed else q.case.round + 1,
            "resumed": resumed,
            "revision": q.facts.revision,
            "parts": dict(q.facts.parts),
            "route": q.route.code,
            "version": q.route.version,
            "digest": q.route.digest,
            "comment": q.command.comment,
        },
    )
    yield from skips
    yield from arrival.consequences(step, q.facts)


def recall(q: Question) -> Iterable[Event]:
    """Take the case back to whoever sent it."""
    by = {"person": q.command.actor.person_id, "comment": q.command.comment}
    if q.forwarded is None:
        yield Event(Kind.RECALLED, {"to": APPLICANT, **by})
    else:
        yield from reopening(q, Kind.RECALLED, q.forwarded.step, by)


def reopening(q: Question, kind: Kind, to: str, by: Mapping[str, Any]) -> Iterable[Event]:
    """Open an earlier step again."""
    step = q.route.step(to)
    yield Event(kind, {"to": to, **arrival.place(step, q.facts), **by})
    yield from arrival.consequences(step, q.facts)


def withdraw(q: Question) -> Iterable[Event]:
    """End the case at the applicant's wish, or because he has left."""
    himself = q.command.actor.person_id == q.case.applicant
    left = {} if himself else {"left": q.case.applicant}
    yield Event(Kind.WITHDRAWN, {"comment": q.command.comment, **left})


def claim(q: Question) -> Iterable[Event]:
    """Hold the task; holding it already changes nothing."""
    if q.case.claimed_by is None:
        yield Event(Kind.CLAIMED, {"person": q.command.actor.person_id})


def unclaim(q: Question) -> Iterable[Event]:
    """Put the task back."""
    yield Event(Kind.UNCLAIMED, {"person": q.command.actor.person_id})


def release(q: Question) -> Iterable[Event]:
    """Take the task from its holder."""
    yield Event(Kind.RELEASED, {"person": q.case.claimed_by, "comment": q.command.comment})


def restate(q: Question) -> Iterable[Event]:
    """Adopt the content as it is now: what was said of the old one is void, all begins again."""
    skips, step = arrival.beginning(q.route, q.facts)
    yield Event(
        Kind.RESTATED,
        {
            **who(q),
            **arrival.place(step, q.facts),
            "from": q.desk.step,
            "to": step.key,
            "was": q.case.revision,
            "revision": q.facts.revision,
            "parts": dict(q.facts.parts),
            "fields": q.changed,
        },
    )
    yield from skips
    yield from arrival.consequences(step, q.facts)


def opinion(q: Question) -> Iterable[Event]:
    """Give an opinion; it goes up inside the organisation."""
    yield Event(Kind.OPINED, said(q, dict(q.command.values)))


def said(q: Question, values: Mapping[str, str]) -> dict[str, Any]:
    """Tell who said what, where and for whom."""
    return {
        **who(q),
        "act": q.command.act.value,
        "round": q.case.round,
        "revision": q.case.revision,
        "slot": q.desk.slot,
        "org": q.desk.org_id,
        "stand_in": q.desk.stand_in,
        "signed": bool(q.case.signers),
        **numbers(q, values),
    }


def numbers(q: Question, values: Mapping[str, str]) -> dict[str, Any]:
    """Tell the reviewer's fields, and what stood in their place: later edits must not reach it."""
    if not values:
        return {"values": {}}
    declared = {name: q.facts.declared.get(name) for name in values}
    return {"values": dict(values), "declared": declared}


def who(q: Question) -> dict[str, Any]:
    """Tell whose hand it was."""
    return {"step": q.desk.step, **q.hand}


def return_inside(q: Question) -> Iterable[Event]:
    """Hand the latest opinion of somebody else back to him."""
    back = q.returnable[-1]
    data = {"to": sorted(back.people), "slot": back.slot, "stand_in": back.stood_in}
    yield Event(Kind.RETURNED_INSIDE, {**who(q), "org": q.desk.org_id, **data})


def send_back(q: Question) -> Iterable[Event]:
    """Return the case to the applicant or to an earlier step."""
    yield Event(Kind.OPINED, said(q, {}))
    by = {"from": q.desk.step, "comment": q.command.comment}
    if q.command.to == APPLICANT:
        yield Event(Kind.RETURNED, {"to": APPLICANT, **by})
    else:
        yield from reopening(q, Kind.RETURNED, q.command.to, by)


def reject(q: Question) -> Iterable[Event]:
    """End the case with no."""
    yield Event(Kind.OPINED, said(q, {}))
    yield Event(Kind.REJECTED, {"step": q.desk.step, "comment": q.command.comment})


def send_on(q: Question) -> Iterable[Event]:
    """Send the case on, or end it with yes when nothing comes after."""
    values = {**q.case.values, **q.command.values}
    yield Event(Kind.OPINED, said(q, values))
    skips, following = after(q)
    if following is None:
        yield from skips
        yield Event(Kind.APPROVED, {"step": q.desk.step, **numbers(q, values)})
        return
    yield Event(Kind.FORWARDED, {"from": q.desk.step, **arrival.place(following, q.facts)})
    yield from skips
    yield from arrival.consequences(following, q.facts)


def after(q: Question) -> tuple[tuple[Event, ...], Step | None]:
    """Find what a pass leads to."""
    if q.facts.business in q.step.ends_for:
        return arrival.left_out(q.route, q.step), None
    return arrival.onward(q.route, q.facts, q.route.order[q.step.key] + 1)


EFFECTS: Mapping[Act, Callable[[Question], Iterable[Event]]] = {
    Act.SUBMIT: submit,
    Act.RECALL: recall,
    Act.WITHDRAW: withdraw,
    Act.CLAIM: claim,
    Act.UNCLAIM: unclaim,
    Act.RELEASE: release,
    Act.RESTATE: restate,
    **handling.EFFECTS,
    Act.AGREE_UP: opinion,
    Act.DISAGREE_UP: opinion,
    Act.RETURN_INSIDE: return_inside,
    Act.RETURN: send_back,
    Act.REJECT: reject,
    Act.PASS: send_on,
}


def preview(route: Route, facts: Facts) -> tuple[StepForecast, ...]:
    """Tell what awaits a case at each step, without any effect."""
    forecasts: list[StepForecast] = []
    ended = False
    for position, step in enumerate(route.steps):
        skipped = skip_reason(route, facts, position, ended=ended)
        forecasts.append(forecast(step, facts, skipped))
        ended = ended or (skipped is None and facts.business in step.ends_for)
    return tuple(forecasts)


def skip_reason(route: Route, facts: Facts, position: int, *, ended: bool) -> str | None:
    """Tell why a step would be left out."""
    if ended:
        return arrival.ENDS_FOR
    return arrival.SAME_ORG if arrival.same_org(route, facts, position) else None


def forecast(step: Step, facts: Facts, skipped: str | None) -> StepForecast:
    """Tell what awaits a case at one step."""
    calls = skipped is None and arrival.calls_stand_in(step, facts)
    return StepForecast(
        step=step.key,
        relation=step.org,
        org_id=facts.organisations.get(step.org),
        groups=step.groups,
        needs=step.needs,
        eligible=facts.eligible.get(step.key, 0),
        due=step.due,
        skipped=skipped,
        stand_in=facts.organisations.get(step.stand_in.org) if calls and step.stand_in else None,
        problem=None if skipped else problem(step, facts),
    )


def problem(step: Step, facts: Facts) -> Refused | None:
    """Tell what would keep a case from getting through a step."""
    relation = arrival.missing(step, facts)
    if relation is not None:
        return Refused("NO_SUCH_ORGANISATION", {"relation": relation.value})
    have = facts.eligible.get(step.key, 0)
    if have >= step.needs or arrival.calls_stand_in(step, facts):
        return None
    return Refused("MORE_REVIEWERS_NEEDED", {"have": have, "need": step.needs})
