"""Tasks and the to-do list, as clients see them."""

from datetime import datetime

import strawberry

from resolvers import (
    amendment,
    cycle_application,
    decision,
    delegation,
    grant,
    ids,
    organisation,
    person,
    remark,
    task,
)
from schema import errors, filter
from schema.action import Action
from schema.amendment import Amendment
from schema.case import Case
from schema.cycle_application import CycleApplication
from schema.errors import UserError
from schema.field import answered_by, named, published, stored
from schema.grant import Grant
from schema.label import Label
from schema.node import Node
from schema.organisation import Organisation
from schema.person import Person, Profile
from schema.remark import Remark
from schema.role import SUPERIORS
from schema.training import TrainingRecord
from workflow.case import Reason
from workflow.vocabulary import Act

named(
    task.TaskStatus,
    "TaskStatus",
    "Is a task still to be done?",
    OPEN="To be done (待审).",
    DONE="Done (已办).",
    VOID="Overtaken by a recall (作废).",
)
VERSION, KEY = "The version of the task the client saw.", "The same key, the same answer."
REMARK = "The remark (批注) it was picked from."
BEHALF = "In whose name (代理); left out: in one's own."
published(
    task.TaskFilter,
    "TaskFilter",
    "Which tasks; open ones unless `status` is given.",
    {"employer": SUPERIORS},
    status="Is it still to be done?",
    reason="Why it is open.",
    route="Code of the business (所属业务).",
    step="Key of the step (业务步骤).",
    claimed="Only claimed ones, or only the others.",
    claimed_by="Who holds it.",
    due_at="When it is due.",
    created_at="When it arrived.",
    applicant="Whom it is about: the applicant, or whose record is amended.",
    name="His name (姓名).",
    employer="His employer.",
    discipline="His discipline; of an application, the one it names.",
    level="Level a cycle application is for (拟晋升级别).",
    cycle_business="The yearly business of a cycle application (复验业务).",
    course_name="Course name of the record (培训科目).",
    category="Category of the record (科目类型).",
    ends_on="End date of the record (参训时间).",
    year="Year of the record or of the application.",
    **filter.JOINED,
)
named(
    task.TaskOrderField,
    "TaskOrderField",
    "What tasks are ordered by.",
    CREATED_AT="When it arrived.",
    DUE_AT="When it is due; those without a term come last.",
    NAME="Name of whom it is about.",
)
published(
    task.TaskOrder,
    "TaskOrder",
    "One level of the order of tasks.",
    field="What by.",
    direction="Which way.",
)
published(
    decision.TaskInput,
    "TaskInput",
    "A task and the version the client saw.",
    task_id="The task.",
    on_behalf_of=BEHALF,
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    decision.DecisionValuesInput,
    "DecisionValuesInput",
    "Numbers the reviewer sets; what is left out is taken as declared.",
    approved_hours="Approved hours (核定学时).",
    approved_credits="Approved credits (核定学分).",
)
published(
    decision.DecideTaskInput,
    "DecideTaskInput",
    "An opinion or a decision (处理意见).",
    task_id="The task.",
    act="What is said.",
    to="Where a return goes: `applicant` or the key of an earlier step.",
    comment="The reviewer's words (意见).",
    remark_id=REMARK,
    values="Numbers the reviewer sets.",
    on_behalf_of=BEHALF,
    expected_version=VERSION,
    idempotency_key=KEY,
)
published(
    decision.TaskVersionInput,
    "TaskVersionInput",
    "One task of a batch.",
    task_id="The task.",
    expected_version=VERSION,
)
published(
    decision.DecideTasksInput,
    "DecideTasksInput",
    "The same decision on several tasks (批量审核), each by itself.",
    tasks="At most 50 at once, at most 500 in the background.",
    act="What is said of each.",
    to="Where a return goes: `applicant` or the key of an earlier step.",
    comment="The reviewer's words (意见).",
    remark_id=REMARK,
    on_behalf_of=BEHALF,
    idempotency_key=KEY,
)


