"""Claims of a number (身份冲突): two registered one; those who know the people say whose it is.

The municipal bureau's approvers decide on any claim; a unit on one of somebody who asks to be
employed by it, as long as nobody has vouched for who came first.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from models import account_access, read, registration_sql
from models.access import Viewer
from models.account import UserType
from models.door import ClaimOutcome
from models.read import Connection, Parameters, Row
from rules import refusal, text
from rules.refusal import Refused
from workflow import command, history, profile, reset
from workflow.command import Answer, Done, Request
from workflow.history import Tag
from workflow.reset import Letter, Send
from workflow.vocabulary import Group

LONGEST = 200


async def tell_owner(owner_id: UUID, send: Send) -> Callable[[Connection], Awaitable[None]]:
    """A letter to the owner of a number somebody else registered with, where he is reached."""
    found = await read.row(registration_sql.OWNER, [owner_id])
    if found is not None:
        await send(Letter(to=found.contact, login=found.login, token="", about="claimed"))
    return reset.nothing


async def decide(request: Request, *, claim_id: UUID, outcome: ClaimOutcome, reason: str) -> Answer:
    """Say whose number it is; the other account opens nothing from now on."""
    problems = list(text.check(reason, most=LONGEST))
    if text.blank(reason):
        problems.append(Refused("REQUIRED"))
    if problems:
        return refusal.all_of([one.under("reason") for one in problems])

    async def verb(c: Connection) -> Answer:
        p = Parameters([claim_id])
        readable = account_access.claims(request.viewer, p, "k")
        claim = await read.row(registration_sql.HOLD_CLAIM.format(readable=readable), p, on=c)
        if refused := unfit(request.viewer, claim):
            return refused
        assert claim is not None
        await carry_out(c, request, claim, outcome)
        decided = [claim.id, request.now, outcome.value, request.viewer.person_id, reason.strip()]
        await c.execute_query(registration_sql.CLOSE_CLAIM, decided)
        await history.write(
            c,
            tag=Tag.CLAIM_CLOSE,
            subject_type="claim",
            subject_id=claim.id,
            viewer=request.viewer,
            now=request.now,
            data={"outcome": outcome.value, "owner": claim.owner_id, "claimant": claim.claimant_id},
        )
        return Done({"claim": str(claim.id)})

    asked = {"claim": claim_id, "outcome": outcome, "reason": reason}
    return await command.once(request, "decide_claim", asked, verb)


def unfit(viewer: Viewer, claim: Row | None) -> Refused | None:
    """Why this viewer cannot decide on it."""
    if claim is None:
        return Refused("NOT_FOUND", {}, ("claimId",))
    if viewer.person_id in (claim.claimant_id, claim.owner_id):
        return Refused("OWN_CASE")
    if claim.closed_at is not None:
        return Refused("CLAIM_CLOSED", {"outcome": claim.outcome})
    if of_the_city(viewer):
        return None
    vouched = claim.owner_verified_at is not None or claim.owner_employed
    return Refused("CLAIM_OF_CITY") if vouched else None


def of_the_city(viewer: Viewer) -> bool:
    """Does he approve accounts for the municipal bureau?"""
    return viewer.user_type is UserType.CITY_BUREAU and Group.APPROVE_ADMINS in viewer.groups


async def carry_out(c: Connection, request: Request, claim: Row, outcome: ClaimOutcome) -> None:
    """Silence the one, and let the other in by what he registered with."""
    if outcome is ClaimOutcome.OWNER:
        await silence(c, claim.claimant_account, claim.claimant_id, request)
        return
    who = await read.row(registration_sql.WHO, [claim.claimant_account], on=c)
    kept = await silence(c, claim.claimant_account, claim.claimant_id, request)
    assert who is not None
    if who.name != claim.owner_name:
        await profile.former(c, request, claim.owner_id, ["name"])
    owner = [claim.owner_account, claim.owner_id]
    given = [who.login, kept.password_hash, who.name, request.now, kept.contact]
    await c.execute_query(registration_sql.HAND_OVER, [*owner, *given, claim.claimant_shut_at])


async def silence(c: Connection, account_id: UUID, person_id: UUID, request: Request) -> Row:
    """An account that opens nothing any more, and how it was opened."""
    values = [account_id, person_id, request.now]
    kept = await read.row(registration_sql.SILENCE, values, on=c)
    assert kept is not None
    return kept
