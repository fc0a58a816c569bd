"""Members of an organisation and moves between employers, as clients see them."""

from datetime import datetime

import strawberry

from models.account import UserType
from models.move import MoveOutcome, MoveSide
from resolvers import move, organisation, person, staff
from schema import filter
from schema.field import answered_by, named, published, stored
from schema.label import Label
from schema.node import Node
from schema.organisation import Organisation
from schema.person import Person
from schema.role import OFFICES, SUPERIORS
from schema.training import KEY
from workflow.member import Duty, SeatGroup

VERSION, GROUPS, DUTIES = "The version the client saw.", "His user groups.", "His duties."

named(
    SeatGroup,
    "SeatGroup",
    "User group (用户组) of a member.",
    UNIT_ADMIN="Administrator (系统管理员): manages the staff; reviews nothing.",
    HANDLER="Handler (经办人): first opinion in a unit.",
    UNIT_LEADER="Unit leader (单位领导): second opinion in a unit.",
    INITIAL_CHECKER="Initial checker (初验) of cycle verification.",
    CHECKER="Checker (验证) of a department or bureau.",
    RECHECKER="Re-checker (复验) of the municipal bureau.",
    DIVISION_LEADER="Division leader (处领导) of the municipal bureau.",
    INTAKE_CLERK="Intake clerk (受理) of the municipal bureau.",
    EXAMINER="Examiner (复核) of the municipal bureau.",
    APPROVE_ADMINS="Approves administrators below (业务管理员审核).",
)
named(
    Duty,
    "Duty",
    "Duty (职责): one for each function of an organisation.",
    REMARKS="Prepared texts (批注管理).",
    RECORD_REVIEW="Review of records from outside the system (个人参加系统外项目审批).",
    RECORD_MAINTENANCE="Maintenance of approved records (培训信息维护).",
    ANNUAL_VIEW="Annual overview (常规验证情况).",
    CYCLE_CHECK="Cycle check (复验证).",
    REPORTS="Queries and statistics (查询统计).",
    STAFF="Staff management (用户管理).",
    DEPARTMENT_BUSINESS="Department business (主管部门业务).",
    ORGANISATIONS="The tree of organisations below a bureau (机构管理).",
)
named(
    MoveOutcome,
    "MoveOutcome",
    "What became of a move.",
    CONFIRMED="Both sides have confirmed it: he works there from that day.",
    REFUSED="One side says no.",
    WITHDRAWN="Taken back by the person.",
)
named(
    MoveSide,
    "MoveSide",
    "Who acts on a move.",
    FORMER="Who employs him so far and lets him go (转出).",
    NEW="Who takes him in (转入).",
)
published(
    staff.AppointMemberInput,
    "AppointMemberInput",
    "Somebody who shall act for an organisation that employs him (增加业务人员).",
    organisation_id="The organisation: one's own, or one below it.",
    person_id="The person.",
    groups=GROUPS,
    duties=DUTIES,
    idempotency_key=KEY,
)
published(
    staff.ChangeMemberInput,
    "ChangeMemberInput",
    "All groups and duties of a member as they shall be (保存并关闭).",
    member_id="The member.",
    groups=GROUPS,
    duties=DUTIES,
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    staff.MemberInput,
    "MemberInput",
    "A member something is done to.",
    member_id="The member.",
    idempotency_key=KEY,
)
published(
    staff.EndMemberInput,
    "EndMemberInput",
    "A member who shall not act for the organisation any more.",
    member_id="The member.",
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    staff.MemberFilter,
    "MemberFilter",
    "Which members.",
    {"organisation": SUPERIORS},
    organisation="The organisation.",
    person="The person.",
    name="His name (姓名).",
    user_type="In what capacity.",
    ended="Only ended seats, or only living ones.",
    **filter.JOINED,
)
named(
    staff.MemberOrderField,
    "MemberOrderField",
    "What members are ordered by.",
    CREATED_AT="Since when they are members.",
)
published(
    staff.MemberOrder,
    "MemberOrder",
    "One level of the order of members.",
    field="What by.",
    direction="Which way.",
)
published(
    move.AskToMoveInput,
    "AskToMoveInput",
    "Where somebody works now (任职单位).",
    organisation_id="The unit, department or direct declaration point.",
    note="A word to those who confirm it, at most 200 characters.",
    idempotency_key=KEY,
)
published(
    move.WithdrawMoveInput,
    "WithdrawMoveInput",
    "A move its author takes back.",
    move_id="The move.",
    idempotency_key=KEY,
)
published(
    move.DecideMoveInput,
    "DecideMoveInput",
    "Is somebody let go, or taken in? Acts for each side one looks after.",
    move_id="The move.",
    confirmed="Yes; he moves on the day the second side has said so. Or no, and it is over.",
    reason="With a no: why, at most 200 characters; who does not let somebody go says why.",
    idempotency_key=KEY,
)
published(
    move.MoveFilter,
    "MoveFilter",
    "Which moves.",
    {"name": OFFICES, "person": OFFICES},
    waiting="Only those that wait, or only closed ones.",
    person="Whose.",
    organisation="To which organisation.",
    former="From which organisation.",
    name="Name of the person (姓名).",
    **filter.JOINED,
)
named(
    move.MoveOrderField,
    "MoveOrderField",
    "What moves are ordered by.",
    CREATED_AT="When they were asked for.",
)
published(
    move.MoveOrder,
    "MoveOrder",
    "One level of the order of moves.",
    field="What by.",
    direction="Which way.",
)


