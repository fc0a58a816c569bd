"""The sources about accounts and people's seats and wishes, by the types they are."""

from collections.abc import Mapping

from models.claim_source import CLAIM
from models.data_request_source import DATA_REQUEST
from models.grant_source import GRANT
from models.identity_change_source import IDENTITY_CHANGE
from models.select import Source
from models.staff_source import MEMBER, MOVE

BY_TYPE: Mapping[str, Source] = {
    "Claim": CLAIM,
    "DataRequest": DATA_REQUEST,
    "Grant": GRANT,
    "IdentityChange": IDENTITY_CHANGE,
    "Member": MEMBER,
    "Move": MOVE,
}
