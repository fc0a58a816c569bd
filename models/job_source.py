"""What is done in the background for somebody, to a reader: runs over everybody, and batches."""

from models import access
from models.select import Source

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
