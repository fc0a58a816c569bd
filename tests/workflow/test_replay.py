"""The replay gate: what earlier releases have written down leads to the same states for ever."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import settings
from models import Case, Event
from models.read import Connection
from tests.factories import city as cities
from tests.factories import record as records
from tests.factories.record import done
from tests.histories import maker
from tests.test_main import run
from workflow import profile, replay, replay_command, route
from workflow.case import Act, Kind

FILES = sorted(maker.FOLDER.glob("*.json"))
SHIPPED = route.load_all()

History = dict[str, Any]


def read(path: Path) -> History:
    found: History = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recorded_history_leads_to_its_state(path: Path) -> None:
    assert list(replay.problems(read(path))) == []


@pytest.mark.parametrize("code", SHIPPED)
def test_every_shipped_version_has_its_history_under_the_text_it_has_now(code: str) -> None:
    one = SHIPPED[code]
    path = maker.path_of(one)

    assert path.exists(), "python -m tests.histories.maker makes it"
    # a changed text needs a new number: what was published under the old one stays as it was
    assert one.digest in read(path)["routes"], f"{code}: raise its version"


def test_the_histories_tell_of_most_that_can_happen() -> None:
    met = {event["kind"] for path in FILES for event in read(path)["events"]}

    assert met >= {
        *(Kind.SUBMITTED, Kind.CLAIMED, Kind.RETURNED, Kind.OPINED, Kind.FORWARDED),
        *(Kind.RECALLED, Kind.APPROVED, Kind.MIGRATED_DEFINITION),
    }


def test_what_is_made_anew_is_what_was_recorded() -> None:
    """As long as the engine writes the same events; when it writes others, this one may go."""
    for path, play in maker.wanted():
        assert [event["kind"] for event in play.history()["events"]] == [
            event["kind"] for event in read(path)["events"]
        ]


def damaged(*where: Any, value: Any) -> Callable[[History], None]:
    def damage(history: History) -> None:
        at: Any = history
        for step in where[:-1]:
            at = at[step]
        at[where[-1]] = value

    return damage


BROKEN = {
    "another state": (damaged("state", "round", value=7), "round comes to 2, recorded is 7"),
    "another hash": (damaged("events", 2, "hash", value="0"), "event 3 breaks the chain"),
    "another word": (damaged("events", 1, "data", "person", value="x"), "event 2 breaks the chain"),
    "another time": (
        damaged("events", 1, "at", value="2026-03-02T09:00:00+00:00"),
        "event 2 breaks the chain",
    ),
    "another number": (damaged("events", 1, "seq", value=9), "event 2 has the number 9"),
    "an unheard-of kind": (damaged("events", 1, "kind", value="blessed"), "it cannot be replayed"),
    "another beginning": (
        damaged("events", 0, "kind", value="claimed"),
        "it cannot be replayed: ValueError it does not begin with a submission",
    ),
    "another text": (
        lambda history: history["routes"].update({"0" * 64: "x"}),
        "the text of route 000000000000 is not the one of its digest",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_whatever_is_touched_is_found(name: str) -> None:
    damage, said = BROKEN[name]
    history = copy.deepcopy(read(maker.path_of(SHIPPED["declaration.public_course"])))

    damage(history)

    assert any(said in found for found in replay.problems(history))


def test_an_event_that_is_lost_is_found() -> None:
    history = read(maker.path_of(SHIPPED["declaration"]))
    del history["events"][1]

    assert "event 2 has the number 3" in list(replay.problems(history))


def test_the_command_names_what_does_not_fit(tmp_path: Path) -> None:
    bad = read(FILES[0])
    bad["state"]["slot"] = 99
    (tmp_path / "bad.json").write_text(json.dumps(bad), encoding="utf-8")
    (tmp_path / "none.json").write_text("{", encoding="utf-8")

    fine = run("routes", "histories")
    faulty = run("routes", "histories", str(tmp_path / "bad.json"), str(tmp_path / "none.json"))

    assert (fine.returncode, fine.stdout.count("leads to its state\n")) == (0, len(FILES))
    assert faulty.returncode == 1
    assert "bad.json: slot comes to 0, recorded is 99\n" in faulty.stdout
    assert "none.json: Expecting property name" in faulty.stdout


def test_without_files_it_says_what_it_wants(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(replay_command, "KEPT", tmp_path)

    assert replay_command.main(None, []) == 2  # type: ignore[arg-type]


async def test_a_real_case_is_exported_without_anybody_in_it(
    db: Connection, configuration: settings.Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    town = await cities.build(db)
    task_id = await records.agreed(town, await records.submitted(town), comment="材料齐全")
    done(await records.decided(town, "leader", task_id, Act.PASS, comment="同意"))
    answer = done(await profile.submit(town.request("applicant"), expected_version=1))
    done(await records.decided(town, "handler", UUID(answer.data["task"]), Act.PASS))

    for case in await Case.all():
        assert await replay_command.export(configuration, [str(case.id)]) == 0
        text = capsys.readouterr().out
        assert list(replay.problems(json.loads(text))) == []
        ids = [str(one.person_id) for one in town.viewers.values()]
        assert [one for one in [*ids, str(case.id), "材料齐全", "同意"] if one in text] == []


async def test_a_case_that_does_not_fit_is_not_exported(
    db: Connection, configuration: settings.Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    town = await cities.build(db)
    await records.submitted(town)
    case = await Case.get()
    await Case.filter(id=case.id).update(state={**case.state, "slot": 5})

    status = await replay_command.export(configuration, [str(case.id)])

    said = capsys.readouterr()
    assert (status, said.out) == (1, "")
    assert "slot comes to 0, recorded is 5" in said.err
    assert await Event.all().count() == 1


@pytest.mark.parametrize("arguments", [[], ["x"], [str(UUID(int=7))]])
async def test_a_case_that_is_not_there_is_not_exported(
    db: Connection, configuration: settings.Settings, arguments: list[str]
) -> None:
    assert await replay_command.export(configuration, arguments) == 2
