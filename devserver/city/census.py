"""The rows of the people: person, profile, employment, account and seats."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from devserver.city import chance, people, studies
from devserver.city.people import Dweller, Officer, Seat
from devserver.city.rows import Rows
from models.account import UserType
from rules import dates, identity
from rules.person import Discipline, Education, PersonGroup

MASKED = identity.mask_strict("440" + 15 * "0")
AUTHORITY = {"titles": ["123", "124"], "discipline": "social", "group": "general"}


def write(
    rows: Rows,
    dwellers: Sequence[Dweller],
    *,
    password_hash: str,
    founded: datetime,
    first: int = 1,
) -> None:
    """Everything about everybody, but for records."""
    luck = chance.of(f"census {first}")
    for number, each in enumerate(dwellers, start=first):
        write_one(rows, luck, each, number, password_hash=password_hash, founded=founded)


def write_one(
    rows: Rows,
    luck: random.Random,
    each: Dweller,
    number: int,
    *,
    password_hash: str,
    founded: datetime,
) -> None:
    """Everything about somebody, but for records."""
    rows.add("person", **person_row(each, number, founded))
    rows.add("profile", **profile_row(luck, each, number, founded))
    rows.add("employment", **employment_row(luck, each, founded))
    rows.add("account", **account_row(each, password_hash, founded + timedelta(seconds=number)))
    for seat in (None, *each.seats):
        rows.add("seat", **seat_row(luck, each, seat, founded))
    if each.has_records:
        rows.add("person_total", **total_row(luck, each, founded))


def write_officers(rows: Rows, *, password_hash: str, founded: datetime) -> None:
    """The three officers: an account and an office, and nothing of business."""
    luck = chance.of("offices")
    for number, each in enumerate(people.officers(founded)):
        rows.add("person", **{**person_row(each, number, founded), "ce_number": None})
        rows.add("account", **account_row(each, password_hash, founded))
        seat = {**seat_row(luck, each, None, founded), "user_type": each.office}
        rows.add("seat", **seat)


def person_row(each: Dweller | Officer, number: int, founded: datetime) -> dict[str, Any]:
    """The person; his citizen number was never known, so the mask is all there is."""
    return {
        "id": each.id,
        "name": each.name,
        "masked_number": MASKED,
        "ce_number": None if each.story == "unfilled" else f"D{number:09d}",
        "created_at": founded,
    }


def profile_row(
    luck: random.Random, each: Dweller, number: int, founded: datetime
) -> dict[str, Any]:
    """A complete profile, but for the one who has not filled it yet."""
    filled = {
        "gender": each.gender,
        "birth_date": each.born_on,
        "education": luck.choice(list(Education)),
        **career(luck, each, number),
        "phone": f"139{number:08d}",
    }
    columns = filled if each.story != "unfilled" else dict.fromkeys(filled)
    return {
        "id": chance.row_id(luck, founded),
        "person_id": each.id,
        **columns,
        "has_title": columns["title_code"] is not None or each.story == "unfilled",
        "person_group": columns["person_group"] or PersonGroup.GENERAL,
        "version": 1,
        "updated_at": founded,
    }


def career(luck: random.Random, each: Dweller, number: int) -> dict[str, Any]:
    """Title and its date; one in eleven has none and states when he began to work."""
    field = studies.listed()["field"].get(each.employer.field, AUTHORITY)
    titled = number % 11 != 0
    began = each.born_on.year + 23
    qualified_on = date(luck.randint(began, began + 20), luck.randint(1, 12), luck.randint(1, 28))
    return {
        "title_code": luck.choice(field["titles"]) if titled else None,
        "qualified_on": min(qualified_on, date(began + 3, 12, 31)) if titled else None,
        "started_work_on": date(began, 7, 1),
        "discipline": Discipline(field["discipline"]),
        "person_group": PersonGroup(field["group"]),
    }


def employment_row(luck: random.Random, each: Dweller, founded: datetime) -> dict[str, Any]:
    """Where he works, since before the city kept records."""
    return {
        "id": chance.row_id(luck, founded),
        "person_id": each.id,
        "organisation_id": each.employer.id,
        "from_on": dates.shanghai_date(founded),
        "until_on": None,
    }


def account_row(each: Dweller | Officer, password_hash: str, founded: datetime) -> dict[str, Any]:
    """The account; production does not start over one that is marked as demo."""
    return {
        "id": each.account_id,
        "person_id": each.id,
        "login": each.login,
        "password_hash": password_hash,
        "demo": True,
        "created_at": founded,
    }


def seat_row(
    luck: random.Random, each: Dweller | Officer, seat: Seat | None, founded: datetime
) -> dict[str, Any]:
    """A seat; without one of an organisation it is his own."""
    return {
        "id": chance.row_id(luck, founded),
        "person_id": each.id,
        "organisation_id": seat.place.id if seat else None,
        "user_type": seat.user_type if seat else UserType.PERSON,
        "groups": list(seat.groups) if seat else [],
        "duties": list(seat.duties) if seat else [],
        "created_at": founded,
    }


def total_row(luck: random.Random, each: Dweller, founded: datetime) -> dict[str, Any]:
    """His figures are older than his records until the first verification."""
    return {
        "id": chance.row_id(luck, founded),
        "person_id": each.id,
        "dirty_version": 1,
        "computed_version": 0,
        "stale_since": founded,
        "computed_at": None,
    }
