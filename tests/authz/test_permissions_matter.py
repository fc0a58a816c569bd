"""Each condition of access is taken away, or widened, once: other rows are read then."""

import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from graphql import is_object_type

from models import access, account_access, read, sources
from models.audit_source import AUDIT_EVENT
from models.office_source import ACCOUNT
from models.read import Parameters
from models.select import Source
from models.viewer import Lack
from schema import api, views
from schema.role import Role
from tests.authz import policy
from tests.authz.asking import WHOLE, key_of
from tests.authz.world import World
from tests.factories.city import NOW

Fault = tuple[str, int, int, str]  # its name, from where to where, and what instead
SIGNED_IN = [name for name in policy.ACTORS if name != "stranger"]
# What officers read, which no condition on business guards: whoever is not in yet reads none of it.
OF_OFFICERS = {"AuditEvent": AUDIT_EVENT, "Account": ACCOUNT}
READ: dict[str, Source] = {**sources.BY_TYPE, **OF_OFFICERS}
# Both files of conditions as one, so that the second takes the names that are broken in the first.
RESTING = re.sub(r"(?m)^from models\.access .*$", "", inspect.getsource(account_access))
SOURCE = inspect.getsource(access) + RESTING
# A condition that is weakened or dropped wherever it stands; the nth place of each is one fault.
FAULTS = (
    (r" AND ", " OR "),
    (r" OR ", " AND "),
    (r"= \{own\}::uuid", "IS NOT NULL"),
    (r"<> 'draft'", "IS NOT NULL"),
    (r"= 'in_system'", "IS NOT NULL"),
    (r"= \{p\(viewer\.person_id\)\}::uuid", "IS NOT NULL"),
    (r"= \{p\(viewer\.organisation_id\)\}::uuid", "IS NOT NULL"),
    (r"> now\(\)", "IS NOT NULL"),
    (r"EXISTS \(SELECT", "NOT EXISTS (SELECT"),
    (r"if not viewer\.has_business", "if False"),
    (r"viewer\.user_type is UserType\.TRAINING_BASE", "False"),
    (r"viewer\.user_type is UserType\.CITY_BUREAU", "True"),
    (r'"unit_admin" not in viewer\.groups', "False"),
    (r"e\.until_on IS NULL", "e.id IS NOT NULL"),
    (r"= ANY \(o\.ancestors\)", "IS NOT NULL"),
    (r'"staff" not in viewer\.duties', "False"),
    (r'"approve_admins" in viewer\.groups', "True"),
    (r"viewer\.user_type is UserType\.AUDIT_ADMIN", "True"),
    (r"viewer\.user_type in \(UserType\.SYS_ADMIN, UserType\.SEC_ADMIN\)", "True"),
    (r" and not viewer\.lacks", ""),
    (r"asks\.closed_at IS NULL", "asks.id IS NOT NULL"),
)

# Said twice: a seat without groups is stopped here, and again by what is asked next.
GUARD = r"if not viewer\.has_business"
TWICE = frozenset(
    f"{place} {GUARD}"
    for place in ("records+6", "tasks+5", "notices+3", "persons+3", "moves+3", "leavers+3")
)


def spots() -> Iterator[Fault]:
    """Every fault: its name, which place, and what stands there instead."""
    body = SOURCE.index("def within")
    for pattern, instead in FAULTS:
        for found in re.finditer(pattern, SOURCE):
            line = SOURCE[: found.start()].rpartition("\n")[2]
            if found.start() > body and "def " not in line and spoken(found.start()):
                yield f"{line_of(found.start())} {pattern}", *found.span(), instead


def line_of(place: int) -> str:
    """Where it stands: the function, and which line of it."""
    name = SOURCE[:place].rpartition("\ndef ")[2].partition("(")[0]
    return f"{name}+{SOURCE[:place].rpartition(f'def {name}')[2].count(chr(10))}"


def spoken(place: int) -> bool:
    """Is it code, and no docstring?"""
    return SOURCE[:place].count('"""') % 2 == 0


def broken(begin: int, end: int, instead: str) -> ModuleType:
    """The conditions with one fault."""
    module = ModuleType("models.access")
    module.__dict__["__name__"] = "models.access"
    text = SOURCE[:begin] + instead + SOURCE[end:]
    exec(compile(text, "access.py", "exec"), module.__dict__)
    return module