@strawberry.type(description="Somebody in whose name the viewer may act on a task (代理).")
class StandsFor:
    person: Person = answered_by(
        delegation.stands_for, "In whose name; its id goes into `onBehalfOf`."
    )
    until: datetime = stored("Until when.")
    available_actions: list[Action] = answered_by(
        delegation.available_actions, "Every act in his name, with the reason when it is greyed."
    )


@strawberry.type(description="A task (待办): the open step of a case, addressed to a group.")
class Task(Node):
    business: Label = answered_by(task.business, "Business (所属业务).")
    step: Label | None = answered_by(task.step, "Step (业务步骤).")
    organisation: Organisation | None = answered_by(
        organisation.organisation, "The organisation it is addressed to."
    )
    group: Label = answered_by(task.group, "The user group it is addressed to.")
    status: task.TaskStatus = stored("Is it still to be done?")
    reason: Reason = stored("Why it is open.")
    mark: Label = answered_by(task.mark, "The same in words: 待审, 待审(退案), 待审(回收).")
    round: int = stored("Which submission it belongs to.")
    created_at: datetime = stored("When it arrived.")
    due_at: datetime | None = stored("When it is due (办理时限).")
    remaining_workdays: int | None = answered_by(
        task.remaining_workdays, "Working days left; negative when it is late."
    )
    overdue: bool = answered_by(task.overdue, "Is it late?")
    claimed_by: Person | None = answered_by(task.claimed_by, "Who holds it (签收).")
    claimed_at: datetime | None = stored("Since when.")
    applicant: Person = answered_by(
        person.applicant, "Whose case it is; of an amendment, who proposed it."
    )
    version: int = stored("Goes into expectedVersion.")
    outcome: Act | None = stored("How it was done.")
    done_at: datetime | None = stored("When it was done.")
    case: Case = answered_by(task.case, "Its case.")
    record: TrainingRecord | None = answered_by(task.record, "The record to be judged.")
    amendment: Amendment | None = answered_by(
        amendment.of_subject, "The amendment (更正) to be confirmed."
    )
    grant: Grant | None = answered_by(grant.of_subject, "The grant (权限) to be approved.")
    profile: Profile | None = answered_by(
        person.of_subject, "The profile (个人资料) to be confirmed."
    )
    cycle_application: CycleApplication | None = answered_by(
        cycle_application.of_subject, "The cycle application (周期验证申请) to be verified."
    )
    available_actions: list[Action] = answered_by(
        task.available_actions, "Every act of the step, with the reason when it is greyed."
    )
    on_behalf_of: list[StandsFor] = answered_by(
        delegation.of_task, "For whom the viewer may decide it (代理), beside himself."
    )
    remarks: list[Remark] = answered_by(
        remark.presets, "Prepared texts of the organisation for this step (批注)."
    )


@strawberry.type(description="A line of the to-do list (待办事项): a business, a step, a count.")
class TodoGroup:
    business: Label = stored("Business (所属业务).")
    step: Label | None = stored("Step (业务步骤).")
    count: int = stored("How many wait.")
    claimed: int = stored("How many of them somebody holds.")
    oldest: datetime = stored("Since when the oldest waits.")
    overdue: int = stored("How many are late.")
    delegated: int = stored("How many are there only because the viewer stands for somebody.")


@strawberry.type(description="A task after a verb.")
class TaskPayload:
    task: Task | None = stored("The task, read again, if it may still be read.")
    case: Case | None = stored("Its case.")
    replayed: bool = stored("Was this the answer to an earlier request with the same key?")


@strawberry.type(description="What became of one task of a batch.")
class DecisionItem:
    task_id: ids.NodeId = stored("The task asked about.")
    task: Task | None = stored("The task, read again.")
    error: UserError | None = answered_by(errors.of_item, "Why it was refused, if it was.")
    replayed: bool = stored("Was this item decided by an earlier request with the same key?")


@strawberry.type(description="A batch of decisions.")
class DecideTasksPayload:
    items: list[DecisionItem] = stored("One per task, in the order asked.")
    accepted: int = answered_by(decision.accepted, "How many were decided.")
    refused: int = answered_by(decision.refused, "How many were not.")
