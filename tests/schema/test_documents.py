"""Documents: kept when they fit, bounded by characters, trusted by the digest of their text."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from strawberry.types import ExecutionResult

from models.account import UserType
from models.viewer import Lack
from resolvers.failure import Unanswerable
from schema import api, documents, example, limits, role, snapshot
from schema.documents import Document, Documents
from schema.limits import Gate, Limits
from schema.role import Role
from tests.factories.question import VIEWS, asked, codes, context, somebody

VIEWER = "{ viewer { login } }"
WHOLE = api.api._schema
PERSON, STAFF = VIEWS.schemas[Role.PERSON]._schema, VIEWS.schemas[Role.STAFF]._schema
SIGN_IN = next(text for text in documents.of_this_release().values() if "mutation SignIn" in text)
SIGN_IN_ID = documents.identity(SIGN_IN)


def test_a_document_is_read_once_per_view() -> None:
    kept = Documents()

    first, again = kept.of(PERSON, VIEWER), kept.of(PERSON, VIEWER + " "[:0])
    other = kept.of(STAFF, VIEWER)

    assert isinstance(first, Document)
    assert again is first
    assert other is not first


def test_what_does_not_fit_is_not_kept() -> None:
    kept = Documents()

    for text in ("{", "{ nothing }", "{ a" + " { a" * 100 + " }" * 101, "# nothing"):
        assert isinstance(kept.of(WHOLE, text), list)

    assert not kept.kept


def test_what_does_not_fit_is_told_without_help() -> None:
    for text in ("{ viewr { login } }", "{ titles(levl: SENIOR) { code } }"):
        errors = Documents().of(WHOLE, text)
        assert isinstance(errors, list)
        assert "Did you mean" not in errors[0].message


def test_the_cache_is_bounded_by_characters_and_forgets_the_oldest() -> None:
    kept = Documents(most_characters=3 * len(VIEWER) + 2)
    first = kept.of(WHOLE, VIEWER)
    second = kept.of(WHOLE, VIEWER + " ")

    assert kept.of(WHOLE, VIEWER) is first  # the second is the oldest now
    kept.of(WHOLE, VIEWER + "  ")

    assert kept.of(WHOLE, VIEWER) is first
    assert kept.of(WHOLE, VIEWER + " ") is not second
    assert kept.characters == sum(len(text) for _, text in kept.kept) <= kept.most_characters


def test_trusted_documents_are_not_pushed_out_by_others() -> None:
    kept = Documents({SIGN_IN_ID: SIGN_IN}, most_characters=50)
    trusted = kept.of(WHOLE, SIGN_IN)

    for i in range(20):
        kept.of(WHOLE, f"query q{i} {VIEWER}")

    assert kept.of(WHOLE, SIGN_IN) is trusted
    assert all(text != SIGN_IN for _, text in kept.kept)


def test_what_others_keep_with_a_document_lives_with_it() -> None:
    kept = Documents(most_characters=len(VIEWER))
    document = kept.of(WHOLE, VIEWER)
    assert isinstance(document, Document)
    document.memo["plan"] = "compiled"

    again = kept.of(WHOLE, VIEWER)
    kept.of(WHOLE, VIEWER + " ")
    anew = kept.of(WHOLE, VIEWER)

    assert isinstance(again, Document) and isinstance(anew, Document)
    assert again.memo == {"plan": "compiled"}
    assert anew.memo == {}


async def test_an_operation_finds_its_document_in_its_context() -> None:
    given = context(None)

    await VIEWS.of(None).execute(VIEWER, context_value=given)

    assert given.admission
    assert isinstance(given.admission.document, Document)
    assert list(given.admission.document.operations) == [""]


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"query": VIEWER}, VIEWER),
        ({"documentId": SIGN_IN_ID}, SIGN_IN),
        ({"query": "", "documentId": SIGN_IN_ID}, SIGN_IN),  # graphql-ws must send a string
        ({"query": None, "documentId": SIGN_IN_ID}, SIGN_IN),
        ({"query": SIGN_IN, "documentId": SIGN_IN_ID}, SIGN_IN),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": SIGN_IN_ID[7:]}}}, SIGN_IN),
        (
            {"documentId": SIGN_IN_ID, "extensions": {"persistedQuery": {"sha256Hash": "x"}}},
            SIGN_IN,
        ),
    ],
)
def test_a_request_names_its_document_by_text_or_by_id(
    parameters: dict[str, Any], text: str
) -> None:
    assert Documents({SIGN_IN_ID: SIGN_IN}).requested(parameters) == text


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "BAD_REQUEST"),
        ({"query": ""}, "BAD_REQUEST"),
        ({"query": 5}, "BAD_REQUEST"),
        ({"query": 5, "documentId": SIGN_IN_ID}, "BAD_REQUEST"),
        ({"query": VIEWER, "documentId": SIGN_IN_ID}, "BAD_REQUEST"),  # they are not the same
        ({"documentId": 5}, "BAD_REQUEST"),
        ({"extensions": {"persistedQuery": {"sha256Hash": 5}}}, "DOCUMENT_NOT_FOUND"),
        ({"extensions": []}, "BAD_REQUEST"),
        ({"documentId": ""}, "DOCUMENT_NOT_FOUND"),
        ({"documentId": SIGN_IN_ID.upper()}, "DOCUMENT_NOT_FOUND"),
        ({"documentId": SIGN_IN_ID[7:]}, "DOCUMENT_NOT_FOUND"),
        ({"documentId": "x-ours:1"}, "DOCUMENT_NOT_FOUND"),
        ({"documentId": documents.identity(VIEWER)}, "DOCUMENT_NOT_FOUND"),
    ],
)
def test_a_request_without_a_document_is_refused(parameters: dict[str, Any], code: str) -> None:
    with pytest.raises(Unanswerable) as refused:
        Documents({SIGN_IN_ID: SIGN_IN}).requested(parameters)

    assert refused.value.code == code


def test_an_id_is_the_digest_of_the_exact_bytes_of_the_file() -> None:
    listed = json.loads(snapshot.TRUSTED.read_text())

    for known, told in listed.items():
        content = (example.OPERATIONS / told["file"]).read_bytes()
        assert known == f"sha256:{hashlib.sha256(content).hexdigest()}"


TYPES = {
    Role.PERSON: UserType.PERSON,
    Role.BASE: UserType.TRAINING_BASE,
    Role.UNIT: UserType.UNIT,
    Role.STAFF: UserType.DISTRICT_BUREAU,
    Role.OFFICER: UserType.SYS_ADMIN,
    Role.AUDITOR: UserType.AUDIT_ADMIN,
}


@pytest.mark.parametrize("kind", Role)
@pytest.mark.parametrize(
    ("word", "dev", "allowed"),
    [
        ("all", False, set(Role)),
        ("usual", True, set(Role)),
        ("usual", False, {Role.STAFF}),
        ("staff", True, {Role.STAFF}),
        ("none", True, set()),
    ],
)
async def test_who_may_send_documents_of_his_own(
    kind: Role, word: str, dev: bool, allowed: set[Role]
) -> None:
    trusted = Documents({documents.identity(VIEWER): VIEWER})
    views = api.guarded(Gate(Limits(ad_hoc=limits.ad_hoc(word, dev=dev)), trusted))
    arriving = replace(somebody(), lacks=Lack.SECOND_FACTOR)
    outside = {Role.STRANGER: None, Role.ARRIVING: arriving}
    viewer = outside[kind] if kind in outside else somebody(TYPES[kind])
    own = "{ __typename }"

    mine = await views.of(viewer).execute(own, context_value=context(viewer))
    known = await views.schemas[Role.STRANGER].execute(VIEWER, context_value=context(None))

    told = [(error.extensions or {})["code"] for error in mine.errors or ()]
    assert told == ([] if kind in allowed else ["DOCUMENT_NOT_TRUSTED"])
    assert known.errors is None


def test_a_trusted_document_that_fits_no_view_stops_the_start() -> None:
    wrong = "# a screen of old\n{ goneField }"

    with pytest.raises(ValueError, match="a screen of old"):
        api.guarded(Gate(documents=Documents({documents.identity(wrong): wrong})))


TWO = "query a { viewer { login } } query b { viewer { login } }"


@pytest.mark.parametrize(
    ("name", "code"), [("a", None), (None, "OPERATION_NAME_REQUIRED"), ("c", "BAD_REQUEST")]
)
async def test_of_several_operations_one_is_named(name: str | None, code: str | None) -> None:
    result = await VIEWS.of(None).execute(TWO, context_value=context(None), operation_name=name)

    told = [(error.extensions or {})["code"] for error in result.errors or ()]
    assert told == ([code] if code else [])


async def test_a_session_that_ended_is_no_mistake_of_the_client() -> None:
    assert await codes(None, "{ titles { code } }") == ["UNAUTHENTICATED"]
    assert await codes(None, "{ titels { code } }") == ["GRAPHQL_VALIDATION_FAILED"]


@pytest.mark.parametrize("lack", Lack)
async def test_who_is_not_in_yet_is_told_so_and_no_more(lack: Lack) -> None:
    arriving = replace(somebody(UserType.CITY_BUREAU), lacks=lack)

    assert await codes(arriving, "{ titles { code } }") == ["NOT_IN_YET"]
    assert await codes(arriving, "{ titels { code } }") == ["GRAPHQL_VALIDATION_FAILED"]
    assert await codes(arriving, "{ __typename }") == []


async def test_the_same_answer_comes_streamed() -> None:
    for text in ("{", "{ nothing }", "{ titles { code } }", TWO, VIEWER):
        whole = await asked(None, text)
        schema = VIEWS.of(None)
        stream = await schema.stream(text, context_value=context(None, "en"))
        (streamed,) = [each async for each in stream]

        assert isinstance(streamed, ExecutionResult)
        assert [error.formatted for error in streamed.errors or ()] == [
            error.formatted for error in whole.errors or ()
        ]


def test_every_kind_of_viewer_has_a_type() -> None:
    outside = {Role.STRANGER, Role.ARRIVING}

    assert {role.of(somebody(each)) for each in UserType} | outside == set(Role)
