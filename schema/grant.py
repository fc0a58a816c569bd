"""Grants (权限), as clients see them."""

from datetime import datetime

import strawberry

from models.account import UserType
from models.grant import WorkField
from models.organisation import UnitKind
from resolvers import grant, organisation, person
from schema import filter
from schema.case import Case
from schema.field import answered_by, named, published, stored
from schema.label import Label
from schema.node import Node
from schema.organisation import Organisation
from schema.person import Person
from schema.role import OFFICES
from schema.training import KEY
from workflow.case import Status

named(
    WorkField,
    "WorkField",
    "Field of work (从事工作范围) of whoever acts for an organisation.",
    CIVIL_SERVANTS="Civil servants (公务员管理).",
    PUBLIC_INSTITUTIONS="Staff of public institutions (事业单位人员管理).",
    PROFESSIONALS="Professional and technical staff (专业技术人员管理).",
    TALENT_MARKET="Talent market (人才市场).",
    VETERANS="Placement of veterans (军转安置).",
    GRADUATES="Placement of graduates (大学生接收).",
    RETIREES="Retired staff (退休人员管理).",
    CIVIL_SERVANT_TRAINING="Training of civil servants (公务员培训).",
    CONTINUING_EDUCATION="Continuing education of professionals (专业技术人员继续教育).",
    FOREIGN_EXPERTS="Foreign experts (外国专家管理).",
)
published(
    grant.NewUnitInput,
    "NewUnitInput",
    "A unit that is registered with the application (注册法人单位); it exists once approved.",
    name="Its name as registered.",
    unit_kind="Its affiliation (隶属关系): municipal, district, or directly below a bureau.",
)
published(
    grant.ApplyForSeatInput,
    "ApplyForSeatInput",
    "The form of a grant (权限申请表).",
    user_type="For what user type; never a person.",
    unit_code="Unit code of 18 or organisation code of 9 characters (组织机构代码).",
    superior_id="The superior body that decides (呈报主管部门).",
    new_unit="The unit to be registered, where the code is not known yet.",
    work_fields="Fields of work (从事工作范围).",
    note="Note (备注), at most 500 characters.",
    idempotency_key=KEY,
)
published(
    grant.CancelGrantInput,
    "CancelGrantInput",
    "An application its author gives up while it waits (取消).",
    grant_id="The grant.",
    expected_version="The version the client saw.",
    idempotency_key=KEY,
)
published(
    grant.GrantFilter,
    "GrantFilter",
    "Which grants.",
    {"name": OFFICES, "person": OFFICES},
    status="Where it stands.",
    user_type="For what user type.",
    person="Who applied.",
    name="Name of the applicant (姓名).",
    organisation="The organisation.",
    superior="The superior body that decides.",
    created_at="When it was applied for (申请日期).",
    **filter.JOINED,
)
named(
    grant.GrantOrderField,
    "GrantOrderField",
    "What grants are ordered by.",
    CREATED_AT="When it was applied for.",
)
published(
    grant.GrantOrder,
    "GrantOrder",
    "One level of the order of grants.",
    field="What by.",
    direction="Which way.",
)


@strawberry.type(description="A grant (权限): an application for a seat, and what became of it.")
class Grant(Node):
    user_type: UserType = stored("For what user type.")
    status: Status = stored("Where it stands: that of its case.")
    state: Label = answered_by(
        grant.state, "The same in words: 待审批, 审核通过, 审核不通过, 已取消."
    )
    person: Person = answered_by(person.person, "Who applied.")
    unit_code: str = stored("The code on the form (法人单位码).")
    unit_name: str | None = stored("Name of the unit that is registered with it.")
    unit_kind: UnitKind | None = stored("Affiliation of the unit that is registered with it.")
    organisation: Organisation | None = answered_by(
        organisation.organisation, "The organisation; a new unit is there once it is approved."
    )
    superior: Organisation | None = answered_by(
        grant.superior, "The superior body that decides (呈报主管部门)."
    )
    work_fields: list[Label] = answered_by(grant.work_fields, "Fields of work (从事工作范围).")
    note: str = stored("Note (备注).")
    version: int = stored("Goes into expectedVersion.")
    case: Case = answered_by(grant.case, "Its case, with who did what.")
    created_at: datetime = stored("When it was applied for (申请日期).")
    closed_at: datetime | None = stored("When it was decided or given up.")


@strawberry.type(description="A grant after a verb.")
class GrantPayload:
    grant: Grant = stored("The grant, read again.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")


@strawberry.type(description="What a code names.")
class UnitCodePayload:
    organisation: Organisation | None = stored("The organisation; none has this code yet.")
