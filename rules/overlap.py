"""Two training records that say the same, or claim the same days."""

from collections.abc import Sequence
from datetime import date

from rules.course import Record, RecordOrigin, fold_course_name
from rules.text import fold


def duplicates(record: Record, others: Sequence[Record]) -> tuple[Record, ...]:
    """Return the records that say the same as this one, which must not be declared again (L121).

    The same course name on the same dates, unless both name an organiser and these differ. Between
    a declaration and a record of the system or of a feed it is enough that the dates meet: what
    was enrolled in the system is only checked, and its class may be longer (L132–136, L164).
    """
    return tuple(other for other in _others(record, others) if _same(record, other))


def overlaps(record: Record, others: Sequence[Record]) -> tuple[Record, ...]:
    """Return other courses whose dates meet those of this one.

    Lawful (an evening course beside a day course) and worth a look; ours, domain §5.6. The award
    of an achievement takes no day.
    """
    return tuple(
        other
        for other in _others(record, others)
        if record.achievement is None
        and other.achievement is None
        and _meet(record, other)
        and not _same(record, other)
    )


def _others(record: Record, others: Sequence[Record]) -> tuple[Record, ...]:
    """Leave out the record itself, by its id: an edited record is among the stored ones."""
    return tuple(
        other for other in others if not record.record_id or other.record_id != record.record_id
    )


def _same(record: Record, other: Record) -> bool:
    name = fold_course_name(record.course_name)
    if not name or name != fold_course_name(other.course_name):
        return False
    if (record.origin == RecordOrigin.DECLARED) != (other.origin == RecordOrigin.DECLARED):
        return _meet(record, other)
    return _span(record) == _span(other) is not None and _organisers_agree(record, other)


def _organisers_agree(record: Record, other: Record) -> bool:
    names = {fold(record.organiser_name), fold(other.organiser_name)} - {""}
    return len(names) < 2


def _meet(record: Record, other: Record) -> bool:
    span, other_span = _span(record), _span(other)
    if span is None or other_span is None:
        return False
    return span[0] <= other_span[1] and other_span[0] <= span[1]


def _span(record: Record) -> tuple[date, date] | None:
    if record.starts_on is None or record.ends_on is None:
        return None
    return record.starts_on, record.ends_on
