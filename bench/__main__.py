"""`make bench`: reads, ours against a hand-written rival and against the usual way."""

import argparse
import asyncio
import json
import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import load, town
from bench.load import Question
from resolvers import ids

HERE = Path(__file__).parent
PORT = 8199
URL = f"http://127.0.0.1:{PORT}/graphql"
CONTENDERS = {
    "hand-written": ["-m", "bench.handwritten"],
    "ours": [str(town.CHECKOUT), "serve"],
    "usual": ["-m", "bench.usual"],
}
CONNECTIONS = {"inbox": (1, 8, 32), "todo": (1, 8), "flat": (1, 8), "deep": (1, 8)}
OF_THE_USUAL_WAY = {"inbox"}
GROWTH = (10_000, 2_000_000)  # closed tasks behind the inbox


def main() -> None:
    """Build or reuse the city, check that all say the same, then time them in turn."""
    given = arguments()
    with town.opened(given.persons) as place:
        asked = [question(name, place) for name in given.questions]
        measured = {name: contender(name, asked, place, given.seconds) for name in CONTENDERS}
        growth = grown(place, given.seconds) if given.growth else {}
    for one in asked:
        compare(one.name, measured)
    print(table(measured, given.persons), *growth_lines(growth), sep="\n")
    if given.json:
        given.json.write_text(json.dumps(report(measured, growth, given), indent=2) + "\n")


def arguments() -> argparse.Namespace:
    """What may be chosen."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--persons", type=int, default=100_000, help="size of the city")
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement")
    parser.add_argument("--questions", nargs="*", default=[*CONNECTIONS], choices=[*CONNECTIONS])
    parser.add_argument("--growth", action="store_true", help="also with 2 million closed tasks")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser.parse_args()


def question(name: str, place: town.Place) -> Question:
    """One of `questions/`, as the reviewer with the longest inbox asks it."""
    query = (HERE / "questions" / f"{name}.graphql").read_text(encoding="utf-8")
    variables = {"id": ids.encode("Case", place.case_id)} if name == "deep" else {}
    return Question(name=name, query=query, variables=variables, token=place.token)


def contender(
    name: str, asked: list[Question], place: town.Place, seconds: float
) -> dict[str, Any]:
    """One contender alone: its answers, and its figures by question and connections."""
    able = [one for one in asked if name != "usual" or one.name in OF_THE_USUAL_WAY]
    with running(CONTENDERS[name], place.variables):
        return {one.name: measured(one, seconds) for one in able}


def measured(one: Question, seconds: float) -> dict[str, Any]:
    """The answer, a warm-up, then the measurement."""
    answer = load.ask(URL, one)
    figures = {}
    for connections in CONNECTIONS[one.name]:
        load.drive(URL, one, connections=connections, seconds=1)
        figures[connections] = load.drive(URL, one, connections=connections, seconds=seconds)
    return {"answer": answer, "figures": figures}


def grown(place: town.Place, seconds: float) -> dict[int, dict[str, float]]:
    """Our inbox with little and with much history behind it."""
    found, before = {}, 0
    inbox = question("inbox", place)
    for tasks in GROWTH:
        asyncio.run(town.grow(place.variables["JIJIAO_DATABASE_URL"], tasks - before))
        before = tasks
        with running(CONTENDERS["ours"], place.variables):
            load.drive(URL, inbox, connections=1, seconds=1)
            found[tasks] = load.drive(URL, inbox, connections=1, seconds=seconds)
    return found


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


def compare(question: str, measured: Mapping[str, Any]) -> None:
    """All of them must have given the same answer."""
    answers = {
        name: one[question]["answer"]["data"] for name, one in measured.items() if question in one
    }
    ours = answers["ours"]
    for name, answer in answers.items():
        if answer != ours:
            raise SystemExit(f"{question}: {name} answers otherwise\n{answer}\n{ours}")


def table(measured: Mapping[str, Any], persons: int) -> str:
    """The figures side by side, with the ratio that counts."""
    lines = [f"{persons:,} persons, one server process, {os.cpu_count()} cores", ""]
    lines.append("question connections contender         req/s   p50 ms   p99 ms  ratio")
    for name, connections in CONNECTIONS.items():
        if name not in measured["ours"]:
            continue
        for number in connections:
            best = measured["hand-written"][name]["figures"][number]["per_second"]
            for who, one in measured.items():
                if name in one:
                    lines.append(line(name, number, who, one[name]["figures"][number], best))
    return "\n".join(lines)


def line(name: str, connections: int, who: str, now: Mapping[str, float], best: float) -> str:
    """One line of the table."""
    return (
        f"{name:8} {connections:11} {who:14} {now['per_second']:8.1f} {now['p50']:8.2f}"
        f" {now['p99']:8.2f} {now['per_second'] / best:6.2f}"
    )


def growth_lines(growth: Mapping[int, Mapping[str, float]]) -> list[str]:
    """What history costs an inbox."""
    if not growth:
        return []
    first = growth[GROWTH[0]]["p50"]
    return ["", "closed tasks   p50 ms  ratio"] + [
        f"{tasks:12,} {now['p50']:8.2f} {now['p50'] / first:6.2f}" for tasks, now in growth.items()
    ]


def report(measured: Mapping[str, Any], growth: Any, given: argparse.Namespace) -> dict[str, Any]:
    """Everything a later reader needs to compare."""
    figures = {who: {name: one[name]["figures"] for name in one} for who, one in measured.items()}
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    return {"persons": given.persons, "machine": machine, "figures": figures, "growth": growth}


if __name__ == "__main__":
    main()
