"""The guards about who asks: the applicant, whoever sent it on, a seat, an administrator."""

from rules.refusal import Refused
from workflow import arrival
from workflow.case import Status
from workflow.opinion import Opinion
from workflow.question import Question
from workflow.route import Route
from workflow.vocabulary import Act, Group, Relation

WITH_APPLICANT = frozenset({Status.DRAFT, Status.RETURNED})


def applicant_himself(q: Question) -> Refused | None:
    """3: nobody applies for another, a delegate neither."""
    himself = q.command.actor.person_id == q.case.applicant
    return None if himself else Refused("NOT_APPLICANT")


def withdrawer(q: Question) -> Refused | None:
    """3: the applicant; of what lies with one who has left, the employer's administrator."""
    actor, left = q.command.actor, q.facts.applicant_left and q.case.status in WITH_APPLICANT
    if actor.person_id == q.case.applicant:
        return None
    if not (left and actor.admin and actor.org_id == q.facts.organisations.get(Relation.EMPLOYER)):
        return Refused("NOT_APPLICANT")
    return not_about_himself(q)


def not_about_himself(q: Question) -> Refused | None:
    """3: nobody asks others to decide about himself where a colleague must ask."""
    return Refused("OWN_CASE") if q.case.concerns in q.identities else None


def forwarder(q: Question) -> Refused | None:
    """8: the applicant at the first step, later the groups that sent the case on."""
    actor, passed = q.command.actor, q.forwarded
    if passed is None:
        theirs = actor.person_id == q.case.applicant
    else:
        theirs = actor.org_id == passed.org_id and bool(actor.groups & sent_on(q.route, passed))
    return None if theirs else Refused("NOT_YOURS_TO_RECALL")


def sent_on(route: Route, passed: Opinion) -> frozenset[str]:
    """Name the groups an outward decision was made for."""
    step = route.step(passed.step)
    return frozenset(step.stand_in.groups if passed.stood_in and step.stand_in else step.groups)


def recall_not_own(q: Question) -> Refused | None:
    """8: a forwarding organisation does not act through the applicant."""
    own = q.forwarded is not None and not q.case.parties.isdisjoint(q.identities)
    return Refused("OWN_CASE") if own else None


def seat(q: Question) -> Refused | None:
    """10: a member of the task's organisation and group."""
    actor, task = q.command.actor, q.desk
    if q.presides:
        return None
    seated = actor.org_id == task.org_id and not actor.groups.isdisjoint(task.groups)
    return None if seated else Refused("NOT_YOUR_TASK")


def signer_first(q: Question) -> Refused | None:
    """10: while an added signer has the task, the desk waits for him."""
    if not q.case.signers:
        return None
    actor, signer = q.command.actor, q.case.signers[0]
    desk, task = q.about(Act.ADD_SIGNER).desk, q.desk
    waits = actor.org_id == desk.org_id and not actor.groups.isdisjoint(desk.groups)
    theirs = not task.only_for or bool(task.only_for & q.identities)
    if not waits or (theirs and not actor.groups.isdisjoint(task.groups)):
        return None
    return Refused("SIGNER_PENDING", {"who": signer.name})


def dropper(q: Question) -> Refused | None:
    """10: whoever asked for the opinion, or the administrator, asks for it no more."""
    actor = q.command.actor
    chief = actor.admin and actor.org_id == q.desk.org_id
    asked = any(one.by & q.identities for one in q.case.signers if one.name == q.command.to)
    return None if chief or asked else Refused("NOT_YOUR_TASK")


def signer_known(q: Question) -> Refused | None:
    """16: there is such a signer, and he has not spoken."""
    named = any(one.name == q.command.to for one in q.case.signers)
    return None if named else Refused("NO_SUCH_SIGNER")


def fits_as_signer(q: Question) -> Refused | None:
    """16: a signer is a group or a member of the same organisation who may still speak."""
    return None if q.command.to in q.signable else Refused("SIGNER_DOES_NOT_FIT")


