"""Teachers and health workers do not declare what their authorities deliver (L162)."""

import pytest

from rules import feed
from rules.course import CourseCategory, Record
from rules.person import PersonGroup

PUBLIC, PROFESSIONAL, ELECTIVE = CourseCategory
GENERAL, TEACHER, HEALTH = PersonGroup


@pytest.mark.parametrize(
    ("person_group", "declared"),
    [
        (GENERAL, {PUBLIC, PROFESSIONAL, ELECTIVE}),
        (TEACHER, set()),
        (HEALTH, {PUBLIC}),
    ],
)
def test_what_a_person_group_declares_itself(
    person_group: PersonGroup, declared: set[CourseCategory]
) -> None:
    free = {
        category
        for category in CourseCategory
        if not list(feed.check(Record(category=category), person_group=person_group))
    }

    assert free == declared


def test_the_refusal_names_category_and_person_group() -> None:
    (refused,) = feed.check(Record(category=ELECTIVE), person_group=HEALTH)

    assert (refused.code, refused.path) == ("DELIVERED_IN_BULK", ("category",))
    assert refused.data == {"personGroup": "health", "category": "elective"}


def test_a_draft_without_a_category_is_not_judged() -> None:
    assert not list(feed.check(Record(), person_group=TEACHER))
