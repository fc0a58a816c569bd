"""The driver: requests over kept connections, each as soon as the last is answered."""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, kw_only=True)
class Load:
    """What to send, over how many connections, for how long."""

    url: str
    body: str
    token: str
    connections: int
    seconds: float


def request(load: Load) -> bytes:
    """One request, the same every time."""
    at, body = urlsplit(load.url), load.body.encode()
    head = (
        f"POST {at.path} HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nAuthorization: Bearer {load.token}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes
) -> bytes:
    """Send one request and read the whole answer."""
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode())
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return await reader.readexactly(int(lengths[0].split(b":")[1]))


async def keep_asking(load: Load, until: float, took: list[float]) -> None:
    """One connection's share."""
    at = urlsplit(load.url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    sent = request(load)
    while (begun := time.perf_counter()) < until:
        await exchange(reader, writer, sent)
        took.append(time.perf_counter() - begun)
    writer.close()


async def once(load: Load) -> bytes:
    """The body of one answer."""
    at = urlsplit(load.url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    body = await exchange(reader, writer, request(load))
    writer.close()
    return body


async def drive(load: Load) -> dict[str, float]:
    """Requests per second, and how long the middle and the slow ones took, in milliseconds."""
    took: list[float] = []
    begun = time.perf_counter()
    until = begun + load.seconds
    await asyncio.gather(*(keep_asking(load, until, took) for _ in range(load.connections)))
    elapsed = time.perf_counter() - begun
    took.sort()
    return {
        "per_second": len(took) / elapsed,
        "p50": took[len(took) // 2] * 1000,
        "p99": took[len(took) * 99 // 100] * 1000,
    }


def told(load: Load) -> str:
    """A load for the driver's own process."""
    return json.dumps(asdict(load))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(drive(Load(**json.load(sys.stdin))))))
