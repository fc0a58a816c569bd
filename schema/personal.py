"""A copy of one's own data, as its owner fetches it."""

from datetime import datetime

import strawberry

from schema.field import stored


@strawberry.type(description="Permission to fetch one copy of one's own data (个人信息副本).")
class ExportMyDataPayload:
    download_url: str = stored("GET it from here with the same login: once, within the time given.")
    file_name: str = stored("The name it is to be saved under.")
    media_type: str = stored("Its type.")
    format: str = stored("Its format and version, which stand in the file as well.")
    expires_at: datetime = stored("Until when.")
