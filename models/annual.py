"""Annual results (年度验证) and which persons' figures are older than their records."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Table, hours, link, only


class PersonTotal(Table):
    """Stale while `dirty_version` is ahead of `computed_version`; `settled` counts the judgings."""

    person = only("Person")
    person_id: UUID
    dirty_version = fields.BigIntField(default=1)
    computed_version = fields.BigIntField(default=0)
    settled = fields.BigIntField(default=0, db_default=0)
    stale_since = fields.DatetimeField(null=True)
    computed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "person_total"
        table_description = "person_total"


class AnnualResult(Table):
    """A numbered snapshot of one year; the next follows it, nothing overwrites it."""

    person = link("Person", db_index=False)
    person_id: UUID
    year = fields.SmallIntField()
    number = fields.IntField()
    current = fields.BooleanField()
    total_hours = hours()
    public_hours = hours()
    professional_hours = hours()
    elective_hours = hours()
    public_courses = fields.SmallIntField()
    professional_courses = fields.SmallIntField()
    verdict = fields.CharField(max_length=8)
    binding = fields.BooleanField()
    explanation: Any = fields.JSONField()
    computed_at = fields.DatetimeField()

    class Meta:
        table = "annual_result"
        table_description = "annual_result"
        unique_together = (("person", "year", "number"),)
