"""What an official reads: compared with the text that was signed off."""

from pathlib import Path

from tests.workflow import worlds
from workflow import describe, route

SIGNED = Path(__file__).with_name("described.md")
DISTRICT = worlds.text("district")


def test_the_description_is_the_one_that_was_signed_off() -> None:
    routes = [*route.load_all().values(), DISTRICT]

    assert describe.document(routes) == SIGNED.read_text(encoding="utf-8")


def test_the_current_step_is_thick_and_the_steps_done_are_shaded() -> None:
    drawn = describe.mermaid(DISTRICT, here="dept_check", done={"unit_check"})

    assert drawn.splitlines()[-2:] == [
        "  style unit_check fill:#ddd",
        "  style dept_check stroke-width:4px",
    ]


def test_the_diagram_speaks_english_too() -> None:
    drawn = describe.mermaid(DISTRICT, "en")

    assert 'city_recheck["Municipal re-check<br/>at least 2"]' in drawn
    assert "style" not in drawn


def test_a_route_nobody_can_refuse_has_no_such_end() -> None:
    text = DISTRICT.text.replace('"reject", ', "")

    assert "rejected" not in describe.mermaid(route.compile_route(text))


def test_a_step_that_cannot_return_draws_no_way_back() -> None:
    text = DISTRICT.text.replace('"return", ', "")

    assert "-.->" not in describe.mermaid(route.compile_route(text))
    assert "可退回至" not in describe.sentences(route.compile_route(text))
