"""Claims of a number (身份冲突): two say it is theirs; those who know the people say whose it is.

Two have registered it. The municipal bureau's approvers decide on any of these; a unit on one of
somebody who asks to be employed by it, as long as nobody has vouched for who came first.

Or somebody with an account of his own asked for a number that another account has. An approver who
has seen the paper opens the claim, and another one decides: there are two people, or one with two
accounts.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from models import account_access, read, registration_sql
from models.access import Viewer
from models.door import ClaimOutcome
from models.identity_change import ChangeOutcome
from models.ids import uuid7
from models.read import Connection, Parameters, Row
from rules import refusal, text
from rules.document import Document
from rules.refusal import Refused
from workflow import (
    command,
    deadline,
    duplicate,
    history,
    identity,
    identity_change,
    later,
    profile,
    reset,
)
from workflow.command import Answer, Done, Request
from workflow.history import Tag
from workflow.reset import Letter, Send

LONGEST = 200
TELL_OWNER = ("number_claimed", later.SHORT)  # the job, and where it waits
WORKDAYS = 5  # assumed: the guide knows no claims; as long as a step towards an account has


async def tell_owner(owner_id: UUID, send: Send) -> Callable[[Connection], Awaitable[None]]:
    """A letter to the owner of a number somebody else claims, where he is reached."""
    found = await read.row(registration_sql.OWNER, [owner_id])
    if found is not None:
        await send(Letter(to=found.contact, login=found.login, token="", about="claimed"))
    return reset.nothing


async def arise(
    c: Connection,
    claimant_id: UUID,
    owner_id: UUID | None,
    now: datetime,
    *,
    change_id: UUID | None = None,
    opened_by: UUID | None = None,
) -> UUID:
    """Write a claim, if the number is somebody else's; one statement, whether it is or not."""
    claim_id = uuid7()
    row = [claim_id, claimant_id, owner_id, now, due_at(now), *TELL_OWNER, change_id, opened_by]
    await c.execute_query(registration_sql.CLAIM, row)
    return claim_id


async def open_one(request: Request, *, change_id: UUID, number: str) -> Answer:
    """Open a claim of a number somebody asked for and another account has; its owner is told.

    `number` is the one on the paper.
    """
    if not account_access.of_the_city(request.viewer):
        return Refused("NOT_PERMITTED")
    typed = identity_change.typed(number)
    if isinstance(typed, Refused):
        return refusal.all_of([typed])

    async def verb(c: Connection) -> Answer:
        change = await identity_change.hold(c, request, change_id)
        if isinstance(change, Refused):
            return change
        owner_id = await owner(c, request, change, typed)
        if isinstance(owner_id, Refused):
            return owner_id
        me = request.viewer.person_id
        both = (change.person_id, owner_id)
        claim_id = await arise(c, *both, request.now, change_id=change_id, opened_by=me)
        await tell(c, request, Tag.CLAIM_OPEN, claim_id, {"change": change_id})
        return Done({"claim": str(claim_id)})

    paper = typed and identity.fingerprint(typed)
    asked = {"change": change_id, "number": paper}
    return await command.once(request, "open_claim", asked, verb)


async def owner(
    c: Connection, request: Request, change: Row, typed: Document | None
) -> UUID | Refused:
    """Whose the number is that somebody asked for and the paper shows; it must be another's."""
    if change.person_id == request.viewer.person_id:
        return Refused("OWN_CASE")
    if change.contested:
        return Refused("CLAIM_OPEN")
    if change.document_type is None:
        return Refused("NUMBER_FREE")
    asked = await identity_change.on_paper(c, change, typed, request.now)
    if isinstance(asked, Refused):
        return asked
    owner_id = await identity.find(c, asked)
    if owner_id is None or owner_id == change.person_id:
        return Refused("NUMBER_FREE")
    if not await read.value(registration_sql.HAS_ACCOUNT, [owner_id], on=c):
        return Refused("NUMBER_TAKEN")
    return Refused("OWN_CASE") if owner_id == request.viewer.person_id else owner_id


