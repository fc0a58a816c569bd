"""The file of the regulation: which row decides for whom and when, and what a bad file says."""

from datetime import date
from decimal import Decimal

import pytest

from rules import regulation
from rules.person import Discipline, PersonGroup
from rules.regulation import RegulationError

PLACES = """
[jurisdiction.country]
[jurisdiction.province]
within = "country"
[jurisdiction.city]
within = "province"
"""

NUMBERS = """
total_hours = "72.0"
public_hours = "18.0"
professional_hours = "42.0"
hours_per_day = "6.0"
binding = true
source = "test"
"""


def annual_row(name: str, place: str, more: str = "") -> str:
    return f'[[annual]]\nid = "{name}"\njurisdiction = "{place}"\n{more}\n{NUMBERS}'


def file_of(*rows: str) -> str:
    return PLACES + "\n".join(rows)


# Total, public and professional hours, hours a day; domain §3.1 and the head of the file.
@pytest.mark.parametrize(
    ("years", "name", "hours", "binding"),
    [
        ((1990, 2007, 2008, 2011), "annual.guangzhou.before-2012", (72, 18, 42, 6), False),
        ((2012, 2015, 2016), "annual.guangzhou.2012", (72, 18, 42, 6), True),
        ((2017, 2020), "annual.guangzhou.2017", (72, 18, 42, 6), True),
        ((2021, 2026, 2040), "annual.guangdong.2021", (90, 30, 42, 8), True),
    ],
)
def test_guangzhou_follows_one_row_in_each_year(
    years: tuple[int, ...], name: str, hours: tuple[Decimal, ...], binding: bool
) -> None:
    for year in years:
        row = regulation.current().annual(year)

        assert row.scope.id == name
        assert row.binding is binding
        assert (row.total_hours, row.public_hours) == hours[:2]
        assert (row.professional_hours, row.hours_per_day) == hours[2:]


@pytest.mark.parametrize(
    ("place", "year", "name"),
    [
        ("guangdong", 2010, "annual.guangdong.2008"),
        ("guangdong", 2020, "annual.guangdong.2008"),
        ("guangdong", 2021, "annual.guangdong.2021"),
        ("china", 2016, "annual.china.2016"),
        ("china", 2026, "annual.china.2016"),
    ],
)
def test_another_jurisdiction_has_rows_of_its_own(place: str, year: int, name: str) -> None:
    assert regulation.current().annual(year, jurisdiction=place).scope.id == name


def test_where_no_row_is_in_force_that_is_said() -> None:
    with pytest.raises(RegulationError, match="no row of annual is in force for china in 2015"):
        regulation.current().annual(2015, jurisdiction="china")
    with pytest.raises(RegulationError, match="no row of achievement"):
        regulation.current().achievement(2012, jurisdiction="china")
    with pytest.raises(RegulationError, match="no row of record"):
        regulation.current().record(2012, jurisdiction="china")


def test_every_shipped_row_has_a_source_and_hours_that_fit_into_the_total() -> None:
    for row in regulation.current().annual_rows:
        assert row.scope.source
        assert row.public_hours + row.professional_hours <= row.total_hours


@pytest.mark.parametrize(
    ("row", "document"),
    [
        ("annual.guangzhou.2012", "穗人社函〔2012〕272号"),
        ("cycle.guangzhou.2012", "穗人社函〔2012〕272号"),
        ("annual.guangdong.2008", "省《继续教育证书管理办法》"),
        ("cycle_year.china.2016", "人社部令第25号"),
        ("annual.guangdong.2021", ""),  # read from a page that names no document
        ("nowhere", ""),
    ],
)
def test_a_row_names_its_document_where_one_is_known(row: str, document: str) -> None:
    assert regulation.current().document(row) == document


def test_no_document_is_an_address() -> None:
    for scope in regulation.current().scopes:
        assert not any(part in scope.document for part in ("://", "www.", ".com", ".cn"))


def test_achievements_count_28_and_14_hours_in_every_year() -> None:
    row = regulation.current().achievement(2012)

    assert (row.lead_hours, row.contributor_hours) == (Decimal("28.0"), Decimal("14.0"))
    assert regulation.current().achievement(2026) is row


def test_a_certificate_is_needed_before_2008() -> None:
    assert regulation.current().record(2007).proof_from_institution_before == 2008


def test_records_are_registered_by_31_january_since_annual_verification_exists() -> None:
    row = regulation.current().registration(2012)

    assert row is not None
    assert row.deadline(2012) == date(2013, 1, 31)
    assert regulation.current().registration(2011) is None


