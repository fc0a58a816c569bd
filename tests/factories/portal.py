"""Visits to a portal that have come back, and what the portal has proven."""

from datetime import datetime

from argon2 import PasswordHasher

from models.access import Viewer
from rules.refusal import Refused
from tests.factories.city import NOW
from workflow import portal
from workflow.account import NOTHING, Asks, SignedIn
from workflow.id_token import Proof
from workflow.portal import Arrival, Offered

ISSUER = "https://sso.example"
HERE = "203.0.113.7"
RIGHT = "Yuexiu-2031xd"
HASHED = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(RIGHT)  # and at no cost


async def arrived(
    subject: str = "abc",
    *,
    number: str = "",
    viewer: Viewer | None = None,
    issuer: str = ISSUER,
    second_factor: datetime | None = None,
    asks: Asks = NOTHING,
) -> SignedIn | Offered | Refused:
    """Go to the portal, come back as this subject, and enter."""
    visit = await portal.begin(address=HERE, rate=1000, now=NOW)
    assert not isinstance(visit, Refused)
    visit_id = await portal.arrive(visit, visit.state, address=HERE, rate=1000, now=NOW)
    assert not isinstance(visit_id, Refused)
    proof = Proof(subject=subject, number=number, second_factor=second_factor)
    arrival = Arrival(visit_id=visit_id, issuer=issuer, proof=proof, viewer=viewer)
    return await portal.enter(arrival, now=NOW, hours=8, asks=asks)


def told(answer: object) -> str:
    """An answer in a word: a code, or what happened."""
    return answer.code if isinstance(answer, Refused) else type(answer).__name__


async def linked(viewer: Viewer, given: str = RIGHT, *, issuer: str = ISSUER) -> str:
    """Link what is offered to somebody."""
    answer = await portal.link(viewer, given=given, issuer=issuer, address=HERE, now=NOW)
    return answer.code if answer else "LINKED"
