"""Tables of worked examples: which kind one is, and where it and the rules differ."""

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rules import golden
from rules.cell import Cells, Row, same

# A note may carry what has no column of its own: "earliest=2012-07-01".
IN_NOTE = re.compile(r"\b([a-z_]+)=(\S+)")
NOTE = "note"

Computation = Callable[[Row, Sequence[Row]], Cells]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of table: what it decides, its columns, and the rules behind some of them."""

    name: str
    columns: tuple[str, ...]
    compute: Computation

    @property
    def key(self) -> str:
        """The column that names a row."""
        return self.columns[0]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a table and the rules differ; without a column, why the row cannot be computed."""

    key: str
    column: str
    told: str
    computed: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A table that was compared: how many cells, and those that differ."""

    kind: Kind
    rows: int
    cells: int
    differences: tuple[Difference, ...]


def _kind(name: str, columns: str, compute: Computation) -> Kind:
    return Kind(name, tuple(columns.split()), compute)


KINDS = (
    _kind(
        "annual verification",
        "id year total_hours public_hours professional_hours elective_hours verdict short_total"
        " short_public short_professional binding",
        golden.of_annual,
    ),
    _kind("distinct courses", "id year category subject new_in_cycle", golden.of_courses),
    _kind(
        "years and hours of a cycle",
        "id applied qualified person_group discipline first_year last_year required_hours refusal",
        golden.of_cycle,
    ),
    _kind(
        "hours, days and verdicts",
        "id scope first_year last_year discipline total_hours public_hours professional_hours"
        " elective_hours public_courses professional_courses days required_hours verdict",
        golden.of_hours,
    ),
    _kind(
        "citizen numbers and unit codes",
        "id kind value valid normalised reason birth_date gender",
        golden.of_identity,
    ),
    _kind("pages, dates, businesses", "id kind input expected", golden.of_lists),
    _kind(
        "training records",
        "id category achievement role starts_on ends_on declared_hours attended_days"
        " approved_hours status counted_year counted_hours refusal",
        golden.of_records,
    ),
    _kind(
        "supplement of the current year",
        "id applied person_group first_year last_year required_hours cycle_hours"
        " cycle_public_courses cycle_professional_courses record_ends_on record_category"
        " record_hours record_is_new_course supplement_used counted_hours counted_public_courses"
        " counted_professional_courses verdict short_hours short_public_courses"
        " short_professional_courses",
        golden.of_supplement,
    ),
    _kind("professional titles", "code series title level", golden.of_titles),
)


def recognised(header: Sequence[str]) -> Kind | None:
    """Return the kind all whose columns are there; their order and further ones do not matter."""
    return next((kind for kind in KINDS if set(kind.columns) <= set(header)), None)


def nearest(header: Sequence[str]) -> Kind:
    """Return the kind most of whose columns are there: what was probably meant."""
    return max(
        KINDS,
        key=lambda kind: difflib.SequenceMatcher(None, kind.columns, tuple(header)).ratio(),
    )


def compared(kind: Kind, rows: Sequence[Row]) -> Checked:
    """Compute every row and compare each cell the rules decide; the order is that of the table."""
    known = [{**dict(IN_NOTE.findall(row.get(NOTE, ""))), **row} for row in rows]
    found = [each for row in known for each in _row(kind, row, known)]
    differences = tuple(each for each in found if each is not None)
    return Checked(kind, len(rows), len(found), differences)


def _row(kind: Kind, row: Row, rows: Sequence[Row]) -> Iterator[Difference | None]:
    """Yield one answer per cell: the difference, or nothing where both agree."""
    try:
        computed = kind.compute(row, rows)
    except ValueError as error:
        yield Difference(row[kind.key], "", "", str(error))
        return
    for column, cell in computed.items():
        if column in row:
            agree = same(row[column], cell)
            yield None if agree else Difference(row[kind.key], column, row[column], cell)
