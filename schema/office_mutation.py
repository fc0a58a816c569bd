"""Everything the officers can do, and how one becomes an officer."""

from typing import Any

import strawberry

from resolvers import office
from schema.command import commanded_by
from schema.office import (
    AccountPayload,
    GrantOfficePayload,
    InvitationPayload,
    RedeemedPayload,
)
from schema.role import KEEPERS


@strawberry.type(description="The part of the mutations that is about offices.")
class OfficeMutation:
    redeem_invitation: Any = commanded_by(
        "RedeemInvitation",
        office.redeem,
        RedeemedPayload,
        "Give an account its first password by the link and the code one was handed.",
    )
    invite_officer: Any = commanded_by(
        "InviteOfficer",
        office.invite,
        InvitationPayload,
        "Make an account without power for an officer; by the system administrator.",
        seen_by=KEEPERS,
    )
    disable_account: Any = commanded_by(
        "DisableAccount",
        office.disable,
        AccountPayload,
        "Shut an account (停用); by the system administrator.",
        seen_by=KEEPERS,
    )
    enable_account: Any = commanded_by(
        "EnableAccount",
        office.enable,
        AccountPayload,
        "Open a shut account again (启用); by the system administrator.",
        seen_by=KEEPERS,
    )
    end_sessions: Any = commanded_by(
        "EndSessions",
        office.end_sessions,
        AccountPayload,
        "Sign somebody out everywhere (强制下线); by the system administrator.",
        seen_by=KEEPERS,
    )
    unlock_account: Any = commanded_by(
        "UnlockAccount",
        office.unlock,
        AccountPayload,
        "Let somebody try again at once (解锁); by the security administrator.",
        seen_by=KEEPERS,
    )
    reset_second_factor: Any = commanded_by(
        "ResetSecondFactor",
        office.reset_factor,
        AccountPayload,
        "Take a lost second factor off (解除双因素); by the security administrator.",
        seen_by=KEEPERS,
    )
    grant_office: Any = commanded_by(
        "GrantOffice",
        office.grant,
        GrantOfficePayload,
        "Give an office to an account that was made for an officer; by the security administrator.",
        seen_by=KEEPERS,
    )
    end_office: Any = commanded_by(
        "EndOffice",
        office.end,
        AccountPayload,
        "Take an office away, never from the last who holds it; by the security administrator.",
        seen_by=KEEPERS,
    )
