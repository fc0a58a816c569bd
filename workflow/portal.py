"""The portal (统一身份认证): signing in through it, and linking an account with its identity.

A visit is one way there and back. Its secret stays in the browser that went; state, nonce and code
verifier are made from it, so that nothing in the database opens anything.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.transactions import in_transaction

from models import portal_sql, read
from models.access import Viewer
from models.account import UserType
from models.ids import uuid7
from models.read import Connection, Row
from rules import document
from rules.document import Document, DocumentType
from rules.refusal import Refused
from workflow import (
    account,
    admission,
    audit,
    digest,
    history,
    identity,
    password,
    session,
    throttle,
)
from workflow.account import Asks, Device, SignedIn
from workflow.history import Tag
from workflow.id_token import Proof
from workflow.signature import encoded

LASTS = timedelta(minutes=10)
UNKNOWN, NO_SEAT = Refused("PORTAL_UNKNOWN"), Refused("NO_SEAT")
ONE_FACTOR = Refused("PORTAL_ONE_FACTOR")


@dataclass(frozen=True, slots=True)
class Visit:
    """What the browser keeps of a visit, and what is made from it."""

    secret: str

    @property
    def state(self) -> str:
        """Binds the answer of the portal to the browser that asked."""
        return self._made("state")

    @property
    def nonce(self) -> str:
        """Binds the ID token to the visit."""
        return self._made("nonce")

    @property
    def verifier(self) -> str:
        """Proves that who brings the code has asked for it (RFC 7636)."""
        return self._made("verifier")

    @property
    def challenge(self) -> str:
        """The verifier as the portal learns it beforehand."""
        return challenge(self.verifier)

    def _made(self, purpose: str) -> str:
        key = self.secret.encode("utf-8", "surrogatepass")
        return encoded(hmac.digest(key, purpose.encode(), "sha256"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Somebody is back, and the portal has proven who he is."""

    visit_id: UUID
    issuer: str
    proof: Proof
    viewer: Viewer | None  # who is signed in on this browser already
    device: Device = account.NOWHERE


@dataclass(frozen=True, slots=True)
class Offered:
    """Whoever is signed in may link this identity now."""


def challenge(verifier: str) -> str:
    """`S256` of RFC 7636."""
    return encoded(hashlib.sha256(verifier.encode()).digest())


async def begin(*, address: str, rate: int, now: datetime) -> Visit | Refused:
    """Go to the portal; each try counts for its address."""
    if refused := await throttle.take(throttle.by_address(rate), address, now=now):
        return refused
    visit = Visit(secrets.token_urlsafe(32))
    row = [uuid7(), digest.of_token(visit.state), now, now + LASTS]
    await read.connection().execute_query(portal_sql.BEGIN, row)
    return visit


async def arrive(
    visit: Visit, state: str, *, address: str, rate: int, now: datetime
) -> UUID | Refused:
    """Come back: once, soon, and with the browser that went; this is a try as well."""
    if refused := await throttle.take(throttle.by_address(rate), address, now=now):
        return refused
    same = hmac.compare_digest(visit.state.encode(), state.encode("utf-8", "surrogatepass"))
    known = [digest.of_token(state), now]
    visit_id: UUID | None = await read.value(portal_sql.ARRIVE, known) if same else None
    return visit_id or Refused("PORTAL_EXPIRED")


async def enter(
    arrival: Arrival, *, now: datetime, hours: int, asks: Asks = account.NOTHING
) -> SignedIn | Offered | Refused:
    """Sign in as whoever the identity belongs to; one nobody has is offered to who is here."""
    named = [arrival.issuer, arrival.proof.subject]
    async with in_transaction() as c:
        found: Row | Refused | None = await read.row(portal_sql.LINKED, named, on=c)
        owner = None if found else await owner_of(c, arrival.proof.number)
        if owner is not None:
            found = await by_number(c, arrival, owner, now=now, asks=asks)
        if isinstance(found, Refused):
            return found
        if found is None:
            return await offer(c, arrival, owner)
        return await let_in(c, arrival, found, now=now, hours=hours, asks=asks)


async def owner_of(c: Connection, number: str) -> UUID | None:
    """Whose verified number it is; it is looked up by its keyed hash and kept nowhere."""
    given = readable(number)
    return await identity.find(c, given) if given else None


def readable(number: str) -> Document | None:
    """A citizen number as the portal wrote it, if it is one."""
    given = document.document(DocumentType.CITIZEN, number) if number else None
    return given if isinstance(given, Document) else None


async def by_number(
    c: Connection, arrival: Arrival, owner: UUID, *, now: datetime, asks: Asks
) -> Row | Refused | None:
    """The account of whose number it is, linked from now on.

    Nobody has vouched for who registered himself: he may be another, and shows his password first.
    """
    found = await read.row(portal_sql.OF_PERSON, [owner], on=c)
    if found is None:
        return UNKNOWN
    if not found.vouched:
        mine = arrival.viewer is not None and arrival.viewer.person_id == owner
        return None if mine else Refused("PORTAL_UNVOUCHED")
    seat = await seat_of(arrival, found, now=now, asks=asks)
    if isinstance(seat, Refused):
        return seat  # before anything is written
    named = [arrival.issuer, arrival.proof.subject]
    link: UUID | None = await read.value(portal_sql.LINK, [uuid7(), found.id, *named, now], on=c)
    if link is not None:
        await tell(c, Tag.PORTAL_LINK, None, found.id, now)
    return await read.row(portal_sql.LINKED, named, on=c) or Refused("PORTAL_TAKEN")


