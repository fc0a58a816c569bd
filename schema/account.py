"""The viewer, his seats, and the way in, as clients see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import strawberry

from models.account import UserType
from models.viewer import Lack
from resolvers import account, deadline, factor, ids, notice, organisation
from schema.deadline import Deadline
from schema.errors import UserError
from schema.factor import SecondFactor
from schema.field import answered_by, named, published, stored
from schema.label import Label
from schema.node import Node
from schema.organisation import Organisation
from schema.person import Person
from schema.role import SIGNED_IN

named(
    UserType,
    "UserType",
    "User type (用户类型): in what capacity somebody acts.",
    PERSON="A person (个人).",
    UNIT="A unit (法人单位).",
    TRAINING_BASE="A training institution or base (培训机构、培训基地).",
    CITY_DEPARTMENT="A municipal department (市属单位的主管部门).",
    DISTRICT_DEPARTMENT="A district department (区县所属单位的主管部门).",
    DISTRICT_BUREAU="A district bureau (区县人社局).",
    CITY_BUREAU="The municipal bureau (市人社局).",
    SYS_ADMIN="The system administrator (系统管理员): accounts and configuration.",
    SEC_ADMIN="The security administrator (安全管理员): who may do what.",
    AUDIT_ADMIN="The audit administrator (审计管理员): reads the audit log, and nothing else.",
)
named(
    Lack,
    "Lack",
    "What somebody must do before anything else; until then there is nothing else he can do.",
    PASSWORD="Change the password: it has expired.",
    SECOND_FACTOR="Enrol a second factor: the seat requires one.",
)
published(
    account.SignInInput,
    "SignInInput",
    "Login and password, and the seat to act from.",
    login="Login (登录名).",
    password="Password.",
    code="Code of the authenticator app (动态码), or a recovery code; asked for by CODE_REQUIRED.",
    seat_id="The seat; needed only by people with several.",
    user_type="Instead of the seat: its user type, where that leaves one.",
    organisation_code="Organisation or unit code (法人代码), as users of organisations give it.",
    as_token="Answer with a token for scripts and set no cookie.",
)
published(
    account.ChooseSeatInput,
    "ChooseSeatInput",
    "Another seat to act from.",
    seat_id="One of the viewer's seats.",
)


@strawberry.type(description="A seat (身份): organisation, user type, groups and duties.")
class Seat(Node):
    user_type: UserType = stored("In what capacity.")
    organisation: Organisation | None = answered_by(
        organisation.organisation, "For which organisation; none for a person."
    )
    groups: list[Label] = answered_by(account.groups, "User groups (用户组): what it may review.")
    may: list[Label] = answered_by(account.may, "What it opens: the entries of the menu.")
    active: bool = answered_by(account.is_active, "Does the viewer act from it now?")


@strawberry.type(description="An account (帐号): person, login and seats, as the viewer sees them.")
class User:
    login: str = stored("Login (登录名).")
    lacks: Lack | None = answered_by(account.lacks, "What must be done before anything else.")
    second_factor: SecondFactor | None = answered_by(
        factor.held, "The second factor (双因素); none where the account has none."
    )
    created_at: datetime = stored("Since when the account exists.")
    person: Person = answered_by(account.person, "The natural person.")
    seat: Seat = answered_by(account.active_seat, "The seat the viewer acts from.")
    seats: list[Seat] = answered_by(account.seats, "The seats to choose from.")
    deadlines: list[Deadline] = answered_by(
        deadline.deadlines,
        "The next days the viewer or his people must not miss, nearest first.",
        seen_by=SIGNED_IN,
    )
    unread_notices: int = answered_by(
        notice.unread, "How many notices (提醒) are unread.", seen_by=SIGNED_IN
    )


@strawberry.type(description="A session is open.")
class SignInPayload:
    user: User = stored("Who is signed in now.")
    token: str | None = stored("Bearer token, only if asked for; otherwise a cookie was set.")
    expires_at: datetime = stored("When the session ends at the latest.")


@strawberry.type(description="The viewer acts from another seat now.")
class ChooseSeatPayload:
    user: User = stored("The viewer.")


@strawberry.type(description="One of several seats to choose from when signing in.")
class SeatChoice:
    id: ids.NodeId = stored("Goes into `seatId`.")
    user_type: UserType = stored("In what capacity.")
    organisation: str | None = stored("Name of the organisation; none for a person.")


@strawberry.type(description="The password is right, but it must be said from which seat to act.")
class SeatRequired(UserError):
    CODE: ClassVar = "SEAT_REQUIRED"

    seats: list[SeatChoice] = stored("The seats there are.")

    @classmethod
    def said(cls, known: Mapping[str, Any], data: Mapping[str, Any]) -> "SeatRequired":
        """The refusal with its seats as choices."""
        seats = [
            SeatChoice(
                id=ids.encode("Seat", each["id"]),
                user_type=each["userType"],
                organisation=each["organisation"] or None,
            )
            for each in data["seats"]
        ]
        return cls(**known, seats=seats)
