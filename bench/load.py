"""The driver: `wrk` from a process of its own, over kept connections."""

import json
import re
import shutil
import subprocess
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIGURE = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s)?")
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One request, the same every time."""

    name: str
    query: str
    variables: dict[str, Any]
    token: str

    @property
    def body(self) -> str:
        """What is sent."""
        return json.dumps({"query": self.query, "variables": self.variables})

    @property
    def headers(self) -> dict[str, str]:
        """What is sent with it; the name tells rivals which question it is."""
        return {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.token}",
            "X-Question": self.name,
        }


def ask(url: str, question: Question) -> Any:
    """The answer to one request."""
    request = urllib.request.Request(url, question.body.encode(), question.headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def drive(url: str, question: Question, *, connections: int, seconds: float) -> dict[str, float]:
    """Requests per second, and how long the middle and the slow ones took, in milliseconds."""
    if shutil.which("wrk") is None:
        raise SystemExit("bench needs wrk on PATH: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "request.lua"
        script.write_text(lua(question))
        ran = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", "-s", script, url],
            capture_output=True,
            text=True,
            check=True,
        )
    return figures(ran.stdout)


def lua(question: Question) -> str:
    """The request as wrk wants it."""
    headers = "".join(
        f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}\n"
        for name, value in question.headers.items()
    )
    level = "=" * 3
    return f'wrk.method = "POST"\nwrk.body = [{level}[{question.body}]{level}]\n{headers}'


def figures(report: str) -> dict[str, float]:
    """What wrk printed; an answer that was no 200 spoils the measurement."""
    if "Non-2xx" in report or "Socket errors" in report:
        raise RuntimeError(report)
    lines = {line.split()[0].rstrip(":"): line for line in report.splitlines() if line.strip()}
    return {
        "per_second": float(lines["Requests/sec"].split()[1]),
        "p50": milliseconds(lines["50%"].split()[1]),
        "p99": milliseconds(lines["99%"].split()[1]),
    }


def milliseconds(text: str) -> float:
    """A duration as wrk writes it."""
    found = FIGURE.fullmatch(text)
    assert found, text
    return float(found[1]) * MILLISECONDS[found[2] or "ms"]
