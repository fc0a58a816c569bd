"""Certificates (验证证书): issued once per result, and revoked when a recount turns it.

Recounting and issuing take turns at the row of `person_total`: a certificate is either read by the
recount that revokes it, or its request reads the recount's result.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models import access, certificate_sql, read
from models.access import Viewer
from models.ids import uuid7
from models.notice import NoticeKind
from models.read import Connection, Parameters, Row
from rules import certificate, dates, regulation
from rules.annual import Requirement, Verdict
from rules.certificate import CertificateKind, Revocation
from rules.refusal import Refused
from workflow import command, history, notice, signature
from workflow.command import Answer, Done, Request
from workflow.history import Tag
from workflow.notice import Telling
from workflow.signature import Signer

FORMAT = "jijiao-certificate/1"
HOURS = {
    Requirement.TOTAL_HOURS: "total",
    Requirement.PUBLIC_HOURS: "public",
    Requirement.PROFESSIONAL_HOURS: "professional",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who issues: the name on the certificate, where it can be checked, and the key, if any."""

    signer: Signer | None = None
    issuer: str = ""
    origin: str = ""
    demo: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A result that passed, as it shall be certified; `certified` is signed word by word."""

    person_id: UUID
    kind: CertificateKind
    years: tuple[int, int]
    name: str
    masked_number: str
    certified: Mapping[str, Any]
    annual_result_id: UUID | None = None
    application_id: UUID | None = None
    cycle_result_id: UUID | None = None


CLOSED = Office()


async def issue_annual(request: Request, *, result_id: UUID, office: Office) -> Answer:
    """Certify a year of one's own; a certificate of the very same figures is given again."""

    async def verb(c: Connection) -> Answer:
        p = Parameters([result_id])
        readable = access.annual_results(request.viewer, p, "x")
        asked = await own(c, request, certificate_sql.RESULT.format(readable=readable), p)
        if isinstance(asked, Refused):
            return asked
        year = await read.row(certificate_sql.PRESENT, [asked.person_id, asked.year], on=c)
        assert year, "a year that was counted has a current result"
        return await certify(c, request, year=year, asked=asked, office=office)

    return await command.once(request, "issueCertificate", {"result": result_id}, verb)


async def own(c: Connection, request: Request, sql: str, p: Parameters) -> Row | Refused:
    """A result of one's own, under the lock of its figures: stale ones certify nothing."""
    asked = await read.row(sql, p, on=c)
    if asked is None:
        return Refused("NOT_FOUND", {}, ("resultId",))
    if asked.person_id != request.viewer.person_id:
        return Refused("NOT_PERMITTED")
    held = await read.row(certificate_sql.HOLD, [asked.person_id], on=c)
    return Refused("FIGURES_STALE") if held is None or held.stale else asked


async def certify(
    c: Connection, request: Request, *, year: Row, asked: Row, office: Office
) -> Answer:
    """The certificate of a year as it stands now, under the lock."""
    if year.live and year.same:
        return Done({"certificate": str(year.live)})
    if year.verdict != Verdict.PASS:
        return Refused("NOT_PASSED", {"year": asked.year})
    if year.live:
        await revoke(c, asked.person_id, [asked.year], Revocation.REPLACED, request.now)
    passed = Passed(
        person_id=asked.person_id,
        kind=CertificateKind.ANNUAL,
        years=(asked.year, asked.year),
        name=year.name,
        masked_number=year.masked_number,
        certified=annual_data(json.loads(year.explanation)),
        annual_result_id=year.id,
    )
    made = await issue(c, passed, office=office, viewer=request.viewer, now=request.now)
    return made if isinstance(made, Refused) else Done({"certificate": str(made)})


