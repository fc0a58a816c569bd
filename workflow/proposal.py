"""What somebody proposes for an approved record: the values, the rules against them, the row."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from models import amendment_sql
from models.amendment import AmendmentKind
from models.read import Row
from rules import course, refusal, text
from rules.course import Achievement, Authorship, CourseCategory, Record, RecordOrigin
from rules.refusal import Refused
from workflow import training_subject

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Everything of a record that its unit may correct, as it shall be."""

    course_name: str
    category: CourseCategory
    starts_on: date
    ends_on: date
    approved_hours: Decimal
    attended_days: int | None = None
    approved_credits: Decimal | None = None
    organiser_id: UUID | None = None
    organiser_name: str = ""
    study_form: str = ""
    place: str = ""
    content: str = ""
    note: str = ""
    achievement: Achievement | None = None
    authorship: Authorship | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Other values for a record, or, without any, its deletion; why, and what proves it."""

    correction: Correction | None
    reason: str
    proofs: tuple[UUID, ...] | None = None  # the files it stands on; unnamed, those it has

    @property
    def kind(self) -> AmendmentKind:
        """What is proposed."""
        return AmendmentKind.DELETE if self.correction is None else AmendmentKind.CORRECT


def unfit(proposal: Proposal) -> Refused | None:
    """What is wrong with a proposal by itself: nothing of it is kept."""
    problems = [
        one.under("reason") for one in text.check(proposal.reason, most=LONGEST_REASON, lines=True)
    ]
    if text.blank(proposal.reason):
        problems.append(Refused("REQUIRED", path=("reason",)))
    return refusal.all_of(problems) if problems else None


def wrong(record: Row, proposal: Proposal, today: date) -> Iterator[Refused]:
    """What the rules say against the values, for the unit as for the person (L168, L594)."""
    correction = proposal.correction
    if correction is None:
        return
    shall = corrected(record, correction)
    problems = [
        *course.check(shall, today=today, born=training_subject.born(record), complete=False),
        *course.check_approved(
            shall,
            hours=correction.approved_hours,
            credits=correction.approved_credits,
            today=today,
        ),
        *incomplete(correction),
        *unknown(record, correction),
    ]
    yield from (one.under("correction") for one in problems)
    proof = course.proof_required(shall)
    if proof is not None and not record.files and not record.proofs:
        yield Refused("PROOF_MISSING", {"proof": proof.value}, ("attachments",))


def incomplete(correction: Correction) -> Iterator[Refused]:
    """A name is always there, and whoever had part in an achievement had a part."""
    if text.blank(correction.course_name):
        yield Refused("REQUIRED", path=("courseName",))
    if correction.achievement is not None and correction.authorship is None:
        yield Refused("REQUIRED", path=("authorship",))


def unknown(record: Row, correction: Correction) -> Iterator[Refused]:
    """Another institution must be on the list; the one that is there may have closed since."""
    chosen = correction.organiser_id
    if chosen is not None and chosen != record.organiser_id and record.organiser is None:
        yield Refused("ORGANISER_UNKNOWN", path=("organiserId",))


def corrected(record: Row, correction: Correction) -> Record:
    """The record as the rules would read it; what the person declared is not judged again."""
    values = asdict(correction)
    for name in ("organiser_id", "approved_hours", "approved_credits"):
        del values[name]
    return Record(record_id=str(record.id), origin=RecordOrigin(record.origin), **values)


def stated(amendment_id: UUID, record: Row, proposer_id: UUID, proposal: Proposal) -> Row:
    """The amendment as it would be kept, with what else `amendment_sql.AMENDED` reads."""
    correction = proposal.correction
    proposed = correction and {**written(asdict(correction)), **organiser(record, correction)}
    return Row(
        id=amendment_id,
        record_id=record.id,
        person_id=record.person_id,
        employer_id=record.employer_id,
        proposer_id=proposer_id,
        kind=proposal.kind.value,
        before=written(vars(record)),
        proposed=proposed,
        record_version=record.version,
        reason=proposal.reason,
        origin=record.origin,
        present_version=record.version,
        files=record.files,
        proofs=record.proofs,
        abandoned=False,
    )


def organiser(record: Row, correction: Correction) -> Mapping[str, str]:
    """The name of an institution of the list is its own."""
    if correction.organiser_id is None:
        return {}
    same = correction.organiser_id == record.organiser_id
    return {"organiser_name": record.organiser or (record.organiser_name if same else "")}


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values a unit may correct, fit for JSON: numbers with a decimal place are text."""
    return {name: plain(values[name]) for name in amendment_sql.COLUMNS}


def plain(value: Any) -> Any:
    """One value as JSON has it."""
    if isinstance(value, Decimal):
        return f"{value:.1f}"
    return value if value is None or isinstance(value, int) else str(value)


def given(proposal: Proposal) -> Mapping[str, Any]:
    """A proposal as it enters the digest of a command."""
    values = asdict(proposal.correction) if proposal.correction else {}
    filled = {name: value for name, value in values.items() if value is not None}
    named = {} if proposal.proofs is None else {"proofs": sorted(map(str, proposal.proofs))}
    return {"kind": proposal.kind, "reason": proposal.reason, "correction": filled, **named}