async def let_in(
    c: Connection, arrival: Arrival, found: Row, *, now: datetime, hours: int, asks: Asks
) -> SignedIn | Refused:
    """A session as signing in by password makes it, from the personal seat if there is one."""
    seat = await seat_of(arrival, found, now=now, asks=asks)
    if isinstance(seat, Refused):
        return seat
    if not await account.hold(c, found.id):
        return UNKNOWN
    await c.execute_query(portal_sql.USED, [found.link_id, now])
    shown = arrival.proof.second_factor
    opened = await account.open_session(
        c,
        account=found,
        seat=seat,
        device=arrival.device,
        now=now,
        hours=hours,
        asks=asks,
        mfa_at=shown,
    )
    event = audit.Event(
        viewer=opened.viewer,
        action="portal:sign_in",
        object_type="portal_link",
        object_id=found.link_id,
        detail={"second_factor": shown.isoformat()} if shown else {},
    )
    await audit.write(c, event)
    return opened


async def seat_of(arrival: Arrival, found: Row, *, now: datetime, asks: Asks) -> Row | Refused:
    """Where he would act from: his personal seat, or the first; or why he may not come in."""
    living = await account.seats(found.person_id)
    if not living:
        return NO_SEAT
    if found.covered and arrival.proof.second_factor is None:
        return ONE_FACTOR
    address = arrival.device.address
    if refused := await admission.barred(found, living, address=address, asks=asks, now=now):
        return refused
    return next((one for one in living if one.user_type == UserType.PERSON), living[0])


async def offer(c: Connection, arrival: Arrival, owner: UUID | None) -> Offered | Refused:
    """Keep an identity nobody has for the session that went; only its owner's deed links it."""
    viewer, proof = arrival.viewer, arrival.proof
    if viewer is None:
        return UNKNOWN
    if owner is None and readable(proof.number):
        if await read.value(portal_sql.NUMBERED, [viewer.person_id], on=c):
            return Refused("PORTAL_OTHER_PERSON")
    row = [arrival.visit_id, viewer.session_id, arrival.issuer, proof.subject, owner is not None]
    await c.execute_query(portal_sql.OFFER, row)
    return Offered()


async def turned_away(refused: Refused, viewer: Viewer | None) -> None:
    """One row for a visit that ended at the door; nothing of what was brought is in it.

    One that was a try too many leaves none, or the log could be filled from outside.
    """
    if refused.code == "TOO_MANY_TRIES":
        return
    event = audit.Event(
        viewer=viewer, action="portal:sign_in", refused=refused, detail=dict(refused.data)
    )
    await audit.write(read.connection(), event)


async def link(
    viewer: Viewer, *, given: str, issuer: str, address: str, now: datetime
) -> Refused | None:
    """Link the identity that was shown; who only holds the session cannot, he has no password."""
    who = (str(viewer.account_id), throttle.network(address))
    if refused := await throttle.take(throttle.SIGN_IN, *who, now=now):
        return refused
    async with in_transaction() as c:
        known = await session.secret(c, viewer.account_id)
        if known is None or not await password.matches(given, known.password_hash):
            return Refused("PASSWORD_WRONG", {}, ("password",))
        offered = await read.row(portal_sql.OFFERED, [viewer.session_id, issuer, now], on=c)
        if offered is None:
            return Refused("PORTAL_NOTHING")
        row = [uuid7(), viewer.account_id, offered.issuer, offered.subject, now]
        if await read.value(portal_sql.LINK, row, on=c) is None:
            return Refused("PORTAL_TAKEN")
        await c.execute_query(portal_sql.FORGET, [viewer.session_id])
        if offered.vouches:
            await c.execute_query(portal_sql.VOUCH, [viewer.account_id, now])
        await tell(c, Tag.PORTAL_LINK, viewer, viewer.account_id, now)
    await throttle.forget(throttle.SIGN_IN, *who)
    return None


async def unlink(viewer: Viewer, now: datetime) -> bool:
    """The portal opens this account no more; was there a link?"""
    async with in_transaction() as c:
        if await read.value(portal_sql.UNLINK, [viewer.account_id], on=c) is None:
            return False
        await tell(c, Tag.PORTAL_UNLINK, viewer, viewer.account_id, now)
    return True


async def own(viewer: Viewer, *, issuer: str, now: datetime) -> Row | None:
    """One's own link, and whether an identity waits to be linked."""
    known = [viewer.account_id, viewer.session_id, issuer, now]
    return await read.row(portal_sql.OWN, known)


async def tell(
    c: Connection, tag: Tag, viewer: Viewer | None, account_id: UUID, now: datetime
) -> None:
    """One line of history, and one of the audit log."""
    await audit.record(c, viewer, tag.value, ("account", account_id))
    await history.write(
        c, tag=tag, subject_type="account", subject_id=account_id, viewer=viewer, now=now
    )
