"""Numbers, as reviewers and their owners see them."""

import strawberry

from resolvers import identity
from rules.document import DocumentType
from schema.field import named, published, stored
from schema.person import Person

named(
    DocumentType,
    "DocumentType",
    "Identity document (证件类型).",
    CITIZEN="Resident identity card, or residence permit (居民身份证、港澳台居民居住证).",
    HONG_KONG_MACAO="Travel permit of residents of Hong Kong and Macao (港澳居民来往内地通行证).",
    TAIWAN="Travel permit of residents of Taiwan (台湾居民来往大陆通行证).",
    FOREIGN_RESIDENT="Permanent residence card of a foreigner (外国人永久居留身份证).",
    PASSPORT="Passport (护照).",
)
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
