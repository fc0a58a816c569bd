"""How the rows of one noun lead to those of another; by the alias of the row that leads."""

from collections.abc import Mapping
from dataclasses import dataclass

from models import case_source, certificate_source, desk, person_source, sources, staff_source
from models.claim_source import CLAIM
from models.cycle_source import CYCLE_APPLICATION, CYCLE_RESULT
from models.data_request_source import DATA_REQUEST
from models.grant_source import GRANT
from models.identity_change_source import IDENTITY_CHANGE
from models.select import Source
from models.tree_source import ORGANISATION_EVENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """The rows of `source` whose column `on` equals the column `equals` of this row.

    With `many`, all of them in their order; otherwise the one there is, or the first of the order.
    """

    source: Source
    equals: str
    on: str = "id"
    order: str = ""
    where: str = ""
    many: bool = False


def one(source: Source, equals: str) -> Relation:
    """The row whose id stands in a column of this row."""
    return Relation(source=source, equals=equals)


RELATIONS: Mapping[str, Mapping[str, Relation]] = {
    sources.ORGANISATION.alias: {
        "parent": one(sources.ORGANISATION, "parent_id"),
        "history": Relation(
            source=ORGANISATION_EVENT,
            on="organisation_id",
            equals="id",
            order="oe.at DESC, oe.id DESC",
            many=True,
        ),
    },
    ORGANISATION_EVENT.alias: {
        "superior_before": one(sources.ORGANISATION, "superior_before_id"),
        "superior_after": one(sources.ORGANISATION, "superior_after_id"),
        "other": one(sources.ORGANISATION, "other_id"),
        "acting": one(sources.ORGANISATION, "acting_id"),
    },
    sources.PERSON.alias: {
        "employer": one(sources.ORGANISATION, "employer_id"),
        "annual_results": Relation(
            source=sources.ANNUAL_RESULT,
            on="person_id",
            equals="id",
            order="x.year DESC",
            many=True,
        ),
        "employments": Relation(
            source=person_source.EMPLOYMENT,
            on="person_id",
            equals="id",
            order="em.from_on DESC, em.id DESC",
            many=True,
        ),
        "former_profiles": Relation(
            source=person_source.FORMER_PROFILE,
            on="person_id",
            equals="id",
            order="fp.until_at DESC, fp.id DESC",
            many=True,
        ),
        "certificates": Relation(
            source=certificate_source.CERTIFICATE,
            on="person_id",
            equals="id",
            order="z.issued_at DESC, z.id DESC",
            many=True,
        ),
    },
    person_source.EMPLOYMENT.alias: {"organisation": one(sources.ORGANISATION, "organisation_id")},
    certificate_source.CERTIFICATE.alias: {"person": one(sources.NAMED_PERSON, "person_id")},
    sources.RECORD.alias: {
        "person": one(sources.NAMED_PERSON, "person_id"),
        "employer": one(sources.ORGANISATION, "employer_id"),
        "organiser": one(sources.ORGANISATION, "organiser_id"),
        "attachments": Relation(
            source=sources.ATTACHED, on="record_id", equals="id", order="a.id", many=True
        ),
        "amendments": Relation(
            source=sources.AMENDMENT,
            on="record_id",
            equals="id",
            order="n.created_at DESC, n.id DESC",
            many=True,
        ),
        "case": Relation(
            source=case_source.CASE,
            on="subject_id",
            equals="id",
            order="c.opened_at DESC, c.id DESC",
        ),
    },
    case_source.CASE.alias: {
        "applicant": one(sources.NAMED_PERSON, "applicant_id"),
        "employer": one(sources.ORGANISATION, "employer_id"),
        "record": one(sources.RECORD, "record_id"),
        "amendment": one(sources.AMENDMENT, "amendment_id"),
        "grant": one(GRANT, "grant_id"),
        "cycle_application": one(CYCLE_APPLICATION, "application_id"),
        "open_task": Relation(
            source=case_source.TASK,
            on="case_id",
            equals="id",
            where="t.status = 'open'",
            order="t.opened_seq DESC",
        ),
    },
    case_source.TASK.alias: {
        "organisation": one(sources.ORGANISATION, "organisation_id"),
        "claimed_by": one(sources.NAMED_PERSON, "claimed_by_id"),
        "applicant": one(sources.NAMED_PERSON, "applicant_id"),
        "case": one(case_source.SUBJECT_CASE, "case_id"),
        "record": one(sources.RECORD, "record_id"),
        "amendment": one(sources.AMENDMENT, "amendment_id"),
        "grant": one(GRANT, "grant_id"),
        "cycle_application": one(CYCLE_APPLICATION, "application_id"),
    },
    sources.AMENDMENT.alias: {
        "record": one(sources.RECORD, "record_id"),
        "person": one(sources.NAMED_PERSON, "person_id"),
        "employer": one(sources.ORGANISATION, "employer_id"),
        "proposer": one(sources.NAMED_PERSON, "proposer_id"),
        "attachments": Relation(
            source=sources.ATTACHED, on="amendment_id", equals="id", order="a.id", many=True
        ),
        "case": one(case_source.SUBJECT_CASE, "case_id"),
    },
    GRANT.alias: {
        "person": one(sources.NAMED_PERSON, "person_id"),
        "organisation": one(sources.ORGANISATION, "organisation_id"),
        "superior": one(sources.ORGANISATION, "superior_id"),
        "case": one(case_source.SUBJECT_CASE, "case_id"),
    },
    IDENTITY_CHANGE.alias: {"person": one(sources.NAMED_PERSON, "person_id")},
    CLAIM.alias: {
        "claimant": one(sources.NAMED_PERSON, "claimant_id"),
        "owner": one(sources.NAMED_PERSON, "owner_id"),
    },
    DATA_REQUEST.alias: {
        "person": one(sources.NAMED_PERSON, "person_id"),
    },
    staff_source.MEMBER.alias: {
        "person": one(sources.NAMED_PERSON, "person_id"),
        "organisation": one(sources.ORGANISATION, "organisation_id"),
    },
    staff_source.MOVE.alias: {
        "person": one(sources.NAMED_PERSON, "person_id"),
        "organisation": one(sources.ORGANISATION, "organisation_id"),
    },
    desk.DELEGATION.alias: {
        "principal": one(sources.NAMED_PERSON, "principal_id"),
        "delegate": one(sources.NAMED_PERSON, "delegate_id"),
        "created_by": one(sources.NAMED_PERSON, "created_by_id"),
        "organisation": one(sources.ORGANISATION, "organisation_id"),
    },
    CYCLE_APPLICATION.alias: {
        "person": one(sources.NAMED_PERSON, "person_id"),
        "employer": one(sources.ORGANISATION, "employer_id"),
        "case": Relation(
            source=case_source.CASE,
            on="subject_id",
            equals="id",
            order="c.opened_at DESC, c.id DESC",
        ),
        "certificate": Relation(
            source=certificate_source.CERTIFICATE,
            on="application_id",
            equals="id",
            order="z.issued_at DESC, z.id DESC",
        ),
        "results": Relation(
            source=CYCLE_RESULT,
            on="application_id",
            equals="id",
            order="g.number DESC",
            many=True,
        ),
    },
    sources.ANNUAL_RESULT.alias: {"person": one(sources.NAMED_PERSON, "person_id")},
}
