"""The regulation: regulation.toml read into policy rows, and the row in force for a year."""

import tomllib
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import chain, combinations
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from rules import policy
from rules.person import Discipline, PersonGroup

FILE = Path(__file__).with_name("regulation.toml")

GUANGZHOU = "guangzhou"

SCOPE_KEYS = frozenset(
    "id jurisdiction from to person_group discipline document source unsourced note".split()
)

T = TypeVar("T")


class RegulationError(ValueError):
    """The regulation cannot be used: the text names the row and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulation:
    """Every row of one file; `chains` lists each jurisdiction and what it lies within."""

    chains: Mapping[str, tuple[str, ...]]
    annual_rows: tuple[policy.AnnualPolicy, ...]
    achievement_rows: tuple[policy.AchievementPolicy, ...]
    record_rows: tuple[policy.RecordPolicy, ...]
    registration_rows: tuple[policy.RegistrationPolicy, ...]
    cycle_rows: tuple[policy.CyclePolicy, ...]
    window_rows: tuple[policy.WindowPolicy, ...]
    application_rows: tuple[policy.ApplicationPolicy, ...]
    cycle_year_rows: tuple[policy.CycleYearPolicy, ...]

    def annual(
        self,
        year: int,
        *,
        person_group: PersonGroup = PersonGroup.GENERAL,
        discipline: Discipline | None = None,
        jurisdiction: str = GUANGZHOU,
    ) -> policy.AnnualPolicy:
        """Return the annual thresholds in force in `year`: domain §0.4, §3.1."""
        found = self._row(self.annual_rows, year, jurisdiction, person_group, discipline)
        return _found(found, "annual", year, jurisdiction)

    def achievement(self, year: int, *, jurisdiction: str = GUANGZHOU) -> policy.AchievementPolicy:
        """Return the hours of an achievement awarded in `year`: L158."""
        found = self._row(self.achievement_rows, year, jurisdiction)
        return _found(found, "achievement", year, jurisdiction)

    def record(self, year: int, *, jurisdiction: str = GUANGZHOU) -> policy.RecordPolicy:
        """Return the bounds of a record that ended in `year`: L168, L594."""
        found = self._row(self.record_rows, year, jurisdiction)
        return _found(found, "record", year, jurisdiction)

    def registration(
        self, year: int, *, jurisdiction: str = GUANGZHOU
    ) -> policy.RegistrationPolicy | None:
        """Return until when the records of `year` are registered, if there is a day: L320."""
        return self._row(self.registration_rows, year, jurisdiction)

    def cycle(self, year: int, *, jurisdiction: str = GUANGZHOU) -> policy.CyclePolicy | None:
        """Return what a cycle asks for when applied for in `year`; none before 2002: §3.1."""
        return self._row(self.cycle_rows, year, jurisdiction)

    def window(
        self, year: int, *, person_group: PersonGroup, jurisdiction: str = GUANGZHOU
    ) -> policy.WindowPolicy:
        """Return the windows of applications of `year`: L665–666."""
        found = self._row(self.window_rows, year, jurisdiction, person_group)
        return _found(found, "window", year, jurisdiction)

    def application(
        self, year: int, *, person_group: PersonGroup, jurisdiction: str = GUANGZHOU
    ) -> policy.ApplicationPolicy | None:
        """Return until when a group applies in `year`, if it has a day of its own: L162."""
        return self._row(self.application_rows, year, jurisdiction, person_group)

    def cycle_year(
        self,
        year: int,
        *,
        person_group: PersonGroup,
        discipline: Discipline,
        jurisdiction: str = GUANGZHOU,
    ) -> policy.CycleYearPolicy:
        """Return the hours `year` asks for within a cycle: L670–672, domain §0.1."""
        found = self._row(self.cycle_year_rows, year, jurisdiction, person_group, discipline)
        return _found(found, "cycle_year", year, jurisdiction)

    def document(self, row_id: str) -> str:
        """Return the title of the document behind a row; empty where none is known."""
        return next((each.document for each in self.scopes if each.id == row_id), "")

    @property
    def scopes(self) -> Iterator[policy.Scope]:
        """Every row of the file, without its numbers."""
        return (row.scope for rows in _kinds(self) for row in rows)

    def _row(
        self,
        rows: tuple[policy.R, ...],
        year: int,
        jurisdiction: str,
        person_group: PersonGroup = PersonGroup.GENERAL,
        discipline: Discipline | None = None,
    ) -> policy.R | None:
        return policy.deciding(
            rows,
            chain=self.chains[jurisdiction],
            year=year,
            person_group=person_group,
            discipline=discipline,
        )


@cache
def current() -> Regulation:
    """Return the regulation this program came with."""
    return load(FILE.read_text(encoding="utf-8"))


def load(text: str) -> Regulation:
    """Read a regulation; raise RegulationError when a row is wrong or two rows contradict."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RegulationError(f"no TOML: {error}") from error
    chains = _chains(tables.get("jurisdiction", {}))
    regulation = Regulation(
        chains=chains,
        annual_rows=_rows(policy.AnnualPolicy, tables.get("annual", [])),
        achievement_rows=_rows(policy.AchievementPolicy, tables.get("achievement", [])),
        record_rows=_rows(policy.RecordPolicy, tables.get("record", [])),
        registration_rows=_rows(policy.RegistrationPolicy, tables.get("registration", [])),
        cycle_rows=_rows(policy.CyclePolicy, tables.get("cycle", [])),
        window_rows=_rows(policy.WindowPolicy, tables.get("window", [])),
        application_rows=_rows(policy.ApplicationPolicy, tables.get("application", [])),
        cycle_year_rows=_rows(policy.CycleYearPolicy, tables.get("cycle_year", [])),
    )
    _check(regulation)
    return regulation


