"""The portal, as the owner of an account sees it."""

from datetime import datetime

import strawberry

from resolvers import portal
from schema.field import published, stored

published(
    portal.LinkPortalInput,
    "LinkPortalInput",
    "That it is really the owner of the account who links it.",
    password="The present password.",
)


@strawberry.type(description="The portal (统一身份认证) one may sign in through.")
class Portal:
    offered: bool = stored("Does an identity, shown there a moment ago, wait for linkPortal?")
    linked_at: datetime | None = stored("Since when it opens this account.")
    used_at: datetime | None = stored("When it was last signed in through.")


@strawberry.type(description="The portal opens this account from now on.")
class PortalLinkedPayload:
    linked_at: datetime = stored("Since when.")
