"""Who may read which rows: the one place that answers, as conditions inside the statement.

Every function takes the viewer, the parameters of the statement and the alias of the row, and
gives a boolean expression. A viewer reads his own rows; from a seat with a group or a duty he
also reads what his organisation is concerned with: the people it employs, the records they have
submitted, the tasks addressed to it, and for superior bodies the same of their subtree. A draft
belongs to its author alone. The three officers (三员) read no business at all, not even their own.
"""

from collections.abc import Callable, Collection
from functools import wraps

from models.account import UserType
from models.read import Parameters
from models.viewer import Mandate, Viewer

__all__ = ["Mandate", "Viewer"]  # whoever asks what is readable names who reads

NOBODY = "false"
Condition = Callable[[Viewer, Parameters, str], str]


def business(condition: Condition) -> Condition:
    """A condition on rows of business: no officer meets it, nor who is not in yet."""

    @wraps(condition)
    def met(viewer: Viewer, p: Parameters, row: str) -> str:
        return NOBODY if viewer.is_officer or viewer.lacks else condition(viewer, p, row)

    return met


def within(viewer: Viewer, p: Parameters, organisation: str) -> str:
    """Is this organisation the viewer's own, or below it in the tree?"""
    if not viewer.has_business:
        return NOBODY
    own = p(viewer.organisation_id)
    if viewer.user_type is UserType.UNIT:  # units are leaves of the tree
        return f"{organisation} = {own}::uuid"
    return (
        f"({organisation} = {own}::uuid OR EXISTS (SELECT FROM organisation o"
        f" WHERE o.id = {organisation} AND {own}::uuid = ANY (o.ancestors)))"
    )


def oneself(viewer: Viewer, p: Parameters, person: str) -> str:
    """Is it the viewer, or whom he was in an account that has ended in his?"""
    if not viewer.former:
        return f"{person} = {p(viewer.person_id)}::uuid"
    return f"{person} = ANY ({p([viewer.person_id, *viewer.former])}::uuid[])"


@business
def records(viewer: Viewer, p: Parameters, r: str) -> str:
    """Training records: one's own; submitted ones of one's people; what a base registered.

    A record that was recalled is a draft again, and what its author writes into it is his alone.
    """
    own = f"{r}.person_id = {p(viewer.person_id)}::uuid"
    if not viewer.has_business:
        return own
    if viewer.user_type is UserType.TRAINING_BASE:
        registered = f"{r}.organiser_id = {p(viewer.organisation_id)}::uuid"
        return f"({own} OR ({registered} AND {r}.origin = 'in_system'))"
    return f"({own} OR ({r}.status <> 'draft' AND {within(viewer, p, f'{r}.employer_id')}))"


@business
def attachments(viewer: Viewer, p: Parameters, a: str) -> str:
    """Attachments: whoever reads the record, or the amendment, reads its files.

    What was sent for an amendment that is not proposed yet is its sender's, from a seat.
    """
    readable, proposed = records(viewer, p, "of_record"), amendments(viewer, p, "proven")
    ways = [
        f"EXISTS (SELECT FROM training_record of_record"
        f" WHERE of_record.id = {a}.record_id AND {readable})",
        f"EXISTS (SELECT FROM amendment proven WHERE proven.id = {a}.amendment_id AND {proposed})",
    ]
    if viewer.has_business:
        unproposed = f"{a}.amends_id IS NOT NULL AND {a}.amendment_id IS NULL"
        ways.append(f"({unproposed} AND {a}.uploaded_by_id = {p(viewer.person_id)}::uuid)")
    return f"({' OR '.join(ways)})"


