"""The remaining acts of a case: why a task may be open."""

from tortoise import migrations
from tortoise.migrations import operations as ops

WORDS = """
ALTER TABLE wf_task DROP CONSTRAINT wf_task_words;
ALTER TABLE wf_task ADD CONSTRAINT wf_task_words CHECK (status IN ('open','done','void')
  AND reason IN ('submitted','returned','recalled','handed_back','restated'));
"""
UNDO = """
ALTER TABLE wf_task DROP CONSTRAINT wf_task_words;
ALTER TABLE wf_task ADD CONSTRAINT wf_task_words CHECK (status IN ('open','done','void')
  AND reason IN ('submitted','returned','recalled','handed_back'));
"""


class Migration(migrations.Migration):
    """What a case may go through besides reviews."""

    dependencies = [("jijiao", "0006_cycle")]
    initial = False

    operations = [ops.RunSQL(WORDS, reverse_sql=UNDO)]
