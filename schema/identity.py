"""Numbers, as reviewers and their owners see them."""

import strawberry

from resolvers import identity
from rules.document import DocumentType
from schema.field import published, stored
from schema.person import Person

published(
    identity.RevealIdentityInput,
    "RevealIdentityInput",
    "Whose number is to be seen, and why; the person sees it in his access log.",
    person_id="The person.",
    case_id="The case with an open task of one's seat that is about him.",
    purpose="What for.",
    reason="In a few words, without numbers; kept in the audit log.",
)
published(
    identity.FindPersonInput,
    "FindPersonInput",
    "A number, exactly; counted like a reveal.",
    document_type="Of which document.",
    number="The number, in whatever form it was typed.",
)


@strawberry.type(description="A number in clear: never keep it.")
class RevealIdentityPayload:
    document_type: DocumentType = stored("Of which document.")
    number: str = stored("The number.")


@strawberry.type(description="Whoever has the number.")
class FindPersonPayload:
    person: Person | None = stored("He, if he is among the people one may read.")
