"""The demo city with servers and processes of its own, met over HTTP as its users meet it."""

import asyncio
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from devserver.city import PASSWORD
from devserver.postgres import SUPERUSER
from models import roles
from models.ids import uuid7
from tests import servers, shape
from tests.factories import paper

PATIENCE = 30.0
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # else each client reads the roots anew
SIGN_IN = """
mutation ($input: SignInInput!) { signIn(input: $input) { __typename
  ... on SignInPayload { token } ... on SeatRequired { seats { id userType } }
  ... on UserError { code message } } }
"""


class Town:
    """Processes over one database; each can be killed and started again."""

    def __init__(self, variables: Mapping[str, str], folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        given = {"JIJIAO_PORT": str(self.port), "JIJIAO_ORIGIN": self.url}
        self.variables = {**servers.surroundings(), **given, **variables}
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, *arguments: str) -> None:
        """A command from start to end."""
        finished = subprocess.run(
            [sys.executable, shape.ROOT, *arguments],
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr

    def start(self, name: str, *arguments: str, failpoint: str = "") -> None:
        """A process that stays; with a failpoint it dies when it gets there."""
        extra = {"JIJIAO_FAILPOINT": failpoint} if failpoint else {}
        url = self.variables["JIJIAO_DATABASE_URL"]
        role = {"serve": roles.APP}.get(name, roles.WORKER)  # as in production, not as superuser
        extra["JIJIAO_DATABASE_URL"] = url.replace(f"{SUPERUSER}@", f"{role}@")
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, shape.ROOT, *(arguments or (name,))],
                env={**self.variables, **extra},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def open(self, *, failpoint: str = "") -> None:
        """Start the API and wait until it is ready."""
        self.start("serve", failpoint=failpoint)
        await eventually(self.ready, said=lambda: self.log("serve"))

    def staff(self) -> None:
        """Start worker and relay."""
        self.start("work", "work", "all")
        self.start("relay")

    async def ready(self) -> bool:
        """Does the API say that it can work?"""
        assert self.running["serve"].poll() is None, self.log("serve")
        try:
            async with httpx.AsyncClient(verify=NO_TLS) as client:
                return (await client.get(f"{self.url}/health/ready")).status_code == 200
        except httpx.TransportError:
            return False

    def log(self, name: str) -> str:
        """What a process has printed."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def end(self, name: str, how: signal.Signals = signal.SIGTERM) -> int:
        """End a process and say how it went."""
        process = self.running.pop(name)
        if process.poll() is None:
            process.send_signal(how)
        return process.wait(30)

    async def died(self, name: str) -> None:
        """Wait until a process has killed itself at its failpoint."""
        process = self.running.pop(name)
        async with asyncio.timeout(PATIENCE):
            while process.poll() is None:
                await asyncio.sleep(0.02)
        assert process.returncode == -signal.SIGKILL, self.log(name)

    def close(self) -> None:
        """End everything."""
        for name in list(self.running):
            self.end(name)

    async def sql(self, statement: str, *values: Any) -> list[Any]:
        """Look behind the API; only to prove what must not be there."""
        connection = await asyncpg.connect(self.variables["JIJIAO_DATABASE_URL"])
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()

    @asynccontextmanager
    async def citizen(self, login: str, language: str = "zh-CN") -> AsyncIterator["Citizen"]:
        """Somebody who has signed in."""
        async with visitor(self.url) as client:
            client.headers["Accept-Language"] = language
            person = Citizen(client, self)
            client.headers["Authorization"] = f"Bearer {await person.sign_in(login)}"
            yield person


class Citizen:
    """A signed-in person and his questions."""

    def __init__(self, client: httpx.AsyncClient, town: Town) -> None:
        self.client, self.town = client, town

    async def sign_in(self, login: str) -> str:
        """A token for the seat at work, or for the person where there is no other."""
        given = {"login": login, "password": PASSWORD, "asToken": True}
        answer = await self.do(SIGN_IN, **given)
        if answer["__typename"] == "SeatRequired":
            (seat, *_) = [seat for seat in answer["seats"] if seat["userType"] != "PERSON"]
            answer = await self.do(SIGN_IN, **given, seatId=seat["id"])
        assert answer["__typename"] == "SignInPayload", answer
        token: str = answer["token"]
        return token

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of an operation that has no errors."""
        answer = await self.client.post(
            "/graphql", json={"query": document, "variables": variables}
        )
        body = answer.json()
        fine = answer.status_code == 200 and "errors" not in body
        assert fine, f"{body}\n{self.town.log('serve')[-3000:]}"
        data: dict[str, Any] = body["data"]
        return data

    async def do(self, document: str, **given: Any) -> dict[str, Any]:
        """The result of a mutation with one field and one input."""
        (answer,) = (await self.ask(document, input=given)).values()
        result: dict[str, Any] = answer
        return result

    async def upload(
        self, record_id: str, content: bytes, label: str = "证书", *, amends: bool = False
    ) -> httpx.Response:
        """Ask for a token and send a file: for a record, or to prove an amendment of it."""
        verb = "AmendmentUpload" if amends else "Upload"
        asked = await self.do(
            f"""mutation ($input: Request{verb}Input!) {{ request{verb}(input: $input) {{
              __typename ... on RequestUploadPayload {{ uploadUrl }}
              ... on UserError {{ code message path }} }} }}""",
            recordId=record_id,
            label=label,
            fileName="证书.pdf",
            size=len(content),
            idempotencyKey=key(),
        )
        assert asked["__typename"] == "RequestUploadPayload", asked
        return await self.client.put(asked["uploadUrl"], content=content)


def visitor(url: str) -> httpx.AsyncClient:
    """A client of a server of ours."""
    return httpx.AsyncClient(base_url=url, timeout=PATIENCE, verify=NO_TLS)


def key() -> str:
    """A fresh idempotency key."""
    return str(uuid7())


def free_port() -> int:
    """A port nobody uses now."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port


async def eventually(
    holds: Callable[[], Awaitable[bool]], *, said: Callable[[], str] = lambda: ""
) -> None:
    """Wait until something becomes true; what was said meanwhile explains why it did not."""
    deadline = time.monotonic() + PATIENCE
    while not await holds():
        assert time.monotonic() < deadline, said()
        await asyncio.sleep(0.05)


PROOF = paper.pdf("培训结业证书")
