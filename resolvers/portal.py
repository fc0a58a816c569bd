"""The portal, as the owner of an account sees it."""

from dataclasses import dataclass

from models.read import Row
from resolvers.command import Payload
from resolvers.context import Context
from workflow import portal as verbs


@dataclass(frozen=True, kw_only=True)
class LinkPortalInput:
    password: str


async def own(context: Context) -> Row | None:
    """One's own link with it, and whether an identity waits to be linked."""
    if not context.limits.portal:
        return None
    return await verbs.own(context.me, issuer=context.limits.portal, now=context.now)


async def link(context: Context, *, input: LinkPortalInput) -> Payload:
    """Link what was shown at the portal."""
    refused = await verbs.link(
        context.me,
        given=input.password,
        issuer=context.limits.portal,
        address=context.door.address,
        now=context.now,
    )
    return refused or {"linked_at": context.now}


async def unlink(context: Context) -> bool:
    """Undo it."""
    return await verbs.unlink(context.me, context.now)
