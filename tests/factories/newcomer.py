"""Somebody who registers: made-up numbers, a draft, and the work that is asked of him."""

import hashlib
import itertools

from stdnum.cn import ric

from rules.document import DocumentType
from tests.factories.city import NOW
from workflow import registration
from workflow.registration import Data, Last, Strength

PASSWORD = "Yuexiu-2031xd"
EASY = Strength(work=4, rate=1000)
HERE = "203.0.113.7"


def number(turn: int = 1) -> str:
    """A citizen number that looks made up: region 440100, born in 1999, three digits in turn."""
    body = f"44010019990909{turn:03d}"
    return body + ric.calc_check_digit(f"{body}0")


def old(turn: int = 1) -> str:
    """The same as it was issued until 1999: 15 digits."""
    return f"440100990909{turn:03d}"


def work(challenge: str, bits: int) -> str:
    """The proof of work, found by trying."""
    for tried in itertools.count():
        made = hashlib.sha256(f"{challenge}:{tried}".encode()).digest()
        if bits == 0 or int.from_bytes(made) >> (256 - bits) == 0:
            return str(tried)
    raise AssertionError


def last(solution: str, written: str, password: str = PASSWORD) -> Last:
    """The last step."""
    return Last(
        document_type=DocumentType.CITIZEN, number=written, password=password, solution=solution
    )


async def drafted(login: str, *, name: str = "测试甲", contact: str = "a@example.cn") -> str:
    """The token of a draft with everything but the last step."""
    begun = await registration.begin(
        agreement=registration.AGREEMENT,
        systems=registration.SYSTEMS,
        address=HERE,
        now=NOW,
        strength=EASY,
    )
    assert isinstance(begun, tuple), begun
    data = Data(name=name, login=login, contact=contact)
    await registration.save(begun[0], data=data, now=NOW)
    return begun[0]


async def finished(
    token: str, written: str, *, password: str = PASSWORD, address: str = HERE
) -> object:
    """What the last step is answered."""
    found = await registration.draft(token, NOW)
    solution = work(found.challenge, EASY.work) if found else ""
    return await registration.finish(
        token, last=last(solution, written, password), address=address, now=NOW, strength=EASY
    )


async def registered(login: str, written: str, **data: str) -> object:
    """The answer to a whole registration."""
    return await finished(await drafted(login, **data), written)
