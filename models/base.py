"""What every table shares: a time-ordered key, and columns declared the same way."""

from enum import StrEnum
from typing import Any

from tortoise import Model, fields
from tortoise.fields.base import OnDelete

from models.ids import uuid7


class Table(Model):
    """A row with a time-ordered key."""

    id = fields.UUIDField(primary_key=True, default=uuid7)

    class Meta:
        abstract = True


def word(members: type[StrEnum], **options: Any) -> Any:
    """One word of a closed list; the list itself is a CHECK in the migrations.

    Length and description are fixed, so that a new member is no change of the column.
    """
    return fields.CharEnumField(members, max_length=32, description="", **options)


def link(to: str, **options: Any) -> Any:
    """A reference to another table: indexed, and never deleted from under us."""
    options.setdefault("db_index", True)
    options.setdefault("on_delete", OnDelete.RESTRICT)
    return fields.ForeignKeyField(f"jijiao.{to}", related_name=False, **options)


def only(to: str) -> Any:
    """A reference of which the other table has at most one."""
    return fields.OneToOneField(f"jijiao.{to}", related_name=False, on_delete=OnDelete.RESTRICT)


def hours(**options: Any) -> Any:
    """Hours or credits: one decimal place, exact."""
    return fields.DecimalField(max_digits=6, decimal_places=1, **options)
