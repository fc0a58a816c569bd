"""What the people of the small city have studied: every state of a record, and all of it lawful."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from models import declared
from rules import course, dates
from tests.devserver import lawful
from tests.devserver.demo import NOW, Demo
from uploads import inspect
from uploads.store import Store
from workflow import annual, training_subject

TODAY = dates.shanghai_date(NOW)
YEARS = (2023, 2024, 2025, 2026)


class TestRecords:
    async def test_there_are_about_twelve_hundred(self, demo: Demo) -> None:
        assert 1100 <= await demo.one("SELECT count(*) FROM training_record") <= 1400

    @pytest.mark.parametrize(
        ("column", "values"),
        [
            ("status", {"draft", "in_review", "returned", "approved", "rejected", "withdrawn"}),
            ("origin", {"declared", "in_system", "feed"}),
            ("category", {"public", "professional", "elective"}),
            ("achievement", {"paper", "patent", None}),
            ("deleted_at IS NOT NULL", {True, False}),
            ("declared_hours % 1 = 0.5", {True, False, None}),
            ("approved_hours < declared_hours", {True, False, None}),
            ("extract(year FROM starts_on) < year", {True, False}),
        ],
    )
    async def test_every_kind_occurs(self, demo: Demo, column: str, values: set[Any]) -> None:
        assert set(await demo.column(f"SELECT DISTINCT {column} FROM training_record")) == values

    async def test_what_was_submitted_keeps_the_rules(self, demo: Demo) -> None:
        for row in await read(demo, "r.submitted_at IS NOT NULL"):
            record = training_subject.record_of(row)
            day = dates.shanghai_date(row.submitted_at)

            assert not course.check(record, today=day, complete=True)
            assert row.files or course.proof_required(record) is None

    async def test_the_applicant_sees_warnings(self, demo: Demo) -> None:
        mine = await read(demo, "r.person_id = " + PERSON_NAMED.format("person"))

        codes = {one.code for row in mine for one in training_subject.warnings(row, TODAY)}
        assert {"DUPLICATE_RECORD", "OVERLAPPING_DATES"} <= codes

    async def test_two_colleagues_hand_in_the_same_file(self, demo: Demo) -> None:
        shared = await demo.all(
            "SELECT sha256 FROM attachment GROUP BY 1 HAVING count(DISTINCT uploaded_by_id) > 1"
        )

        assert shared


class TestCases:
    async def test_tasks_wait_everywhere(self, demo: Demo) -> None:
        found = await demo.all("SELECT step_key, slot, reason FROM wf_task WHERE status = 'open'")
        waiting = {(row["step_key"], row["slot"], row["reason"]) for row in found}

        assert {
            ("unit_review", 0, "submitted"),
            ("unit_review", 1, "submitted"),
            ("unit_review", 0, "handed_back"),
            ("recognition", 0, "submitted"),
        } <= waiting
        assert {("unit_review", reason) for reason in ("returned", "recalled")} <= {
            (step, reason) for step, _, reason in waiting
        }

    @pytest.mark.parametrize("login", ["handler", "unit_leader", "city_checker", "stand_in"])
    async def test_the_reviewers_have_something_to_do(self, demo: Demo, login: str) -> None:
        assert await demo.one(INBOX, login) > 0

    async def test_some_tasks_are_overdue_and_some_claimed(self, demo: Demo) -> None:
        overdue, claimed = (
            await demo.all(
                "SELECT count(*) FILTER (WHERE due_at < $1) AS late, count(claimed_by_id) AS held"
                " FROM wf_task WHERE status = 'open'",
                NOW,
            )
        )[0].values()

        assert overdue > 2
        assert claimed > 1

    async def test_the_second_person_of_a_lone_handler_is_a_stand_in(self, demo: Demo) -> None:
        assert await demo.one("SELECT count(*) FROM wf_event WHERE kind = 'stand_in_called'") > 5

    async def test_nothing_happened_after_now(self, demo: Demo) -> None:
        assert await demo.one("SELECT max(at) FROM wf_event") < NOW
        assert await demo.one("SELECT max(created_at) FROM training_record") < NOW

    async def test_chains_of_hashes_are_whole(self, demo: Demo) -> None:
        assert await lawful.broken_chains(demo.db) == []

    async def test_every_state_is_the_fold_of_its_events(self, demo: Demo) -> None:
        assert await lawful.unlike_their_events(demo.db) == []

    async def test_records_tasks_and_opinions_agree_with_their_case(self, demo: Demo) -> None:
        assert await lawful.disagreeing(demo.db) == []

    async def test_what_is_open_is_decided_on_as_it_is_now(self, demo: Demo) -> None:
        assert await lawful.outdated_revisions(demo.db, NOW) == []


class TestAmendments:
    async def test_there_are_open_confirmed_and_rejected_ones(self, demo: Demo) -> None:
        found = await demo.all(
            "SELECT n.kind, c.status, c.step_key, r.origin FROM amendment n"
            " JOIN wf_case c ON c.subject_id = n.id JOIN training_record r ON r.id = n.record_id"
        )

        assert sorted(tuple(map(str, row.values())) for row in found) == [
            ("correct", "approved", "None", "declared"),
            ("correct", "in_review", "recognition", "declared"),
            ("correct", "in_review", "unit_amend", "declared"),
            ("correct", "in_review", "unit_amend", "in_system"),
            ("correct", "rejected", "None", "declared"),
            ("delete", "in_review", "unit_amend", "declared"),
        ]

    async def test_they_agree_with_their_cases_and_records(self, demo: Demo) -> None:
        assert await lawful.misled(demo.db) == []


class TestApplications:
    """Cycle applications: everybody who checks, verifies or rechecks has one before him."""

    @pytest.mark.parametrize(
        "login",
        [
            *("initial_checker", "unit_leader", "checker", "health_checker", "culture_checker"),
            *("education_checker", "clinic_checker", "library_checker", "stand_in"),
            *("district_checker", "mumian_checker", "city_rechecker", "division_leader"),
            *("point_handler", "point_leader"),
        ],
    )
    async def test_each_demo_login_has_one_to_do(self, demo: Demo, login: str) -> None:
        of_cycles = INBOX.replace("WHERE", "WHERE t.route_code LIKE 'cycle.%' AND", 1)

        assert await demo.one(of_cycles, login) > 0

    async def test_they_are_in_every_state_and_some_do_not_suffice(self, demo: Demo) -> None:
        found = await demo.all(
            "SELECT y.status, g.verdict FROM cycle_application y"
            " LEFT JOIN cycle_result g ON g.application_id = y.id AND g.current"
        )

        told = {(row["status"], row["verdict"]) for row in found}
        assert told >= {
            ("draft", None),
            ("draft", "fail"),
            ("in_review", "pass"),
            ("in_review", "fail"),
            ("returned", "fail"),
            ("approved", "pass"),
            ("rejected", "fail"),
        }

    async def test_they_agree_with_their_cases_and_figures(self, demo: Demo) -> None:
        assert await lawful.misjudged(demo.db) == []


class TestAnnualResults:
    @pytest.mark.parametrize("year", YEARS)
    async def test_some_pass_some_fall_just_short_and_some_fail_clearly(
        self, demo: Demo, year: int
    ) -> None:
        told = await demo.column(
            "SELECT explanation FROM annual_result WHERE current AND year = $1", year
        )
        short = [[float(rule["missing"]) for rule in json.loads(one)["rules"]] for one in told]

        assert any(not any(missing) for missing in short)
        assert any(max(missing) == 0.5 for missing in short)
        assert any(max(missing) > 20 for missing in short)

    async def test_nobody_is_stale(self, demo: Demo) -> None:
        assert not await demo.one("SELECT count(*) FROM person_total WHERE stale_since IS NOT NULL")

    async def test_counting_again_says_the_same(self, demo: Demo) -> None:
        for person_id in await demo.column("SELECT person_id FROM person_total LIMIT 20"):
            given = await annual.load(person_id, on=demo.db)

            assert given is not None
            verdicts = annual.judge(given, this_year=TODAY.year)
            assert [annual.snapshot(given, one) for one in verdicts] == [None] * len(verdicts)


class TestFiles:
    async def test_every_row_has_its_file(self, demo: Demo) -> None:
        rows = await demo.all("SELECT DISTINCT sha256, size, media_type FROM attachment")

        for row in rows:
            data = Store(demo.storage).path(row["sha256"]).read_bytes()
            assert hashlib.sha256(data).hexdigest() == row["sha256"]
            assert len(data) == row["size"]
            assert inspect.check(head=data, tail=data, expected=row["media_type"]) is None

    async def test_every_file_has_its_row(self, demo: Demo) -> None:
        known = set(await demo.column("SELECT sha256 FROM attachment"))

        assert {path.name for path in demo.storage.rglob("*") if path.is_file()} == known

    async def test_every_verdict_of_the_scanner_occurs(self, demo: Demo) -> None:
        found = await demo.all("SELECT scan_state, count(*) AS n FROM attachment GROUP BY 1")
        states = {row["scan_state"]: row["n"] for row in found}

        assert states.keys() == {"clean", "unscanned", "infected", "failed"}
        assert states["clean"] > 20 * (states["unscanned"] + states["infected"] + states["failed"])

    async def test_nothing_unclean_was_approved(self, demo: Demo) -> None:
        assert not await demo.one(
            "SELECT count(*) FROM training_record r JOIN attachment a ON a.record_id = r.id"
            " WHERE r.status = 'approved' AND a.scan_state <> 'clean'"
        )


INBOX = """
SELECT count(*) FROM wf_task t JOIN seat s
  ON s.organisation_id = t.organisation_id AND t.group_key = ANY (s.groups)
JOIN account a ON a.person_id = s.person_id
WHERE t.status = 'open' AND a.login = $1
"""
PERSON_NAMED = "(SELECT person_id FROM account WHERE login = '{}')"


async def read(demo: Demo, condition: str) -> list[Any]:
    ids = await demo.column(
        f"SELECT r.id FROM training_record r WHERE r.origin = 'declared' AND {condition}"
    )
    return list((await declared.read(demo.db, ids, others=True)).values())
