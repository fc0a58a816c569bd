"""Rows of the city on their way into the database: by COPY, in the order of their references."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import asyncpg

# wf_definition is missing: routes are published by `workflow.transition`.
ORDER = (
    "organisation",
    "person",
    "profile",
    "employment",
    "account",
    "seat",
    "remark",
    "training_record",
    "amendment",
    "attachment",
    "history",
    "wf_case",
    "wf_event",
    "wf_task",
    "wf_opinion",
    "person_total",
    "annual_result",
)
Row = Mapping[str, Any]


class Rows(dict[str, list[Row]]):
    """Rows by table; the rows of one table name the same columns in the same order."""

    def add(self, table: str, **columns: Any) -> None:
        self.setdefault(table, []).append(columns)


class Batches:
    """Records by table, as COPY takes them."""

    def __init__(self, columns: Mapping[str, tuple[str, ...]]) -> None:
        self.columns = columns
        self.records: dict[str, list[tuple[Any, ...]]] = {table: [] for table in columns}

    @classmethod
    def of(cls, rows: Rows) -> Batches:
        """The same rows without their names."""
        made = cls({table: tuple(listed[0]) for table, listed in rows.items()})
        for table, listed in rows.items():
            made.records[table] = [tuple(row.values()) for row in listed]
        return made


# allow: writes: seeding is the one place outside workflow/ that writes rows. What it
# writes is what workflow/ would have written: the events of the real engine, folded in memory.
async def copy(connection: asyncpg.Connection[asyncpg.Record], batches: Batches) -> None:
    """Send everything; constraints hold at the end of each table or of the transaction."""
    for table in sorted(batches.records, key=ORDER.index):
        await connection.copy_records_to_table(
            table, records=batches.records[table], columns=list(batches.columns[table])
        )
