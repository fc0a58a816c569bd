"""Persons (专业技术人员), their profiles and where they are employed."""

from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from models.base import Table, link, only, word
from rules.person import Discipline, Education, Gender, PersonGroup


class Person(Table):
    """A natural person; every identity guard compares persons, never accounts.

    Who had two accounts is absorbed by the person he really is: nothing of his counts any more.
    """

    name = fields.CharField(max_length=60)
    masked_number = fields.CharField(max_length=18)
    ce_number = fields.CharField(max_length=20, null=True, unique=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    absorbed_by = link("Person", null=True, db_index=False)
    absorbed_by_id: UUID | None

    class Meta:
        table = "person"
        table_description = "person"


class Profile(Table):
    """What a person states about himself (个人资料); half of the rules read it."""

    person = only("Person")
    person_id: UUID
    gender = word(Gender, null=True)
    birth_date = fields.DateField(null=True)
    education = word(Education, null=True)
    has_title = fields.BooleanField(default=True)
    title_code = fields.CharField(max_length=3, null=True)
    qualified_on = fields.DateField(null=True)
    started_work_on = fields.DateField(null=True)
    discipline = word(Discipline, null=True)
    person_group = word(PersonGroup, default=PersonGroup.GENERAL)
    phone = fields.CharField(max_length=20, null=True)
    version = fields.IntField(default=1)
    updated_at = fields.DatetimeField(auto_now=True)
    confirmed_at = fields.DatetimeField(null=True)
    confirmed_by = link("Person", null=True, db_index=False)
    confirmed_by_id: UUID | None
    confirmation_voided_at = fields.DatetimeField(null=True)

    class Meta:
        table = "profile"
        table_description = "profile"


class FormerProfile(Table):
    """What was stated of a person until somebody changed it; `changed` names what is other since.

    The title of it was held since `qualified_on`. Of a profile nobody had saved there is a name.
    """

    person = link("Person")
    person_id: UUID
    until_at = fields.DatetimeField()
    changed_by = link("Person", null=True, db_index=False)
    changed_by_id: UUID | None
    changed = ArrayField("text", default=list)
    name = fields.CharField(max_length=60)
    has_title = fields.BooleanField(default=True)
    title_code = fields.CharField(max_length=3, null=True)
    qualified_on = fields.DateField(null=True)
    started_work_on = fields.DateField(null=True)
    discipline = word(Discipline, null=True)
    person_group = word(PersonGroup, null=True)

    class Meta:
        table = "former_profile"
        table_description = "former_profile"


class Employment(Table):
    """Where a person is or was employed (任职单位); open while `until_on` is empty."""

    person = link("Person")
    person_id: UUID
    organisation = link("Organisation")
    organisation_id: UUID
    from_on = fields.DateField()
    until_on = fields.DateField(null=True)

    class Meta:
        table = "employment"
        table_description = "employment"
