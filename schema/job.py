"""Jobs, as clients see them."""

from datetime import datetime

import strawberry

from models.job import JobState
from resolvers import job
from schema.field import answered_by, named, stored
from schema.label import Label
from schema.node import Node

named(
    JobState,
    "JobState",
    "Where a job stands.",
    PENDING="Waits for its turn (等待).",
    SENT="Offered to a worker (已派发).",
    RUNNING="Under way (处理中).",
    DONE="Done (完成).",
    DEAD="Given up after several attempts (失败); an operator looks into it.",
)


@strawberry.type(description="A job (作业): work done in the background.")
class Job(Node):
    kind: Label = answered_by(job.kind, "What is done.")
    state: JobState = stored("Where it stands.")
    progress: int = stored("How far it is, in per cent.")
    attempt: int = stored("How often it was begun.")
    created_at: datetime = stored("When it was wanted.")
    done_at: datetime | None = stored("When it was done.")
