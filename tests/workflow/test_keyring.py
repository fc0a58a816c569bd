"""Keyrings: what a file must be, and how keys are exchanged."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from workflow import keyfile, keyring
from workflow.keyring import KeyTrouble

RING = keyring.fresh()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "keyring"
    keyfile.write(path, RING)
    return path


@pytest.fixture
def ours() -> Iterator[None]:
    before = keyring.current()
    yield
    keyring.use(before)


def test_a_keyring_is_read_as_it_was_written(file: Path) -> None:
    assert keyfile.read(file, demo=False) == RING
    assert file.stat().st_mode & 0o777 == 0o400


def test_a_keyring_that_is_written_again_stays_as_open_as_it_was(file: Path) -> None:
    file.chmod(0o440)

    keyfile.write(file, keyring.with_data_key(RING))

    assert file.stat().st_mode & 0o777 == 0o440
    assert len(keyfile.read(file, demo=False).data) == 2


@pytest.mark.parametrize("mode", [0o444, 0o460, 0o404, 0o644])
def test_one_that_others_may_read_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)

    with pytest.raises(KeyTrouble, match="open to others"):
        keyfile.read(file, demo=False)


def test_that_of_a_demo_serves_a_demo_only(file: Path) -> None:
    keyfile.write(file, replace(RING, demo=True))

    assert keyfile.read(file, demo=True).demo
    with pytest.raises(KeyTrouble, match="belongs to a demo"):
        keyfile.read(file, demo=False)


@pytest.mark.parametrize(
    "change",
    [
        {"write": "d9"},
        {"a": None},
        {"b": "l9"},
        {"data": {RING.writing: "AAAA"}},
        {"data": {RING.writing: "A" * 43 + "="}},
        {"data": {RING.writing: "no base64!"}},
        {"data": []},
    ],
)
def test_what_is_no_keyring_is_refused_without_a_key_in_the_words(
    file: Path, change: dict[str, object]
) -> None:
    file.chmod(0o600)
    file.write_text(json.dumps({**keyfile.written(RING), **change}))

    with pytest.raises(KeyTrouble, match="is no keyring") as trouble:
        keyfile.read(file, demo=False)

    assert keyfile.written(RING)["data"][RING.writing] not in str(trouble.value)


def test_a_missing_keyring_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyTrouble, match="set JIJIAO_KEYRING"):
        keyfile.read(None, demo=True)
    with pytest.raises(KeyTrouble, match="cannot be read: FileNotFoundError"):
        keyfile.read(tmp_path / "none", demo=True)


def test_no_printed_form_tells_a_key() -> None:
    assert "bytes" not in repr(RING) and "\\x" not in repr(RING)


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    sealed = RING.seal(b"number", b"row")

    after = keyring.with_data_key(RING)

    assert after.open(sealed, b"row") == b"number"
    assert after.writing != RING.writing and sealed != after.seal(b"number", b"row")


def test_lookup_keys_are_exchanged_by_turns() -> None:
    second = keyring.with_lookup_key(RING)
    turned = keyring.without_old_lookup(second)
    third = keyring.without_old_lookup(keyring.with_lookup_key(turned))

    assert (RING.columns[1], turned.columns[0], third.columns[1]) == (None, None, None)
    assert second.lookups("x")[0] == RING.lookups("x")[0]
    assert second.lookups("x")[1] == turned.lookups("x")[1]
    assert len({RING.a, turned.b, third.a}) == 3


def test_an_exchange_is_finished_before_the_next_and_only_once() -> None:
    with pytest.raises(KeyTrouble, match="finish that rotation first"):
        keyring.with_lookup_key(keyring.with_lookup_key(RING))
    with pytest.raises(KeyTrouble, match="nothing to finish"):
        keyring.without_old_lookup(RING)


def test_a_process_without_keys_says_so(ours: None) -> None:
    keyring.use(None)

    with pytest.raises(KeyTrouble, match="no keys"):
        keyring.current()