@strawberry.type(description="A member (业务人员): somebody's seat in an organisation.")
class Member(Node):
    person: Person = answered_by(person.person, "Who he is.")
    organisation: Organisation | None = answered_by(organisation.organisation, "For whom he acts.")
    user_type: UserType = stored("In what capacity.")
    groups: list[Label] = answered_by(staff.groups, GROUPS)
    duties: list[Label] = answered_by(staff.duties, DUTIES)
    version: int = stored("Goes into expectedVersion.")
    created_at: datetime = stored("Since when.")
    ended_at: datetime | None = stored("Until when, if it is over.")


@strawberry.type(description="What becomes of what somebody has when he leaves his employer.")
class MovePreview:
    employer: Organisation | None = answered_by(move.employer, "Whom he leaves; nobody, perhaps.")
    cases: int = stored("Open cases he handed in there: they stay with that employer.")
    drafts: int | None = answered_by(
        move.drafts,
        "Drafts and what came back to him: they go with him, and are handed in at the new employer."
        " Told to himself alone.",
    )
    seats: int = stored("His seats at the employer he leaves: they end.")
    tasks: int = stored("Tasks he holds there: they are free again for his colleagues.")


@strawberry.type(
    description="A move (调动): somebody says where he works; who employs him and who will say yes."
)
class Move(Node):
    person: Person = answered_by(person.person, "Who.")
    organisation: Organisation | None = answered_by(organisation.organisation, "Where to.")
    former: Organisation | None = answered_by(
        move.former, "Where from; nowhere if he had no employer."
    )
    released_at: datetime | None = stored("When who employs him let him go.")
    accepted_at: datetime | None = stored("When who will employ him took him in.")
    waits_for: list[MoveSide] = answered_by(move.waits_for, "Who has to act still.")
    preview: MovePreview | None = answered_by(
        move.preview, "What becomes of his cases and seats; for himself and for whom he leaves."
    )
    note: str = stored("What he said to it.")
    outcome: MoveOutcome | None = stored("What became of it; nothing while it waits.")
    reason: str = stored("Why it was refused.")
    created_at: datetime = stored("When it was asked for.")
    closed_at: datetime | None = stored("When it was decided or taken back.")


@strawberry.type(description="A member after a verb.")
class MemberPayload:
    member: Member = stored("The member, read again.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")


@strawberry.type(description="A move after a verb.")
class MovePayload:
    move: Move = stored("The move, read again.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")
