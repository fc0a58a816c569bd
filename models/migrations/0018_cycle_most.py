"""The most a cycle could be judged by: what other minimums are held against."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

# More never hurts: the current year is added only where the cycle fails without it.
BOUNDS = """
ALTER TABLE cycle_result ADD CONSTRAINT cycle_result_most CHECK
  (most_hours >= total_hours AND most_public_courses >= public_courses
   AND most_professional_courses >= professional_courses
   AND (most_hours IS NULL) = (most_public_courses IS NULL)
   AND (most_hours IS NULL) = (most_professional_courses IS NULL));
"""
UNDO = "ALTER TABLE cycle_result DROP CONSTRAINT cycle_result_most;"


class Migration(migrations.Migration):
    """Beside the judged figures those with the current year, where it may be added."""

    dependencies = [("jijiao", "0016_settling")]
    initial = False

    operations = [
        ops.AddField(
            model_name="CycleResult",
            name="most_hours",
            field=fields.DecimalField(null=True, max_digits=6, decimal_places=1),
        ),
        ops.AddField(
            model_name="CycleResult",
            name="most_public_courses",
            field=fields.SmallIntField(null=True),
        ),
        ops.AddField(
            model_name="CycleResult",
            name="most_professional_courses",
            field=fields.SmallIntField(null=True),
        ),
        ops.RunSQL(BOUNDS, reverse_sql=UNDO),
    ]
