"""The seat (身份) somebody wants to act from, among those he has."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from models.account import UserType
from models.read import Row
from rules.refusal import Refused
from workflow import grant_form


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The seat somebody wants to act from: named, or by its user type, or his only one."""

    seat_id: UUID | None = None
    user_type: UserType | None = None
    code: str = ""  # of the organisation, as users of organisations give it (L436–442)


ANY_SEAT = Wanted()


def choose(living: Sequence[Row], wanted: Wanted) -> Row | Refused:
    """The one seat that fits; several are listed, so that the client can ask."""
    fitting = [
        seat
        for seat in living
        if wanted.seat_id in (None, seat.id)
        and wanted.user_type in (None, seat.user_type)
        and (not wanted.code or coded(seat, wanted.code))
    ]
    if not fitting:
        return Refused("NO_SEAT", {}, ("seatId",))
    if len(fitting) > 1:
        return Refused("SEAT_REQUIRED", {"seats": [shown(seat) for seat in fitting]}, ("seatId",))
    return fitting[0]


def coded(seat: Row, written: str) -> bool:
    """Is it a seat of the organisation with this code?"""
    code = grant_form.code(written)
    known: str | None = seat.unit_code
    return isinstance(code, str) and known is not None and grant_form.same_unit(code, known)


def shown(seat: Row) -> dict[str, object]:
    """A seat as its owner is asked about it."""
    return {
        "id": str(seat.id),
        "userType": seat.user_type,
        "organisation": seat.organisation or "",
        "groups": list(seat.groups),
    }
