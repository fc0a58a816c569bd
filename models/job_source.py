"""What is done in the background, to a reader: jobs, runs over everybody, and batches."""

from dataclasses import replace

from models import access
from models.select import Source

JOB = Source(
    alias="j",
    type_names=("Job",),
    tables="job j",
    stored="j.id, j.kind, j.subject, j.state, j.progress, j.attempt, j.created_at, j.done_at",
    readable=access.jobs,
)
# Work that is still to come.
LIVE_JOB = replace(
    JOB, tables="(SELECT * FROM job WHERE state IN ('pending', 'sent', 'running')) j"
)
RUN = Source(
    alias="u",
    type_names=("RecalculationRun",),
    tables="recalculation_run u",
    stored="u.*",
    readable=access.runs,
)
BATCH = Source(
    alias="b",
    type_names=("DecisionBatch",),
    tables="decision_batch b",
    stored="b.id, b.job_id, b.created_at",
    readable=access.batches,
)
