"""How a shape becomes SQL: PostgreSQL paints the JSON of whatever is made of stored values.

The text is written so that nothing half-right can leave. Every JSON expression is joined by `||`,
which is NULL as soon as one part is: a value that must be there and is not, a word no enum
knows, a row that must be there and may not be read. The whole row is then NULL, and its reader
asks again for plain rows, where the fault gets its place and its sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from models.access import Viewer
from models.read import Parameters
from models.relations import RELATIONS, Relation
from models.select import Readable, Source
from models.shape import Branch, Kind, Leaf, Shape, Wanted

MOST_JOINS = 32  # of one statement: more would take longer to plan than to run
WIDEST = 57  # bytes of `Type:uuid` that base64 writes without a line break


@dataclass(frozen=True, slots=True)
class Gate:
    """A place in a statement where the access condition of a row stands."""

    readable: Readable
    alias: str

    def __call__(self, viewer: Viewer, p: Parameters) -> str:
        return self.readable(viewer, p, self.alias)


Part: TypeAlias = "str | Gate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What to select of a row of a source, from which columns, and what is joined to it for that.

    `painted` says that the whole row is JSON; otherwise only its `parts` are: the columns `ready0`,
    `ready1`, … by their key in the answer.
    """

    source: Source
    painted: bool
    shown: str
    columns: str
    parts: Sequence[str]
    joined: Sequence[Part]

    def over(self, inner: str, beside: Sequence[str], viewer: Viewer, p: Parameters) -> str:
        """FROM: some rows of the source, with further columns beside, and the joins."""
        joined = "".join(one if isinstance(one, str) else one(viewer, p) for one in self.joined)
        columns = ", ".join([self.columns, *beside] if self.columns else beside)
        there = f"({inner}) {self.source.alias} {self.source.joins}"
        return f"FROM (SELECT {columns} FROM {there}) x0{joined}"


@dataclass(slots=True)
class Canvas:
    """Aliases given so far, and the joins in the order they must stand."""

    aliases: int = 0
    joined: list[Part] = field(default_factory=list)

    def alias(self) -> str:
        """The next one."""
        self.aliases += 1
        return f"x{self.aliases}"


@dataclass(slots=True)
class Place:
    """One row on the canvas: its alias, and the columns it must bring."""

    source: Source
    alias: str
    columns: dict[str, str] = field(default_factory=dict)

    def column(self, name: str) -> str:
        """A value of the row."""
        self.columns.setdefault(name, self.source.expression(name))
        return f"{self.alias}.{name}"


def of(source: Source, wanted: Wanted) -> Picture:
    """The picture of what is wanted, painted once."""
    if source not in wanted.worked_out:
        wanted.worked_out[source] = painted(source, wanted.shapes)
    picture: Picture = wanted.worked_out[source]
    return picture


def painted(source: Source, wanted: Mapping[str, Shape]) -> Picture:
    """The picture of rows of a source; where Python must answer, only of what it need not."""
    shapes = {name: wanted[name] for name in source.type_names if name in wanted}
    canvas, row = Canvas(), Place(source, "x0")
    whole = drawn(canvas, row, shapes) if shapes else None
    if whole is None:
        return in_part(source, [*shapes.values()])
    return Picture(
        source=source,
        painted=True,
        shown=f"{whole} AS json",
        columns=", ".join(f"{sql} AS {name}" for name, sql in row.columns.items()),
        parts=(),
        joined=canvas.joined,
    )


def in_part(source: Source, shapes: Sequence[Shape]) -> Picture:
    """Whole rows, and beside them the JSON of the branches that are PostgreSQL's to say."""
    canvas, row, parts = Canvas(), Place(source, "x0"), {}
    for one in shapes[0].fields if len(shapes) == 1 else ():
        if isinstance(one, Branch) and (text := led_to(canvas, row, one)):
            parts[one.key] = text
    return Picture(
        source=source,
        painted=False,
        shown="x0.*" + "".join(f", {text} AS ready{n}" for n, text in enumerate(parts.values())),
        columns=source.columns,
        parts=[*parts],
        joined=canvas.joined,
    )


def drawn(canvas: Canvas, row: Place, shapes: Mapping[str, Shape]) -> str | None:
    """The JSON of one row, or nothing when part of it is not PostgreSQL's to say."""
    first = next(iter(shapes.values()))
    if set(shapes) == set(row.source.type_names) and all(one == first for one in shapes.values()):
        return of_type(canvas, row, first)
    chosen = ""
    for name, shape in shapes.items():
        text = of_type(canvas, row, shape)
        if text is None:  # at once: the types below would be tried in vain, each level more often
            return None
        chosen += f" WHEN '{name}' THEN {text}"
    return f"CASE {type_name(row)}{chosen} END"


