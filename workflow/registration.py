"""Registration (用户注册) in four steps: agreement, systems, data, done.

Somebody without an account keeps his draft by a token. His number and his password come with the
last step and are never in the draft. Whether a number is known changes nothing a stranger could
see: the same answer after the same work, an account that opens, and what two claim is settled by
those who know the people (`workflow.claim`).
"""

import hashlib
import re
import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.transactions import in_transaction

from models import read, registration_sql
from models.ids import uuid7
from models.read import Connection, Row
from rules import dates, document, refusal, text
from rules import password as password_rules
from rules.document import Document, DocumentType
from rules.password import PasswordProfile
from rules.refusal import Refused
from workflow import account, claim, command, history, identity, password, throttle
from workflow import digest as digests
from workflow.history import Tag

AGREEMENT = "2026-01"
CLAUSES = ("entry", "use", "publicity", "accuracy", "change")  # L45–50
SYSTEMS = ("continuing_education",)
KEPT = timedelta(days=7)
LONGEST_NAME, LONGEST_CONTACT, SHORTEST_LOGIN = 60, 120, 4
LONGEST_SOLUTION = 64
LOGIN = re.compile(r"[a-z0-9._\-\u4e00-\u9fff]+")
NUMBER_LIKE = re.compile(r"\d{15}|\d{17}[\dx]")
CONTACT = re.compile(r"1\d{10}|[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """What the operator asks of who registers."""

    work: int = 18  # leading zero bits of the proof of work; 0 asks for none
    rate: int = 20  # registrations from one address in an hour
    profile: PasswordProfile = PasswordProfile.MLPS3

    @property
    def limit(self) -> throttle.Limit:
        """The same as tries that are counted."""
        return throttle.by_address(self.rate, "register", timedelta(hours=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The part of the data that is kept in the draft."""

    systems: Sequence[str] = SYSTEMS
    name: str = ""
    login: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """What comes with the last step and is nowhere kept as it was given."""

    document_type: DocumentType
    number: str
    password: str
    solution: str = ""


USUAL = Strength()


async def begin(
    *,
    agreement: str,
    systems: Sequence[str],
    address: str,
    now: datetime,
    strength: Strength = USUAL,
) -> tuple[str, Row] | Refused:
    """Agree and choose systems: a draft, and the token that alone opens it."""
    if problems := [*unfit_choice(systems), *unread(agreement)]:
        return refusal.all_of(problems)
    if refused := await throttle.take(strength.limit, address, now=now):
        return refused
    token, challenge = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    row = [uuid7(), digest(token), agreement, list(systems), now, challenge, now + KEPT]
    await read.connection().execute_query(registration_sql.BEGIN, row)
    found = await draft(token, now)
    assert found is not None
    return token, found


async def draft(token: str, now: datetime) -> Row | None:
    """The draft of a token, while it is one."""
    return await read.row(registration_sql.DRAFT, [digest(token), now])


async def save(token: str, *, data: Data, now: datetime) -> Row | Refused:
    """Keep what was filled in so far; nothing is asked to be complete."""
    if problems := [*too_long(data), *unfit_choice(data.systems)]:
        return refusal.all_of(problems)
    row = [digest(token), now, list(data.systems), data.name, data.login, data.contact]
    if await read.row(registration_sql.SAVE, row) is None:
        return Refused("DRAFT_UNKNOWN", {}, ("token",))
    found = await draft(token, now)
    return found or Refused("DRAFT_UNKNOWN", {}, ("token",))


async def finish(
    token: str, *, last: Last, address: str, now: datetime, strength: Strength = USUAL
) -> str | Refused:
    """Open the account; the answer is the login, whoever has the number already."""
    if refused := await throttle.take(strength.limit, address, "finish", now=now):
        return refused
    found = await draft(token, now)
    if found is None:
        return Refused("DRAFT_UNKNOWN", {}, ("token",))
    if not worked(found.challenge, last.solution, strength.work):
        return Refused("WORK_MISSING", {"bits": strength.work}, ("solution",))
    paper = document.document(last.document_type, last.number, today=dates.shanghai_date(now))
    problems = [*incomplete(found), *unfit_password(found, last, strength.profile)]
    if isinstance(paper, Refused):
        problems.append(paper.under("number"))
    if problems or isinstance(paper, Refused):
        return refusal.all_of(problems)
    hashed = await password.hashed(last.password)
    return await command.again(lambda: opened(token, paper, hashed, now))


async def opened(token: str, paper: Document, hashed: str, now: datetime) -> str | Refused:
    """The transaction: the same statements for a number that is known and one that is not."""
    async with in_transaction() as c:
        found = await read.row(registration_sql.HOLD, [digest(token), now], on=c)
        if found is None:
            return Refused("DRAFT_UNKNOWN", {}, ("token",))
        login = account.normalised(found.login)
        if await read.row(registration_sql.LOGIN_TAKEN, [login], on=c):
            return Refused("LOGIN_TAKEN", {}, ("login",))
        await write(c, found, login, paper, hashed, now)
    return login


async def write(
    c: Connection, found: Row, login: str, paper: Document, hashed: str, now: datetime
) -> None:
    """Person, account and seat; the number into the vault, or a claim beside it."""
    person_id, account_id = uuid7(), uuid7()
    who = [found.id, person_id, found.name.strip(), paper.strict, account_id, login, hashed, now]
    agreed = [found.contact.strip(), found.agreement_version, found.agreed_at, uuid7()]
    await c.execute_query(registration_sql.OPEN, [*who, *agreed])
    await identity.register(c, person_id, paper, now=now)
    owner_id = await identity.find(c, paper)
    await claim.arise(c, person_id, owner_id, now)
    await history.write(
        c,
        tag=Tag.ACCOUNT_OPEN,
        subject_type="account",
        subject_id=account_id,
        viewer=None,
        now=now,
    )


def unread(agreement: str) -> Iterator[Refused]:
    """The agreement in force has to be agreed to (L38)."""
    if agreement != AGREEMENT:
        yield Refused("AGREEMENT_OTHER", {"version": AGREEMENT}, ("agreement",))


def unfit_choice(systems: Collection[str]) -> Iterator[Refused]:
    """At least one system, and none that is not there."""
    if not systems or set(systems) - set(SYSTEMS):
        yield Refused("SYSTEMS_UNKNOWN", {"systems": list(SYSTEMS)}, ("systems",))


def too_long(data: Data) -> Iterator[Refused]:
    """What a draft cannot keep."""
    most = {"name": LONGEST_NAME, "login": account.LONGEST_LOGIN, "contact": LONGEST_CONTACT}
    for field, longest in most.items():
        for problem in text.check(getattr(data, field), most=longest):
            yield problem.under(field)


def incomplete(found: Row) -> Iterator[Refused]:
    """What the last step needs of the draft."""
    if text.blank(found.name):
        yield Refused("REQUIRED", {}, ("name",))
    login = account.normalised(found.login)
    if not is_login(login):
        yield Refused("LOGIN_SHAPE", {"least": SHORTEST_LOGIN}, ("login",))
    if not CONTACT.fullmatch(found.contact.strip()):
        yield Refused("CONTACT_SHAPE", {}, ("contact",))


def is_login(login: str) -> bool:
    """Long enough, of the characters of a login, and no number of a document."""
    fits = SHORTEST_LOGIN <= len(login) <= account.LONGEST_LOGIN and LOGIN.fullmatch(login)
    return bool(fits) and not NUMBER_LIKE.fullmatch(login)


def unfit_password(found: Row, last: Last, profile: PasswordProfile) -> Iterator[Refused]:
    """A password others could guess from what they know of him."""
    about = [
        account.normalised(found.login),
        found.contact.partition("@")[0],
        last.number[-6:],
        found.name,
    ]
    for problem in password_rules.check(last.password, profile=profile, about=about):
        yield problem.under("password")


def worked(challenge: str, solution: str, bits: int) -> bool:
    """Does the sha256 of challenge and solution begin with so many zeros (工作量证明)?"""
    if len(solution) > LONGEST_SOLUTION:
        return False
    made = hashlib.sha256(f"{challenge}:{solution}".encode("utf-8", "surrogatepass")).digest()
    return bits == 0 or int.from_bytes(made) >> (256 - bits) == 0


def digest(token: str) -> str:
    """What is kept of a token."""
    return digests.of_token(token).hex()
