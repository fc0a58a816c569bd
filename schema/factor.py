"""The second factor, as its owner sees it."""

from datetime import datetime

import strawberry

from resolvers import factor
from schema.field import published, stored

CODE = "A code of the app (动态码), or a recovery code (恢复码)."

published(
    factor.BeginSecondFactorInput,
    "BeginSecondFactorInput",
    "Who enrols proves that the account is his.",
    password="The present password.",
)
published(factor.CodeInput, "CodeInput", "A code of the second factor.", code=CODE)
published(
    factor.StepUpInput,
    "StepUpInput",
    "A code, shown again.",
    code=CODE,
    as_token="Answer with a token for scripts and set no cookie.",
)


@strawberry.type(description="A second factor (双因素): what somebody holds beside what he knows.")
class SecondFactor:
    confirmed_at: datetime = stored("Since when it is asked for.")
    codes_left: int = stored("How many recovery codes are left.")


@strawberry.type(description="The secret for an authenticator app; nobody can show it again.")
class BeginSecondFactorPayload:
    address: str = stored("For the app: otpauth://….")
    picture: str = stored("The same as a QR code: SVG.")
    secret: str = stored("The same to be typed.")


@strawberry.type(description="Recovery codes; nobody can show them again.")
class RecoveryCodesPayload:
    codes: list[str] = stored("Ten codes, each good once, for the day the app is lost.")


@strawberry.type(description="A code was shown a moment ago.")
class StepUpPayload:
    token: str | None = stored("The new Bearer token, only if asked for; otherwise a cookie.")
    expires_at: datetime = stored("When the session ends at the latest.")
