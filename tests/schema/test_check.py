"""The public check: what it says, what it never says, and that nobody can walk through numbers."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

import app
from models import Certificate, Person
from models.read import Connection
from rules import certificate as rules
from schema import check
from settings import Settings
from tests.factories import city as cities
from tests.factories.certificate import OFFICE, change_hours, issued, passing, recounted
from tests.factories.city import City
from tests.factories.record import done
from tests.statements import counted

UNKNOWN = rules.number(2026, 12345)


@pytest.fixture
async def city(db: Connection) -> City:
    city = await cities.build(db)
    person = city.viewers["applicant"].person_id
    await Person.filter(id=person).update(name="欧阳小三")
    done(await issued(city, await passing(city)))
    return city


@pytest.fixture
async def client(
    city: City, configuration: Settings, redis: Any
) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app.create(configuration))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def asked(client: httpx.AsyncClient, number: str, language: str = "zh-CN") -> str:
    answer = await client.get(f"/check/{number}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.text


async def test_a_valid_one_shows_what_is_needed_and_no_more(client: httpx.AsyncClient) -> None:
    row = await Certificate.get()

    text = await asked(client, row.number)

    for said in ("有效", "欧**三", "年度验证", "2026", "通过", "2026-11-24", row.data["issuer"]):
        assert said in text
    for kept in ("欧阳", "440", "90.0", row.signature, str(row.id), str(row.person_id)):
        assert kept not in text


@pytest.mark.parametrize(("demo", "said"), [(True, True), (False, False)])
async def test_a_demonstration_says_so(
    client: httpx.AsyncClient, city: City, demo: bool, said: bool
) -> None:
    await change_hours(city, "20.0")
    office = replace(OFFICE, demo=demo)
    done(await issued(city, await recounted(city), office=office))

    text = await asked(client, (await Certificate.get(revoked_at=None)).number)

    assert ("演示，无效力" in text) == said


async def test_a_revoked_one_says_since_when_and_not_why(
    client: httpx.AsyncClient, city: City
) -> None:
    await change_hours(city, "1.0")
    await recounted(city)

    text = await asked(client, (await Certificate.get()).number)

    assert "已撤销" in text and "自 2026-11-24 起无效" in text
    assert "<dd>通过</dd>" not in text and "recalculated" not in text and "统计" not in text


async def test_the_other_language(client: httpx.AsyncClient) -> None:
    text = await asked(client, (await Certificate.get()).number, "en-GB")

    assert '<html lang="en">' in text
    assert "Valid" in text and "Annual verification" in text and "Pass" in text


async def test_an_unknown_number_has_the_same_shape_and_costs_the_same(
    client: httpx.AsyncClient,
) -> None:
    known = (await Certificate.get()).number
    texts, costs = [], []
    for number in (known, UNKNOWN, "JX2026-WRONG"):
        with counted() as statements:
            texts.append(await asked(client, number))
        costs.append(len(statements))

    assert costs == [1, 1, 1]
    shapes = {re.sub(r">[^<]*<|value=\"[^\"]*\"|verdict \w+", "", text) for text in texts}
    assert len(shapes) == 1
    assert "查无此证" in texts[1] and "查无此证" in texts[2]


async def test_a_row_changed_behind_our_back_is_not_vouched_for(
    client: httpx.AsyncClient, db: Connection
) -> None:
    await db.execute_script("""SET session_replication_role = replica;
      UPDATE certificate SET data = data || '{"name": "李四"}';
      SET session_replication_role = origin;""")

    text = await asked(client, (await Certificate.get()).number)

    assert "查无此证" in text and "李" not in text


async def test_it_is_found_however_it_is_typed_into_the_form(client: httpx.AsyncClient) -> None:
    number = (await Certificate.get()).number

    answer = await client.get("/check", params={"number": number.lower().replace("-", " ")})

    assert "有效" in answer.text and number in answer.text


async def test_the_form_alone_asks_nothing(client: httpx.AsyncClient) -> None:
    with counted() as statements:
        answer = await client.get("/check")

    assert (answer.status_code, len(statements)) == (200, 0)
    assert "请输入证书编号" in answer.text


async def test_what_is_typed_is_text_and_no_page(client: httpx.AsyncClient) -> None:
    text = (await client.get("/check", params={"number": '"><script>alert(1)</script>'})).text

    assert "<script" not in text and "&lt;script&gt;" in text


async def test_the_answer_is_nobodys_to_keep_to_frame_or_to_script(
    client: httpx.AsyncClient,
) -> None:
    headers = (await client.get(f"/check/{UNKNOWN}")).headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["vary"] == "Accept-Language"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert "frame-ancestors 'none'" in policy and "unsafe" not in policy


async def test_an_address_that_asks_too_often_has_to_wait(
    city: City, configuration: Settings, redis: Any
) -> None:
    made, number = app.create(configuration), (await Certificate.get()).number
    asked_at: Any = next(each for each in made.routes if getattr(each, "path", "") == "/check")
    asked_at.endpoint.__self__.rate.clock = lambda: 0.0  # however slow this machine is
    transport = httpx.ASGITransport(made)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answers = [await client.get(f"/check/{number}") for _ in range(check.ALLOWANCE.cost + 1)]

    assert [each.status_code for each in answers] == [200] * check.ALLOWANCE.cost + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert "欧**三" in answers[0].text and "欧**三" not in answers[-1].text


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_a_household_is_counted_as_one(address: str, counted_as: str) -> None:
    class Asker:
        class state:
            class visitor:
                pass

    Asker.state.visitor.address = address  # type: ignore[attr-defined]

    assert check.network(Asker) == counted_as  # type: ignore[arg-type]