def test_the_nearest_jurisdiction_decides() -> None:
    law = regulation.load(
        file_of(
            annual_row("nation", "country"),
            annual_row("province", "province"),
            annual_row("city", "city", "from = 2012\nto = 2016"),
        )
    )

    assert law.annual(2012, jurisdiction="city").scope.id == "city"
    assert law.annual(2017, jurisdiction="city").scope.id == "province"
    assert law.annual(2017, jurisdiction="country").scope.id == "nation"


def test_a_row_for_a_group_or_discipline_goes_before_the_row_for_everybody() -> None:
    law = regulation.load(
        file_of(
            annual_row("all", "city"),
            annual_row("teachers", "city", 'person_group = "teacher"'),
            annual_row("social", "city", 'discipline = "social"\nperson_group = "health"'),
        )
    )

    def row(group: PersonGroup, discipline: Discipline | None = None) -> str:
        found = law.annual(2020, person_group=group, discipline=discipline, jurisdiction="city")
        return found.scope.id

    assert row(PersonGroup.GENERAL) == "all"
    assert row(PersonGroup.TEACHER, Discipline.SOCIAL) == "teachers"
    assert row(PersonGroup.HEALTH) == "all"
    assert row(PersonGroup.HEALTH, Discipline.SOCIAL) == "social"


def test_a_near_row_for_everybody_goes_before_a_far_row_for_a_group() -> None:
    law = regulation.load(
        file_of(
            annual_row("city", "city"),
            annual_row("teachers", "province", 'person_group = "teacher"'),
        )
    )
    found = law.annual(2020, person_group=PersonGroup.TEACHER, jurisdiction="city")

    assert found.scope.id == "city"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", ""),
        ("to = 2012", "from = 2012"),
        ("from = 2010\nto = 2020", "from = 2015\nto = 2016"),
        ("from = 2015", "from = 2010"),
        ('person_group = "teacher"', 'discipline = "social"'),
    ],
)
def test_two_rows_that_would_both_decide_are_refused(one: str, other: str) -> None:
    for rows in ((one, other), (other, one)):
        with pytest.raises(RegulationError, match="both would decide"):
            regulation.load(
                file_of(annual_row("a", "city", rows[0]), annual_row("b", "city", rows[1]))
            )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("to = 2011", "from = 2012"),
        ("from = 2010\nto = 2011", "from = 2012\nto = 2012"),
        ('person_group = "teacher"', 'person_group = "health"'),
        ('person_group = "teacher"', ""),
        ('discipline = "natural"', 'discipline = "social"'),
    ],
)
def test_rows_that_keep_out_of_each_others_way_are_fine(one: str, other: str) -> None:
    law = regulation.load(file_of(annual_row("a", "city", one), annual_row("b", "city", other)))

    assert len(law.annual_rows) == 2


REPEATED = annual_row("a", "city", "to = 2011") + annual_row("a", "city", "from = 2012")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[annual", "no TOML"),
        (file_of(annual_row("a", "moon")), "row a: jurisdiction moon is unknown"),
        (file_of(REPEATED), "row a: the id stands 2 times"),
        (file_of(annual_row("a", "city", "hours = 1")), r"row a: unknown \['hours'\]"),
        (file_of('[[annual]]\nid = "a"\n'), r"row a: unknown \[\], missing \['binding',"),
        (file_of("[[annual]]\n"), r"row \(without id\)"),
        (file_of(annual_row("a", "city", "from = 2013\nto = 2012")), "from 2013 to 2012"),
        (file_of(annual_row("a", "city", "document = 25")), "row a: 25 should be str"),
        (file_of(annual_row("a", "city", 'from = "2013"')), "row a: '2013' should be int"),
        (file_of(annual_row("a", "city", 'person_group = "pilot"')), "row a: 'pilot'"),
        (file_of(annual_row("a", "city")).replace('"72.0"', "72.0"), "72.0 should be Decimal"),
        (file_of(annual_row("a", "city")).replace('"72.0"', '"many"'), "'many' is no number"),
        (file_of(annual_row("a", "city")).replace("true", "1"), "row a: 1 should be bool"),
        (file_of(annual_row("a", "city")).replace('"test"', '""'), "a number needs a source"),
        ('[jurisdiction.a]\nwithin = "b"\n', "jurisdiction b: unknown"),
        ('[jurisdiction.a]\nwithin = "a"\n', "jurisdiction a: unknown, or within itself"),
    ],
)
def test_a_bad_file_says_which_row_and_what(text: str, complaint: str) -> None:
    with pytest.raises(RegulationError, match=complaint):
        regulation.load(text)