async def issue(
    c: Connection, passed: Passed, *, office: Office, viewer: Viewer | None, now: datetime
) -> UUID | Refused:
    """Write and sign the certificate of a result of any kind, in the caller's transaction.

    Without a key there is none: no key of our own ever takes its place.
    """
    if office.signer is None:
        return Refused("CERTIFICATE_NO_KEY")
    made, key, data = uuid7(), office.signer.key_id, signed_data(passed, office, now)
    await c.execute_query(certificate_sql.KEEP_KEY, [key, office.signer.public, now])
    result = [passed.annual_result_id, passed.application_id, passed.cycle_result_id]
    row = [made, passed.person_id, passed.kind.value, *result, *passed.years]
    signed = [data["number"], json.dumps(data), office.signer.sign(data), key, now]
    await c.execute_query(certificate_sql.ISSUE, [*row, *signed])
    await tell(c, Tag.CERTIFICATE_ISSUE, made, viewer, now, {"years": passed.years})
    told = {"as": passed.kind.value, "first": passed.years[0], "last": passed.years[1]}
    await notice.tell(c, telling(NoticeKind.CERTIFICATE_ISSUED, passed.person_id, told), now=now)
    return made


def telling(kind: NoticeKind, person_id: UUID, data: Mapping[str, Any]) -> Telling:
    """A notice to whom a certificate belongs."""
    return Telling(kind=kind, to=person_id, about=person_id, data=data)


def signed_data(passed: Passed, office: Office, now: datetime) -> dict[str, Any]:
    """Everything the certificate says: text, whole numbers and truth values only."""
    today = dates.shanghai_date(now)
    number = certificate.number(today.year, secrets.randbits(5 * certificate.RANDOM))
    return {
        "format": FORMAT,
        "number": number,
        "kind": passed.kind.value,
        "name": passed.name,
        "maskedNumber": certificate.hidden(passed.masked_number),
        "years": list(range(passed.years[0], passed.years[1] + 1)),
        **passed.certified,
        "issuedOn": today.isoformat(),
        "issuer": office.issuer,
        "check": f"{office.origin}/check/{number}",
        "demo": office.demo,
    }


def annual_data(explanation: Mapping[str, Any]) -> dict[str, Any]:
    """What is certified of one year: its figures against each rule, and the rule's source."""
    figures, rules = explanation["figures"], explanation["rules"]
    elective = {"elective": figures["electiveHours"]}
    line = {
        "year": explanation["year"],
        "hours": {HOURS[each["code"]]: each["had"] for each in rules} | elective,
        "needed": {HOURS[each["code"]]: each["needed"] for each in rules},
        "verdict": explanation["verdict"],
        "binding": explanation["binding"],
        "rule": rule(explanation["policy"]),
    }
    return {
        "figures": [line],
        "verdict": explanation["verdict"],
        "binding": explanation["binding"],
    }


def rule(policy: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the regulation as it is certified, with the title of its document if it has one."""
    known = {name: policy[name] for name in ("id", "source", "unsourced")}
    return {**known, "document": regulation.current().document(policy["id"])}


async def revoke_turned(
    c: Connection, person_id: UUID, years: Sequence[int], now: datetime
) -> None:
    """A recount has turned pass into fail: certificates end, and whose they were hears it."""
    ended = await revoke(c, person_id, years, Revocation.RECALCULATED, now)
    kind, annual = NoticeKind.CERTIFICATE_REVOKED, CertificateKind.ANNUAL.value
    told = [telling(kind, person_id, {"as": annual, "year": year}) for year in ended]
    await notice.tell(c, *told, now=now)


async def revoke(
    c: Connection, person_id: UUID, years: Sequence[int], because: Revocation, now: datetime
) -> list[int]:
    """End the annual certificates of these years that are still valid; of which there were any."""
    kind = CertificateKind.ANNUAL.value
    ended = await c.execute_query_dict(
        certificate_sql.REVOKE, [person_id, kind, list(years), now, because.value]
    )
    for one in ended:
        await tell(c, Tag.CERTIFICATE_REVOKE, one["id"], None, now, {"because": because.value})
    return sorted(one["first_year"] for one in ended)


async def tell(
    c: Connection,
    tag: Tag,
    certificate_id: UUID,
    viewer: Viewer | None,
    now: datetime,
    data: Mapping[str, Any],
) -> None:
    """One line of history."""
    await history.write(
        c,
        tag=tag,
        subject_type="certificate",
        subject_id=certificate_id,
        viewer=viewer,
        now=now,
        data=data,
    )


def token_of(row: Row) -> str:
    """A stored certificate as what was signed, with its signature."""
    data = json.loads(row.data) if isinstance(row.data, str) else row.data
    return signature.token(data, row.signature, row.key_id)
