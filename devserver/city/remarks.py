"""Prepared remarks (批注) of the bodies that review."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from devserver.city import chance, stage
from devserver.city.people import Dweller
from devserver.city.places import Place
from devserver.city.rows import Rows


def write(
    rows: Rows, places: Mapping[str, Place], dwellers: Sequence[Dweller], *, founded: datetime
) -> None:
    """A set for every body of the kinds that remarks.toml names."""
    luck = chance.of("remarks")
    for listed in stage.written()["remark"]:
        for place in places.values():
            author = author_of(place, dwellers)
            if place.kind in listed["places"] and author:
                for act, text in listed["texts"]:
                    row = columns(listed, place, author, act, text)
                    rows.add("remark", id=chance.row_id(luck, founded), **row, created_at=founded)


def author_of(place: Place, dwellers: Sequence[Dweller]) -> Dweller | None:
    """Somebody who reviews there."""
    return next(
        (each for each in dwellers for seat in each.seats if seat.place is place and seat.groups),
        None,
    )


def columns(
    listed: Mapping[str, Any], place: Place, author: Dweller, act: str, text: str
) -> dict[str, Any]:
    """One remark."""
    return {
        "organisation_id": place.id,
        "route_code": listed["route"],
        "step_key": listed["step"],
        "act": act,
        "text": text,
        "created_by_id": author.id,
    }
