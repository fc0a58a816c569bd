"""Certificates of verification, as clients see them."""

from datetime import datetime

import strawberry

from resolvers import certificate, person
from rules.annual import Verdict
from rules.certificate import CertificateKind, Revocation
from schema import filter
from schema.field import answered_by, named, published, stored
from schema.node import Node
from schema.person import Person
from schema.role import REVIEWERS, SUPERIORS

named(
    CertificateKind,
    "CertificateKind",
    "What was verified.",
    ANNUAL="One year (年度验证).",
    CYCLE="A cycle of years (周期验证).",
)
named(
    Revocation,
    "CertificateRevocation",
    "Why a certificate is no longer valid.",
    RECALCULATED="A recount: a year fails, or a cycle has other figures (重新统计后有变动).",
    REPLACED="The figures changed and a new one was asked for (已换发).",
)
published(
    certificate.CertificateFilter,
    "CertificateFilter",
    "Which certificates.",
    {"name": REVIEWERS, "employer": SUPERIORS},
    person="Whose.",
    name="Name of the person.",
    employer="Present employer of the person.",
    kind="What was verified.",
    last_year="Which year, of a cycle the last.",
    valid="Only those that are valid, or only the revoked.",
    issued_at="When it was issued.",
    **filter.JOINED,
)
named(
    certificate.CertificateOrderField,
    "CertificateOrderField",
    "What certificates are ordered by.",
    ISSUED_AT="When they were issued.",
)
published(
    certificate.CertificateOrder,
    "CertificateOrder",
    "One level of the order of certificates.",
    field="What by.",
    direction="Which way.",
)
published(
    certificate.IssueCertificateInput,
    "IssueCertificateInput",
    "A result of one's own that passed and shall be certified.",
    result_id="The year (AnnualResult), or the approved application (CycleApplication, or its "
    "CycleResult).",
    idempotency_key="The same key, the same answer.",
)


@strawberry.type(
    description="A certificate (验证证书) of a result that passed: signed, and checked in public."
)
class Certificate(Node):
    number: str = stored("Its number (证书编号): not to be guessed, with a check character.")
    kind: CertificateKind = stored("What was verified.")
    person: Person = answered_by(person.person, "Whose it is.")
    name: str = stored("The name that stands on it.")
    first_year: int = stored("The year; of a cycle the first.")
    last_year: int = stored("The year; of a cycle the last.")
    verdict: Verdict = stored("What it certifies.")
    issuer: str = stored("Who issued it (发证机构).")
    issued_at: datetime = stored("When it was issued.")
    valid: bool = stored("Has it not been revoked?")
    current: bool = stored(
        "Does it show the figures as they are? If not, asking again replaces it."
    )
    revoked_at: datetime | None = stored("Since when it is no longer valid (已撤销).")
    revoked_because: Revocation | None = stored("Why it is no longer valid.")
    url: str | None = stored("Address of the PDF; none when it was revoked.")
    check_url: str = stored("Address of the public check (验真), the one of its QR code.")
    signed: str = answered_by(
        certificate.signed, "What was signed, as compact JWS; keys: /.well-known/jwks.json."
    )


@strawberry.type(description="A certificate after it was asked for.")
class CertificatePayload:
    certificate: Certificate = stored("The certificate.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")
