"""Who dies is started again, each time a little later, and nobody is left behind."""

from __future__ import annotations

import itertools
import sys
import time
from dataclasses import dataclass, field

import pytest

from devserver import child, team


@dataclass
class Fragile:
    """A server that dies when told to and counts its starts."""

    refuses: bool = False
    living: bool = False
    starts: list[str] = field(default_factory=list)

    def start(self) -> None:
        self.starts.append("start")
        if self.refuses:
            raise OSError("no room")
        self.living = True

    def stop(self) -> None:
        self.living = False

    def alive(self) -> bool:
        return self.living


def deaths(member: team.Member, server: Fragile, moments: list[float]) -> list[float]:
    """When it is started again, if it dies at once every time."""
    restarts = []
    for now in moments:
        before = len(server.starts)
        member.look(now)
        if len(server.starts) > before:
            restarts.append(now)
            server.living = False
    return restarts


def test_who_keeps_dying_is_started_ever_later_and_at_least_every_ten_seconds() -> None:
    server = Fragile()
    member = team.Member("fragile", server)
    member.start(0.0)
    server.living = False

    restarts = deaths(member, server, [half / 2 for half in range(1, 130)])

    waits = [after - before for before, after in itertools.pairwise(restarts)]
    # the delay doubles, and a death is seen half a second after it happened
    assert waits == [1.5, 2.5, 4.5, 8.5, *[10.5] * 4]


def test_who_has_settled_is_started_again_at_once() -> None:
    server = Fragile()
    member = team.Member("fragile", server, delay=10.0)
    member.start(0.0)
    server.living = False

    assert deaths(member, server, [31.0, 31.5]) == [31.5]


def test_who_cannot_be_started_is_tried_again() -> None:
    server = Fragile(refuses=True)
    member = team.Member("fragile", server, due=0.0)

    member.look(1.0)
    server.refuses = False
    member.look(2.0)
    member.look(4.0)

    assert server.alive()


def test_who_lives_is_left_alone() -> None:
    server = Fragile()
    member = team.Member("fragile", server)
    member.start(0.0)

    member.look(1.0)

    assert server.starts == ["start"]


def test_lines_of_a_program_carry_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    program = team.Program("api", [sys.executable, "-c", "print('继教')"], child.ENVIRONMENT)

    program.start()
    assert program.running is not None
    program.running.process.wait()
    program.stop()

    assert "   api | 继教\n" in wait_for(capsys)


def wait_for(capsys: pytest.CaptureFixture[str]) -> str:
    deadline, seen = time.monotonic() + 5, ""
    while "\n" not in seen and time.monotonic() < deadline:
        seen += capsys.readouterr().out
    return seen


def test_programs_end_before_the_servers_they_use() -> None:
    order: list[str] = []

    class Server(Fragile):
        def stop(self) -> None:
            order.append("alive" if program.alive() else "gone")

    program = team.Program("api", ["/bin/sleep", "60"], child.ENVIRONMENT)
    program.start()

    team.dismiss([team.Member("postgres", Server()), team.Member("api", program)])

    assert order == ["gone"]
