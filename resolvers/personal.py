"""A copy of one's own data (个人信息副本): the address it is fetched from."""

from resolvers.command import Payload
from resolvers.context import Context
from rules.refusal import Refused
from workflow import personal as verbs


async def export(context: Context) -> Payload:
    """An address for the viewer alone, good once and for a while."""
    made = await verbs.permit(context.me, context.now)
    if isinstance(made, Refused):
        return made
    return {
        "download_url": f"/personal-data/{made.token}",
        "file_name": verbs.FILE_NAME,
        "media_type": verbs.MEDIA_TYPE,
        "format": verbs.FORMAT,
        "expires_at": made.expires_at,
    }
