"""The years of a cycle: the golden table, both sides of 30 June, and the hours of every year."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules import amount, period, regulation
from rules.period import Application, Begin, Cycle, End, Place
from rules.person import Discipline, PersonGroup
from rules.refusal import Refused
from tests.golden import table

NATURAL, SOCIAL = Discipline.NATURAL, Discipline.SOCIAL
EXEMPT = (PersonGroup.TEACHER, PersonGroup.HEALTH)

APPLICATIONS = st.builds(
    Application,
    applied=st.dates(date(2002, 1, 1), date(2030, 12, 31)),
    qualified=st.dates(date(1990, 1, 1), date(2030, 12, 31)),
    discipline=st.sampled_from(Discipline),
    person_group=st.sampled_from(PersonGroup),
)


def of_one_year(applied: date, before: int) -> Application:
    """Title and application in one year; a teacher on days of an even number."""
    return Application(
        applied=applied,
        qualified=max(date(applied.year, 1, 1), applied - timedelta(days=before)),
        discipline=NATURAL,
        person_group=PersonGroup.GENERAL if applied.day % 2 else PersonGroup.TEACHER,
    )


def asked(
    applied: str,
    qualified: str,
    *,
    group: PersonGroup = PersonGroup.GENERAL,
    discipline: Discipline = NATURAL,
) -> Cycle | Refused:
    return period.cycle(
        Application(
            applied=date.fromisoformat(applied),
            qualified=date.fromisoformat(qualified),
            discipline=discipline,
            person_group=group,
        )
    )


def found(
    applied: str,
    qualified: str,
    *,
    group: PersonGroup = PersonGroup.GENERAL,
    discipline: Discipline = NATURAL,
) -> Cycle:
    cycle = asked(applied, qualified, group=group, discipline=discipline)
    assert isinstance(cycle, Cycle)
    return cycle


@table.each("cycle")
def test_an_application_covers_the_years_of_the_golden_table(row: table.Row) -> None:
    cycle = asked(
        row["applied"],
        row["qualified"],
        group=PersonGroup(row["person_group"]),
        discipline=Discipline(row["discipline"]),
    )

    if isinstance(cycle, Refused):
        assert cycle.code == row["refusal"]
        assert f"earliest={cycle.data.get('earliest', '')}" in row["note"] + "earliest="
    else:
        assert (str(cycle.first_year), str(cycle.last_year)) == (
            row["first_year"],
            row["last_year"],
        )
        assert amount.written(cycle.required) == f"{row['required_hours']}.0"
        assert row["refusal"] == ""


@given(APPLICATIONS)
def test_the_years_are_those_of_the_regulation(application: Application) -> None:
    """L256, L665–666, written down a second time: year by year instead of by bounds."""
    applied, group = application.applied, application.person_group
    may_count_this_year = applied.month >= 7 and group is PersonGroup.GENERAL
    expected = [
        year
        for year in range(application.qualified.year, applied.year + 1)
        if year < applied.year or may_count_this_year
    ][-5:]

    cycle = period.cycle(application)

    if application.qualified > applied:
        assert isinstance(cycle, Refused) and cycle.code == "QUALIFIED_AFTER_APPLIED"
    elif not expected:
        assert isinstance(cycle, Refused) and cycle.code == "CYCLE_EMPTY"
    else:
        assert isinstance(cycle, Cycle)
        assert [each.year for each in cycle.years] == expected


@given(APPLICATIONS)
def test_the_hours_are_those_of_each_year(application: Application) -> None:
    """90 in natural sciences up to 2007, 72 from 2008, 90 again from 2021 (L670–672, §3.1)."""
    cycle = period.cycle(application)
    assume(isinstance(cycle, Cycle))
    assert isinstance(cycle, Cycle)

    first = {NATURAL: 90, SOCIAL: 72}[application.discipline]
    each = [first if y.year < 2008 else 72 if y.year < 2021 else 90 for y in cycle.years]

    assert cycle.required == sum(each)


@given(st.builds(of_one_year, st.dates(date(2002, 1, 1), date(2030, 12, 31)), st.integers(0, 365)))
def test_the_earliest_date_is_the_first_that_is_not_refused(application: Application) -> None:
    refused = period.cycle(application)
    assume(isinstance(refused, Refused) and refused.code == "CYCLE_EMPTY")
    assert isinstance(refused, Refused)
    earliest = date.fromisoformat(refused.data["earliest"])

    def on(day: date) -> Cycle | Refused:
        return period.cycle(
            Application(
                applied=day,
                qualified=application.qualified,
                discipline=application.discipline,
                person_group=application.person_group,
            )
        )

    assert isinstance(on(earliest), Cycle)
    assert isinstance(on(earliest - timedelta(days=1)), Refused)


@given(APPLICATIONS, st.dates(date(1990, 1, 1), date(2031, 12, 31)))
def test_every_day_has_its_place(application: Application, day: date) -> None:
    cycle = period.cycle(application)
    assume(isinstance(cycle, Cycle))
    assert isinstance(cycle, Cycle)

    place = cycle.place(day)

    assert (place is Place.AFTER_APPLICATION) is (day > application.applied)
    if day <= application.applied:
        inside = [each.year for each in cycle.years]
        assert (place is Place.CYCLE) is (day.year in inside)
        assert (place is Place.BEFORE_CYCLE) is (day.year < inside[0])
        assert (place is Place.CURRENT_YEAR) is (day.year > inside[-1])


@pytest.mark.parametrize("group", EXEMPT)
@pytest.mark.parametrize("applied", ["2012-06-30", "2012-07-01", "2012-12-31"])
def test_teachers_and_health_workers_always_end_with_last_year(
    group: PersonGroup, applied: str
) -> None:
    cycle = found(applied, "2008-11-01", group=group)

    assert (cycle.last_year, cycle.supplement_open) == (2011, True)


@pytest.mark.parametrize(
    ("applied", "qualified", "group", "begin", "end"),
    [
        ("2012-06-30", "2008-11-01", "general", Begin.TITLE_YEAR, End.FIRST_WINDOW),
        ("2012-07-01", "2008-11-01", "general", Begin.TITLE_YEAR, End.SECOND_WINDOW),
        ("2012-06-30", "2007-12-31", "general", Begin.TITLE_YEAR, End.FIRST_WINDOW),
        ("2012-06-30", "2006-12-31", "general", Begin.LONGEST_CYCLE, End.FIRST_WINDOW),
        ("2012-06-30", "2006-12-31", "teacher", Begin.LONGEST_CYCLE, End.FIRST_WINDOW),
        ("2012-07-01", "2006-12-31", "health", Begin.LONGEST_CYCLE, End.EXEMPT_GROUP),
    ],
)
def test_a_cycle_says_why_it_begins_and_ends(
    applied: str, qualified: str, group: str, begin: Begin, end: End
) -> None:
    cycle = found(applied, qualified, group=PersonGroup(group))

    assert (cycle.begin, cycle.end) == (begin, end)


def test_before_cycle_verification_existed_there_is_no_cycle() -> None:
    refused = asked("2001-12-31", "1998-01-01")

    assert refused == Refused("CYCLE_NOT_IN_FORCE", {"year": 2001}, ("applied",))
    assert isinstance(asked("2002-01-01", "1998-01-01"), Cycle)


# The row that decides for each year of application, and whether it binds: domain §3.1.
@pytest.mark.parametrize(
    ("year", "row", "binding"),
    [
        (2002, "cycle.guangzhou.2002", True),
        (2011, "cycle.guangzhou.2002", True),
        (2012, "cycle.guangzhou.2012", True),
        (2016, "cycle.guangzhou.2012", True),
        (2017, "cycle.guangzhou.2017", False),
        (2021, "cycle.guangzhou.2021", False),
    ],
)
def test_from_2017_a_cycle_is_a_what_if(year: int, row: str, binding: bool) -> None:
    policy = found(f"{year}-05-01", f"{year - 1}-05-01").policy

    assert (policy.scope.id, policy.binding) == (row, binding)
    assert (policy.longest_years, policy.public_courses, policy.professional_courses) == (5, 2, 2)


# Sourced are 2007 for natural sciences, and the years from 2008 for both (domain §7).
@pytest.mark.parametrize(
    ("applied", "qualified", "discipline", "unsourced"),
    [
        ("2012-06-30", "2007-01-01", NATURAL, False),
        ("2012-06-30", "2007-01-01", SOCIAL, True),
        ("2012-06-30", "2008-01-01", SOCIAL, False),
        ("2011-06-30", "2008-01-01", SOCIAL, True),  # two and two courses before 2012
    ],
)
def test_a_number_without_a_document_is_flagged(
    applied: str, qualified: str, discipline: Discipline, unsourced: bool
) -> None:
    assert found(applied, qualified, discipline=discipline).unsourced is unsourced


@pytest.mark.parametrize(
    ("year", "place", "hours"),
    [
        (2008, "guangdong", 72),
        (2020, "guangdong", 72),
        (2021, "guangdong", 90),
        (2016, "china", 90),
    ],
)
def test_province_and_country_have_rows_of_their_own(year: int, place: str, hours: int) -> None:
    row = regulation.current().cycle_year(
        year, person_group=PersonGroup.GENERAL, discipline=NATURAL, jurisdiction=place
    )

    assert row.hours == Decimal(hours)
    assert row.scope.jurisdiction == place
