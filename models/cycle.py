"""Cycle applications (周期验证申请), and the figures (统计结果) each was judged by."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Table, hours, link, word
from rules.person import Discipline, PersonGroup
from rules.title import CycleBusiness, TitleLevel


class CycleApplication(Table):
    """What a person applies for before a promotion; where it stands follows its case.

    `applied_on` is the day in Shanghai on which the server accepted it: it decides which years
    count. Whoever recalls an application to change it applies anew; a returned one keeps its day.
    `decided_number` is the snapshot it was decided upon; later ones follow corrections.
    """

    person = link("Person")
    person_id: UUID
    employer = link("Organisation")
    employer_id: UUID
    target_title = fields.CharField(max_length=3)
    level = word(TitleLevel)
    business = word(CycleBusiness)
    discipline = word(Discipline)
    qualified_on = fields.DateField()
    year = fields.SmallIntField()
    applied_on = fields.DateField(null=True)
    status = fields.CharField(max_length=16)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    submitted_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    decided_number = fields.IntField(null=True)

    class Meta:
        table = "cycle_application"
        table_description = "cycle_application"


class CycleResult(Table):
    """A numbered snapshot of an application's figures; the next follows it, nothing overwrites it.

    `dirty_version` is that of the person's records when they were read. Years are empty where
    there was no cycle any more; `explanation` says why. `most_hours` and the courses beside it are
    with the current year, where that may be added: other minimums are held against them.
    """

    application = link("CycleApplication", db_index=False)
    application_id: UUID
    number = fields.IntField()
    current = fields.BooleanField()
    person_group = word(PersonGroup)
    first_year = fields.SmallIntField(null=True)
    last_year = fields.SmallIntField(null=True)
    required_hours = hours()
    total_hours = hours()
    public_hours = hours()
    professional_hours = hours()
    elective_hours = hours()
    days = hours()
    public_courses = fields.SmallIntField()
    professional_courses = fields.SmallIntField()
    most_hours = hours(null=True)
    most_public_courses = fields.SmallIntField(null=True)
    most_professional_courses = fields.SmallIntField(null=True)
    verdict = fields.CharField(max_length=8)
    supplement_used = fields.BooleanField()
    binding = fields.BooleanField()
    explanation: Any = fields.JSONField()
    dirty_version = fields.BigIntField()
    computed_at = fields.DatetimeField()

    class Meta:
        table = "cycle_result"
        table_description = "cycle_result"
        unique_together = (("application", "number"),)
