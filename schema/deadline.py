"""Days of the calendar, as clients see them."""

from datetime import date

import strawberry

from rules.deadline import DeadlineKind
from schema.field import named, stored

named(
    DeadlineKind,
    "DeadlineKind",
    "What must be done by a day.",
    REGISTRATION="Records of the year before are registered (31 January).",
    APPLICATION="Teachers and health workers apply for cycle verification (30 May).",
    FIRST_WINDOW="Last day of the first window of applications (30 June).",
)


@strawberry.type(description="A day the viewer or his people must not miss (截止日期).")
class Deadline:
    kind: DeadlineKind = stored("What must be done.")
    on: date = stored("The last day that is in time, in Guangzhou.")
    year: int = stored("Year of the records, or of the application.")
    title: str = stored("A few words.")
    sentence: str = stored("What must be done, in the reader's language.")
    workdays_left: int = stored("Working days after today up to that day.")
    binding: bool = stored("Does the rule bind in that year? Otherwise it is a what-if.")
