"""Where servers may keep their data."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from devserver import place


def test_a_short_path_keeps_its_socket_beside_the_data() -> None:
    assert place.socket_directory(Path("/srv/jijiao"), "redis.sock") == Path("/srv/jijiao/s")


def test_a_path_too_long_for_a_socket_gets_a_short_one_that_stays_the_same() -> None:
    long = Path("/srv") / ("x" * 100)

    first, again = (place.socket_directory(long, "redis.sock") for _ in range(2))

    assert first == again
    assert len(str(first / "redis.sock")) <= place.LONGEST_SOCKET


def test_a_directory_is_entered_only_by_its_server(tmp_path: Path) -> None:
    made = place.directory_for(None, tmp_path / "a" / "b")

    assert made.stat().st_mode & 0o777 == 0o700


def test_a_link_in_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)

    with pytest.raises(PermissionError, match="somebody else"):
        place.directory_for(None, tmp_path / "link")


def test_whoever_may_not_enter_a_parent_may_not_reach_the_child(tmp_path: Path) -> None:
    child = tmp_path / "closed" / "child"
    child.mkdir(parents=True)
    child.parent.chmod(0o700)

    assert not place.reachable(child)


@pytest.mark.parametrize(
    ("server", "mode", "inside"),
    [
        (None, 0o700, True),  # our own account reaches what we reach
        (pwd.getpwuid(os.getuid()), 0o700, False),
    ],
)
def test_data_stays_in_the_checkout_if_the_server_can_reach_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    server: pwd.struct_passwd | None,
    mode: int,
    inside: bool,
) -> None:
    tmp_path.chmod(mode)
    monkeypatch.setattr(place, "account", lambda: server)

    found = place.data_of(tmp_path)

    assert (found.parent == tmp_path.resolve()) is inside
