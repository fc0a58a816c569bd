"""A dossier has all of a case, for whoever reads the case, and shows what was changed in it."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import settings
from models import Case, Certificate, CertificateKey, History, TrainingRecord
from models.ids import uuid7
from models.read import Connection
from models.training import RecordStatus
from rules.refusal import Refused
from tests.factories import amendment as amendments
from tests.factories import city as cities
from tests.factories import cycle as cycles
from tests.factories import record as records
from tests.factories.certificate import OFFICE, SIGNER
from tests.factories.city import City
from tests.factories.dossier import case_of, decided, dossier_of, exported
from tests.factories.record import done
from tests.statements import counted
from workflow import certificate, digest, dossier_command, profile, signature
from workflow.case import Act

GIVEN = settings.read({}, mode="dev")


@pytest.fixture
async def city(db: Connection) -> City:
    return await cities.build(db)


async def test_it_has_the_route_the_subject_and_every_step_of_a_decision(city: City) -> None:
    case_id = await decided(city)

    told = (await dossier_of(city, case_id))["dossier"]

    assert told["case"]["status"] == {"key": "approved", "name": "审核同意(结案)"}
    assert len(told["routes"][0]["sentences"]) == 3
    assert told["subject"]["values"]["approvedHours"] == "24.0"
    assert told["subject"]["asDecided"] is True
    (file,) = told["subject"]["attachments"]
    assert (file["fileName"], file["size"], file["scanState"]) == ("证书.pdf", 1000, "clean")
    assert [one["act"] for one in told["opinions"]] == ["agree_up", "pass"]


async def test_a_line_says_who_when_with_which_remark_and_which_numbers(city: City) -> None:
    case_id = await decided(city)

    lines = (await dossier_of(city, case_id))["dossier"]["timeline"]

    (line,) = [one for one in lines if one["act"] == "pass"]
    assert (line["person"], line["organisation"]) == ("leader", "hospital")
    assert line["remark"] == "按证书核定。"
    (change,) = line["changes"]
    assert (change["declared"], change["approved"]) == ("30.0", "24.0")


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("applicant", True),
        ("handler", True),
        ("checker", True),
        ("city checker", True),
        ("museum handler", False),
        ("district checker", False),
        ("pupil", False),
    ],
)
async def test_who_reads_the_case_takes_its_dossier(city: City, who: str, may: bool) -> None:
    case_id = await decided(city)

    told = await exported(city, who, case_id)

    assert (told != Refused("NOT_FOUND")) is may
    assert await History.filter(tag="dossier:export").count() == may


async def test_an_unknown_case_is_answered_like_one_of_others(city: City) -> None:
    assert await exported(city, "handler", uuid7()) == Refused("NOT_FOUND")


async def test_what_was_taken_back_is_left_out_for_everybody_but_its_author(city: City) -> None:
    task_id = await records.submitted(city, note="只给自己看")
    record = await TrainingRecord.get()
    await TrainingRecord.filter(id=record.id).update(status=RecordStatus.DRAFT)
    case_id = await case_of(record.id)

    theirs, own = [await dossier_of(city, case_id, who) for who in ("handler", "applicant")]

    assert task_id and theirs["dossier"]["subject"]["readable"] is False
    assert "转变经济发展方式" not in json.dumps(theirs, ensure_ascii=False)
    assert own["dossier"]["subject"]["values"]["note"] == "只给自己看"


async def test_a_record_that_was_changed_since_says_so(city: City) -> None:
    case_id = await decided(city)
    await TrainingRecord.all().update(course_name="另一门课")

    told = (await dossier_of(city, case_id))["dossier"]["subject"]

    assert told["asDecided"] is False


async def test_an_amendment_stands_in_its_own_dossier_and_in_that_of_its_record(
    city: City,
) -> None:
    await amendments.keepers(city)
    record = await amendments.approved(city)
    proof = await amendments.sent(city, record)
    answer = done(await amendments.proposed(city, record, proofs=(proof,)))
    made = UUID(str(answer.data["amendment"]))
    done(await records.decided(city, "leader", await open_task(made), Act.PASS))

    of_record = await dossier_of(city, await case_of(record.id))
    of_amendment = await dossier_of(city, await case_of(made))

    (amended,) = of_record["dossier"]["subject"]["amendments"]
    assert amended["reason"] == amendments.REASON
    assert of_amendment["dossier"]["subject"]["values"]["proposed"] == amended["proposed"]
    told = of_amendment["dossier"]["subject"]["attachments"]
    assert [(one["of"], one["label"]) for one in told] == [
        ("amendment", "更正证明"),
        ("training_record", "证书"),
    ]


async def open_task(subject_id: UUID) -> UUID:
    from models import Task

    return (await Task.get(case_id=await case_of(subject_id), status="open")).id


async def test_a_cycle_application_brings_its_figures_and_why(city: City) -> None:
    await cycles.peopled(city)
    await cycles.studied(city)
    case_id = await case_of(await cycles.submitted(city))

    told = (await dossier_of(city, case_id))["dossier"]["subject"]

    (snapshot,) = told["snapshots"]
    assert (snapshot["totalHours"], snapshot["verdict"]) == ("404.0", "pass")
    assert snapshot["explanation"]["rules"]
    assert told["asDecided"] is True


async def test_the_target_title_stands_by_its_name_as_the_standard_has_it(city: City) -> None:
    await cycles.peopled(city)
    await cycles.studied(city)
    case_id = await case_of(await cycles.submitted(city))

    values = (await dossier_of(city, case_id))["dossier"]["subject"]["values"]

    named = [values[f"targetTitle{part}"] for part in ("", "Series", "Name")]
    assert named == [cycles.SENIOR, "工程技术人员", "高级工程师"]


async def test_a_profile_is_shown_without_birthday_and_telephone(city: City) -> None:
    done(await profile.submit(city.request("applicant"), expected_version=1))
    case_id = await case_of(city.viewers["applicant"].person_id)

    text = json.dumps(await dossier_of(city, case_id, "handler"), ensure_ascii=False)

    assert '"birthDate": "1985-**-**"' in text and '"phone": "138******00"' in text
    assert "1985-06-08" not in text and "13800138000" not in text


async def test_without_a_key_it_says_so_and_is_whole_all_the_same(city: City) -> None:
    case_id = await decided(city)

    told = await exported(city, "applicant", case_id, office=certificate.CLOSED)

    assert not isinstance(told, Refused)
    assert told["jws"] is None and not list(dossier_command.problems(told, []))
    assert not await CertificateKey.all()


async def test_with_a_key_the_key_is_published(city: City) -> None:
    told = await dossier_of(city, await decided(city))

    assert signature.read(told["jws"], signature.DOSSIER).is_by(SIGNER.public)
    assert (await CertificateKey.get()).id == SIGNER.key_id
    assert not await Certificate.all()


async def test_its_signature_is_no_certificate(city: City) -> None:
    told = await dossier_of(city, await decided(city))

    with pytest.raises(signature.Unreadable):
        signature.read(told["jws"])


async def test_it_costs_the_same_however_long_the_case_is(city: City) -> None:
    case_id = await decided(city)

    with counted() as statements:
        await exported(city, "handler", case_id)

    assert len(statements) == 12  # isolation, case, 3 of it, 4 of the subject, key, history, audit


async def test_a_refusal_costs_three_statements_and_writes_no_history(city: City) -> None:
    case_id = await decided(city)

    with counted() as statements:
        await exported(city, "pupil", case_id)

    assert len(statements) == 3  # isolation, case, audit
    assert not await History.filter(tag="dossier:export")


def verified(told: Any, folder: Path, *more: str) -> int:
    path = folder / "dossier.json"
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2), encoding="utf-8")
    return dossier_command.main(GIVEN, ["verify", str(path), *more])


async def test_the_command_finds_it_whole_and_signed(city: City, tmp_path: Path) -> None:
    told = await dossier_of(city, await decided(city))
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [signature.jwk(SIGNER.public)]}))

    assert verified(told, tmp_path, "--key", str(keys)) == dossier_command.FINE


def other_remark(dossier: Any) -> None:
    dossier["timeline"][1]["remark"] = "另一句话"


def other_hours(dossier: Any) -> None:
    dossier["history"]["events"][-2]["data"]["values"] = {"approved_hours": "99.0"}


def event_less(dossier: Any) -> None:
    del dossier["history"]["events"][-1]


def other_status(dossier: Any) -> None:
    dossier["case"]["status"]["key"] = "rejected"


def other_case(dossier: Any) -> None:
    dossier["case"]["id"] = str(uuid7())


def other_route(dossier: Any) -> None:
    routes = dossier["history"]["routes"]
    routes[next(iter(routes))] += "\n"


@pytest.mark.parametrize(
    "change", [other_remark, other_hours, event_less, other_status, other_case, other_route]
)
async def test_a_change_is_found_even_when_the_digest_was_made_anew(
    city: City, tmp_path: Path, change: Callable[[Any], None]
) -> None:
    told = copy.deepcopy(await dossier_of(city, await decided(city)))
    change(told["dossier"])
    told = {**told, "sha256": digest.digest(told["dossier"]), "jws": None}

    assert verified(told, tmp_path) == dossier_command.FAULTY


async def test_a_change_of_any_word_breaks_digest_and_signature(city: City, tmp_path: Path) -> None:
    told = await dossier_of(city, await decided(city))
    told["dossier"]["case"]["employer"] = "别的单位"
    renewed = {**told, "sha256": digest.digest(told["dossier"])}

    assert verified(told, tmp_path) == dossier_command.FAULTY
    assert verified(renewed, tmp_path) == dossier_command.FAULTY


@pytest.mark.parametrize("told", [[], {}, {"dossier": 1, "sha256": ""}, {"dossier": {}}, None])
def test_what_is_no_dossier_is_said_to_be_none(told: Any, tmp_path: Path) -> None:
    assert verified(told, tmp_path) == dossier_command.FAULTY


async def test_a_tampered_table_shows_in_the_dossier(city: City, db: Connection) -> None:
    case_id = await decided(city)
    case = await Case.get(id=case_id)
    await Case.filter(id=case_id).update(state={**case.state, "round": 7})

    told = await dossier_of(city, case_id)

    assert told["dossier"]["problems"] == ["round comes to 1, recorded is 7"]
    assert OFFICE.signer is not None
