"""The link of an officer's account opens it only with the code another officer hands out."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

# What was redeemed before this release had no code, and is never touched again.
LET_IN = """
ALTER TABLE invitation ADD CONSTRAINT invitation_let_in CHECK
  (used_at IS NULL OR created_by_id IS NULL OR code_hash <> '') NOT VALID;
"""
UNDO = "ALTER TABLE invitation DROP CONSTRAINT invitation_let_in;"


class Migration(migrations.Migration):
    """Invitations in two halves."""

    dependencies = [("jijiao", "0026_right")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Invitation",
            name="code_hash",
            field=fields.CharField(default="", db_default="", max_length=64),
        ),
        ops.RunSQL(LET_IN, reverse_sql=UNDO),
    ]
