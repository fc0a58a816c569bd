"""What a claim of a number looks like to those who decide on it."""

from models import access
from models.select import Key, Source

CLAIM = Source(
    alias="k",
    type_names=("Claim",),
    tables="identity_claim k",
    joins="""JOIN account first ON first.person_id = k.owner_id""",
    stored="k.*",
    computed={"vouched": "(first.verified_at IS NOT NULL)"},
    readable=access.claims,
    filters={"waiting": "(k.closed_at IS NULL)"},
    keys={"created_at": Key("k.created_at", "timestamptz")},
)
