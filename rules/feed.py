"""Records delivered in bulk (数据对接): what teachers and health workers do not declare."""

from collections.abc import Iterator

from rules.course import CourseCategory, Record
from rules.person import PersonGroup
from rules.refusal import Refused


def delivered(category: CourseCategory, person_group: PersonGroup) -> bool:
    """Tell whether an authority delivers this category for these people: L162.

    All continuing education of teachers; that of health workers without public courses.
    """
    if person_group is PersonGroup.HEALTH:
        return category is not CourseCategory.PUBLIC
    return person_group is PersonGroup.TEACHER


def check(record: Record, *, person_group: PersonGroup) -> Iterator[Refused]:
    """Refuse what would count twice; objections go to the unit's CE manager: L162."""
    if record.category is not None and delivered(record.category, person_group):
        data = {"personGroup": person_group.value, "category": record.category.value}
        yield Refused("DELIVERED_IN_BULK", data, ("category",))
