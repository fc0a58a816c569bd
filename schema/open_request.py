"""What waits for the city outside cases, as its officers see it."""

from datetime import datetime

import strawberry

from resolvers.open_request import OpenRequestKind
from schema.field import named, stored

named(
    OpenRequestKind,
    "OpenRequestKind",
    "What waits for the city outside cases.",
    IDENTITY_CHANGE="Requests to change name or number (身份信息变更); `identityChanges`.",
    CLAIM="Claims of a number (身份冲突); `claims`.",
    DATA_REQUEST="Requests about one's own data (个人信息请求); `dataRequests`.",
)


@strawberry.type(description="What waits of one kind outside cases (案外事项).")
class OpenRequests:
    kind: OpenRequestKind = stored("Of which kind.")
    count: int = stored("How many wait.")
    overdue: int = stored("How many of them are over their term.")
    oldest: datetime | None = stored("Since when the oldest waits.")
    due_at: datetime | None = stored("By when the first of them is to be decided.")
