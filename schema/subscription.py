"""Everything that can be watched."""

from collections.abc import AsyncIterator

import strawberry

from resolvers import change
from schema.case import Case
from schema.field import answered_by, followed_by
from schema.job import Job
from schema.recalculation import RecalculationRun
from schema.role import SUPERIORS
from schema.task import TodoGroup


@strawberry.type(description="Word that the viewer's tasks may have changed.")
class TasksChange:
    todo_groups: list[TodoGroup] = answered_by(
        change.todo_groups, "The to-do list (待办事项) as it is now."
    )


@strawberry.type(description="Word that there are new notices, or that some were read.")
class NoticesChange:
    unread_notices: int = answered_by(change.unread, "How many are unread (提醒) now.")


@strawberry.type(description="Word that a case has changed.")
class CaseChange:
    case: Case = answered_by(change.case, "The case (案) as it is now.")


@strawberry.type(description="Word that a job has got on.")
class JobProgress:
    job: Job = answered_by(change.job, "The job (作业) as it is now.")


@strawberry.type(description="Word that a run over everybody has got on.")
class RecalculationProgress:
    run: RecalculationRun = answered_by(
        change.recalculation, "The run (全部重新统计) as it is now."
    )


@strawberry.type(
    description="Everything that can be watched. The first event comes at once; a burst of changes"
    " is one event. Each is answered with the rights the viewer has at that moment."
)
class Subscription:
    my_tasks_changed: AsyncIterator[TasksChange] = followed_by(
        change.my_tasks, "Tasks of the viewer's groups, or what waits for a person himself."
    )
    notices_changed: AsyncIterator[NoticesChange] = followed_by(
        change.notices, "Notices to the viewer and to his groups."
    )
    case_changed: AsyncIterator[CaseChange] = followed_by(
        change.of_case, "A case: opinions, claims, returns, its end."
    )
    job_progress: AsyncIterator[JobProgress] = followed_by(
        change.of_job, "A job, until it is done or given up."
    )
    recalculation_progress: AsyncIterator[RecalculationProgress] = followed_by(
        change.of_recalculation,
        "A run that recalculates everybody, until it is over.",
        seen_by=SUPERIORS,
    )
