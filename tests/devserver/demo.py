"""The small city built once for all tests that only look at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.read import Connection

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Demo:
    """A database with the city in it, and the directory of its files."""

    config: dict[str, Any]
    storage: Path
    db: Connection

    async def all(self, sql: str, *p: object) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.db.execute_query_dict(sql, list(p))]

    async def column(self, sql: str, *p: object) -> list[Any]:
        return [next(iter(row.values())) for row in await self.all(sql, *p)]

    async def one(self, sql: str, *p: object) -> Any:
        return (await self.column(sql, *p))[0]
