"""Buttons under tasks and cases, and the input of errands, as clients see them."""

import strawberry

from resolvers import errand, offers
from schema import errors
from schema.errors import UserError
from schema.field import answered_by, named, published, stored
from schema.label import Label
from schema.organisation import Organisation
from schema.person import Person
from workflow.vocabulary import Act

named(
    Act,
    "Act",
    "What can be done to a case.",
    SUBMIT="Submit (送审).",
    RECALL="Recall (回收).",
    WITHDRAW="Withdraw (撤回).",
    CLAIM="Claim (签收).",
    UNCLAIM="Put back (放回).",
    RELEASE="Release (释放).",
    RESTATE="Restate (重新统计).",
    TRANSFER="Hand over (转办).",
    ADD_SIGNER="Ask for one more opinion (加签).",
    DROP_SIGNER="Ask for it no more (减签).",
    URGE="Urge (催办).",
    COPY="Show to others (抄送).",
    REDIRECT="Move elsewhere (改派).",
    AGREE_UP="Agree, send up inside (审核同意(呈单位领导)).",
    DISAGREE_UP="Disagree, send up inside (审核不同意(呈单位领导)).",
    RETURN_INSIDE="Return inside (退案(内部)).",
    RETURN="Return (退案).",
    REJECT="Reject (不同意(结案)).",
    PASS="Pass (审核同意(结案)).",
)
CASE, TASK = "The case.", "The task."
VERSION, KEY = "The version the client saw.", "The same key, the same answer."
published(
    errand.RecallCaseInput,
    "RecallCaseInput",
    "A case that one's own step sent on and nobody has looked at.",
    case_id=CASE,
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    errand.RestateCaseInput,
    "RestateCaseInput",
    "A case whose content has changed since it was submitted.",
    case_id=CASE,
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    errand.UrgeCaseInput,
    "UrgeCaseInput",
    "A case that waits: after half of the term, and once a day.",
    case_id=CASE,
    reason="What to say to whoever has it.",
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    errand.CopyCaseInput,
    "CopyCaseInput",
    "A case, and who may read it until when.",
    case_id=CASE,
    to="A person or an organisation.",
    until="When the right to read ends: at most 180 days from now.",
    reason="Why they should know.",
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    errand.RedirectCaseInput,
    "RedirectCaseInput",
    "A case, and the organisation its step is moved to.",
    case_id=CASE,
    organisation_id="One above the applicant's unit that fits the step.",
    reason="Why it is moved.",
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    errand.SignerInput,
    "SignerInput",
    "A case, and the person or the group whose opinion is asked for besides, or no more.",
    case_id=CASE,
    person_id="A colleague of the organisation that has the task.",
    group="Or the key of a user group there, of whom anybody may speak.",
    reason="Why.",
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    errand.TransferTaskInput,
    "TransferTaskInput",
    "A task, and the colleague it is given to.",
    task_id=TASK,
    person_id="Somebody of the same organisation and group who may take it.",
    reason="Why it is handed over.",
    expected_version=VERSION,
    idempotency_key=KEY,
)


@strawberry.type(description="One button under a task or a case (处理意见).")
class Action:
    act: Act = stored("What it does.")
    label: str = stored("Its name in the reader's language.")
    enabled: bool = stored("May it be pressed now?")
    refusal: UserError | None = answered_by(errors.of_action, "Why not: what the verb would say.")
    targets: list[Label] = stored("Where a return may go.")
    people: list[Person] = answered_by(
        offers.people, "To whom a task may be handed (转办), or who may be named (加签, 减签)."
    )
    groups: list[Label] = answered_by(offers.groups, "Groups that may be named (加签, 减签).")
    organisations: list[Organisation] = answered_by(
        offers.organisations, "Where a step may be moved (改派)."
    )
