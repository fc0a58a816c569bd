"""Conditions of a list: a few closed operators over named columns, joined by and, or, not."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Generic, TypeVar

from models.read import Parameters
from models.select import Condition, anything
from resolvers import ids
from resolvers.failure import bad_input

DEEPEST = 3
LONGEST = 100
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Among(Generic[T]):
    """Equal to a value, or to one of several."""

    eq: T | None = None
    in_: list[T] | None = None


@dataclass(frozen=True, kw_only=True)
class Span(Generic[T]):
    """From a value to a value, both included; either end may be open."""

    from_: T | None = None
    to: T | None = None


@dataclass(frozen=True, kw_only=True)
class Ordered(Generic[T]):
    """Equal to values, or within a range."""

    eq: T | None = None
    in_: list[T] | None = None
    range: Span[T] | None = None


@dataclass(frozen=True, kw_only=True)
class Text:
    """Equal to a text, or containing one; upper and lower case are alike."""

    eq: str | None = None
    in_: list[str] | None = None
    contains: str | None = None


@dataclass(frozen=True, kw_only=True)
class Word:
    """Equal to a key, or to one of several."""

    eq: str | None = None
    in_: list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class OfRow:
    """The row with this id, or with one of these."""

    eq: ids.NodeId | None = None
    in_: list[ids.NodeId] | None = None


@dataclass(frozen=True, kw_only=True)
class OfOrganisation:
    """Of this organisation, of one of these, or of one below this in the tree."""

    eq: ids.NodeId | None = None
    in_: list[ids.NodeId] | None = None
    within: ids.NodeId | None = None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Other minimums than those in force, against which figures are held: a what-if."""

    total_hours: Decimal
    public_hours: Decimal
    professional_hours: Decimal


@dataclass(frozen=True, kw_only=True)
class CycleDraft:
    """The same for cycles: hours of each year, from a year on, and courses."""

    hours_per_year: Decimal
    public_courses: int
    professional_courses: int
    from_year: int | None = None


def condition(columns: Mapping[str, str], where: Any) -> Condition:
    """What a `where` argument asks, as a condition over the columns of a source."""
    if where is None:
        return anything
    measure(where, "where", 0)
    return lambda p: joined(columns, where, p)


def measure(where: Any, path: str, depth: int) -> None:
    """Refuse nesting that nobody writes by hand."""
    if depth > DEEPEST:
        raise bad_input(path, "nested", most=DEEPEST)
    if len(where.and_ or ()) + len(where.or_ or ()) > LONGEST:
        raise bad_input(path, "conditions", most=LONGEST)
    for inner in (*(where.and_ or ()), *(where.or_ or ()), *((where.not_,) if where.not_ else ())):
        measure(inner, path, depth + 1)


def joined(columns: Mapping[str, str], where: Any, p: Parameters) -> str:
    """All conditions of one level."""
    parts = [
        operand(columns[each.name], value, p, each.name)
        for each in fields(where)
        if each.name not in ("and_", "or_", "not_")
        and (value := getattr(where, each.name)) is not None
    ]
    parts += [joined(columns, inner, p) for inner in where.and_ or ()]
    if where.or_:
        parts.append(f"({' OR '.join(joined(columns, inner, p) for inner in where.or_)})")
    if where.not_:
        parts.append(f"NOT coalesce({joined(columns, where.not_, p)}, false)")
    return f"({' AND '.join(parts)})" if parts else "true"


def operand(column: str, wanted: Any, p: Parameters, name: str) -> str:
    """The operators given for one column."""
    if isinstance(wanted, Draft | CycleDraft):
        return drafted(column, wanted, p)
    if not hasattr(wanted, "eq"):
        return f"{column} = {p(wanted)}"
    parts = []
    if wanted.eq is not None:
        parts.append(f"{column} = {given(p, plain(wanted, wanted.eq, name))}")
    if wanted.in_ is not None:
        parts.append(f"{column} = ANY ({given(p, listed(wanted, name))})")
    if (text := getattr(wanted, "contains", None)) is not None:
        parts.append(f"strpos(lower({column}), lower({p(plain(wanted, text, name))}::text)) > 0")
    if (span := getattr(wanted, "range", None)) is not None:
        parts += bounds(column, span, p)
    if (above := getattr(wanted, "within", None)) is not None:
        parts.append(below(column, p(plain(wanted, above, name))))
    return f"({' AND '.join(parts)})" if parts else "true"


def drafted(column: str, wanted: Draft | CycleDraft, p: Parameters) -> str:
    """Would these minimums turn what is stored?"""
    if isinstance(wanted, Draft):
        hours = (wanted.total_hours, wanted.public_hours, wanted.professional_hours)
        return column.format(*(f"{p(each)}::numeric" for each in hours))
    return column.format(
        since=f"{p(wanted.from_year or 0)}::int",
        hours=f"{p(wanted.hours_per_year)}::numeric",
        public=f"{p(wanted.public_courses)}::int",
        professional=f"{p(wanted.professional_courses)}::int",
    )


def below(column: str, above: str) -> str:
    """Is this organisation another, or below it in the tree?"""
    return (
        f"EXISTS (SELECT FROM organisation beneath WHERE beneath.id = {column}"
        f" AND {above}::uuid = ANY (beneath.ancestors || beneath.id))"
    )


def bounds(column: str, span: Span[Any], p: Parameters) -> list[str]:
    """The ends of a range that are given."""
    ends = ((">=", span.from_), ("<=", span.to))
    return [f"{column} {sign} {given(p, end)}" for sign, end in ends if end is not None]


def given(p: Parameters, value: Any) -> str:
    """A parameter; whole numbers as `int`, for the driver refuses what a smaller column has not."""
    several = isinstance(value, list)
    kinds = {type(one) for one in (value if several else [value])}
    return p(value) + ("::int" + "[]" * several if kinds == {int} else "")


def listed(wanted: Any, name: str) -> list[Any]:
    """The values of an `in`, not too many."""
    if len(wanted.in_) > LONGEST:
        raise bad_input(f"where.{name}", "values", most=LONGEST)
    return [plain(wanted, one, name) for one in wanted.in_]


def plain(wanted: Any, value: Any, name: str) -> Any:
    """A value as the database knows it."""
    if not isinstance(wanted, OfRow | OfOrganisation):
        if isinstance(value, str) and "\0" in value:  # PostgreSQL has no text with it
            raise bad_input(f"where.{name}", "no_nul")
        return value
    decoded = ids.decode(value)
    if decoded is None:
        raise bad_input(f"where.{name}", "id")
    return decoded[1]
