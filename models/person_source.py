"""What is known of a person's past: where he worked, what was stated of him until it changed."""

from models import access
from models.access import Viewer
from models.read import Parameters
from models.select import Source


def behind_person(viewer: Viewer, p: Parameters, row: str) -> str:
    """Whoever reads the person reads what belongs to him."""
    readable = access.persons(viewer, p, "of_row")
    return f"EXISTS (SELECT FROM person of_row WHERE of_row.id = {row}.person_id AND {readable})"


EMPLOYMENT = Source(
    alias="em",
    type_names=("Employment",),
    tables="employment em",
    stored="em.*",
    readable=behind_person,
)
FORMER_PROFILE = Source(
    alias="fp",
    type_names=("FormerProfile",),
    tables="former_profile fp",
    joins="LEFT JOIN person changed_by ON changed_by.id = fp.changed_by_id",
    stored="fp.*",
    computed={"changer": "changed_by.name"},
    readable=behind_person,
)
