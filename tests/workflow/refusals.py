"""Every refusal of the engine: how it is provoked, and the twin that succeeds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rules.refusal import Refused
from tests.workflow import scene
from tests.workflow.scene import (
    AGREE,
    ANNA,
    BOTH,
    CHECKER,
    CHIEF,
    CITY,
    HANDLER,
    LEADER,
    PASS,
    SECOND_CITY,
    SUBMIT,
    Move,
    move,
    person,
)
from workflow.vocabulary import Act

FORWARDED = (SUBMIT, AGREE, PASS)
HERS = person("anna", "unit", "handler", "unit_leader")
FOR_ANNA = person("hans", "unit", "handler", on_behalf_of="anna")
ANNA_UPSTAIRS = person("anna", "department", "checker")
LENA_AT_HANDLERS = person("lena", "unit", "handler")
HANDLER_IN_CITY = person("hans", "city", "rechecker", "division_leader")
FOR_HANDLER = person("cleo", "city", "rechecker", on_behalf_of="hans")
CLAIM = move(Act.CLAIM, HANDLER)
HANDED_BACK = (SUBMIT, AGREE, move(Act.RETURN_INSIDE, LEADER))
HOURS = {"approved_hours": "6.0"}
RESTATE = move(Act.RESTATE, HANDLER)
LATER = scene.NOW + timedelta(days=30)
URGE = move(Act.URGE, ANNA).knowing(now=LATER)
COPY = move(Act.COPY, HANDLER, to="olga", until=LATER, comment="阅知")
CITY_CHIEF = person("karl", "city", admin=True)
REDIRECT = move(Act.REDIRECT, CITY_CHIEF, to="district", comment="改由区局认定")
ABOVE = {
    "bodies": {
        "unit": "unit",
        "department": "city_department",
        "district": "district_bureau",
        "city": "city_bureau",
    }
}
SEATS = {
    "seats": {
        "unit": {
            "anna": frozenset({"handler"}),
            "hans": frozenset({"handler"}),
            "bert": frozenset({"handler", "unit_leader"}),
            "lena": frozenset({"unit_leader"}),
        }
    }
}


GONE = {"applicant_left": True}
SENT_BACK = (SUBMIT, AGREE, move(Act.RETURN, LEADER))
GIVE_UP = move(Act.WITHDRAW, CHIEF, comment="提出人已离职")
GIVE_UP_GONE = GIVE_UP.knowing(**GONE)
ADD = move(Act.ADD_SIGNER, HANDLER, to="lena").knowing(**SEATS)
ADD_LEADERS = move(Act.ADD_SIGNER, HANDLER, to="unit_leader").knowing(**SEATS)


@dataclass(frozen=True)
class Row:
    """After `before`, `refused` is answered with a code; `twin`, with one thing changed, is not."""

    guard: str
    code: str
    data: Mapping[str, Any]
    before: tuple[Move, ...]
    refused: Move
    twin: Move
    twin_before: tuple[Move, ...] | None = None
    route: str = "declaration"
    path: tuple[str, ...] = field(default=())


def bad_hours(values: Mapping[str, str]) -> tuple[Refused, ...]:
    wrong = Refused("HOURS_RANGE", {"most": "40.0"}, ("approved_hours",))
    return (wrong,) if values["approved_hours"] == "99.0" else ()


MISSING = Refused("MISSING_PROOF", {"label": "certificate"})
TWO = (MISSING, Refused("ENDS_BEFORE_START", {}, ("ends_on",)))
NOBODY = {"organisations": {**scene.ORGANISATIONS, "employer": None}}
NO_AUTHORITY = {"organisations": {**scene.ORGANISATIONS, "ce_authority": None}}
SHORT = Refused("REQUIREMENTS_NOT_MET", {"missing": "12.0"})
DIRTY = {"unclean": ({"name": "scan.pdf", "state": "infected"},)}

ROWS: tuple[Row, ...] = (
    Row(
        "same_version",
        "CONFLICT",
        {"expected": 0, "actual": 1, "by": "lena", "what": "claim"},
        (SUBMIT,),
        move(Act.AGREE_UP, HANDLER, expected_seq=0).knowing(
            conflict={"by": "lena", "what": "claim"}
        ),
        move(Act.AGREE_UP, HANDLER, expected_seq=1),
    ),
    Row(
        "not_closed",
        "CLOSED",
        {"status": "withdrawn"},
        (SUBMIT, move(Act.WITHDRAW, ANNA)),
        move(Act.WITHDRAW, ANNA),
        move(Act.WITHDRAW, ANNA),
        (SUBMIT,),
    ),
    Row("applicant_himself", "NOT_APPLICANT", {}, (), move(Act.SUBMIT, HANDLER), SUBMIT),
    Row(
        "applicant_himself",
        "NOT_APPLICANT",
        {},
        (),
        move(Act.SUBMIT, FOR_ANNA),
        move(Act.SUBMIT, HERS),
    ),
    Row("withdrawer", "NOT_APPLICANT", {}, SENT_BACK, GIVE_UP, GIVE_UP.knowing(**GONE)),
    Row("withdrawer", "NOT_APPLICANT", {}, (SUBMIT,), GIVE_UP_GONE, GIVE_UP_GONE, SENT_BACK),
    Row(
        "withdrawer",
        "NOT_APPLICANT",
        {},
        SENT_BACK,
        replace(GIVE_UP_GONE, by=CITY_CHIEF),
        GIVE_UP_GONE,
    ),
    Row(
        "withdrawer",
        "NOT_APPLICANT",
        {},
        SENT_BACK,
        replace(GIVE_UP_GONE, by=HANDLER),
        GIVE_UP_GONE,
    ),
    Row(
        "withdrawer",
        "OWN_CASE",
        {},
        (SUBMIT, move(Act.RETURN, LEADER)),
        replace(GIVE_UP_GONE, by=replace(CHIEF, person_id="otto")),
        GIVE_UP_GONE,
        route="amendment",
    ),
    Row(
        "explained",
        "REASON_REQUIRED",
        {},
        SENT_BACK,
        replace(GIVE_UP_GONE, more={}),
        GIVE_UP_GONE,
        path=("reason",),
    ),
    Row("editable", "NOT_EDITABLE", {"status": "in_review"}, (SUBMIT,), SUBMIT, SUBMIT, ()),
    Row(
        "no_obstacle",
        "MISSING_PROOF",
        {"label": "certificate"},
        (),
        SUBMIT.knowing(obstacles=(MISSING,)),
        SUBMIT,
    ),
    Row(
        "no_obstacle",
        "INVALID_INPUT",
        {
            "problems": [
                {"code": "MISSING_PROOF", "data": {"label": "certificate"}, "path": []},
                {"code": "ENDS_BEFORE_START", "data": {}, "path": ["ends_on"]},
            ]
        },
        (),
        SUBMIT.knowing(obstacles=TWO),
        SUBMIT,
    ),
    Row("in_review", "NOT_IN_REVIEW", {"status": "draft"}, (), CLAIM, CLAIM, (SUBMIT,)),
    Row(
        "in_review",
        "BLOCKED",
        {"relation": "ce_authority"},
        (SUBMIT, AGREE, PASS.knowing(**NO_AUTHORITY)),
        move(Act.RECALL, LEADER),
        move(Act.RECALL, LEADER),
        FORWARDED,
        route="public_course",
    ),
    Row(
        "not_yet_reviewed",
        "ALREADY_REVIEWED",
        {"by": ["hans"], "at": "2026-03-02T01:00:00+00:00"},
        (SUBMIT, AGREE),
        move(Act.RECALL, ANNA),
        move(Act.RECALL, ANNA),
        (SUBMIT,),
    ),
    Row(
        "forwarder",
        "NOT_YOURS_TO_RECALL",
        {},
        (SUBMIT,),
        move(Act.RECALL, FOR_ANNA),
        move(Act.RECALL, ANNA),
    ),
    Row(
        "forwarder",
        "NOT_YOURS_TO_RECALL",
        {},
        FORWARDED,
        move(Act.RECALL, CHIEF),
        move(Act.RECALL, HANDLER),
        route="public_course",
    ),
    Row(
        "forwarder",
        "NOT_YOURS_TO_RECALL",
        {},
        FORWARDED,
        move(Act.RECALL, person("hans", "department", "handler")),
        move(Act.RECALL, HANDLER),
        route="public_course",
    ),
    Row(
        "recall_not_own",
        "OWN_CASE",
        {},
        FORWARDED,
        move(Act.RECALL, HERS),
        move(Act.RECALL, BOTH),
        route="public_course",
    ),
    Row(
        "organisation_exists",
        "NO_SUCH_ORGANISATION",
        {"relation": "employer"},
        (),
        SUBMIT.knowing(**NOBODY),
        SUBMIT,
    ),
    Row(
        "seat",
        "NOT_YOUR_TASK",
        {},
        (SUBMIT,),
        move(Act.AGREE_UP, person("hans", "department", "handler")),
        AGREE,
    ),
    Row("seat", "NOT_YOUR_TASK", {}, (SUBMIT,), move(Act.AGREE_UP, LEADER), AGREE),
    Row("seat", "NOT_YOUR_TASK", {}, (SUBMIT,), move(Act.AGREE_UP, person("hans", "unit")), AGREE),
    Row(
        "administrator",
        "NOT_YOUR_TASK",
        {},
        (SUBMIT, CLAIM),
        move(Act.RELEASE, LEADER),
        move(Act.RELEASE, CHIEF),
    ),
    Row(
        "administrator",
        "NOT_YOUR_TASK",
        {},
        (SUBMIT, CLAIM),
        move(Act.RELEASE, person("carl", "department", admin=True)),
        move(Act.RELEASE, CHIEF),
    ),
    Row(
        "open_or_blocked",
        "NOT_IN_REVIEW",
        {"status": "draft"},
        (),
        REDIRECT.knowing(**ABOVE),
        REDIRECT.knowing(**ABOVE),
        FORWARDED,
        route="public_course",
    ),
    Row("handed_in", "NOT_IN_REVIEW", {"status": "draft"}, (), COPY, COPY, (SUBMIT,)),
    Row(
        "urger",
        "NOT_YOURS_TO_URGE",
        {},
        (SUBMIT,),
        move(Act.URGE, HANDLER).knowing(now=LATER),
        URGE,
    ),
    Row(
        "urger",
        "NOT_YOURS_TO_URGE",
        {},
        FORWARDED,
        move(Act.URGE, CHECKER).knowing(now=LATER),
        move(Act.URGE, HANDLER).knowing(now=LATER),
        route="public_course",
    ),
    Row("copier", "NOT_YOURS_TO_COPY", {}, (SUBMIT,), replace(COPY, by=CHECKER), COPY),
    Row("copier", "NOT_YOURS_TO_COPY", {}, (SUBMIT,), replace(COPY, by=CHIEF), COPY),
    Row(
        "redirector",
        "NOT_YOURS_TO_REDIRECT",
        {},
        FORWARDED,
        replace(REDIRECT, by=CHIEF).knowing(**ABOVE),
        REDIRECT.knowing(**ABOVE),
        route="public_course",
    ),
    Row(
        "not_own_case",
        "OWN_CASE",
        {},
        FORWARDED,
        replace(REDIRECT, by=person("anna", "city", admin=True)).knowing(**ABOVE),
        REDIRECT.knowing(**ABOVE),
        route="public_course",
    ),
    Row(
        "colleague",
        "NOT_IN_THE_SAME_GROUP",
        {},
        (SUBMIT,),
        move(Act.TRANSFER, HANDLER, to="lena").knowing(**SEATS),
        move(Act.TRANSFER, HANDLER, to="bert").knowing(**SEATS),
    ),
    Row(
        "colleague",
        "NOT_IN_THE_SAME_GROUP",
        {},
        (SUBMIT,),
        move(Act.TRANSFER, HANDLER, to="anna").knowing(**SEATS),
        move(Act.TRANSFER, CHIEF, to="hans").knowing(**SEATS),
    ),
    Row(
        "patient",
        "TOO_EARLY_TO_URGE",
        {"when": "2026-03-09T23:59:59.999999+08:00"},
        (SUBMIT,),
        move(Act.URGE, ANNA),
        URGE,
    ),
    Row(
        "patient",
        "TOO_EARLY_TO_URGE",
        {"when": "2026-04-02T01:00:00+00:00"},
        (SUBMIT, URGE),
        URGE.knowing(now=LATER + timedelta(hours=23)),
        URGE.knowing(now=LATER + timedelta(hours=24)),
    ),
    Row(
        "reason_given",
        "REASON_REQUIRED",
        {},
        (SUBMIT,),
        move(Act.COPY, HANDLER, to="olga", until=LATER, comment="  "),
        COPY,
        path=("reason",),
    ),
    Row(
        "receiver_known",
        "RECEIVER_UNKNOWN",
        {},
        (SUBMIT,),
        COPY.knowing(known=False),
        COPY,
        path=("to",),
    ),
    Row(
        "ends_in_time",
        "COPY_TERM",
        {"days": 180},
        (SUBMIT,),
        move(Act.COPY, HANDLER, to="olga", until=scene.NOW, comment="阅知"),
        COPY,
        path=("until",),
    ),
    Row(
        "fitting",
        "ORGANISATION_DOES_NOT_FIT",
        {"relation": "ce_authority"},
        FORWARDED,
        move(Act.REDIRECT, CITY_CHIEF, to="unit", comment="改由区局认定").knowing(**ABOVE),
        REDIRECT.knowing(**ABOVE),
        route="public_course",
        path=("organisationId",),
    ),
    Row(
        "restater",
        "NOT_YOURS_TO_RESTATE",
        {},
        FORWARDED,
        move(Act.RESTATE, CITY).knowing(revision="r1"),
        move(Act.RESTATE, CHECKER).knowing(revision="r1"),
        route="public_course",
    ),
    Row(
        "restater",
        "NOT_YOURS_TO_RESTATE",
        {},
        FORWARDED,
        move(Act.RESTATE, CHIEF).knowing(revision="r1"),
        move(Act.RESTATE, HANDLER).knowing(revision="r1"),
        route="public_course",
    ),
    Row(
        "not_own_case",
        "OWN_CASE",
        {},
        (SUBMIT,),
        move(Act.RESTATE, HERS).knowing(revision="r1"),
        RESTATE.knowing(revision="r1"),
    ),
    Row(
        "not_about_himself",
        "OWN_CASE",
        {},
        (),
        move(Act.SUBMIT, person("anna", "unit", on_behalf_of="otto")),
        SUBMIT,
        route="amendment",
    ),
    Row(
        "not_own_case",
        "OWN_CASE",
        {},
        (SUBMIT,),
        move(Act.PASS, person("otto", "unit", "unit_leader")),
        PASS,
        route="amendment",
    ),
    Row("not_own_case", "OWN_CASE", {}, (SUBMIT,), move(Act.AGREE_UP, HERS), AGREE),
    Row("not_own_case", "OWN_CASE", {}, (SUBMIT,), move(Act.AGREE_UP, FOR_ANNA), AGREE),
    Row(
        "handed_to",
        "NOT_YOUR_TASK",
        {"only_for": ["hans"]},
        HANDED_BACK,
        move(Act.AGREE_UP, BOTH),
        AGREE,
    ),
    Row(
        "separate",
        "SEPARATION_OF_DUTIES",
        {"step": "unit_check"},
        (SUBMIT, move(Act.PASS, HANDLER)),
        move(Act.AGREE_UP, HANDLER_IN_CITY),
        move(Act.AGREE_UP, CITY),
        route="mini",
    ),
    Row(
        "separate",
        "SEPARATION_OF_DUTIES",
        {"step": "unit_check"},
        (SUBMIT, move(Act.PASS, HANDLER)),
        move(Act.AGREE_UP, FOR_HANDLER),
        move(Act.AGREE_UP, SECOND_CITY),
        route="mini",
    ),
    Row(
        "signer_first",
        "SIGNER_PENDING",
        {"who": "lena"},
        (SUBMIT, ADD),
        AGREE,
        move(Act.AGREE_UP, LEADER),
    ),
    Row(
        "signer_first",
        "SIGNER_PENDING",
        {"who": "unit_leader"},
        (SUBMIT, ADD_LEADERS),
        AGREE,
        AGREE,
        (SUBMIT, ADD_LEADERS, move(Act.DROP_SIGNER, HANDLER, to="unit_leader")),
    ),
    Row("seat", "NOT_YOUR_TASK", {}, (SUBMIT,), replace(ADD, by=LEADER), ADD),
    Row(
        "dropper",
        "NOT_YOUR_TASK",
        {},
        (SUBMIT, ADD),
        move(Act.DROP_SIGNER, LEADER, to="lena"),
        move(Act.DROP_SIGNER, CHIEF, to="lena"),
    ),
    Row(
        "signer_known",
        "NO_SUCH_SIGNER",
        {},
        (SUBMIT, ADD),
        move(Act.DROP_SIGNER, CHIEF, to="bert"),
        move(Act.DROP_SIGNER, CHIEF, to="lena"),
    ),
    Row(
        "fits_as_signer",
        "SIGNER_DOES_NOT_FIT",
        {},
        (SUBMIT,),
        move(Act.ADD_SIGNER, HANDLER, to="anna").knowing(**SEATS),
        ADD,
    ),
    Row(
        "fits_as_signer",
        "SIGNER_DOES_NOT_FIT",
        {},
        (SUBMIT, ADD),
        ADD,
        ADD_LEADERS,
    ),
    Row(
        "writable",
        "FIELD_NOT_WRITABLE",
        {"field": "approved_hours"},
        (SUBMIT, ADD),
        move(Act.AGREE_UP, LEADER, values=HOURS),
        move(Act.AGREE_UP, LEADER),
    ),
    Row(
        "quorum",
        "MORE_REVIEWERS_NEEDED",
        {"have": 1, "need": 2},
        (SUBMIT, ADD, move(Act.AGREE_UP, LEADER)),
        move(Act.PASS, HANDLER),
        PASS,
        (SUBMIT, AGREE),
    ),
    Row(
        "holder",
        "NOT_CLAIMED_BY_YOU",
        {},
        (SUBMIT, CLAIM),
        move(Act.UNCLAIM, BOTH),
        move(Act.UNCLAIM, HANDLER),
    ),
    Row(
        "claimed",
        "NOT_CLAIMED",
        {},
        (SUBMIT,),
        move(Act.RELEASE, CHIEF),
        move(Act.RELEASE, CHIEF),
        (SUBMIT, CLAIM),
    ),
    Row(
        "offered",
        "NOT_ALLOWED_HERE",
        {},
        FORWARDED,
        move(Act.AGREE_UP, CHECKER),
        move(Act.PASS, CHECKER),
        route="public_course",
    ),
    Row(
        "not_held_by_other",
        "CLAIMED_BY_OTHER",
        {"who": "hans", "since": "2026-03-01T09:00:00+00:00"},
        (SUBMIT, CLAIM),
        move(Act.AGREE_UP, BOTH).knowing(claimed_at=datetime(2026, 3, 1, 9, tzinfo=UTC)),
        AGREE,
    ),
    Row(
        "not_held_by_other",
        "CLAIMED_BY_OTHER",
        {"who": "hans", "since": ""},
        (SUBMIT, CLAIM),
        move(Act.CLAIM, BOTH),
        CLAIM,
    ),
    Row(
        "same_content",
        "CONTENT_CHANGED",
        {"fields": ["declared_hours"]},
        (SUBMIT.knowing(parts={"declared_hours": "a"}),),
        AGREE.knowing(revision="r1", parts={"declared_hours": "b"}),
        AGREE,
    ),
    Row(
        "same_content",
        "CONTENT_CHANGED",
        {"fields": ["declared_hours", "files", "organiser"]},
        (SUBMIT.knowing(parts={"files": "a", "declared_hours": "a", "ends_on": "a"}),),
        AGREE.knowing(
            revision="r1",
            parts={"declared_hours": "b", "ends_on": "a", "organiser": "a"},
        ),
        AGREE,
    ),
    Row(
        "other_content", "CONTENT_UNCHANGED", {}, (SUBMIT,), RESTATE, RESTATE.knowing(revision="r1")
    ),
    Row(
        "settled",
        "FIGURES_STALE",
        {},
        (SUBMIT,),
        AGREE.knowing(unsettled=Refused("FIGURES_STALE")),
        AGREE,
    ),
    Row(
        "settled",
        "FIGURES_STALE",
        {},
        (SUBMIT,),
        RESTATE.knowing(revision="r1", unsettled=Refused("FIGURES_STALE")),
        RESTATE.knowing(revision="r1"),
    ),
    Row(
        "settled",
        "FIGURES_STALE",
        {},
        (SUBMIT, AGREE),
        move(Act.REJECT, LEADER).knowing(unsettled=Refused("FIGURES_STALE")),
        move(Act.RETURN, LEADER).knowing(unsettled=Refused("FIGURES_STALE")),
    ),
    Row(
        "settled",
        "FIGURES_STALE",
        {},
        (SUBMIT, AGREE),
        move(Act.DISAGREE_UP, LEADER).knowing(unsettled=Refused("FIGURES_STALE")),
        move(Act.RETURN_INSIDE, LEADER).knowing(unsettled=Refused("FIGURES_STALE")),
    ),
    Row(
        "falls_short",
        "REQUIREMENTS_NOT_MET",
        {"missing": "12.0"},
        (SUBMIT, AGREE),
        PASS.knowing(shortfall=SHORT),
        move(Act.REJECT, LEADER).knowing(shortfall=SHORT),
    ),
    Row(
        "files_clean",
        "ATTACHMENT_NOT_CLEAN",
        {"files": [{"name": "scan.pdf", "state": "infected"}]},
        (SUBMIT, AGREE),
        PASS.knowing(**DIRTY),
        move(Act.REJECT, LEADER).knowing(**DIRTY),
    ),
    Row(
        "first_opinion",
        "ALREADY_GAVE_OPINION",
        {},
        (SUBMIT, move(Act.AGREE_UP, BOTH)),
        move(Act.AGREE_UP, BOTH),
        move(Act.AGREE_UP, LEADER),
    ),
    Row(
        "first_opinion",
        "ALREADY_GAVE_OPINION",
        {},
        (SUBMIT, AGREE),
        move(Act.AGREE_UP, person("lena", "unit", "unit_leader", on_behalf_of="hans")),
        move(Act.AGREE_UP, LEADER),
    ),
    Row(
        "somebody_to_return_to",
        "NOBODY_TO_RETURN_TO",
        {},
        (SUBMIT,),
        move(Act.RETURN_INSIDE, HANDLER),
        move(Act.RETURN_INSIDE, LEADER),
        (SUBMIT, AGREE),
    ),
    Row(
        "quorum",
        "MORE_REVIEWERS_NEEDED",
        {"have": 1, "need": 2},
        (SUBMIT,),
        move(Act.PASS, HANDLER),
        PASS,
        (SUBMIT, AGREE),
    ),
    Row(
        "quorum",
        "MORE_REVIEWERS_NEEDED",
        {"have": 1, "need": 2},
        (SUBMIT, move(Act.AGREE_UP, BOTH)),
        move(Act.REJECT, BOTH),
        move(Act.REJECT, LEADER),
    ),
    Row(
        "return_target",
        "BAD_RETURN_TARGET",
        {"allowed": ["applicant"]},
        (SUBMIT,),
        move(Act.RETURN, HANDLER, to="unit_review"),
        move(Act.RETURN, HANDLER, to="applicant"),
    ),
    Row(
        "writable",
        "FIELD_NOT_WRITABLE",
        {"field": "name"},
        (SUBMIT,),
        move(Act.AGREE_UP, HANDLER, values={"approved_hours": "6.0", "name": "x"}),
        move(Act.AGREE_UP, HANDLER, values=HOURS),
    ),
    Row(
        "writable",
        "FIELD_NOT_WRITABLE",
        {"field": "approved_hours"},
        (SUBMIT,),
        move(Act.DISAGREE_UP, HANDLER, values=HOURS),
        move(Act.AGREE_UP, HANDLER, values=HOURS),
    ),
    Row(
        "values_valid",
        "HOURS_RANGE",
        {"most": "40.0"},
        (SUBMIT,),
        move(Act.AGREE_UP, HANDLER, values={"approved_hours": "99.0"}).knowing(
            check_values=bad_hours
        ),
        move(Act.AGREE_UP, HANDLER, values=HOURS).knowing(check_values=bad_hours),
        path=("approved_hours",),
    ),
)
