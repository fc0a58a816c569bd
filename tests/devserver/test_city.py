"""The small city: who lives there, who may sign in, and that it is the same every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from devserver import city
from devserver.city import founding, people
from devserver.postgres import Postgres
from rules import dates, identity, profile
from tests import servers
from tests.devserver.demo import NOW, Demo
from workflow import definition, password

TODAY = dates.shanghai_date(NOW)


class TestPlaces:
    async def test_every_kind_of_organisation_is_there(self, demo: Demo) -> None:
        kinds = Counter(await demo.column("SELECT kind FROM organisation"))

        assert kinds == {
            "city_bureau": 1,
            "city_department": 3,
            "district_bureau": 2,
            "district_department": 4,
            "unit": 12,
            "direct_point": 1,
            "training_base": 2,
            "training_institution": 3,
        }

    async def test_units_are_affiliated_in_every_way(self, demo: Demo) -> None:
        found = set(await demo.column("SELECT DISTINCT unit_kind FROM organisation"))

        assert found == {"municipal", "district", "district_direct", "direct_point", None}

    async def test_unit_codes_have_right_check_characters(self, demo: Demo) -> None:
        codes = await demo.column("SELECT unit_code FROM organisation")

        assert [identity.unit_code(code) for code in codes] == codes
        assert all(
            identity.organisation_code(identity.organisation_code_of(code)) for code in codes
        )


class TestPeople:
    async def test_a_hundred_people_live_there(self, demo: Demo) -> None:
        assert await demo.one("SELECT count(*) FROM person") == 104

    async def test_rare_characters_survive(self, demo: Demo) -> None:
        names = set(await demo.column("SELECT name FROM person"))

        assert {"陈𠮷安", "黄㛃", "阿依努尔·买合木提"} <= names

    async def test_nobody_has_a_citizen_number(self, demo: Demo) -> None:
        assert await demo.column("SELECT DISTINCT masked_number FROM person") == [
            "440***************"
        ]

    async def test_every_profile_but_one_is_complete_and_possible(self, demo: Demo) -> None:
        found = await demo.all(
            "SELECT f.*, a.login FROM profile f JOIN account a USING (person_id)"
        )
        profiles = {row["login"]: profile_of(row) for row in found}

        assert [login for login, one in profiles.items() if profile.missing(one)] == ["new_person"]
        assert not any(profile.check(one, today=TODAY) for one in profiles.values())


class TestLogins:
    @pytest.mark.parametrize("login", people.logins(), ids=lambda login: str(login.login))
    async def test_each_opens_with_the_demo_password(self, demo: Demo, login: people.Login) -> None:
        row = (await demo.all(LOGIN, login.login))[0]

        assert row["demo"]
        assert row["name"] == login.who
        assert login.organisation in {row["employer"] or "", row["organisation"] or ""}
        assert row["password_hash"] == founding.password_hash()

    def test_the_hash_is_that_of_the_password(self) -> None:
        hashed = founding.password_hash()

        assert password.verify(hashed, password.plain(city.PASSWORD))
        assert not password.outdated(hashed)

    async def test_every_reviewing_group_of_the_routes_has_somebody(self, demo: Demo) -> None:
        groups = set(await demo.column("SELECT DISTINCT unnest(groups) FROM seat"))
        needed = {
            group.value
            for route in definition.shipped().values()
            for step in route.steps
            for group in step.groups
        }

        assert needed | {"rechecker", "division_leader", "unit_admin"} <= groups

    def test_the_table_to_print_names_each(self) -> None:
        printed = "\n".join(city.logins())

        assert city.PASSWORD in printed
        assert all(login.login in printed and login.hint in printed for login in people.logins())


class TestFounding:
    def test_the_same_day_makes_the_same_city(self) -> None:
        known = {route.digest: uuid4() for route in definition.shipped().values()}

        once, again = founding.imagined(NOW, known), founding.imagined(NOW, known)

        assert once.rows == again.rows
        assert once.files == again.files

    @pytest.mark.parametrize(
        "now", [datetime(2027, 1, 4, 3, tzinfo=UTC), datetime(2028, 2, 29, 16, 30, tzinfo=UTC)]
    )
    def test_it_is_alive_on_any_day(self, now: datetime) -> None:
        known: Mapping[str, UUID] = {
            route.digest: uuid4() for route in definition.shipped().values()
        }

        rows = founding.imagined(now, known).rows

        assert any(row["status"] == "open" for row in rows["wf_task"])
        assert all(row["at"] < now for row in rows["wf_event"])

    async def test_it_is_founded_once(self, demo: Demo) -> None:
        assert await city.is_seeded(demo.config)

        with pytest.raises(founding.NotEmpty):
            await city.build(demo.config, storage=demo.storage, now=NOW)

    async def test_an_empty_database_is_not_a_city(self, pg: Postgres, database: str) -> None:
        assert not await city.is_seeded(servers.configuration(pg, database).orm)


LOGIN = """
SELECT a.demo, a.password_hash, p.name, e.name AS employer, o.name AS organisation
FROM account a JOIN person p ON p.id = a.person_id
LEFT JOIN employment m ON m.person_id = p.id
LEFT JOIN organisation e ON e.id = m.organisation_id
LEFT JOIN seat s ON s.person_id = p.id AND s.organisation_id IS NOT NULL
LEFT JOIN organisation o ON o.id = s.organisation_id
WHERE a.login = $1
"""


def profile_of(row: Mapping[str, Any]) -> profile.Profile:
    names = profile.Profile.__dataclass_fields__.keys() & row.keys()
    return profile.Profile(**{name: row[name] for name in names}, employed=True)
