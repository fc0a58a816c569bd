"""`PUT /uploads/{token}` over a real socket: a whole file and a row, or neither."""

import asyncio
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

import models
from models.access import Viewer
from models.training import RecordStatus
from tests.factories import file, people
from tests.factories.file import LIMITS
from tests.factories.people import NOW
from tests.uploads import site
from uploads.store import Store

pytestmark = pytest.mark.usefixtures("db")


@dataclass
class Bench:
    """The running site, and one person with a draft."""

    client: httpx.AsyncClient
    store: Store
    viewer: Viewer
    record_id: UUID
    minutes: float = 0

    async def token(self, content: bytes, name: str = "证书.pdf") -> str:
        return await file.token(self.viewer, self.record_id, content, name=name)

    async def put(
        self, token: str, content: Any, viewer: Viewer | None = None, language: str = ""
    ) -> httpx.Response:
        headers = {**site.named(viewer or self.viewer), "accept-language": language}
        return await self.client.put(f"/uploads/{token}", content=content, headers=headers)

    def files(self) -> list[Path]:
        return [path for path in self.store.root.rglob("*") if path.is_file()]

    async def nothing_stored(self) -> bool:
        rows = [
            await each.all().count() for each in (models.Attachment, models.Job, models.History)
        ]
        version = (await models.TrainingRecord.get(id=self.record_id)).version
        used = await models.UploadToken.exclude(used_at=None).count()
        return rows == [0, 0, 0] and self.files() == [] and (version, used) == (1, 0)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    store = Store(tmp_path / "files")
    viewer = await people.viewer(await people.person())
    record = await file.record(viewer)
    made: list[Bench] = []
    clock = lambda: NOW + timedelta(minutes=made[0].minutes)  # noqa: E731
    async with site.served(site.application(store, clock=clock)) as client:
        made.append(Bench(client, store, viewer, record.id))
        yield made[0]


