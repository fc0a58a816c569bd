"""Registration and forgotten passwords: what somebody without an account may do."""

from dataclasses import dataclass

from models.read import Row
from resolvers import label
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.label import Label
from rules.document import DocumentType
from rules.refusal import Refused
from workflow import registration as verbs
from workflow import reset as resets
from workflow.registration import Data, Last


@dataclass(frozen=True, kw_only=True)
class BeginRegistrationInput:
    agreement: str
    systems: list[str]


@dataclass(frozen=True, kw_only=True)
class SaveRegistrationInput:
    token: str
    systems: list[str] | None = None
    name: str = ""
    login: str = ""
    contact: str = ""


@dataclass(frozen=True, kw_only=True)
class FinishRegistrationInput:
    token: str
    document_type: DocumentType = DocumentType.CITIZEN
    number: str
    password: str
    solution: str = ""


@dataclass(frozen=True, kw_only=True)
class RequestPasswordResetInput:
    login: str


@dataclass(frozen=True, kw_only=True)
class ResetPasswordInput:
    token: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What somebody is shown before he registers."""

    version: str
    clauses: list[Label]
    systems: list[Label]
    work: int


def terms(context: Context) -> Terms:
    """The service agreement and the systems there are."""
    return Terms(
        version=verbs.AGREEMENT,
        clauses=[label.word(context, "agreement", each) for each in verbs.CLAUSES],
        systems=[label.word(context, "systems", each) for each in verbs.SYSTEMS],
        work=context.limits.registration.work,
    )


async def draft(context: Context, *, token: str) -> Row | None:
    """A registration that was begun."""
    return await verbs.draft(token, context.now)


async def begin(context: Context, *, input: BeginRegistrationInput) -> Payload:
    """Steps one and two."""
    begun = await verbs.begin(
        agreement=input.agreement,
        systems=input.systems,
        address=context.door.address,
        now=context.now,
        strength=context.limits.registration,
    )
    if isinstance(begun, Refused):
        return begun
    token, row = begun
    return {"token": token, "registration": row}


async def save(context: Context, *, input: SaveRegistrationInput) -> Payload:
    """Step three, as often as one likes."""
    chosen = input.systems or verbs.SYSTEMS
    data = Data(systems=chosen, name=input.name, login=input.login, contact=input.contact)
    saved = await verbs.save(  # allow: writes: the verb of workflow/registration.py
        input.token, data=data, now=context.now
    )
    return saved if isinstance(saved, Refused) else {"registration": saved, "token": input.token}


async def finish(context: Context, *, input: FinishRegistrationInput) -> Payload:
    """Step four; the same answer whether the number is known or not."""
    last = Last(
        document_type=input.document_type,
        number=input.number,
        password=input.password,
        solution=input.solution,
    )
    done = await verbs.finish(
        input.token,
        last=last,
        address=context.door.address,
        now=context.now,
        strength=context.limits.registration,
    )
    return done if isinstance(done, Refused) else {"login": done}


async def request_reset(context: Context, *, input: RequestPasswordResetInput) -> Payload:
    """The same answer whether the login is known or not."""
    refused = await resets.ask(login=input.login, address=context.door.address, now=context.now)
    return refused or {"minutes": resets.Letter(to="", login="", token="").minutes}


async def reset(context: Context, *, input: ResetPasswordInput) -> Payload:
    """A new password by the token that was sent."""
    refused = await resets.use(
        input.token,
        new=input.new,
        profile=context.limits.passwords,
        address=context.door.address,
        now=context.now,
    )
    return refused or {"ended": 1}
