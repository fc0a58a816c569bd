"""Links that are good once, and what is asked of a password, as their page needs them."""

from datetime import datetime

import strawberry

from resolvers import password_link
from resolvers.password_link import PasswordLinkKind
from schema.field import answered_by, named, stored

named(
    PasswordLinkKind,
    "PasswordLinkKind",
    "What a link that is good once is good for.",
    INVITATION="The first password of an account; goes to redeemInvitation.",
    RESET="Another password instead of a forgotten one; goes to resetPassword.",
)


@strawberry.type(description="A link that is good once (一次性链接), while it is.")
class PasswordLink:
    kind: PasswordLinkKind = stored("What it is good for.")
    login: str = stored("The login of the account.")
    expires_at: datetime = stored("Until when it is good.")
    code_needed: bool = stored("Does it open only with the code of the security administrator?")
    waits: bool = stored("Has the security administrator still to give the account its office?")
    app_needed: bool = answered_by(
        password_link.app_needed, "Is an authenticator app (双因素) needed to sign in afterwards?"
    )


@strawberry.type(description="What is asked of every new password.")
class PasswordRules:
    shortest: int = stored("How many characters at least.")
    kinds: int = stored("How many of: capitals, small letters, digits, others; 0 asks for none.")
    sentences: list[str] = stored("Everything in words: length, kinds if any, and the rest.")
