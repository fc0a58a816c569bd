"""The sources about accounts: claims, grants, members and moves, by the types they are."""

from collections.abc import Mapping

from models.claim_source import CLAIM
from models.grant_source import GRANT
from models.identity_change_source import IDENTITY_CHANGE
from models.select import Source
from models.staff_source import MEMBER, MOVE

BY_TYPE: Mapping[str, Source] = {
    "Claim": CLAIM,
    "Grant": GRANT,
    "IdentityChange": IDENTITY_CHANGE,
    "Member": MEMBER,
    "Move": MOVE,
}
