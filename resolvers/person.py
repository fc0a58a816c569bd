"""Persons and their profiles."""

from collections.abc import Awaitable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from models import access, case_source, person_sql, read, select, sources
from models.read import Parameters, Row
from resolvers import command, filter, page, title
from resolvers.command import Payload
from resolvers.context import Context
from resolvers.page import Asked, Direction, Page
from rules import profile as rules
from rules.person import Discipline, Education, Gender, PersonGroup
from rules.refusal import Refused
from rules.title import Title
from workflow import identity, profile_subject
from workflow import profile as verbs


@dataclass(frozen=True, kw_only=True)
class PersonFilter:
    name: filter.Text | None = None
    ce_number: filter.Text | None = None
    employer: filter.OfRow | None = None
    title_code: filter.Text | None = None
    person_group: filter.Among[PersonGroup] | None = None
    stale: bool | None = None
    and_: list["PersonFilter"] | None = None
    or_: list["PersonFilter"] | None = None
    not_: "PersonFilter | None" = None


class PersonOrderField(StrEnum):
    NAME = "name"


@dataclass(frozen=True, kw_only=True)
class PersonOrder:
    field: PersonOrderField
    direction: Direction = Direction.ASC


@dataclass(frozen=True, kw_only=True)
class SaveProfileInput:
    gender: Gender | None = None
    birth_date: date | None = None
    education: Education | None = None
    has_title: bool = True
    title_code: str | None = None
    qualified_on: date | None = None
    started_work_on: date | None = None
    discipline: Discipline | None = None
    person_group: PersonGroup = PersonGroup.GENERAL
    phone: str | None = None
    expected_version: int
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class ProfileVersionInput:
    expected_version: int
    idempotency_key: str


class Confirmation(StrEnum):
    NONE = "none"
    ASKED = "asked"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    VOID = "void"


async def persons(
    context: Context,
    *,
    where: PersonFilter | None = None,
    order_by: list[PersonOrder] | None = None,
    asked: Asked,
) -> Page:
    """The people of the viewer's organisation, and himself."""
    source = sources.PERSON
    wanted = filter.condition(source.filters, where)
    return await page.read(source, context.me, wanted, asked=asked, orders=order_by, usual="name")


def person(context: Context, row: Any) -> Awaitable[Row | None] | None:
    """The person a row is about; whoever reads the row reads his name."""
    return context.one(sources.NAMED_PERSON, row.person_id)


def applicant(context: Context, row: Any) -> Awaitable[Row | None] | None:
    """The person whose case it is."""
    return context.one(sources.NAMED_PERSON, row.applicant_id)


def masked_number(context: Context, row: Row) -> Awaitable[str] | str:
    """His own number shows its ends; beside a birth date the tail would give it away."""
    number: str = row.masked_number
    return own_mask(context, row) if row.id == context.me.person_id else number


async def own_mask(context: Context, row: Row) -> str:
    """What the vault says to the person himself; without a number there, what everybody sees."""

    async def load(keys: list[UUID]) -> Mapping[UUID, str | None]:
        return {key: await identity.own_mask(key) for key in keys}

    found = await context.loader("own_mask", load).load(row.id)
    return str(found or row.masked_number)


async def profile(context: Context, row: Row) -> Row | None:
    """What the person states about himself, for those who may read it; at first, nothing."""
    found = await context.many(sources.PROFILE, "person_id", row.id, "f.id")
    if not found and row.id == context.me.person_id:
        return blank(context, row)
    return found[0] if found else None


def blank(context: Context, row: Row) -> Row:
    """The profile of somebody who has not begun it: saving it expects version 0."""
    stated = asdict(verbs.ProfileInput())
    employed = row.employer_id is not None
    unconfirmed = dict.fromkeys(("updated_at", "confirmed_at", "confirmed_by_id", "case_id"))
    return Row(
        **stated,
        **unconfirmed,
        employed=employed,
        version=0,
        confirmation=Confirmation.NONE,
        person_id=row.id,
    )


async def of_subject(context: Context, row: Row) -> Row | None:
    """The profile a task or a case is about, if it is about one and may be read."""
    if row.subject_type != profile_subject.TYPE:
        return None
    found = await context.many(sources.PROFILE, "person_id", row.subject_id, "f.id")
    return found[0] if found else None


def confirmed_by(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """Who has confirmed it."""
    return context.one(sources.NAMED_PERSON, row.confirmed_by_id)


def confirmation_case(context: Context, row: Row) -> Awaitable[Row | None] | None:
    """The latest case of its confirmation."""
    return context.one(case_source.CASE, row.case_id)


async def stale_since(context: Context, row: Row) -> Any:
    """Since when his figures are older than his records; nothing when they are current."""
    return await stale(context, row.id)


async def stale(context: Context, person_id: UUID) -> Any:
    """The same of a person by his id; nothing either when he is but named beside a row."""

    async def load(keys: list[UUID]) -> Mapping[UUID, Row]:
        p = Parameters()
        readable = access.persons(context.me, p, "of_figures")
        found = await read.rows(person_sql.STALE.format(readable=readable, keys=p(keys)), p)
        return {row.id: row for row in found}

    found = await context.loader("stale", load).load(person_id)
    return found and found.stale_since


def title_of(_: Context, row: Row) -> Title | None:
    """The present title."""
    return title.by_code(row.title_code)


def missing(_: Context, row: Row) -> list[str]:
    """The fields that must be filled in before anything else opens."""
    stated = verbs.as_rules_read(verbs.stored(row))
    return list(rules.missing(replace(stated, employed=row.employed)))


async def save(context: Context, *, input: SaveProfileInput) -> Payload:
    """Keep the profile; what a verdict reads of it is judged anew."""
    given = {
        name: value
        for name, value in vars(input).items()
        if name not in ("expected_version", "idempotency_key")
    }
    done = await verbs.save(  # allow: writes: the verb of workflow/profile.py
        command.request(context, input),
        profile=verbs.ProfileInput(**given),
        expected_version=input.expected_version,
    )
    return await told(context, done)


async def submit(context: Context, *, input: ProfileVersionInput) -> Payload:
    """Ask the unit to confirm one's profile."""
    request = command.request(context, input)
    return await told(context, await verbs.submit(request, expected_version=input.expected_version))


async def recall(context: Context, *, input: ProfileVersionInput) -> Payload:
    """Take that back while nobody has acted."""
    request = command.request(context, input)
    return await told(context, await verbs.recall(request, expected_version=input.expected_version))


async def told(context: Context, done: Any) -> Payload:
    """The viewer himself after a verb."""
    if isinstance(done, Refused):
        return done
    me = context.me.person_id
    found = await select.by_id(sources.PERSON, context.me, [me])
    return {"person": found[me], "replayed": done.replayed}
