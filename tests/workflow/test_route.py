"""Route texts: what compiles, what is refused and where, and which route a subject takes."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.workflow import worlds
from workflow import message, route, route_check
from workflow.route import Route, RouteError
from workflow.vocabulary import GROUPS, SUBJECTS, Act, Group, OnResubmit, Relation

FULL = (worlds.FOLDER / "district.toml").read_text(encoding="utf-8")
SHIPPED = route.load_all()

HELP = 'stand_in     = { org = "superior", groups = ["验证"] }\n'

# rule, text of the full route, what it becomes, line of the fault
BROKEN: tuple[tuple[str, str, str, int], ...] = (
    ("toml", 'code     = "cycle.district"', "code     = cycle", 2),
    ("toml", '"district_check"]\n', '"district_check"', 45),
    ("unknown_key", "on_resubmit =", "on_resubmitt =", 8),
    ("unknown_key", 'key   = "unit_check"\n', 'key   = "unit_check"\nneed = 2\n', 12),
    ("unknown_key", 'org = "employer", groups', 'org = "employer", seats = [], groups', 13),
    ("missing_key", "version  = 3\n", "", 1),
    ("missing_key", 'title = "单位初验"\n', "", 10),
    ("missing_key", 'by    = { org = "employer", ', "by    = { ", 13),
    ("wrong_type", "version  = 3", "version  = true", 3),
    ("wrong_type", "version  = 3", 'version  = "3"', 3),
    ("wrong_type", "needs = 2", "needs = 2.0", 14),
    ("wrong_type", 'title = "单位初验"', "title = 1", 12),
    ("wrong_type", '{ unit_kind = ["district"] }', '{ unit_kind = "district" }', 7),
    ("wrong_type", '{ unit_kind = ["district"] }', '["district"]', 7),
    ("wrong_type", 'return_to = ["applicant", "unit_check"]\n', "return_to = [1]\n", 26),
    ("bad_code", '"cycle.district"', '"Cycle district"', 2),
    ("version", "version  = 3", "version  = 0", 3),
    ("duplicate_step", '"dept_check"\ntitle', '"unit_check"\ntitle', 22),
    ("reserved_step", '"dept_check"\ntitle', '"applicant"\ntitle', 22),
    ("bad_step_key", '"dept_check"\ntitle', '"dept-check"\ntitle', 22),
    ("empty_title", '"主管部门验证"', '" "', 23),
    ("empty_title", '"Cycle verification of district units"', '""', 5),
    ("unknown_subject", '"cycle_application"', '"cycle"', 6),
    ("unknown_selector", "{ unit_kind =", "{ category =", 7),
    ("unknown_selector", '["district"]', '["city"]', 7),
    ("empty_list", '["district"]', "[]", 7),
    ("unknown_on_resubmit", '"restart"', '"again"', 8),
    ("unknown_act", '"agree_up", "disagree_up", "return_inside", "return", "pass"', '"claim"', 46),
    ("unknown_relation", 'org = "district_bureau"', 'org = "bureau"', 34),
    ("unknown_group", '"复验", "处领导"', '"复验", "科长"', 43),
    ("empty_list", 'groups = ["初验", "单位领导"]', "groups = []", 13),
    ("unknown_understaffed", 'understaffed = "wait"', 'understaffed = "skip"', 28),
    ("unknown_skip_when", '"same_org"', '"nobody"', 27),
    ("unknown_field", "ends_for  =", 'writes = ["approved_hours"]\nends_for  =', 37),
    ("unknown_business", '["to_intermediate"]', '["to_professor"]', 37),
    ("unknown_on_overdue", '["remind", "tell_superior"]', '["pass"]', 17),
    ("no_pass", '"return", "pass"]', '"return"]', 46),
    ("needs_range", "needs = 2\nnot", "needs = 0\nnot", 44),
    ("needs_range", "needs = 2\nnot", "needs = 6\nnot", 44),
    (
        "needs_without_inside",
        'may   = ["return", "reject", "pass"]\nreturn_to = ["applicant", "unit_check"]\n',
        'may   = ["return", "reject", "pass"]\nneeds = 2\n',
        26,
    ),
    (
        "return_inside_without_inside",
        'may   = ["return", "reject", "pass"]\nreturn_to = ["applicant", "unit_check"]\n',
        'may   = ["return_inside", "pass"]\n',
        25,
    ),
    (
        "not_an_earlier_step",
        'not_acted_in = ["dept_check", ',
        'not_acted_in = ["city_recheck", ',
        45,
    ),
    ("not_an_earlier_step", '["applicant", "unit_check"]\n', '["city_recheck"]\n', 26),
    ("empty_list", 'return_to = ["applicant", "unit_check"]\n', "return_to = []\n", 26),
    ("bad_due", 'due   = "10 workdays"\non', 'due   = "10 days"\non', 16),
    ("overdue_without_due", 'due   = "10 workdays"\non', "on", 16),
    ("skip_needs_neighbour", "ends_for  =", 'skip_when = "same_org"\nends_for  =', 27),
    ("ends_for_last_step", "needs = 2\nnot", 'needs = 2\nends_for = ["to_senior"]\nnot', 45),
    ("stand_in_mismatch", 'understaffed = "stand_in"\n', "", 18),
    ("stand_in_mismatch", HELP, "", 18),
    ("stand_in_same_org", HELP, HELP.replace("superior", "employer"), 19),
    ("unknown_relation", HELP, HELP.replace("superior", "boss"), 19),
)


@pytest.mark.parametrize(("rule", "old", "new", "line"), BROKEN)
def test_a_broken_rule_is_named_with_its_line(rule: str, old: str, new: str, line: int) -> None:
    assert FULL.count(old) >= 1

    with pytest.raises(RouteError) as caught:
        route.compile_route(FULL.replace(old, new, 1), file="x.toml")

    assert (caught.value.rule, caught.value.line) == (rule, line)
    assert str(caught.value).startswith(f"x.toml:{line}: {rule}")


def test_the_unbroken_text_compiles() -> None:
    district = route.compile_route(FULL)

    assert (district.code, district.version) == ("cycle.district", 3)
    assert district.title_en == "Cycle verification of district units"
    assert district.steps[0].title_en == district.steps[0].title == "单位初验"
    assert district.step("city_recheck").groups == (Group.RECHECKER, Group.DIVISION_LEADER)
    assert district.step("unit_check").stand_in == route.StandIn(
        org=Relation.SUPERIOR, groups=(Group.CHECKER,)
    )
    assert district.step("unit_check").due == 10
    assert district.on_resubmit is OnResubmit.RESTART


def test_a_route_without_steps_is_refused() -> None:
    head = FULL[: FULL.index("[[step]]")]

    with pytest.raises(RouteError) as absent:
        route.compile_route(head)
    with pytest.raises(RouteError) as empty:
        route.compile_route(head + "step = []\n")

    assert (absent.value.rule, empty.value.rule) == ("missing_key", "no_steps")


def test_the_only_step_has_no_neighbour_to_be_skipped_for() -> None:
    text = SHIPPED["declaration"].text + 'skip_when = "same_org"\n'

    with pytest.raises(RouteError, match="skip_needs_neighbour"):
        route.compile_route(text)


def test_the_other_ways_to_write_a_table_keep_their_lines() -> None:
    text = SHIPPED["declaration"].text.replace(
        'stand_in     = { org = "superior", groups = ["验证"] }\n',
        '[step.stand_in]\norg = "superior"\ngroups = ["nobody"]\n',
    )

    with pytest.raises(RouteError) as caught:
        route.compile_route(text)

    header = text[: text.index("[step.stand_in]")].count("\n") + 1
    assert (caught.value.rule, caught.value.line) == ("unknown_group", header)


def test_keys_inside_texts_are_not_mistaken_for_keys() -> None:
    text = FULL.replace(
        'title    = "继续教育周期验证（区县所属单位）"', 'title = """\nversion = 9\n"""'
    ).replace("version  = 3", "version  = 0")

    with pytest.raises(RouteError) as caught:
        route.compile_route(text)

    assert (caught.value.rule, caught.value.line) == ("version", 3)


def test_a_table_of_selectors_may_stand_under_its_own_header() -> None:
    text = FULL.replace(
        'applies  = { unit_kind = ["district"] }\non_resubmit = "restart"\n',
        '[applies]\nunit_kind = ["nowhere"]\n',
    )

    with pytest.raises(RouteError) as caught:
        route.compile_route(text)

    assert (caught.value.rule, caught.value.line) == ("unknown_selector", 7)


def test_the_digest_is_that_of_the_bytes_of_the_file() -> None:
    raw = (route.FOLDER / "declaration.toml").read_bytes()

    assert SHIPPED["declaration"].digest == hashlib.sha256(raw).hexdigest()
    assert (
        route.compile_route(SHIPPED["declaration"].text + "# note\n").digest
        != hashlib.sha256(raw).hexdigest()
    )


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes("title = '单位'".encode("gb18030"))

    with pytest.raises(RouteError) as caught:
        route.load_all(tmp_path)

    assert (caught.value.rule, caught.value.file) == ("utf8", "bad.toml")


# --- the routes of this release


def test_declarations_go_by_their_category() -> None:
    chosen = {
        category: route.select(SHIPPED, "training_record", {"category": category}).code
        for category in ("professional", "elective", "public")
    }

    assert chosen == {
        "professional": "declaration",
        "elective": "declaration",
        "public": "declaration.public_course",
    }


def test_a_subject_without_a_route_has_none() -> None:
    with pytest.raises(LookupError):
        route.select(SHIPPED, "base_application", {"business": "accreditation"})


def test_the_routes_are_those_of_the_regulation() -> None:
    told = {
        code: [(step.key, step.org, step.needs, bool(step.stand_in)) for step in one.steps]
        for code, one in SHIPPED.items()
    }

    assert told == {
        "account.unit_admin": [("approve", "superior_or_city", 1, False)],
        "account.department": [("approve", "city_bureau", 1, False)],
        "account.bureau": [("approve", "city_bureau", 1, False)],
        "account.training_base": [("approve", "city_bureau", 1, False)],
        "declaration": [("unit_review", "employer", 2, True)],
        "declaration.public_course": [
            ("unit_review", "employer", 2, True),
            ("recognition", "ce_authority", 1, False),
        ],
        "record.amendment": [("unit_amend", "employer", 1, True)],
        "record.amendment_recognised": [
            ("unit_amend", "employer", 1, True),
            ("recognition", "ce_authority", 1, False),
        ],
        "cycle.municipal": [
            ("unit_check", "employer", 2, True),
            ("dept_check", "superior", 1, False),
            ("city_recheck", "city_bureau", 2, False),
        ],
        "cycle.district": [
            ("unit_check", "employer", 2, True),
            ("dept_check", "superior", 1, False),
            ("district_check", "district_bureau", 1, False),
            ("city_recheck", "city_bureau", 2, False),
        ],
        "cycle.district_direct": [
            ("unit_check", "employer", 2, True),
            ("district_check", "district_bureau", 1, False),
            ("city_recheck", "city_bureau", 2, False),
        ],
        "cycle.direct_point": [
            ("point_check", "direct_point", 2, True),
            ("city_recheck", "city_bureau", 2, False),
        ],
        "profile.confirmation": [("unit_confirm", "employer", 1, True)],
    }


def test_compiled_routes_are_json_as_the_four_eyes_trigger_reads_it() -> None:
    for one in SHIPPED.values():
        data = json.loads(json.dumps(one.to_data()))

        assert data == one.to_data()
        assert [(step["key"], step["needs"]) for step in data["steps"]] == [
            (step.key, step.needs) for step in one.steps
        ]
        assert data["digest"] == one.digest


def text_for(code: str, category: str) -> str:
    text = SHIPPED["declaration"].text
    return text.replace('"declaration"', f'"{code}"', 1).replace(
        '["professional", "elective"]', category
    )


@pytest.mark.parametrize(
    ("texts", "rule", "data"),
    [
        (
            {"a": '["professional"]', "b": '["public"]'},
            "selection_gap",
            {
                "subject": "training_record",
                "selectors": {"category": "elective"},
                "routes": [],
            },
        ),
        (
            {"a": '["professional", "elective"]', "b": '["public", "elective"]'},
            "selection_overlap",
            {
                "subject": "training_record",
                "selectors": {"category": "elective"},
                "routes": ["a", "b"],
            },
        ),
    ],
)
def test_every_subject_takes_exactly_one_route(
    texts: Mapping[str, str], rule: str, data: Mapping[str, object], tmp_path: Path
) -> None:
    for code, category in texts.items():
        (tmp_path / f"{code}.toml").write_text(text_for(code, category), encoding="utf-8")

    with pytest.raises(RouteError) as caught:
        route.load_all(tmp_path)

    assert (caught.value.rule, caught.value.data) == (rule, data)


def test_a_route_without_selectors_takes_everything(tmp_path: Path) -> None:
    text = SHIPPED["declaration"].text.replace("applies ", "# applies ")
    (tmp_path / "all.toml").write_text(text, encoding="utf-8")

    assert list(route.load_all(tmp_path)) == ["declaration"]


def test_two_files_with_one_code_are_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(SHIPPED["declaration"].text, encoding="utf-8")

    with pytest.raises(RouteError, match="duplicate_route"):
        route.load_all(tmp_path)


def warned(one: Route) -> list[tuple[str, int]]:
    return [(str(found.data["earlier"]), found.line) for found in route_check.warnings(one)]


def test_a_step_that_separation_may_leave_empty_is_warned_of() -> None:
    city, above = '"city_bureau", groups = ["复验", "处领导"]', '"superior", groups = ["验证"]'
    upstairs = FULL.replace(city, above)

    assert {code: warned(one) for code, one in SHIPPED.items() if warned(one)} == {
        "cycle.direct_point": [("point_check", 28)]  # the bureau both helps and rechecks
    }
    assert warned(route.compile_route(FULL)) == []
    assert warned(route.compile_route(upstairs)) == [("dept_check", 45)]
    helped = upstairs.replace('not_acted_in = ["dept_check", ', 'not_acted_in = ["unit_check", ')
    assert warned(route.compile_route(helped)) == [("unit_check", 45)]


# --- the words


def test_every_rule_has_a_sentence_in_both_languages() -> None:
    rules = {rule for rule, *_ in BROKEN} | {
        "utf8",
        "no_steps",
        "duplicate_route",
        "selection_gap",
        "selection_overlap",
        "separation_may_leave_nobody",
        "same_version",
    }

    for language in message.LANGUAGES:
        known = {
            key.removeprefix("route.")
            for key in message.catalogue(language)
            if key.startswith("route.")
        }
        assert known == rules


@pytest.mark.parametrize("language", message.LANGUAGES)
@pytest.mark.parametrize(("rule", "old", "new", "line"), BROKEN)
def test_the_sentence_of_a_rule_has_all_it_tells(
    rule: str, old: str, new: str, line: int, language: str
) -> None:
    with pytest.raises(RouteError) as caught:
        route.compile_route(FULL.replace(old, new, 1))

    assert "…" not in message.sentence(f"route.{rule}", caught.value.data, language)


def test_the_lists_of_words_are_closed_and_titled() -> None:
    assert set(GROUPS.values()) == set(Group)
    for language in message.LANGUAGES:
        words = message.catalogue(language)
        assert all(f"group.{group}" in words for group in Group)
        assert all(f"relation.{relation}" in words for relation in Relation)
        assert all(f"act.{act}" in words for act in Act)
        assert all(f"field.{one}" in words for kind in SUBJECTS.values() for one in kind.writable)
