"""Training records (培训记录): their kinds, and what one of them may say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from rules import amount, regulation, text
from rules.policy import RecordPolicy
from rules.refusal import Refused


class CourseCategory(StrEnum):
    """Category (科目类型): 公修课 (公需课), 专业课, 其他培训 (个人选修): L119–126."""

    PUBLIC = "public"
    PROFESSIONAL = "professional"
    ELECTIVE = "elective"


class RecordOrigin(StrEnum):
    """Origin (数据来源): declared by the person, registered by a base, fed in bulk: L162, L585."""

    DECLARED = "declared"
    IN_SYSTEM = "in_system"
    FEED = "feed"


class Achievement(StrEnum):
    """Achievement of the year (成果): patent, monograph, finished project, paper: L158."""

    PATENT = "patent"
    MONOGRAPH = "monograph"
    PROJECT = "project"
    PAPER = "paper"


class Authorship(StrEnum):
    """Part in an achievement: lead 主创人员, contributor 非主创人员: L158."""

    LEAD = "lead"
    CONTRIBUTOR = "contributor"


class Proof(StrEnum):
    """Proof a record needs: a scanned original, or the institution's certificate: L168, L178."""

    ORIGINAL = "original"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the rules read of a record as it is declared: L168–176."""

    record_id: str = ""
    origin: RecordOrigin = RecordOrigin.DECLARED
    course_name: str = ""
    category: CourseCategory | None = None
    achievement: Achievement | None = None
    authorship: Authorship | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    attended_days: int | None = None
    declared_hours: Decimal | None = None
    declared_credits: Decimal | None = None
    organiser_name: str = ""
    study_form: str = ""
    place: str = ""
    content: str = ""
    note: str = ""

    @property
    def calendar_days(self) -> int | None:
        """Days from start to end, both inclusive; None while a date is missing or out of order."""
        if self.starts_on is None or self.ends_on is None or self.ends_on < self.starts_on:
            return None
        return (self.ends_on - self.starts_on).days + 1


def check(
    record: Record, *, today: date, born: date | None = None, complete: bool
) -> tuple[Refused, ...]:
    """Return all that is wrong with a record, each with the field as a client names it.

    A draft may lack hours and days (L124): what is there is always checked, what is missing only
    when the record is to be `complete`. `today` is a Shanghai date. Rules: domain §0.2, L158.
    """
    bounds = _bounds(record, today)
    return (
        *(_missing(record) if complete else ()),
        *_texts(record),
        *_dates(record, today, born),
        *_days(record, bounds),
        *_hours(record, record.declared_hours, "declaredHours", bounds),
        *_credits(record.declared_credits, "declaredCredits", bounds),
        *_achievement(record),
    )


def check_approved(
    record: Record, *, hours: Decimal | None, credits: Decimal | None, today: date
) -> tuple[Refused, ...]:
    """Return what is wrong with the hours and credits a reviewer approves (核定): L557–565.

    They may be fewer or more than declared; the bounds are those of declared hours.
    """
    bounds = _bounds(record, today)
    return (
        *(() if hours is not None else (Refused("REQUIRED", path=("approvedHours",)),)),
        *_hours(record, hours, "approvedHours", bounds),
        *_credits(credits, "approvedCredits", bounds),
    )


def warnings(record: Record, *, today: date) -> tuple[Refused, ...]:
    """Return what is lawful and yet worth a second look: many hours a day, late registration.

    More than 6 h in a day is lawful (domain §0.2); the plausible number is a policy row. Records
    of a year are registered by 31 January of the next (L320), and late ones are still taken.
    """
    return (*_many_hours(record, _bounds(record, today)), *_registered_late(record, today))


def proof_required(record: Record) -> Proof | None:
    """Return the proof a record needs: what a person types in needs a scan (L178).

    Public and professional hours before 2008 need the institution's certificate, whoever entered
    them (L168, L594); the year is that of the end date.
    """
    if record.ends_on is not None and record.category in (
        CourseCategory.PUBLIC,
        CourseCategory.PROFESSIONAL,
    ):
        bounds = _bounds(record, record.ends_on)
        if record.ends_on.year < bounds.proof_from_institution_before:
            return Proof.CERTIFICATE
    return Proof.ORIGINAL if record.origin == RecordOrigin.DECLARED else None


def fold_course_name(name: str) -> str:
    """Return the form in which two spellings of one course are equal: L664 (不同内容课题)."""
    return text.fold(name)


def _bounds(record: Record, today: date) -> RecordPolicy:
    return regulation.current().record((record.ends_on or today).year)


def _missing(record: Record) -> Iterator[Refused]:
    given = {
        "courseName": not text.blank(record.course_name),
        "category": record.category is not None,
        "startsOn": record.starts_on is not None,
        "endsOn": record.ends_on is not None,
        "declaredHours": record.declared_hours is not None,
    }
    if record.achievement is None:
        given["attendedDays"] = record.attended_days is not None
    else:
        given["authorship"] = record.authorship is not None
    return (Refused("REQUIRED", path=(path,)) for path, there in given.items() if not there)


def _texts(record: Record) -> Iterator[Refused]:
    for path, value, most, lines in (
        ("courseName", record.course_name, 200, False),
        ("organiserName", record.organiser_name, 120, False),
        ("studyForm", record.study_form, 60, False),
        ("place", record.place, 120, False),
        ("content", record.content, 4000, True),
        ("note", record.note, 4000, True),
    ):
        for refused in text.check(value, most=most, lines=lines):
            yield refused.under(path)


def _dates(record: Record, today: date, born: date | None) -> Iterator[Refused]:
    for path, day in (("startsOn", record.starts_on), ("endsOn", record.ends_on)):
        if day is not None and day > today:
            yield Refused("DATE_IN_FUTURE", {"today": today.isoformat()}, (path,))
        # The date of birth is not in the data: a reviewer may not be shown it.
        if day is not None and born is not None and day < born:
            yield Refused("BEFORE_BIRTH", path=(path,))
    if record.starts_on and record.ends_on and record.ends_on < record.starts_on:
        yield Refused("ENDS_BEFORE_START", {"startsOn": record.starts_on.isoformat()}, ("endsOn",))


def _days(record: Record, bounds: RecordPolicy) -> Iterator[Refused]:
    """Days attended are entered: at least one, at most the calendar days (domain §0.2)."""
    if record.attended_days is None:
        return
    if record.achievement is not None:
        yield Refused("ACHIEVEMENT_WITHOUT_DAYS", path=("attendedDays",))
        return
    most = min(record.calendar_days or bounds.most_days, bounds.most_days)
    if not 1 <= record.attended_days <= most:
        yield Refused("DAYS_OUT_OF_RANGE", {"least": 1, "most": most}, ("attendedDays",))


def _hours(
    record: Record, hours: Decimal | None, path: str, bounds: RecordPolicy
) -> Iterator[Refused]:
    if hours is None:
        return
    limit = _beyond_day if record.achievement is None else _other_than_fixed
    wrong = amount.check_hours(hours, most=bounds.most_hours) or limit(record, hours, bounds)
    yield from (refused.under(path) for refused in wrong)


def _beyond_day(record: Record, hours: Decimal, bounds: RecordPolicy) -> tuple[Refused, ...]:
    """No day has more than 24 hours: neither a calendar day nor a day attended."""
    days = _days_there_were(record)
    if days is None or hours <= days * bounds.most_hours_per_day:
        return ()
    most = amount.written(days * bounds.most_hours_per_day)
    return (Refused("HOURS_BEYOND_DAY", {"most": most, "days": days}),)


def _other_than_fixed(record: Record, hours: Decimal, bounds: RecordPolicy) -> tuple[Refused, ...]:
    """An achievement counts a fixed number of hours, by the part one had in it (L158)."""
    if record.authorship is None or record.ends_on is None:
        return ()
    law = regulation.current().achievement(record.ends_on.year)
    lead = record.authorship == Authorship.LEAD
    fixed = law.lead_hours if lead else law.contributor_hours
    if hours == fixed:
        return ()
    return (Refused("ACHIEVEMENT_HOURS", {"expected": amount.written(fixed)}),)


def _credits(credits: Decimal | None, path: str, bounds: RecordPolicy) -> Iterator[Refused]:
    if credits is not None:
        for refused in amount.check_credits(credits, most=bounds.most_credits):
            yield refused.under(path)


def _achievement(record: Record) -> Iterator[Refused]:
    """An achievement is professional and dated by the one day of its award (L158, §0.2)."""
    if record.achievement is None:
        if record.authorship is not None:
            yield Refused("AUTHORSHIP_WITHOUT_ACHIEVEMENT", path=("authorship",))
        return
    if record.category not in (None, CourseCategory.PROFESSIONAL):
        expected = CourseCategory.PROFESSIONAL.value
        yield Refused("WRONG_CATEGORY", {"expected": expected}, ("category",))
    if record.calendar_days is not None and record.calendar_days > 1:
        yield Refused("ACHIEVEMENT_ONE_DAY", path=("startsOn",))


def _many_hours(record: Record, bounds: RecordPolicy) -> Iterator[Refused]:
    days = _days_there_were(record)
    if record.achievement is not None or record.declared_hours is None or days is None:
        return
    if record.declared_hours > days * bounds.plausible_hours_per_day:
        plausible = amount.written(bounds.plausible_hours_per_day)
        yield Refused("MANY_HOURS_PER_DAY", {"plausible": plausible}, ("declaredHours",))


def _registered_late(record: Record, today: date) -> Iterator[Refused]:
    if record.ends_on is None:
        return
    law = regulation.current().registration(record.ends_on.year)
    if law is not None and today > law.deadline(record.ends_on.year):
        deadline = law.deadline(record.ends_on.year).isoformat()
        yield Refused("REGISTERED_LATE", {"deadline": deadline}, ("endsOn",))


def _days_there_were(record: Record) -> int | None:
    """Days on which the hours were studied: the fewer of days attended and calendar days."""
    known = [
        days
        for days in (record.attended_days, record.calendar_days)
        if days is not None and days > 0
    ]
    return min(known, default=None)
