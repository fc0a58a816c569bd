"""Numbers in the vault: registered once, found exactly, and unreadable to the program's role."""

import asyncio

import pytest
from tortoise.transactions import in_transaction

import models
from models.read import Connection
from rules.document import Document, DocumentType
from tests.factories import people
from tests.factories.identity import citizen, number, numbered
from workflow import identity, keyring

STORED = "SELECT * FROM vault.person_identity WHERE person_id = $1"


async def test_a_number_is_sealed_for_its_person_and_found_by_itself_alone(db: Connection) -> None:
    somebody = await people.person()

    kept = await numbered(somebody.id)

    (row,) = await db.execute_query_dict(STORED, [somebody.id])
    opened = keyring.current().open(row["ciphertext"], identity.bound(somebody.id, "citizen"))
    assert opened.decode() == kept.number
    assert await identity.find(db, kept) == somebody.id
    assert await identity.find(db, citizen()) is None


async def test_masks_are_made_when_it_is_written(db: Connection) -> None:
    somebody = await people.person()

    kept = await numbered(somebody.id)

    await somebody.refresh_from_db()
    assert somebody.masked_number == kept.strict
    assert await identity.own_mask(somebody.id) == kept.standard


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("440106198001010035", "440106800101003"),
        ("11010519491231002X", "１１０１０５ 19491231 002x"),
    ],
)
async def test_one_number_is_registered_once_however_it_is_written(
    db: Connection, first: str, second: str
) -> None:
    one, other = await people.person(), await people.person()
    await numbered(one.id, first)

    again = await identity.register(db, other.id, citizen(second), now=people.NOW)
    twice = await identity.register(db, one.id, citizen(), now=people.NOW)
    different = await identity.register(db, other.id, citizen(number()), now=people.NOW)

    assert (again, twice, different) == (False, False, True)


async def test_the_same_digits_of_another_document_are_another_number(db: Connection) -> None:
    one, other = await people.person(), await people.person()
    passport = Document(type=DocumentType.PASSPORT, number="12345678")
    permit = Document(type=DocumentType.TAIWAN, number="12345678")

    assert await identity.register(db, one.id, passport, now=people.NOW)
    assert await identity.register(db, other.id, permit, now=people.NOW)

    assert await identity.find(db, permit) == other.id


async def test_of_ten_who_register_one_number_at_once_one_wins(db: Connection) -> None:
    wanted, crowd = citizen(), [await people.person() for _ in range(10)]

    async def register(somebody: models.Person) -> bool:
        async with in_transaction() as c:
            return await identity.register(c, somebody.id, wanted, now=people.NOW)

    assert sum(await asyncio.gather(*map(register, crowd))) == 1


def test_what_stands_for_a_number_in_a_command_is_keyed(pg: object) -> None:
    first, second = citizen(), citizen()

    assert identity.fingerprint(first) == identity.fingerprint(citizen(first.number))
    assert identity.fingerprint(first) != identity.fingerprint(second)
    assert first.number not in identity.fingerprint(first)
