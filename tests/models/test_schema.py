"""The database holds every constraint the migrations promise, and the models match it."""

import re
import subprocess
import sys
from pathlib import Path

from models import migrations
from models.read import Connection

ROOT = Path(__file__).parents[2]
WRITTEN = "\n".join(
    path.read_text(encoding="utf-8") for path in Path(migrations.__file__).parent.glob("0*.py")
)


async def names(db: Connection, sql: str) -> set[str]:
    return {row["name"] for row in await db.execute_query_dict(sql)}


async def test_every_written_check_and_trigger_is_there(db: Connection) -> None:
    promised = set(re.findall(r"ADD CONSTRAINT (\w+)", WRITTEN))

    found = await names(db, "SELECT conname AS name FROM pg_constraint WHERE contype IN ('c', 'f')")

    assert promised <= found


async def test_every_written_index_is_there(db: Connection) -> None:
    dropped = {"person_total_stale"}  # 0016: a row is settled where it lies
    promised = set(re.findall(r"CREATE (?:UNIQUE )?INDEX (\w+)", WRITTEN)) - dropped

    found = await names(db, "SELECT indexname AS name FROM pg_indexes")

    assert promised <= found and not dropped & found


async def test_every_trigger_is_there(db: Connection) -> None:
    promised = set(re.findall(r"CREATE (?:CONSTRAINT )?TRIGGER (\w+)", WRITTEN))

    found = await names(db, "SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal")

    assert promised == found


async def test_every_foreign_key_that_is_searched_has_an_index(db: Connection) -> None:
    unindexed = await names(
        db,
        """SELECT c.conrelid::regclass || '.' || a.attname AS name FROM pg_constraint c
           JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
           WHERE c.contype = 'f' AND NOT EXISTS (SELECT FROM pg_index i
             WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])""",
    )

    # Read through their row, never searched by: an index would only cost.
    assert unindexed == {
        "decision_batch.account_id",
        "decision_batch.seat_id",
        "history.account_id",
        "history.organisation_id",
        "history.person_id",
        "job.started_by_id",
        "data_request.decided_by_id",
        "identity_change.decided_by_id",
        "identity_claim.decided_by_id",
        "identity_claim.opened_by_id",
        "move.accepted_by_id",
        "move.released_by_id",
        "organisation_event.acting_id",
        "organisation_event.other_id",
        "organisation_event.person_id",
        "organisation_event.superior_after_id",
        "organisation_event.superior_before_id",
        "invitation.created_by_id",
        "seat_grant.seat_id",
        "recalculation_run.started_by_id",
        "former_profile.changed_by_id",
        "profile.confirmed_by_id",
        "notice.about_id",
        "wf_case.concerns_id",
        "wf_copy.organisation_id",
        "wf_copy.person_id",
        "wf_delegation.created_by_id",
        "wf_delegation.revoked_by_id",
        "wf_event.account_id",
        "wf_event.organisation_id",
        "wf_event.principal_id",
        "wf_opinion.principal_id",
        "wf_task.claimed_by_id",
    }


def test_the_models_need_no_new_migration() -> None:
    before = set((ROOT / "models/migrations").glob("*.py"))

    printed = subprocess.run(
        [Path(sys.executable).with_name("tortoise"), "-c", "settings.TORTOISE", "makemigrations"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout

    for made in set((ROOT / "models/migrations").glob("*.py")) - before:
        made.unlink()
    assert "No changes detected" in printed