async def decide(request: Request, *, claim_id: UUID, outcome: ClaimOutcome, reason: str) -> Answer:
    """Say whose number it is, or that both accounts are of one person."""
    problems = list(text.check(reason, most=LONGEST))
    if text.blank(reason):
        problems.append(Refused("REQUIRED"))
    if problems:
        return refusal.all_of([one.under("reason") for one in problems])

    async def verb(c: Connection) -> Answer:
        await c.execute_query(registration_sql.HOLD_CHANGE, [claim_id])
        p = Parameters([claim_id])
        readable = account_access.claims(request.viewer, p, "k")
        claim = await read.row(registration_sql.HOLD_CLAIM.format(readable=readable), p, on=c)
        if refused := unfit(request.viewer, claim, outcome):
            return refused
        assert claim is not None
        if refused := await carry_out(c, request, claim, outcome, reason.strip()):
            return refused
        decided = [claim.id, request.now, outcome.value, request.viewer.person_id, reason.strip()]
        await c.execute_query(registration_sql.CLOSE_CLAIM, decided)
        said = {"outcome": outcome.value, "owner": claim.owner_id, "claimant": claim.claimant_id}
        await tell(c, request, Tag.CLAIM_CLOSE, claim.id, said)
        return Done({"claim": str(claim.id)})

    asked = {"claim": claim_id, "outcome": outcome, "reason": reason}
    return await command.once(request, "decide_claim", asked, verb)


def due_at(now: datetime) -> datetime:
    """By when a claim that arises now is to be decided."""
    due = deadline.due_at(workdays=WORKDAYS, arrived=now)
    assert due is not None
    return due


def unfit(viewer: Viewer, claim: Row | None, outcome: ClaimOutcome) -> Refused | None:
    """Why this viewer cannot decide on it, or not so."""
    if claim is None:
        return Refused("NOT_FOUND", {}, ("claimId",))
    if viewer.person_id in (claim.claimant_id, claim.owner_id):
        return Refused("OWN_CASE")
    if claim.closed_at is not None:
        return Refused("CLAIM_CLOSED", {"outcome": claim.outcome})
    vouched = claim.owner_verified_at is not None or claim.owner_employed
    if not account_access.of_the_city(viewer) and (vouched or claim.change_id):
        return Refused("CLAIM_OF_CITY")
    if viewer.person_id == claim.opened_by_id:
        return Refused("OPENED_BY_YOU")
    fits = (
        ClaimOutcome.OWNER,
        ClaimOutcome.SAME_PERSON if claim.change_id else ClaimOutcome.CLAIMANT,
    )
    return None if outcome in fits else Refused("OUTCOME_UNFIT", {"outcome": [*fits]}, ("outcome",))


async def carry_out(
    c: Connection, request: Request, claim: Row, outcome: ClaimOutcome, reason: str
) -> Refused | None:
    """Silence the one, and let the other in by what he registered with; of two people, nobody."""
    if claim.change_id is not None:
        return await settle(c, request, claim, outcome, reason)
    if outcome is ClaimOutcome.OWNER:
        await silence(c, claim.claimant_account, claim.claimant_id, request)
        return None
    who = await read.row(registration_sql.WHO, [claim.claimant_account], on=c)
    kept = await silence(c, claim.claimant_account, claim.claimant_id, request)
    assert who is not None
    if who.name != claim.owner_name:
        await profile.former(c, request, claim.owner_id, ["name"])
    whose = [claim.owner_account, claim.owner_id]
    given = [who.login, kept.password_hash, who.name, request.now, kept.contact]
    await c.execute_query(registration_sql.HAND_OVER, [*whose, *given, claim.claimant_shut_at])
    return None


async def settle(
    c: Connection, request: Request, claim: Row, outcome: ClaimOutcome, reason: str
) -> Refused | None:
    """End the request that led to the claim: he stays who he was, or ends in who has the number."""
    granted = outcome is ClaimOutcome.SAME_PERSON
    if granted:
        seen = await duplicate.hold(c, claim)
        if isinstance(seen, Refused):
            return seen
        gone_id, stays_id = claim.claimant_id, claim.owner_id
        await silence(c, claim.claimant_account, gone_id, request)
        await duplicate.absorb(c, request, seen, gone_id=gone_id, stays_id=stays_id)
    change = await read.row(registration_sql.CHANGE, [claim.change_id], on=c)
    assert change is not None
    ended = ChangeOutcome.GRANTED if granted else ChangeOutcome.REFUSED
    await identity_change.close(c, request, change, ended, reason)
    return None


async def silence(c: Connection, account_id: UUID, person_id: UUID, request: Request) -> Row:
    """An account that opens nothing any more, and how it was opened."""
    values = [account_id, person_id, request.now]
    kept = await read.row(registration_sql.SILENCE, values, on=c)
    assert kept is not None
    return kept


async def tell(
    c: Connection, request: Request, tag: Tag, claim_id: UUID, data: Mapping[str, Any]
) -> None:
    """One line of history."""
    await history.write(
        c,
        tag=tag,
        subject_type="claim",
        subject_id=claim_id,
        viewer=request.viewer,
        now=request.now,
        data=data,
    )
