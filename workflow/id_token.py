"""ID tokens (OpenID Connect Core 1.0, 3.1.3.7): what a portal says of somebody, verified.

Signatures are the business of PyJWT, and only the two kinds named here; a key says itself which of
them it makes, so that no token chooses. Time is judged by the `now` that is handed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from jwt import PyJWK
from jwt.types import Options

from rules.refusal import Refused

ALGORITHMS = ("RS256", "ES256")
LEEWAY = timedelta(minutes=1)  # by which two clocks may differ
OLDEST = timedelta(minutes=10)
LONGEST_SUBJECT = 255
OPTIONS: Options = {
    "require": ["iss", "sub", "aud", "exp", "iat"],
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "enforce_minimum_key_length": True,
}
MANY_FACTORS = "mfa"  # RFC 8176


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a token must say to be for us and for this visit, and how its claims are called."""

    issuer: str
    client: str
    nonce: str
    number: str = ""  # the claim that holds a verified citizen number
    strong: frozenset[str] = frozenset()  # values of `acr` that stand for two factors


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a verified token tells: who, and when he showed a second factor, if he did."""

    subject: str
    number: str = field(default="", repr=False)
    second_factor: datetime | None = None


def keys(told: Mapping[str, Any]) -> list[PyJWK]:
    """The keys of a JWK set that may sign ID tokens; what we do not know is passed over."""
    listed = told.get("keys")
    found = [readable(each) for each in listed] if isinstance(listed, list) else []
    return [key for key in found if key is not None]


def readable(told: Any) -> PyJWK | None:
    """A key, unless it is for something else."""
    if not isinstance(told, dict) or told.get("use", "sig") != "sig":
        return None
    try:
        key = PyJWK.from_dict(told)
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
        return None
    return key if key.algorithm_name in ALGORITHMS else None


def fitting(known: Sequence[PyJWK], token: str) -> list[PyJWK]:
    """The keys a token may have been signed with, by the name in its header."""
    try:
        name = jwt.get_unverified_header(token).get("kid")
    except jwt.PyJWTError:
        return []
    return [key for key in known if name is None or key.key_id == name]


def verify(token: str, known: Sequence[PyJWK], wanted: Wanted, now: datetime) -> Proof | Refused:
    """What a token proves, or why it proves nothing."""
    for key in fitting(known, token):
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=wanted.client,
                issuer=wanted.issuer,
                options=OPTIONS,
            )
        except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError, jwt.InvalidKeyError):
            continue  # perhaps another key of that name
        except jwt.PyJWTError as error:
            return unproven(WHY.get(type(error), "claims"))
        why = wrong(claims, wanted, now)
        return unproven(why) if why else proof(claims, wanted, now)
    return unproven("signature")


WHY: Mapping[type[Exception], str] = {
    jwt.InvalidIssuerError: "issuer",
    jwt.InvalidAudienceError: "audience",
}


def unproven(why: str) -> Refused:
    """What came back from the portal proves nothing."""
    return Refused("PORTAL_REFUSED", {"why": why})


def wrong(claims: Mapping[str, Any], wanted: Wanted, now: datetime) -> str:
    """Which claim is not as it must be; nothing if all are."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else wanted.client) != wanted.client:
        return "audience"
    if claims.get("nonce") != wanted.nonce:
        return "nonce"
    if not 0 < len(claims["sub"]) <= LONGEST_SUBJECT or "\0" in claims["sub"]:
        return "subject"
    issued, ends = instant(claims["iat"]), instant(claims["exp"])
    begins = instant(claims.get("nbf", claims["iat"]))
    if issued is None or ends is None or begins is None:
        return "time"
    lives = max(issued, begins) - LEEWAY <= now < ends + LEEWAY
    return "" if lives and now - issued <= OLDEST else "time"


def proof(claims: Mapping[str, Any], wanted: Wanted, now: datetime) -> Proof:
    """What is taken from verified claims."""
    number = claims.get(wanted.number) if wanted.number else None
    return Proof(
        subject=claims["sub"],
        number=number if isinstance(number, str) else "",
        second_factor=second_factor(claims, wanted.strong, now),
    )


def second_factor(
    claims: Mapping[str, Any], strong: frozenset[str], now: datetime
) -> datetime | None:
    """When he showed two factors; where that is not said, it was one (ASVS 6.8.4).

    A moment that is still to come proves nothing: it would stay fresh until then.
    """
    methods, level = claims.get("amr"), claims.get("acr")
    by_method = isinstance(methods, list) and MANY_FACTORS in methods
    by_level = isinstance(level, str) and level in strong
    shown = instant(claims.get("auth_time")) if by_method or by_level else None
    return shown if shown and shown <= now + LEEWAY else None


def instant(seconds: Any) -> datetime | None:
    """Seconds since 1970 as a moment, if they are some."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
