"""Envelopes: what is sealed opens for its row and its key alone."""

import pytest

from workflow import envelope
from workflow.envelope import Unopened

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
NONCE, ROW = b"n" * envelope.NONCE, b"person_identity|1|citizen"
SEALED = envelope.seal(b"a number", key_id="d1", key=KEY, bound=ROW, nonce=NONCE)


def test_what_was_sealed_opens_again_and_names_its_key() -> None:
    assert envelope.opened(SEALED, keys={"d0": OTHER, "d1": KEY}, bound=ROW) == b"a number"
    assert envelope.key_of(SEALED) == "d1"


def test_an_envelope_is_as_long_as_its_parts_and_shows_nothing() -> None:
    assert len(SEALED) == 3 + len("d1") + 12 + len(b"a number") + 16
    assert b"number" not in SEALED


@pytest.mark.parametrize(
    ("keys", "bound"),
    [({"d1": OTHER}, ROW), ({"d2": KEY}, ROW), ({"d1": KEY}, b"person_identity|2|citizen")],
)
def test_another_key_or_another_row_does_not_open_it(keys: dict[str, bytes], bound: bytes) -> None:
    with pytest.raises(Unopened):
        envelope.opened(SEALED, keys=keys, bound=bound)


@pytest.mark.parametrize("place", range(len(SEALED)))
def test_no_byte_can_be_changed(place: int) -> None:
    changed = SEALED[:place] + bytes([SEALED[place] ^ 1]) + SEALED[place + 1 :]

    with pytest.raises(Unopened):
        envelope.opened(changed, keys={"d1": KEY}, bound=ROW)


@pytest.mark.parametrize("length", range(len(SEALED)))
def test_what_is_cut_short_is_refused(length: int) -> None:
    with pytest.raises(Unopened):
        envelope.opened(SEALED[:length], keys={"d1": KEY}, bound=ROW)


def test_equal_numbers_have_equal_hashes_under_one_key_only() -> None:
    known = envelope.lookup(KEY, "citizen", "1")

    assert known == envelope.lookup(KEY, "citizen", "1")
    others = [envelope.lookup(OTHER, "citizen", "1"), envelope.lookup(KEY, "citizen1", "")]
    assert known not in others and others[0] != others[1]
