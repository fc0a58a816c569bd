"""A small OpenID provider, as a process of its own: strict with whoever asks, and false on demand.

It checks what a portal checks (address, secret, PKCE, codes that are good once), so that a client
which leaves something out does not get in. `POST /be` says who signs in next and how it lies.

    python -m tests.provider      prints its issuer
"""

import base64
import hashlib
import json
import secrets
import socket
import time
from typing import Any
from urllib.parse import parse_qsl

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "jijiao", "a secret & a half"
BASIC = base64.b64encode(b"jijiao:a+secret+%26+a+half").decode()
RETURN = "http://test/oidc/return"
ASKED = ("response_type", "client_id", "redirect_uri", "code_challenge_method")
RIGHT = ("code", CLIENT, RETURN, "S256")


class Provider:
    """One provider: its keys, the codes it has given, and how it is told to be."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.codes: dict[str, dict[str, Any]] = {}
        self.manner: dict[str, Any] = {}
        self.turn_keys()

    def turn_keys(self) -> None:
        """New keys under new names; the old ones are gone."""
        self.name = secrets.token_hex(4)
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())

    async def about(self, _: Request) -> Response:
        named = {"authorization_endpoint": "/go", "token_endpoint": "/token", "jwks_uri": "/keys"}
        told: dict[str, Any] = {name: self.issuer + path for name, path in named.items()}
        told["issuer"] = self.issuer
        return JSONResponse({**told, "authorization_response_iss_parameter_supported": True})

    async def keys(self, _: Request) -> Response:
        kinds = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm}
        public = {"RS256": self.rsa.public_key(), "ES256": self.ec.public_key()}
        found = [
            {**json.loads(kinds[name].to_jwk(key)), "kid": f"{self.name}-{name}", "use": "sig"}  # type: ignore[attr-defined]
            for name, key in public.items()
        ]
        return JSONResponse({"keys": found})

    async def be(self, request: Request) -> Response:
        self.manner = await request.json()
        if self.manner.get("turn"):
            self.turn_keys()
        return JSONResponse({})

    async def go(self, request: Request) -> Response:
        """Somebody signs in without being asked, if the request is as it should be."""
        asked = request.query_params
        if tuple(asked.get(name) for name in ASKED) != RIGHT or len(asked["code_challenge"]) != 43:
            return JSONResponse({"error": "invalid_request"}, 400)
        code = secrets.token_urlsafe(16)
        self.codes[code] = dict(asked)
        answer = {"code": code, "iss": self.issuer, "state": asked["state"]}
        if self.manner.get("declines"):
            answer = {"error": "access_denied", "iss": self.issuer, "state": asked["state"]}
        answer |= self.manner.get("answer", {})
        query = "&".join(f"{name}={value}" for name, value in answer.items())
        return RedirectResponse(f"{asked['redirect_uri']}?{query}", 302)

    async def token(self, request: Request) -> Response:
        """A token for a code, once, for whoever has the secret and the verifier."""
        given = dict(parse_qsl((await request.body()).decode()))
        visit = self.codes.pop(given.get("code", ""), None)
        made = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(made).rstrip(b"=").decode()
        known = request.headers.get("authorization") == f"Basic {BASIC}"
        if not known or visit is None or visit["code_challenge"] != challenge:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if self.manner.get("fails"):
            return JSONResponse({}, 500)
        return JSONResponse({"access_token": "x", "id_token": self.signed(visit["nonce"])})

    def signed(self, nonce: str) -> str:
        """An ID token, with what it is told to say instead."""
        now, algorithm = int(time.time()), self.manner.get("alg", "RS256")
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "nonce": nonce,
            "iat": now,
            "exp": now + 300,
            "sub": "someone",
            **self.manner.get("claims", {}),
        }
        key: Any = {"RS256": self.rsa, "ES256": self.ec}.get(algorithm)
        return jwt.encode(claims, key, algorithm, headers={"kid": f"{self.name}-{algorithm}"})


def main() -> None:
    """Serve until the process is ended."""
    listening = socket.create_server(("127.0.0.1", 0))
    issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
    one = Provider(issuer)
    routes = [
        Route("/.well-known/openid-configuration", one.about),
        Route("/keys", one.keys),
        Route("/be", one.be, methods=["POST"]),
        Route("/go", one.go),
        Route("/token", one.token, methods=["POST"]),
    ]
    print(issuer, flush=True)
    config = uvicorn.Config(Starlette(routes=routes), log_level="error", lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
