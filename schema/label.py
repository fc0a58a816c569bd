"""Words with names, as clients see them."""

import strawberry

from schema.field import stored


@strawberry.type(description="A word of ours: a stable key and its name in the reader's language.")
class Label:
    key: str = stored("What programs compare.")
    name: str = stored("What people read.")
