"""`make bench`: the inbox of a reviewer, ours against a hand-written rival."""

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import load, town
from bench.load import Load

HERE = Path(__file__).parent
CONTENDERS = {"ours": [str(town.CHECKOUT), "serve"], "hand-written": ["-m", "bench.handwritten"]}
CONNECTIONS = (1, 8, 32)
PORT = 8199
URL = f"http://127.0.0.1:{PORT}/graphql"


def main() -> None:
    """Build or reuse the city, check that both say the same, then time them in turn."""
    given = arguments()
    with town.opened(given.persons) as variables:
        token = command(variables, "token", "handler").split()[-1]
        body = json.dumps({"query": (HERE / "inbox.graphql").read_text()})
        measured = {
            name: measure(program, variables, body, token, given.seconds)
            for name, program in CONTENDERS.items()
        }
    assert measured["ours"]["answer"] == measured["hand-written"]["answer"], "answers differ"
    print(table(measured, given.persons))
    if given.json:
        figures = {name: one["figures"] for name, one in measured.items()}
        given.json.write_text(json.dumps(figures, indent=2) + "\n")


def arguments() -> argparse.Namespace:
    """What may be chosen."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--persons", type=int, default=10_000, help="size of the city")
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser.parse_args()


def measure(
    program: list[str], variables: Mapping[str, str], body: str, token: str, seconds: float
) -> dict[str, Any]:
    """One contender alone: its answer, and its figures at 1, 8 and 32 connections."""
    with running(program, variables):
        asked = Load(url=URL, body=body, token=token, connections=1, seconds=1)
        answer = json.loads(asyncio.run(load.once(asked)))
        figures = {
            connections: timed(replace(asked, connections=connections, seconds=seconds))
            for connections in CONNECTIONS
        }
    return {"answer": answer, "figures": figures}


def timed(asked: Load) -> dict[str, float]:
    """A short warm-up, then the measurement, both from a process of their own."""
    for seconds in (1.0, asked.seconds):
        driver = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            input=load.told(replace(asked, seconds=seconds)),
            capture_output=True,
            text=True,
            check=True,
            cwd=town.CHECKOUT,
        )
    figures: dict[str, float] = json.loads(driver.stdout)
    return figures


@contextmanager
def running(program: list[str], variables: Mapping[str, str]) -> Iterator[None]:
    """A contender as a process of its own, until it answers."""
    environment = {"PATH": os.defpath, **variables, "JIJIAO_PORT": str(PORT)}
    process = subprocess.Popen([sys.executable, *program], env=environment, cwd=town.CHECKOUT)
    try:
        wait(process)
        yield
    finally:
        process.terminate()
        process.wait()


def wait(process: "subprocess.Popen[bytes]") -> None:
    """Until the port is open."""
    deadline = time.monotonic() + 30
    while True:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the contender did not start")
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", PORT)) == 0:
                return
        time.sleep(0.05)


def command(variables: Mapping[str, str], *words: str) -> str:
    """What one of our commands prints."""
    environment = {"PATH": os.defpath, **variables}
    ran = subprocess.run(
        [sys.executable, town.CHECKOUT, *words],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def table(measured: Mapping[str, Any], persons: int) -> str:
    """The figures side by side, with the ratio that counts."""
    lines = [f"inbox of 50 tasks, a city of {persons:,} persons, one server process", ""]
    lines.append("connections contender         req/s   p50 ms   p99 ms ratio")
    for connections in CONNECTIONS:
        best = measured["hand-written"]["figures"][connections]["per_second"]
        for name, one in measured.items():
            now = one["figures"][connections]
            lines.append(
                f"{connections:11} {name:14} {now['per_second']:8.1f} {now['p50']:8.2f}"
                f" {now['p99']:8.2f} {now['per_second'] / best:5.2f}"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