async def pieces(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    """Sent in chunks, without Content-Length."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


def code(response: httpx.Response) -> tuple[int, str]:
    (error,) = response.json()["errors"]
    assert set(error) == {"message", "extensions"} and error["message"]
    return response.status_code, error["extensions"]["code"]


# --- what is accepted


@pytest.mark.parametrize("sent", [lambda content: content, pieces], ids=["announced", "chunked"])
@pytest.mark.parametrize(
    ("make", "name", "media_type"),
    [
        (file.pdf, "证书.pdf", "application/pdf"),
        (file.jpeg, "scan.JPEG", "image/jpeg"),
        (file.png, "截图.png", "image/png"),
        (lambda: file.pdf(3 << 20), "long.pdf", "application/pdf"),
    ],
)
async def test_a_file_arrives(
    bench: Bench,
    sent: Callable[[bytes], Any],
    make: Callable[[], bytes],
    name: str,
    media_type: str,
) -> None:
    content = make()

    response = await bench.put(await bench.token(content, name), sent(content))

    assert response.status_code == 201
    row = await models.Attachment.get()
    assert response.json() == {
        "attachment": {
            "id": str(row.id),
            "label": "证书",
            "fileName": name,
            "mediaType": media_type,
            "size": len(content),
            "scanState": "UNSCANNED",
            "record": {"id": str(bench.record_id), "version": 2},
        }
    }
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    assert bench.files() == [bench.store.path(row.sha256)]
    assert bench.files()[0].read_bytes() == content
    assert (await models.Job.get()).subject == row.id


async def test_a_file_of_exactly_the_limit_arrives(bench: Bench) -> None:
    content = file.pdf(LIMITS.max_bytes)

    response = await bench.put(await bench.token(content), content)

    assert response.status_code == 201


async def test_the_same_bytes_of_two_persons_are_kept_once(bench: Bench) -> None:
    content = file.pdf()
    other = await people.viewer(await people.person())
    record = await file.record(other)

    await bench.put(await bench.token(content), content)
    response = await bench.put(await file.token(other, record.id, content), content, other)

    assert response.status_code == 201
    assert len(bench.files()) == 1
    assert await models.Attachment.all().count() == 2


# --- what is refused: nothing is stored, and the right file is then taken

TRUE = file.pdf(2000)
SHORT = TRUE[:-1]


@pytest.mark.parametrize("sent", [lambda content: content, pieces], ids=["announced", "chunked"])
@pytest.mark.parametrize(
    ("content", "wrong", "answer"),
    [
        (TRUE, b"", (422, "FILE_EMPTY")),
        (TRUE, SHORT, (400, "FILE_TOO_SHORT")),
        (TRUE, TRUE + b"\n", (413, "FILE_TOO_LONG")),
        (TRUE, b"MZ" + TRUE[2:], (415, "FILE_TYPE")),
        (TRUE, b"\x89PNG\r\n\x1a\n" + TRUE[8:], (415, "FILE_TYPE_DIFFERS")),
        (TRUE, TRUE[:-6] + b"EOF%%\n", (422, "FILE_INCOMPLETE")),
    ],
)
async def test_a_wrong_file_leaves_nothing_and_the_token_as_it_was(
    bench: Bench,
    sent: Callable[[bytes], Any],
    content: bytes,
    wrong: bytes,
    answer: tuple[int, str],
) -> None:
    token = await bench.token(content)

    response = await bench.put(token, sent(wrong))

    assert code(response) == answer
    assert await bench.nothing_stored()
    assert (await bench.put(token, sent(content))).status_code == 201


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (lambda content: content, (413, "FILE_TOO_LARGE")),
        (pieces, (413, "FILE_TOO_LONG")),
    ],
    ids=["announced", "chunked"],
)
async def test_a_file_over_the_limit_is_refused_as_soon_as_that_is_known(
    bench: Bench, sent: Callable[[bytes], Any], answer: tuple[int, str]
) -> None:
    token = await bench.token(TRUE)

    response = await bench.put(token, sent(file.pdf(LIMITS.max_bytes + 1)))

    assert code(response) == answer
    assert await bench.nothing_stored()
    assert (await bench.put(token, TRUE)).status_code == 201


@pytest.mark.parametrize("what", ["unknown", "of another", "expired", "in review", "full"])
async def test_a_token_that_opens_nothing(bench: Bench, what: str) -> None:
    token = await bench.token(TRUE)
    viewer, answer = bench.viewer, (404, "NOT_FOUND")
    match what:
        case "unknown":
            token = "x" * 43
        case "of another":
            viewer = await people.viewer(await people.person())
        case "expired":
            bench.minutes, answer = 15, (410, "UPLOAD_EXPIRED")
        case "in review":
            rows = models.TrainingRecord.filter(id=bench.record_id)
            await rows.update(status=RecordStatus.IN_REVIEW)
            answer = (409, "NOT_EDITABLE")

    if what == "full":
        for _ in range(LIMITS.files_per_record):
            await file.received(bench.viewer, bench.record_id)
        assert code(await bench.put(token, TRUE, viewer)) == (409, "TOO_MANY_FILES")
        assert bench.files() == []
    else:
        assert code(await bench.put(token, TRUE, viewer)) == answer
        assert await bench.nothing_stored()


async def test_a_used_token_is_refused_and_changes_nothing(bench: Bench) -> None:
    token = await bench.token(TRUE)
    await bench.put(token, TRUE)

    assert code(await bench.put(token, TRUE)) == (409, "UPLOAD_USED")

    assert await models.Attachment.all().count() == 1


async def test_without_a_login_nothing_is_even_looked_up(bench: Bench) -> None:
    token = await bench.token(TRUE)

    response = await bench.client.put(f"/uploads/{token}", content=TRUE)

    assert code(response) == (401, "UNAUTHENTICATED")
    assert await bench.nothing_stored()


@pytest.mark.parametrize("turn", range(3))
async def test_of_two_at_once_with_one_token_exactly_one_wins(bench: Bench, turn: int) -> None:
    content = file.pdf(2 << 20)
    token = await bench.token(content)

    responses = await asyncio.gather(*(bench.put(token, pieces(content)) for _ in range(2)))

    answers = sorted(each.status_code for each in responses)
    assert answers == [201, 409]
    assert await models.Attachment.all().count() == await models.Job.all().count() == 1
    assert len(bench.files()) == 1


async def test_of_many_files_at_once_the_record_takes_as_many_as_it_may(bench: Bench) -> None:
    contents = [file.pdf(300_000) for _ in range(6)]
    tokens = [await bench.token(content) for content in contents]

    responses = await asyncio.gather(*map(bench.put, tokens, contents))

    answers = sorted(each.status_code for each in responses)
    assert answers == [201, 201, 201, 409, 409, 409]
    assert await models.Attachment.all().count() == 3


@pytest.mark.parametrize(
    ("language", "words"),
    [("", "文件是空的。"), ("en-GB", "The file is empty."), ("fr, en;q=0.1", "The file is empty.")],
)
async def test_refusals_speak_the_language_of_the_reader(
    bench: Bench, language: str, words: str
) -> None:
    response = await bench.put(await bench.token(TRUE), b"", language=language)

    assert response.json()["errors"] == [{"message": words, "extensions": {"code": "FILE_EMPTY"}}]


# --- what the world does


async def hanging(bench: Bench, token: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A sender who has stopped in the middle."""
    url = bench.client.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    who = "".join(f"{key}: {value}\r\n" for key, value in site.named(bench.viewer).items())
    head = f"PUT /uploads/{token} HTTP/1.1\r\nHost: x\r\n{who}Content-Length: 3000000\r\n\r\n"
    writer.write(head.encode() + b"%PDF-" + b"x" * 1_500_000)
    await writer.drain()
    await site.until(bench.files)
    return reader, writer


async def test_a_sender_who_goes_away_leaves_nothing(bench: Bench) -> None:
    content = file.pdf(3_000_000)
    token = await bench.token(content)
    _, writer = await hanging(bench, token)

    writer.close()
    await site.until(lambda: not bench.files())

    assert await bench.nothing_stored()
    assert (await bench.put(token, content)).status_code == 201


async def test_a_sender_who_dawdles_is_cut_off_when_the_token_ends(bench: Bench) -> None:
    token = await bench.token(file.pdf(3_000_000))
    bench.minutes = 15 - 0.3 / 60
    reader, writer = await hanging(bench, token)

    status = await reader.readline()

    assert b" 410 " in status
    writer.close()
    assert await bench.nothing_stored()


async def test_a_store_that_is_away_is_said_so(bench: Bench) -> None:
    token = await bench.token(TRUE)
    shutil.rmtree(bench.store.arriving)

    assert code(await bench.put(token, TRUE)) == (507, "STORAGE_UNAVAILABLE")

    bench.store.prepare()
    assert await bench.nothing_stored()
    assert (await bench.put(token, TRUE)).status_code == 201


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
async def test_a_full_disk_is_said_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    full = lambda self, path, flags: os.open("/dev/full", os.O_WRONLY)  # noqa: E731
    token = await bench.token(TRUE)
    monkeypatch.setattr(Store, "create", full)

    assert code(await bench.put(token, TRUE)) == (507, "STORAGE_UNAVAILABLE")

    monkeypatch.undo()
    assert await bench.nothing_stored()
    assert (await bench.put(token, TRUE)).status_code == 201
