"""What waits for the city outside cases (案外事项): once its term is over, who decides is reminded.

Changes of name or number, claims of a number, requests about one's data. Nothing is ever decided
because time ran out.
"""

from datetime import datetime

from models import open_request_sql, read
from workflow import notice


async def remind(now: datetime) -> int:
    """Tell the city's approvers of what is over its term, of each once; how many there were.

    Any number of workers may do so at once: what was told is told.
    """
    return len(await read.rows(open_request_sql.REMIND, [now, now - notice.KEPT]))
