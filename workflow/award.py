"""What follows an approved cycle application: its certificate, and what becomes of it.

A certificate is of the figures that are current when it is asked for. Other figures than these end
it in the transaction that counted them, and whoever should know is told.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from models import access, certificate_sql, read
from models.notice import NoticeKind
from models.read import Connection, Parameters, Row
from rules import dates, title
from rules.annual import Verdict
from rules.certificate import CertificateKind, Revocation
from rules.refusal import Refused
from workflow import certificate, command, notice
from workflow.case import Status
from workflow.certificate import Office, Passed
from workflow.command import Answer, Done, Request
from workflow.history import Tag
from workflow.notice import Desk, Telling
from workflow.vocabulary import Group

TYPE = "cycle_application"
PARTS = {
    "total": "totalHours",
    "public": "publicHours",
    "professional": "professionalHours",
    "elective": "electiveHours",
}


async def issue_cycle(request: Request, *, application_id: UUID, office: Office) -> Answer:
    """Certify an approved application of one's own, named by its id or by one of its results."""

    async def verb(c: Connection) -> Answer:
        p = Parameters([application_id])
        readable = access.cycle_applications(request.viewer, p, "y")
        sql = certificate_sql.APPLICATION.format(readable=readable)
        asked = await certificate.own(c, request, sql, p)
        if isinstance(asked, Refused):
            return asked
        found = await read.row(certificate_sql.APPROVED, [asked.id], on=c)
        assert found, "it was there before the lock, and nothing handed in is ever deleted"
        return await certify(c, request, found, office)

    return await command.once(request, "issueCertificate", {"result": application_id}, verb)


async def certify(c: Connection, request: Request, found: Row, office: Office) -> Answer:
    """The certificate of an application as it stands now, under the lock."""
    if found.live and found.same:
        return Done({"certificate": str(found.live)})
    if refused := obstacle(found):
        return refused
    if found.live:
        await revoke(c, [found.id], Revocation.REPLACED, request.now)
    told = json.loads(found.explanation)
    passed = Passed(
        person_id=found.person_id,
        kind=CertificateKind.CYCLE,
        years=(told["firstYear"], told["lastYear"]),
        name=found.name,
        masked_number=found.masked_number,
        certified=cycle_data(found, told),
        application_id=found.id,
        cycle_result_id=found.result,
    )
    made = await certificate.issue(c, passed, office=office, viewer=request.viewer, now=request.now)
    return made if isinstance(made, Refused) else Done({"certificate": str(made)})


def obstacle(found: Row) -> Refused | None:
    """Why there is nothing to certify."""
    if found.status != Status.APPROVED:
        return Refused("CYCLE_NOT_APPROVED", {"status": found.status})
    if found.verdict != Verdict.PASS:
        return Refused("CYCLE_NOT_PASSED")
    return None


def cycle_data(found: Row, told: Mapping[str, Any]) -> dict[str, Any]:
    """What is certified of a cycle: what it was for, who decided, its figures and its rules."""
    target = title.by_code(found.target_title)
    figures = told["figures"]
    return {
        "target": {
            "code": found.target_title,
            "series": target.series if target else "",
            "title": target.title if target else found.target_title,
        },
        "discipline": found.discipline,
        "qualifiedOn": told["qualified"],
        "appliedOn": told["applied"],
        "approvedOn": dates.shanghai_date(found.closed_at).isoformat(),
        "bodies": json.loads(found.bodies or "[]"),
        "required": told["required"],
        "hours": {part: figures[name] for part, name in PARTS.items()},
        "courses": courses(told),
        "figures": list(lines(told)),
        "supplement": told["supplementUsed"],
        "recounted": found.number != found.decided_number,
        "rule": certificate.rule(told["policy"]),
        "verdict": told["verdict"],
        "binding": told["binding"],
    }


def courses(told: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Distinct courses of both kinds: those there are, and those the rule asks for."""
    rules = {each["code"]: each for each in told["rules"]}
    kinds = {"public": "PUBLIC_COURSES", "professional": "PROFESSIONAL_COURSES"}
    return {
        kind: {name: rules[code][name] for name in ("had", "needed")}
        for kind, code in kinds.items()
    }


def lines(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The yearly table: each year of the cycle, and the current one where it was added."""
    needed = {each["year"]: each for each in told["years"]}
    for each in told["table"]:
        hours = {part: each[name] for part, name in PARTS.items()}
        if asked := needed.get(each["year"]):
            by = {"needed": {"total": asked["needed"]}, "rule": certificate.rule(asked["policy"])}
            yield {"year": each["year"], "hours": hours, "supplement": False, **by}
        elif told["supplementUsed"]:
            yield {"year": each["year"], "hours": hours, "supplement": True, "needed": {}}


async def recounted(c: Connection, application_ids: Collection[UUID], now: datetime) -> None:
    """Other figures than before: of what is approved, a certificate ends and people are told."""
    if not application_ids:
        return
    moved = await read.rows(certificate_sql.MOVED, [list(application_ids)], on=c)
    if not moved:
        return
    revoked = await revoke(c, [one.id for one in moved], Revocation.RECALCULATED, now)
    told = [each for one in moved for each in tellings(one, revoked=one.id in revoked)]
    await notice.tell(c, *told, now=now)


async def revoke(
    c: Connection, application_ids: Collection[UUID], because: Revocation, now: datetime
) -> Collection[UUID]:
    """End the certificates of these applications that are still valid; of which there were any."""
    values = [list(application_ids), now, because.value]
    ended = await read.rows(certificate_sql.REVOKE_CYCLE, values, on=c)
    for one in ended:
        data = {"because": because.value}
        await certificate.tell(c, Tag.CERTIFICATE_REVOKE, one.id, None, now, data)
    return {one.application_id for one in ended}


def tellings(moved: Row, *, revoked: bool) -> Iterator[Telling]:
    """The person hears it, and whoever checked it at his employer."""
    kind = NoticeKind.CERTIFICATE_REVOKED if revoked else NoticeKind.APPROVED_CHANGED
    for to in (moved.person_id, Desk(moved.employer_id, Group.INITIAL_CHECKER)):
        yield Telling(
            kind=kind,
            to=to,
            subject=(TYPE, moved.id),
            about=moved.person_id,
            data={"year": moved.year},
        )