class Written(Parameters):
    """Values written into the statement, which therefore bears those that a fault leaves unused."""

    def __call__(self, value: Any) -> str:
        if value is None:
            return "NULL"
        text = "{" + ",".join(map(str, value)) + "}" if isinstance(value, list) else str(value)
        return f"'{text}'"


async def misled(world: World, module: ModuleType) -> bool:
    """Does a mandate open other tasks than those of its route, beside one's own?"""
    leader = world.viewer("leader")
    assert leader is not None
    known = {name: getattr(leader, name) for name in leader.__slots__}
    keys = [key_of(id) for id in world.of("Task").values()]
    found = []
    for route in ("declaration", "profile.confirmation"):
        mandate = module.Mandate(
            principal_id=leader.person_id,
            groups=frozenset({"handler"}),
            routes=frozenset({route}),
            until=NOW,
        )
        viewer, p = module.Viewer(**{**known, "mandates": (mandate,)}), Written()
        sql = f"SELECT id FROM wf_task t WHERE id = ANY ({p(keys)}::uuid[])"
        sql += f" AND {module.tasks(viewer, p, 't')}"
        found.append({row.id for row in await read.rows(sql)})
    own, given = (key_of(world.rows["Task", f"hospital{one}"]) for one in (" amendment", ""))
    return found != [{own, given}, {own}]


async def disagrees(world: World, module: ModuleType) -> bool:
    """Does any type have another set of readers than the table says?"""
    if await misled(world, module):
        return True
    for type_name, source in READ.items():
        rows = {key_of(id): place for place, id in world.of(type_name).items()}
        for actor in SIGNED_IN if source.readable else ():
            wanted = {at for at in rows.values() if actor in policy.readers(type_name, at)}
            if await found(world, module, source, rows, actor) != wanted:
                return True
            if type_name in OF_OFFICERS and await found(
                world, module, source, rows, actor, lacks=Lack.SECOND_FACTOR
            ):
                return True
    return False


async def found(
    world: World,
    module: ModuleType,
    source: Source,
    rows: dict[UUID, str],
    actor: str,
    **changes: Any,
) -> set[str]:
    """The places of the rows this actor reads by these conditions."""
    known, p = world.viewer(actor), Written()
    assert known is not None and source.readable is not None
    stated = {name: getattr(known, name) for name in known.__slots__}
    viewer = module.Viewer(**{**stated, **changes})
    tables = source.tables.replace("{me}", f"{p(known.person_id)}::uuid")
    readable = getattr(module, source.readable.__name__)(viewer, p, source.alias)
    sql = f"SELECT {source.alias}.id FROM {tables} WHERE {source.alias}.id"
    read_so = await read.rows(f"{sql} = ANY ({p([*rows])}::uuid[]) AND {readable}")
    return {rows[row.id] for row in read_so}


async def test_without_a_fault_everybody_reads_what_the_table_says(world: World) -> None:
    assert not await disagrees(world, broken(0, 0, ""))


@pytest.mark.parametrize("fault", [*spots()], ids=lambda one: one[0])
async def test_a_fault_in_a_permission_shows(world: World, fault: Fault) -> None:
    shows = await disagrees(world, broken(*fault[1:]))

    assert shows is (fault[0] not in TWICE)


# Of types that nobody else is led to anyway.
UNREACHED = frozenset({"AuditEvent"})
HIDDEN = [
    (name, field)
    for name, kind in sorted(WHOLE.type_map.items())
    if is_object_type(kind)
    for field, published in kind.fields.items()
    if (said := published.extensions.get("strawberry-definition")) and said.metadata.get("roles")
]


@pytest.mark.parametrize(("type_name", "field"), HIDDEN)
def test_a_field_said_to_be_for_nobody_in_particular_shows(
    type_name: str, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner: Any = WHOLE.type_map[type_name]
    element, shows = owner.fields[field], views.shows
    monkeypatch.setattr(views, "shows", lambda role, one: one is element or shows(role, one))

    for kind in set(Role) - policy.kinds(type_name, field):
        view = views.selected(WHOLE, views.Selection(kind), api.KIND_NAMES)
        found: Any = view.type_map.get(type_name)
        if found:
            assert field in found.fields
            return
    assert type_name in UNREACHED