@business
def cases(viewer: Viewer, p: Parameters, c: str) -> str:
    """Cases: those about oneself; those of one's people; those with a task for one's organisation.

    A case about somebody else's record is not its proposer's own: he reads it from his seat. What
    was shown to a person or an organisation (抄送) is read until its day; its record is not.
    """
    own = oneself(viewer, p, f"coalesce({c}.concerns_id, {c}.applicant_id)")
    own = f"{own} OR {shown(viewer, p, c)}"
    if not viewer.has_business or viewer.user_type is UserType.TRAINING_BASE:
        return f"({own})"
    addressed = (
        f"EXISTS (SELECT FROM wf_task addressed WHERE addressed.case_id = {c}.id"
        f" AND addressed.organisation_id = {p(viewer.organisation_id)}::uuid)"
    )
    return f"({own} OR {addressed} OR {within(viewer, p, f'{c}.employer_id')})"


@business
def shown(viewer: Viewer, p: Parameters, c: str) -> str:
    """Was a case shown to the viewer, or to the organisation he works for, and is it still?"""
    to = f"shown.person_id = {p(viewer.person_id)}::uuid"
    if viewer.has_business:
        to = f"({to} OR shown.organisation_id = {p(viewer.organisation_id)}::uuid)"
    return (
        f"EXISTS (SELECT FROM wf_copy shown WHERE shown.case_id = {c}.id"
        f" AND shown.until > now() AND {to})"
    )


@business
def amendments(viewer: Viewer, p: Parameters, n: str) -> str:
    """Amendments: whoever reads its case reads one, the person it concerns among them."""
    readable = cases(viewer, p, "of_amendment")
    return (
        f"EXISTS (SELECT FROM wf_case of_amendment WHERE of_amendment.subject_type = 'amendment'"
        f" AND of_amendment.subject_id = {n}.id AND {readable})"
    )


@business
def cycle_applications(viewer: Viewer, p: Parameters, y: str) -> str:
    """Cycle applications: one's own; handed in by one's people, or with one's organisation.

    One that was recalled is a draft again, and its author's alone.
    """
    own = f"{y}.person_id = {p(viewer.person_id)}::uuid"
    if not viewer.has_business or viewer.user_type is UserType.TRAINING_BASE:
        return own
    addressed = (
        f"EXISTS (SELECT FROM wf_case of_application JOIN wf_task addressed"
        f" ON addressed.case_id = of_application.id WHERE of_application.subject_id = {y}.id"
        f" AND of_application.subject_type = 'cycle_application'"
        f" AND addressed.organisation_id = {p(viewer.organisation_id)}::uuid)"
    )
    theirs = within(viewer, p, f"{y}.employer_id")
    return f"({own} OR ({y}.status <> 'draft' AND ({addressed} OR {theirs})))"


@business
def cycle_results(viewer: Viewer, p: Parameters, g: str) -> str:
    """Figures of cycle applications: whoever reads the application reads them."""
    readable = cycle_applications(viewer, p, "of_figures")
    return (
        f"EXISTS (SELECT FROM cycle_application of_figures"
        f" WHERE of_figures.id = {g}.application_id AND {readable})"
    )


@business
def tasks(viewer: Viewer, p: Parameters, t: str) -> str:
    """Tasks: addressed to one of the viewer's groups in his organisation, or of whom he stands for.

    Whether he may decide is looked up again when he does.
    """
    if not viewer.has_business:
        return NOBODY
    whole = [one.groups for one in viewer.mandates if not one.routes]
    organisation = p(viewer.organisation_id)
    ways = [in_groups(p, f"{t}.group_key", viewer.groups.union(*whole))]
    for one in viewer.mandates:
        if one.routes:
            routes = f"{t}.route_code = ANY ({p(sorted(one.routes))}::text[])"
            ways.append(f"({in_groups(p, f'{t}.group_key', one.groups)} AND {routes})")
    way = ways[0] if len(ways) == 1 else f"({' OR '.join(ways)})"
    return f"({t}.organisation_id = {organisation}::uuid AND {way})"


def in_groups(p: Parameters, column: str, wanted: Collection[str]) -> str:
    """Is it one of these groups? An index gives rows of one in their order, of several not."""
    groups = sorted(wanted)
    return (
        f"{column} = {p(groups[0])}"
        if len(groups) == 1
        else f"{column} = ANY ({p(groups)}::text[])"
    )


