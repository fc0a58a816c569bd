"""ID tokens: each thing that makes one worthless, beside the one that is good."""

import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from rules.refusal import Refused
from workflow import id_token
from workflow.id_token import Proof, Wanted
from workflow.signature import encoded

NOW = datetime(2026, 5, 11, 1, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = RSA.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
RSA_JWK = {**json.loads(RSAAlgorithm.to_jwk(RSA.public_key())), "kid": "r"}
EC_JWK = {**json.loads(ECAlgorithm.to_jwk(EC.public_key())), "kid": "e"}
KEYS = id_token.keys({"keys": [RSA_JWK, EC_JWK]})
WANTED = Wanted(
    issuer="https://sso.example", client="jijiao", nonce="n", number="idnum", strong=frozenset("2")
)
GOOD: Mapping[str, Any] = {
    "iss": "https://sso.example",
    "aud": "jijiao",
    "sub": "abc",
    "nonce": "n",
    "iat": SECONDS,
    "exp": SECONDS + 300,
}


def signed(key: Any = RSA, algorithm: str = "RS256", name: str | None = "r", **claims: Any) -> str:
    """A token; a claim that is None is left out."""
    told = {each: value for each, value in {**GOOD, **claims}.items() if value is not None}
    return jwt.encode(told, key, algorithm, headers={"kid": name} if name else {})


def judged(token: str) -> Proof | str:
    """The proof, or why there is none."""
    answer = id_token.verify(token, KEYS, WANTED, NOW)
    return answer.data["why"] if isinstance(answer, Refused) else answer


def forged() -> str:
    """HS256 with the public key as its secret; PyJWT itself would not make one."""
    head, body = signed().split(".")[:2]
    told = {"alg": "HS256", "kid": "r", "typ": "JWT"}
    head = encoded(json.dumps(told).encode())
    return f"{head}.{body}.{encoded(hmac.digest(PEM, f'{head}.{body}'.encode(), 'sha256'))}"


@pytest.mark.parametrize(
    "token",
    [
        lambda: signed(),
        lambda: signed(EC, "ES256", "e"),
        lambda: signed(name=None),
        lambda: signed(aud=["jijiao"]),
        lambda: signed(aud=["jijiao", "other"], azp="jijiao"),
        lambda: signed(azp="jijiao"),
        lambda: signed(exp=SECONDS - 59),
        lambda: signed(iat=SECONDS + 60),
        lambda: signed(iat=SECONDS - 600),
        lambda: signed(nbf=SECONDS + 60),
    ],
)
def test_a_good_token_says_who(token: Callable[[], str]) -> None:
    assert judged(token()) == Proof(subject="abc")


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (lambda: signed(None, "none"), "signature"),
        (forged, "signature"),
        (lambda: signed("x" * 32, "HS256"), "signature"),
        (lambda: signed(OTHER), "signature"),
        (lambda: signed(name="e"), "signature"),  # the key of another algorithm
        (lambda: signed(RSA, "RS512"), "signature"),
        (lambda: signed(RSA, "PS256"), "signature"),
        (lambda: signed(name="unknown"), "signature"),
        (lambda: signed()[:-8] + "AAAAAAAA", "signature"),
        (lambda: "", "signature"),
        (lambda: "a.b.c", "signature"),
        (lambda: signed(iss="https://sso.example/"), "issuer"),
        (lambda: signed(iss="https://evil.example"), "issuer"),
        (lambda: signed(aud="other"), "audience"),
        (lambda: signed(aud=["jijiao", "other"]), "audience"),
        (lambda: signed(aud=["jijiao", "other"], azp="other"), "audience"),
        (lambda: signed(azp="other"), "audience"),
        (lambda: signed(nonce="m"), "nonce"),
        (lambda: signed(nonce=None), "nonce"),
        (lambda: signed(exp=SECONDS - 60), "time"),
        (lambda: signed(iat=SECONDS + 61), "time"),
        (lambda: signed(iat=SECONDS - 601), "time"),
        (lambda: signed(nbf=SECONDS + 61), "time"),
        (lambda: signed(nbf="soon"), "time"),
        (lambda: signed(exp=True), "time"),
        (lambda: signed(exp=1e300), "time"),
        (lambda: signed(sub=""), "subject"),
        (lambda: signed(sub="x" * 256), "subject"),
        (lambda: signed(sub="a\0"), "subject"),
        (lambda: signed(sub=None), "claims"),
        (lambda: signed(exp=None), "claims"),
        (lambda: signed(iat=None), "claims"),
        (lambda: signed(aud=None), "claims"),
        (lambda: signed(iss=None), "claims"),
    ],
)
def test_a_bad_token_proves_nothing(token: Callable[[], str], why: str) -> None:
    assert judged(token()) == why


@pytest.mark.parametrize(
    ("claims", "shown"),
    [
        ({"amr": ["pwd", "otp", "mfa"], "auth_time": SECONDS - 5}, -5),
        ({"acr": "2", "auth_time": SECONDS - 5}, -5),
        ({"acr": "1", "auth_time": SECONDS}, None),
        ({"amr": ["pwd"], "auth_time": SECONDS}, None),
        ({"amr": "mfa", "auth_time": SECONDS}, None),
        ({"amr": ["mfa"]}, None),  # nobody says when
        ({"amr": ["mfa"], "auth_time": SECONDS + 60}, 60),  # by which two clocks may differ
        ({"amr": ["mfa"], "auth_time": SECONDS + 61}, None),
        ({"auth_time": SECONDS}, None),
        ({}, None),
    ],
)
def test_two_factors_are_believed_where_they_are_said_with_their_time(
    claims: dict[str, Any], shown: int | None
) -> None:
    proof = judged(signed(**claims))

    assert isinstance(proof, Proof)
    assert proof.second_factor == (None if shown is None else NOW + timedelta(seconds=shown))


def test_a_number_is_taken_from_its_claim_alone_and_never_printed() -> None:
    proof = judged(signed(idnum="440106198506080012", number="x"))

    assert isinstance(proof, Proof)
    assert proof.number == "440106198506080012"
    assert "0106" not in repr(proof)
    assert judged(signed(idnum=440106198506080012)) == Proof(subject="abc")


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"keys": None},
        {"keys": [None, "x", {}]},
        {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "r"}]},
        {"keys": [{**RSA_JWK, "use": "enc"}]},
        {"keys": [{**RSA_JWK, "alg": "RS512"}]},
        {"keys": [{**RSA_JWK, "n": "!"}]},
        {"keys": [{**EC_JWK, "x": "AA"}]},
        {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]},
    ],
)
def test_a_key_for_something_else_is_passed_over(told: dict[str, Any]) -> None:
    assert id_token.keys(told) == []
    assert len(id_token.keys({"keys": [*(told.get("keys") or []), RSA_JWK]})) == 1


def test_a_short_key_proves_nothing() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    known = id_token.keys({"keys": [json.loads(RSAAlgorithm.to_jwk(short.public_key()))]})

    with pytest.warns(jwt.warnings.InsecureKeyLengthWarning):
        token = signed(short, name=None)

    assert len(known) == 1
    assert isinstance(id_token.verify(token, known, WANTED, NOW), Refused)
