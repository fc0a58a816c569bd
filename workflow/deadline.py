"""Terms (办理时限): when a step that arrives now is due, counted in working days."""

from datetime import datetime, time

from rules import calendar, dates

END_OF_DAY = time(23, 59, 59, 999999)


def due_at(*, workdays: int | None, arrived: datetime) -> datetime | None:
    """The last instant of the last working day, Shanghai time; none when the step has no term."""
    if workdays is None:
        return None
    last = calendar.add_workdays(dates.shanghai_date(arrived), workdays)
    return datetime.combine(last, END_OF_DAY, tzinfo=dates.SHANGHAI)


def remaining(*, due: datetime, now: datetime) -> int:
    """Working days left until the due date; negative when it is over."""
    return calendar.workdays_between(dates.shanghai_date(now), dates.shanghai_date(due))


def overdue(*, due: datetime | None, now: datetime) -> bool:
    """Is the term over?"""
    return due is not None and due < now


def lapsed_before(*, workdays: int, now: datetime) -> datetime:
    """What arrived before this instant, Shanghai time, with such a term is overdue now."""
    today = dates.shanghai_date(now)
    day = today - calendar.DAY
    while calendar.add_workdays(day, workdays) >= today:
        day -= calendar.DAY
    return datetime.combine(day + calendar.DAY, time(), tzinfo=dates.SHANGHAI)