def of_type(canvas: Canvas, row: Place, shape: Shape) -> str | None:
    """The JSON of a row of one type."""
    pieces = []
    for one in shape.fields:
        if isinstance(one, Leaf):
            text: str | None = value(row, one)
        else:
            text = led_to(canvas, row, one) if isinstance(one, Branch) else None
        if text is None:
            return None
        pieces.append(f'"{one.key}":\' || {text}')
    return "('{" + " || ',".join(pieces) + " || '}')" if pieces else "'{}'"


def value(row: Place, leaf: Leaf) -> str:
    """A value as JSON; NULL when it must be there and is not."""
    if leaf.kind is Kind.TYPE_NAME:
        return quoted(type_name(row))
    text = written(row, leaf)
    if leaf.required:
        return text
    if leaf.kind is Kind.WORD:  # a word that no enum knows is NULL too, and must not pass as none
        return f"CASE WHEN {row.column(leaf.name)} IS NULL THEN 'null' ELSE {text} END"
    return f"coalesce({text}, 'null')"


def written(row: Place, leaf: Leaf) -> str:
    """A value as JSON, NULL when there is none."""
    if leaf.kind is Kind.NODE_ID:
        return node_id(row)
    column = row.column(leaf.name)
    match leaf.kind:
        case Kind.NUMBER | Kind.TRUTH:
            return f"{column}::text"
        case Kind.HOURS | Kind.DAY:
            return quoted(f"{column}::text")
        case Kind.WORD:
            words = " ".join(
                f"WHEN '{value}' THEN '\"{word}\"'" for value, word in leaf.words.items()
            )
            return f"CASE {column} {words} END"
        case _:
            return f"to_json({column})::text"


def quoted(text: str) -> str:
    """A text without anything to escape, in quotation marks."""
    return f"'\"' || {text} || '\"'"


def type_name(row: Place) -> str:
    """The type of a row; where a source has but one, nothing is asked."""
    names = row.source.type_names
    return f"'{names[0]}'" if len(names) == 1 else row.column("type_name")


def node_id(row: Place) -> str:
    """A global id, as `resolvers/ids.py` writes it."""
    named = f"{type_name(row)} || ':' || {row.column('id')}"
    coded = f"encode(convert_to({named}, 'UTF8'), 'base64')"
    longest = max(map(len, row.source.type_names)) + 37
    return quoted(coded if longest < WIDEST else f"translate({coded}, E'\\n', '')")


def led_to(canvas: Canvas, row: Place, branch: Branch) -> str | None:
    """The JSON of the rows a branch leads to, from a join that is put on the canvas."""
    relation = RELATIONS.get(row.source.alias, {}).get(branch.name)
    if relation is None or relation.many is not branch.many or canvas.aliases >= MOST_JOINS:
        return None
    inner = Canvas(aliases=canvas.aliases)
    there = Place(relation.source, inner.alias())
    text = drawn(inner, there, branch.shapes)
    if text is None:
        return None
    canvas.aliases = inner.aliases
    key = row.column(relation.equals)
    if relation.many:
        return listed(canvas, there, text, inner.joined, relation, key)
    canvas.joined += [
        " LEFT JOIN LATERAL (",
        *rows(there, relation, key),
        f") {there.alias} ON true",
    ]
    canvas.joined += inner.joined
    missing = "NULL" if branch.required else "'null'"
    return f"CASE WHEN {there.column('id')} IS NULL THEN {missing} ELSE {text} END"


def listed(
    canvas: Canvas, row: Place, text: str, joined: Sequence[Part], relation: Relation, key: str
) -> str:
    """A list: in its order, and NULL as soon as one of its rows is."""
    alias = canvas.alias()
    row.columns["place"] = f"row_number() OVER (ORDER BY {relation.order})"
    canvas.joined += [
        " LEFT JOIN LATERAL (SELECT CASE WHEN count(*) = count(of_list.j) THEN"
        " '[' || coalesce(string_agg(of_list.j, ',' ORDER BY of_list.place), '') || ']' END AS j"
        f" FROM (SELECT {text} AS j, {row.alias}.place FROM (",
        *rows(row, relation, key),
        f") {row.alias}",
        *joined,
        f") of_list) {alias} ON true",
    ]
    return f"{alias}.j"


def rows(row: Place, relation: Relation, key: str) -> list[Part]:
    """The rows of a relation that belong to a key and may be read."""
    source = row.source
    row.column("id")
    selected = ", ".join(f"{sql} AS {name}" for name, sql in row.columns.items())
    condition = f"{source.expression(relation.on)} = {key}"
    extra = f" AND {relation.where}" if relation.where else ""
    one = "" if relation.many or not relation.order else f" ORDER BY {relation.order} LIMIT 1"
    gate: list[Part] = [" AND ", Gate(source.readable, source.alias)] if source.readable else []
    return [
        f"SELECT {selected} FROM {source.tables} {source.joins} WHERE {condition}{extra}",
        *gate,
        one,
    ]
