"""What the history of a body of the tree (机构变更) looks like: as public as the tree itself."""

from models.select import Source

ORGANISATION_EVENT = Source(
    alias="oe",
    type_names=("OrganisationEvent",),
    tables="organisation_event oe",
    joins="LEFT JOIN person done_by ON done_by.id = oe.person_id",
    stored="oe.*",
    computed={"official": "done_by.name"},
)
