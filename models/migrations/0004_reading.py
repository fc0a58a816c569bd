"""What long lists are read by: an inbox in its order, and records from the latest on."""

from tortoise import migrations
from tortoise.migrations import operations as ops

INDEXES = """
DROP INDEX record_employer;
CREATE INDEX record_employer ON training_record (employer_id, ends_on, id);
CREATE INDEX record_latest ON training_record (ends_on, id);
CREATE INDEX record_year ON training_record (year, ends_on, id);
CREATE INDEX wf_task_latest ON wf_task (organisation_id, group_key, created_at, id)
  WHERE status = 'open';
"""
UNDO = """
DROP INDEX wf_task_latest, record_year, record_latest, record_employer;
CREATE INDEX record_employer ON training_record (employer_id, status, ends_on, id);
"""


class Migration(migrations.Migration):
    """Lists that stop at the end of their page, however long they are."""

    dependencies = [("jijiao", "0003_changes")]
    initial = False

    operations = [ops.RunSQL(INDEXES, reverse_sql=UNDO)]