def administrator(q: Question) -> Refused | None:
    """10: the administrator of the task's organisation."""
    actor = q.command.actor
    return None if actor.admin and actor.org_id == q.desk.org_id else Refused("NOT_YOUR_TASK")


def restater(q: Question) -> Refused | None:
    """10: a member of the groups the case began with, or of those who have it now."""
    actor, task = q.command.actor, q.desk
    _, first = arrival.beginning(q.route, q.facts)
    began = (q.facts.organisations.get(first.org), first.groups)
    seated = any(
        actor.org_id == org and not actor.groups.isdisjoint(groups)
        for org, groups in (began, (task.org_id, task.groups))
    )
    return None if seated else Refused("NOT_YOURS_TO_RESTATE")


def urger(q: Question) -> Refused | None:
    """10: the applicant, or a member of the groups that sent the case on."""
    actor, passed = q.command.actor, q.forwarded
    applies = actor.person_id == q.case.applicant
    sent = (
        passed is not None
        and actor.org_id == passed.org_id
        and bool(actor.groups & sent_on(q.route, passed))
    )
    return None if applies or sent else Refused("NOT_YOURS_TO_URGE")


def copier(q: Question) -> Refused | None:
    """10: the applicant, or a reviewer of an organisation that has the case or judged it."""
    actor = q.command.actor
    bodies = {q.case.org_id, q.case.stand_in, *(one.org_id for one in q.case.opinions)} - {None}
    reviews = actor.org_id in bodies and not actor.groups.isdisjoint(Group)
    mine = actor.person_id == q.case.applicant
    return None if mine or reviews else Refused("NOT_YOURS_TO_COPY")


def redirector(q: Question) -> Refused | None:
    """10: the administrator of the organisation that has the step, or of the municipal bureau."""
    actor = q.command.actor
    bodies = {q.case.org_id, q.facts.organisations.get(Relation.CITY_BUREAU)} - {None}
    theirs = actor.admin and actor.org_id in bodies
    return None if theirs else Refused("NOT_YOURS_TO_REDIRECT")


def colleague(q: Question) -> Refused | None:
    """16: a task is handed over inside its organisation and group, to whoever could take it."""
    return None if q.command.to in q.colleagues else Refused("NOT_IN_THE_SAME_GROUP")


def not_own_case(q: Question) -> Refused | None:
    """11: nobody reviews what he sent or what is about him, by whatever name."""
    return None if q.case.parties.isdisjoint(q.identities) else Refused("OWN_CASE")


def handed_to(q: Question) -> Refused | None:
    """12: what was handed back to somebody is his."""
    only = q.desk.only_for
    if not only or only & q.identities or q.presides:
        return None
    return Refused("NOT_YOUR_TASK", {"only_for": sorted(only)})


def separate(q: Question) -> Refused | None:
    """13: separation of duties, over the person and whom he stands for."""
    apart = () if q.presides else q.step.not_acted_in
    for opinion in q.case.opinions:
        if opinion.step in apart and opinion.people & q.identities:
            return Refused("SEPARATION_OF_DUTIES", {"step": opinion.step})
    return None


def holder(q: Question) -> Refused | None:
    """14: only the holder puts a task back."""
    mine = q.case.claimed_by == q.command.actor.person_id
    return None if mine else Refused("NOT_CLAIMED_BY_YOU")


def claimed(q: Question) -> Refused | None:
    """14: only a claimed task can be released."""
    return None if q.case.claimed_by else Refused("NOT_CLAIMED")


def not_held_by_other(q: Question) -> Refused | None:
    """16: nobody else has claimed the task."""
    who = q.case.claimed_by
    if who is None or who == q.command.actor.person_id:
        return None
    since = q.facts.claimed_at.isoformat() if q.facts.claimed_at else ""
    return Refused("CLAIMED_BY_OTHER", {"who": q.facts.holder or who, "since": since})
