"""Registration, forgotten passwords and claims of a number, as clients see them."""

from datetime import datetime

import strawberry

from models.door import ClaimOutcome
from resolvers import claim, open_request, registration
from schema import filter
from schema.field import answered_by, named, published, stored
from schema.identity_change import IdentityChange
from schema.label import Label
from schema.node import Node
from schema.person import Person
from schema.training import KEY

TOKEN = "The token of the registration; nobody can show it again."
SYSTEMS = "The systems that are chosen, at least one."

named(
    ClaimOutcome,
    "ClaimOutcome",
    "For whom a claim was decided.",
    CLAIMANT="For who registered later: he gets in, the first account opens nothing.",
    OWNER="For who was first: an account registered later opens nothing.",
    SAME_PERSON="Both are one person (重复帐号): the account of who asked ends in the other.",
)
published(
    registration.BeginRegistrationInput,
    "BeginRegistrationInput",
    "Steps one and two: agreement and systems.",
    agreement="The version of the service agreement that is agreed to (服务协议).",
    systems=SYSTEMS,
)
published(
    registration.SaveRegistrationInput,
    "SaveRegistrationInput",
    "Step three so far; number and password come with the last step and are never kept.",
    token=TOKEN,
    systems=SYSTEMS,
    name="Real name (姓名); cannot be changed afterwards.",
    login="Login (登录名): 4 to 40 letters, digits, dots, hyphens or Chinese characters.",
    contact="Mobile number or mail address, to which a forgotten password is sent.",
)
published(
    registration.FinishRegistrationInput,
    "FinishRegistrationInput",
    "The last step.",
    token=TOKEN,
    document_type="Which document.",
    number="Its number; it is sealed and never shown again.",
    password="The password.",
    solution="A text with which sha256(challenge:solution) begins with as many zero bits as asked.",
)
published(
    registration.RequestPasswordResetInput,
    "RequestPasswordResetInput",
    "Whose password was forgotten.",
    login="The login.",
)
published(
    registration.ResetPasswordInput,
    "ResetPasswordInput",
    "A new password by the link that was sent.",
    token="The token of the link, good once.",
    new="The new password.",
)
published(
    claim.OpenClaimInput,
    "OpenClaimInput",
    "A number somebody asked for that another account has.",
    change_id="The request to change the number.",
    number="The number as the paper shows it.",
    idempotency_key=KEY,
)
published(
    claim.DecideClaimInput,
    "DecideClaimInput",
    "Whose number it is.",
    claim_id="The claim.",
    outcome="For whom, or that both are one: `SAME_PERSON` only where a change was asked for.",
    reason="Why, at most 200 characters: which document was seen.",
    idempotency_key=KEY,
)
published(
    claim.ClaimFilter,
    "ClaimFilter",
    "Which claims.",
    waiting="Only those that wait, or only decided ones.",
    overdue="Only those that wait although their term is over, or only the others.",
    due_at="By when they are to be decided.",
    **filter.JOINED,
)
named(
    claim.ClaimOrderField,
    "ClaimOrderField",
    "What claims are ordered by.",
    CREATED_AT="When they arose.",
    DUE_AT="By when they are to be decided.",
)
published(
    claim.ClaimOrder,
    "ClaimOrder",
    "One level of the order of claims.",
    field="What by.",
    direction="Which way.",
)


@strawberry.type(description="What somebody reads before he registers.")
class RegistrationTerms:
    version: str = stored("Version of the service agreement (服务协议).")
    clauses: list[Label] = stored("Its clauses.")
    systems: list[Label] = stored("The systems to choose from.")
    work: int = stored("Zero bits the proof of work must begin with; 0 asks for none.")


@strawberry.type(description="A registration that is being filled in (用户注册).")
class Registration:
    agreement_version: str = stored("The agreement that was agreed to.")
    agreed_at: datetime = stored("When it was agreed to.")
    systems: list[str] = stored("The systems that are chosen.")
    name: str = stored("Real name.")
    login: str = stored("Login.")
    contact: str = stored("Mobile number or mail address.")
    challenge: str = stored("What the proof of work is made of.")
    expires_at: datetime = stored("Until when it is kept.")


@strawberry.type(description="A registration after a step.")
class RegistrationPayload:
    token: str = stored(TOKEN)
    registration: Registration = stored("What is kept of it.")


@strawberry.type(description="The account is there; the answer is the same for every number.")
class RegisteredPayload:
    login: str = stored("The login to sign in with.")


@strawberry.type(description="If the login is known, a letter is on its way.")
class PasswordResetRequestedPayload:
    minutes: int = stored("How long the link is good.")


@strawberry.type(description="What merging two accounts of one person would do (合并重复帐号).")
class MergingPreview:
    records: int = stored("Training records that go over.")
    repeated: int = stored("Courses both were credited with, which count once from then on.")
    applications: int = stored("Cycle applications that go over.")
    employments: int = stored("Places of work that go over; who stays and works, works there.")
    certificates: int = stored("Certificates in force, which stay as they are.")
    judged_own: int = stored("Opinions one account gave on what the other had asked for.")
    obstacle: str | None = answered_by(claim.obstacle, "What must be finished before, if any.")


@strawberry.type(description="A claim (身份冲突): two say that one number is theirs.")
class Claim(Node):
    claimant: Person = answered_by(claim.claimant, "Who came later.")
    owner: Person = answered_by(claim.owner, "Who has the number.")
    vouched: bool = stored("Has an organisation vouched for who has it?")
    change: IdentityChange | None = answered_by(
        claim.change, "The request it comes from; none if both have registered the number."
    )
    opened_by: str | None = answered_by(
        claim.opener, "Who opened it after such a request; somebody else decides."
    )
    preview: MergingPreview | None = answered_by(
        claim.preview, "What merging the two would do, while such a claim waits."
    )
    outcome: ClaimOutcome | None = stored("For whom it was decided; nothing while it waits.")
    reason: str = stored("Why.")
    created_at: datetime = stored("When it arose.")
    due_at: datetime = stored("By when it is to be decided.")
    overdue: bool = answered_by(open_request.overdue, "Does it wait although its term is over?")
    closed_at: datetime | None = stored("When it was decided.")


@strawberry.type(description="A claim after a decision.")
class ClaimPayload:
    claim: Claim = stored("The claim, read again.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")
