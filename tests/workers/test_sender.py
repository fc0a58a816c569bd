"""Letters leave by the way the operator chose."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

import settings
from workers import sender
from workflow.reset import Letter

LETTER = Letter(to="13800138000", login="wang.lan", token="secret-token")
DEV = settings.read({}, mode="dev")


@contextmanager
def gateway(status: int) -> Iterator[tuple[str, list[Any]]]:
    """A gateway for text messages, and what it was given."""
    given: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/send", given
        server.shutdown()
        thread.join()


async def test_a_gateway_is_told_whom_and_what_in_both_languages() -> None:
    with gateway(200) as (url, given):
        await sender.sender(replace(DEV, sender=url))(LETTER)

    (letter,) = given
    assert (letter["to"], letter["subject"]) == ("13800138000", "重设密码 · A new password")
    assert letter["text"].count("secret-token") == 2


async def test_a_gateway_that_refuses_is_tried_again_by_the_job() -> None:
    with gateway(500) as (url, _):
        send = sender.sender(replace(DEV, sender=url))
        with pytest.raises(OSError, match="500"):
            await send(LETTER)


async def test_in_dev_a_file_takes_the_letters(tmp_path: Path) -> None:
    box = tmp_path / "letters"

    await sender.sender(replace(DEV, sender=f"file:{box}"))(LETTER)

    assert "wang.lan" in box.read_text() and "secret-token" in box.read_text()


async def test_in_production_nothing_is_written_where_nobody_looks() -> None:
    with pytest.raises(RuntimeError, match="JIJIAO_SENDER"):
        await sender.sender(replace(DEV, mode="production"))(LETTER)