def _found(row: T | None, kind: str, year: int, jurisdiction: str) -> T:
    if row is None:
        raise RegulationError(f"no row of {kind} is in force for {jurisdiction} in {year}")
    return row


def _chains(places: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Return each jurisdiction with those around it, the nearest first."""

    def around(name: str, inner: tuple[str, ...]) -> tuple[str, ...]:
        if name not in places or name in inner:
            raise RegulationError(f"jurisdiction {name}: unknown, or within itself")
        so_far = (*inner, name)
        within = places[name].get("within")
        return around(within, so_far) if within else so_far

    return MappingProxyType({name: around(name, ()) for name in places})


def _rows(kind: type[policy.R], tables: Sequence[Mapping[str, Any]]) -> tuple[policy.R, ...]:
    return tuple(_row(kind, table) for table in tables)


def _row(kind: Any, table: Mapping[str, Any]) -> Any:
    where = f"row {table.get('id', '(without id)')}"
    numbers = {field.name: field.type for field in fields(kind) if field.name != "scope"}
    unknown = table.keys() - SCOPE_KEYS - numbers.keys()
    absent = ({"id", "jurisdiction", "source"} | numbers.keys()) - table.keys()
    if unknown or absent:
        raise RegulationError(f"{where}: unknown {sorted(unknown)}, missing {sorted(absent)}")
    values = {name: _value(kind_of, table[name], where) for name, kind_of in numbers.items()}
    return kind(scope=_scope(table, where), **values)


def _value(kind: Any, raw: Any, where: str) -> Any:
    """Return a number of the file; hours stand there as text, because floats are not exact."""
    if kind is Decimal and isinstance(raw, str):
        try:
            return Decimal(raw)
        except InvalidOperation as error:
            raise RegulationError(f"{where}: {raw!r} is no number") from error
    if type(raw) is kind:
        return raw
    raise RegulationError(f"{where}: {raw!r} should be {kind.__name__}, hours as text")


def _year(raw: Any, where: str) -> int | None:
    return None if raw is None else int(_value(int, raw, where))


def _scope(table: Mapping[str, Any], where: str) -> policy.Scope:
    group, discipline = table.get("person_group"), table.get("discipline")
    first, last = (_year(table.get(key), where) for key in ("from", "to"))
    if first is not None and last is not None and first > last:
        raise RegulationError(f"{where}: from {first} to {last} is no year")
    try:
        return policy.Scope(
            id=table["id"],
            jurisdiction=table["jurisdiction"],
            first_year=first,
            last_year=last,
            person_group=PersonGroup(group) if group else None,
            discipline=Discipline(discipline) if discipline else None,
            document=str(_value(str, table.get("document", ""), where)),
            source=table["source"],
            unsourced=table.get("unsourced", False),
            note=table.get("note", ""),
        )
    except ValueError as error:
        raise RegulationError(f"{where}: {error}") from error


def _kinds(regulation: Regulation) -> tuple[tuple[policy.Row, ...], ...]:
    return (
        regulation.annual_rows,
        regulation.achievement_rows,
        regulation.record_rows,
        regulation.registration_rows,
        regulation.cycle_rows,
        regulation.window_rows,
        regulation.application_rows,
        regulation.cycle_year_rows,
    )


def _check(regulation: Regulation) -> None:
    kinds = _kinds(regulation)
    scopes = [[row.scope for row in rows] for rows in kinds]
    for scope in chain.from_iterable(scopes):
        _check_scope(scope, regulation.chains)
    for name, times in Counter(scope.id for scope in chain.from_iterable(scopes)).items():
        if times > 1:
            raise RegulationError(f"row {name}: the id stands {times} times")
    for one, other in chain.from_iterable(combinations(kind, 2) for kind in scopes):
        if one.contradicts(other):
            raise RegulationError(f"rows {one.id} and {other.id}: both would decide")


def _check_scope(scope: policy.Scope, jurisdictions: Container[str]) -> None:
    if scope.jurisdiction not in jurisdictions:
        raise RegulationError(f"row {scope.id}: jurisdiction {scope.jurisdiction} is unknown")
    if not scope.source:
        raise RegulationError(f"row {scope.id}: a number needs a source")