def delegated(viewer: Viewer, p: Parameters, t: str) -> str:
    """Of tasks the viewer reads: those he has only because he stands for somebody."""
    if not viewer.mandates:
        return "false"
    return f"NOT {in_groups(p, f'{t}.group_key', viewer.groups)}"


@business
def delegations(viewer: Viewer, p: Parameters, g: str) -> str:
    """Delegations: those that name oneself; for its administrator, those of the organisation."""
    named = f"{p(viewer.person_id)}::uuid IN ({g}.principal_id, {g}.delegate_id)"
    if "unit_admin" not in viewer.groups:
        return named
    return f"({named} OR {g}.organisation_id = {p(viewer.organisation_id)}::uuid)"


@business
def notices(viewer: Viewer, p: Parameters, i: str) -> str:
    """Notices: to oneself; from a seat, to its groups and those of whom one stands for."""
    own = f"{i}.person_id = {p(viewer.person_id)}::uuid"
    if not viewer.has_business:
        return own
    groups = viewer.groups.union(*(one.groups for one in viewer.mandates))
    organisation = f"{i}.organisation_id = {p(viewer.organisation_id)}::uuid"
    return f"({own} OR ({organisation} AND {in_groups(p, f'{i}.group_key', groups)}))"


def persons(viewer: Viewer, p: Parameters, s: str) -> str:
    """Persons: oneself; people employed by or seated in the organisation or below it."""
    own = oneself(viewer, p, f"{s}.id")
    if not viewer.has_business or viewer.user_type is UserType.TRAINING_BASE:
        return own
    employed = (
        f"EXISTS (SELECT FROM employment e WHERE e.person_id = {s}.id AND e.until_on IS NULL"
        f" AND {within(viewer, p, 'e.organisation_id')})"
    )
    return f"({own} OR {employed})"


@business
def annual_results(viewer: Viewer, p: Parameters, x: str) -> str:
    """Annual results: whoever reads the person reads them."""
    readable = persons(viewer, p, "of_person")
    return (
        f"EXISTS (SELECT FROM person of_person WHERE of_person.id = {x}.person_id AND {readable})"
    )


@business
def certificates(viewer: Viewer, p: Parameters, z: str) -> str:
    """Certificates: whoever reads the person reads them, the revoked ones too."""
    readable = persons(viewer, p, "of_holder")
    return (
        f"EXISTS (SELECT FROM person of_holder WHERE of_holder.id = {z}.person_id AND {readable})"
    )


@business
def jobs(viewer: Viewer, p: Parameters, j: str) -> str:
    """Jobs: those one has started, and those about somebody or a file one may read."""
    person, file = persons(viewer, p, "about"), attachments(viewer, p, "about")
    return (
        f"({j}.started_by_id = {p(viewer.person_id)}::uuid"
        f" OR EXISTS (SELECT FROM person about WHERE about.id = {j}.subject AND {person})"
        f" OR EXISTS (SELECT FROM attachment about WHERE about.id = {j}.subject AND {file}))"
    )


@business
def batches(viewer: Viewer, p: Parameters, b: str) -> str:
    """Batches of decisions: one's own."""
    return f"{b}.person_id = {p(viewer.person_id)}::uuid"


@business
def runs(viewer: Viewer, p: Parameters, u: str) -> str:
    """Runs over everybody: the municipal bureau alone, whose business the whole city is."""
    everything = viewer.user_type is UserType.CITY_BUREAU and viewer.has_business
    return f"{u}.id IS NOT NULL" if everything else NOBODY


@business
def remarks(viewer: Viewer, p: Parameters, m: str) -> str:
    """Remarks: those of the viewer's own organisation."""
    if not viewer.has_business:
        return NOBODY
    return f"{m}.organisation_id = {p(viewer.organisation_id)}::uuid"
