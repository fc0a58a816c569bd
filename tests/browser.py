"""A real Chromium, driven over its DevTools protocol: open, look, click, download."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 30.0
FLAGS = """--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic
 --no-first-run --disable-background-networking --disable-component-update --disable-sync
 --disable-extensions --remote-debugging-port=0 --window-size=1440,900""".split()
DOMAINS = ("Page", "Runtime", "Network", "Log")


@asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Page]:
    """A fresh browser with one page; what it downloads lies in `folder`."""
    profile = folder / "profile"
    assert PROGRAM
    with (folder / "chromium.log").open("wb") as log:
        process = subprocess.Popen(
            [PROGRAM, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            env={"PATH": os.defpath, "HOME": str(folder)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        port, path = await address(profile / "DevToolsActivePort")
        async with connect(f"ws://127.0.0.1:{port}{path}", max_size=None, proxy=None) as line:
            page = Page(line, folder)
            async with page.attached():
                yield page
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def address(file: Path) -> list[str]:
    """Port and path that Chromium writes down once it listens."""
    deadline = time.monotonic() + PATIENCE
    while not (file.exists() and len(lines := file.read_text().splitlines()) == 2):
        assert time.monotonic() < deadline, (file.parent.parent / "chromium.log").read_text()
        await asyncio.sleep(0.1)
    return lines


class Page:
    """One page: what it asked for and what it complained of is kept."""

    def __init__(self, line: ClientConnection, folder: Path) -> None:
        self.line, self.folder = line, folder
        self.session = ""
        self.number = 0
        self.answers: dict[int, asyncio.Future[Any]] = {}
        self.requests: list[str] = []
        self.complaints: list[str] = []

    @asynccontextmanager
    async def attached(self) -> AsyncIterator[None]:
        """Listen to the first page there is."""
        listening = asyncio.create_task(self.listen())
        try:
            where = {"behavior": "allow", "downloadPath": str(self.folder)}
            await self.call("Browser.setDownloadBehavior", **where)
            targets = (await self.call("Target.getTargets"))["targetInfos"]
            target = next(each["targetId"] for each in targets if each["type"] == "page")
            found = await self.call("Target.attachToTarget", targetId=target, flatten=True)
            self.session = found["sessionId"]
            for domain in DOMAINS:
                await self.call(f"{domain}.enable")
            yield
        finally:
            listening.cancel()

    async def listen(self) -> None:
        """Sort what comes: answers to us, requests it makes, complaints."""
        async for text in self.line:
            message = json.loads(text)
            given = message.get("params", {})
            if waiting := self.answers.pop(message.get("id"), None):
                waiting.set_result(message)
            elif message.get("method") == "Network.requestWillBeSent":
                self.requests.append(given["request"]["url"])
            elif message.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(str(given["exceptionDetails"]))
            elif message.get("method") == "Log.entryAdded":
                self.complaints.append(str(given["entry"]["text"]))

    async def call(self, method: str, **given: Any) -> Any:
        """One command and its result."""
        self.number += 1
        waiting = self.answers[self.number] = asyncio.get_running_loop().create_future()
        session = {"sessionId": self.session} if self.session else {}
        message = {"id": self.number, "method": method, "params": given, **session}
        await self.line.send(json.dumps(message))
        async with asyncio.timeout(PATIENCE):
            answer = await waiting
        assert "error" not in answer, answer["error"]
        return answer["result"]

    async def open(self, url: str) -> None:
        """Go to an address and wait until its document is there."""
        await self.call("Page.navigate", url=url)
        await self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    async def run(self, script: str) -> Any:
        """What a script answers; promises are awaited."""
        given = {"expression": script, "awaitPromise": True, "returnByValue": True}
        answer = await self.call("Runtime.evaluate", **given, userGesture=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def until(self, script: str) -> Any:
        """Wait until a script answers with something true; a page that is leaving may fail once."""
        deadline, last = time.monotonic() + PATIENCE, ""
        while time.monotonic() < deadline:
            try:
                if value := await self.run(script):
                    return value
                last = await self.run("document.body?.innerText.slice(0, 2000)")
            except AssertionError as error:  # while one document gives way to the next
                last = str(error)
            await asyncio.sleep(0.1)
        raise AssertionError(f"never: {script}\n{last}\n{self.complaints}")

    async def click(self, selector: str, text: str = "") -> None:
        """Press the first element of a selector that shows this text, once it is there."""
        find = (
            f"[...document.querySelectorAll({json.dumps(selector)})]"
            f".find(each => each.textContent.includes({json.dumps(text)}))"
        )
        await self.until(f"!!{find}")
        await self.run(f"{find}.click()")

    async def type(self, selector: str, text: str) -> None:
        """Put the caret into a field and write."""
        await self.until(f"!!document.querySelector({json.dumps(selector)})")
        await self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        await self.call("Input.insertText", text=text)

    async def downloaded(self, pattern: str) -> bytes:
        """The content of the file that arrives."""
        deadline = time.monotonic() + PATIENCE
        while not (found := list(self.folder.glob(pattern))):
            assert time.monotonic() < deadline, sorted(self.folder.iterdir())
            await asyncio.sleep(0.1)
        return found[0].read_bytes()

    async def picture(self, path: Path, **options: Any) -> None:
        """A screenshot."""
        answer = await self.call("Page.captureScreenshot", **options)
        path.write_bytes(base64.b64decode(answer["data"]))
