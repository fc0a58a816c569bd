"""Professional titles, as clients see them."""

import strawberry

from rules.title import TitleLevel
from schema.field import named, stored

named(
    TitleLevel,
    "TitleLevel",
    "Level of a title (级别), low to high.",
    TECHNICIAN="Technician level (员级).",
    ASSISTANT="Assistant level (助理级).",
    INTERMEDIATE="Intermediate level (中级).",
    ASSOCIATE_SENIOR="Associate senior level (副高).",
    SENIOR="Senior level (正高).",
)


@strawberry.type(description="A professional title (职称) of the catalogue GB/T 8561.")
class Title:
    code: str = stored("Its code.")
    series: str = stored("Title series (职称系列).")
    title: str = stored("Its name, unique within the series only.")
    level: TitleLevel = stored("Its level.")
