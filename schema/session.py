"""Login sessions and the password, as their owner sees them."""

from datetime import datetime

import strawberry

from models.account import UserType
from resolvers import ids, session
from schema.field import answered_by, published, stored

published(
    session.RevokeSessionInput,
    "RevokeSessionInput",
    "A session of one's own that shall end.",
    session_id="The session.",
)
published(
    session.ChangePasswordInput,
    "ChangePasswordInput",
    "The present password and the new one.",
    current="The present password.",
    new="The new one.",
)


@strawberry.type(description="A login session: where somebody is signed in.")
class Session:
    id: ids.NodeId = answered_by(session.id_of, "Goes into revokeSession.")
    user_type: UserType = stored("In what capacity he acts.")
    organisation: str | None = stored("For which organisation.")
    address: str = stored("From which address it was opened.")
    user_agent: str = stored("The browser or program that opened it.")
    created_at: datetime = stored("When it was opened.")
    seen_at: datetime = stored("When it was last used, to the minute.")
    expires_at: datetime = stored("When it ends at the latest.")
    current: bool = answered_by(session.is_current, "Is it the one that asks?")


@strawberry.type(description="Sessions are over.")
class SessionsEndedPayload:
    ended: int = stored("How many; after a change of the password all of them.")
