"""How painted rows are read: in one statement, each as its JSON or with what of it is ready."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from models import picture as pictures
from models import read, select
from models.access import Viewer
from models.picture import Picture
from models.read import Painted, Parameters, Row
from models.select import Condition, Source, Window
from models.shape import Wanted


async def window(
    source: Source, viewer: Viewer, condition: Condition, asked: Window, wanted: Wanted
) -> list[Row]:
    """Rows of a window as `select.window` reads them, with all that PostgreSQL can paint of them.

    Where it can paint the whole row, it brings nothing but `json`; otherwise every column, and in
    `ready` what is painted by key.
    """
    picture, p = pictures.of(source, wanted), Parameters()
    inner = select.windowed(source, viewer, condition, asked, p)
    levels = range(len(asked.order))
    beside = [f"{source.alias}.k{n} AS by{n}" for n in levels]
    order = select.ordered(asked, [f"x0.by{n}" for n in levels])
    return await rows_of(
        picture,
        f"SELECT {picture.shown}, {select.told(asked)}"
        f" {picture.over(inner, beside, viewer, p)} ORDER BY {order}",
        p,
    )


async def by_id(
    source: Source, viewer: Viewer, ids: Iterable[UUID], wanted: Wanted
) -> dict[UUID, Row]:
    """The readable ones of these rows, painted as far as they can be."""
    picture, p = pictures.of(source, wanted), Parameters()
    allowed = select.allowed(source, viewer, p)
    these = select.one_of(f"{source.alias}.id", ids)(p)
    there = select.tables(source, viewer, p)
    inner = f"SELECT {source.alias}.* FROM {there} WHERE {allowed} AND {these}"
    found = await rows_of(
        picture,
        f"SELECT {picture.shown}, x0.row_id"
        f" {picture.over(inner, [f'{source.alias}.id AS row_id'], viewer, p)}",
        p,
    )
    return {row["row_id"]: row for row in found}


async def rows_of(picture: Picture, sql: str, p: Parameters) -> list[Row]:
    """Painted rows as they come, others with what is ready put in its place."""
    if picture.painted:
        return await read.records(sql, p)
    found = await read.rows(sql, p)
    return [with_ready(row, picture.parts) for row in found] if picture.parts else found


def with_ready(row: Row, keys: Sequence[str]) -> Row:
    """The painted columns of a row, by key."""
    painted = {key: row[f"ready{n}"] for n, key in enumerate(keys)}
    row.ready = {key: Painted(text) for key, text in painted.items() if text is not None}
    return row
