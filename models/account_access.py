"""Who may read which rows of accounts and offices: the other half of `models/access.py`.

Seats and what is asked for them, moves of people, claims of a number, changes of name or number,
requests about one's data, and the audit log. The same form: viewer, parameters and alias give a
boolean expression inside the statement.
"""

from models.access import NOBODY, Viewer, business, cases, within
from models.account import UserType
from models.read import Parameters


def of_the_city(viewer: Viewer) -> bool:
    """Does he approve accounts for the municipal bureau (信息中心)?"""
    return viewer.user_type is UserType.CITY_BUREAU and "approve_admins" in viewer.groups


@business
def grants(viewer: Viewer, p: Parameters, g: str) -> str:
    """Grants: one's own; those addressed to one's organisation, of it, or of one below it."""
    readable = cases(viewer, p, "of_grant")
    return (
        f"EXISTS (SELECT FROM wf_case of_grant WHERE of_grant.subject_type = 'grant'"
        f" AND of_grant.subject_id = {g}.id AND {readable})"
    )


@business
def members(viewer: Viewer, p: Parameters, e: str) -> str:
    """Members: those of the viewer's organisation and of the bodies below it."""
    return within(viewer, p, f"{e}.organisation_id")


@business
def moves(viewer: Viewer, p: Parameters, m: str) -> str:
    """Moves: one's own; those to or from one's organisation, for whoever manages its staff."""
    leaving = leavers(viewer, p, m)
    if not viewer.has_business or "staff" not in viewer.duties:
        return leaving
    return f"({leaving} OR {within(viewer, p, f'{m}.organisation_id')})"


@business
def leavers(viewer: Viewer, p: Parameters, m: str) -> str:
    """What somebody leaves behind by a move: himself, and whoever manages staff where he leaves."""
    own = f"{m}.person_id = {p(viewer.person_id)}::uuid"
    if not viewer.has_business or "staff" not in viewer.duties:
        return own
    return f"({own} OR {within(viewer, p, f'{m}.former_id')})"


@business
def claims(viewer: Viewer, p: Parameters, k: str) -> str:
    """Claims of a number: the city's approvers all; others those of who asks to work for them."""
    if of_the_city(viewer):
        return "true"
    if "staff" not in viewer.duties:
        return NOBODY
    return (
        f"EXISTS (SELECT FROM move asks WHERE asks.person_id = {k}.claimant_id"
        f" AND asks.closed_at IS NULL AND {within(viewer, p, 'asks.organisation_id')})"
    )


@business
def data_requests(viewer: Viewer, p: Parameters, q: str) -> str:
    """Requests about one's own data: one's own; to the city's approvers of accounts all."""
    if of_the_city(viewer):
        return "true"
    return f"{q}.person_id = {p(viewer.person_id)}::uuid"


@business
def identity_changes(viewer: Viewer, p: Parameters, x: str) -> str:
    """Requests to change name or number: one's own; all of them for the city's approvers."""
    if of_the_city(viewer):
        return f"{x}.id IS NOT NULL"
    return f"{x}.person_id = {p(viewer.person_id)}::uuid"


def audit_events(viewer: Viewer, p: Parameters, e: str) -> str:
    """The audit log: all of it for the audit administrator, nothing of it for anybody else."""
    mine = viewer.user_type is UserType.AUDIT_ADMIN and not viewer.lacks
    return "true" if mine else NOBODY


def accounts(viewer: Viewer, p: Parameters, a: str) -> str:
    """Accounts: all of them for who keeps them and for who secures them."""
    keeps = viewer.user_type in (UserType.SYS_ADMIN, UserType.SEC_ADMIN)
    return "true" if keeps and not viewer.lacks else NOBODY
