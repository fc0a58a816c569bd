"""Everything that can be done about accounts, seats and those who hold them."""

from typing import Any

import strawberry

from resolvers import (
    account,
    claim,
    data_request,
    factor,
    grant,
    move,
    personal,
    portal,
    registration,
    session,
    staff,
)
from schema.account import ChooseSeatPayload, SeatRequired, SignInPayload
from schema.command import commanded_by
from schema.data_request import DataRequestPayload
from schema.factor import BeginSecondFactorPayload, RecoveryCodesPayload, StepUpPayload
from schema.field import answered_by
from schema.grant import GrantPayload
from schema.personal import ExportMyDataPayload
from schema.portal import PortalLinkedPayload
from schema.registration import (
    ClaimPayload,
    PasswordResetRequestedPayload,
    RegisteredPayload,
    RegistrationPayload,
)
from schema.role import AT_THE_DOOR, EVERY_ACCOUNT, OFFICES, REVIEWERS, SIGNED_IN, SUPERIORS
from schema.session import SessionsEndedPayload
from schema.staff import MemberPayload, MovePayload


@strawberry.type(description="The part of the mutations that is about accounts.")
class AccountMutation:
    sign_in: Any = commanded_by(
        "SignIn", account.sign_in, SignInPayload, "Open a session (登录).", SeatRequired
    )
    sign_out: bool = answered_by(
        account.sign_out, "End the session (退出); false when there was none."
    )
    begin_registration: Any = commanded_by(
        "BeginRegistration",
        registration.begin,
        RegistrationPayload,
        "Begin a registration (用户注册): agree, and choose systems.",
    )
    save_registration: Any = commanded_by(
        "SaveRegistration",
        registration.save,
        RegistrationPayload,
        "Keep what was filled in so far.",
    )
    finish_registration: Any = commanded_by(
        "FinishRegistration",
        registration.finish,
        RegisteredPayload,
        "Open the account; the same answer whether the number is known or not.",
    )
    request_password_reset: Any = commanded_by(
        "RequestPasswordReset",
        registration.request_reset,
        PasswordResetRequestedPayload,
        "Forgotten password (忘记密码): a link goes to the contact of the account.",
    )
    reset_password: Any = commanded_by(
        "ResetPassword",
        registration.reset,
        SessionsEndedPayload,
        "A new password by the token; every session ends.",
    )
    open_claim: Any = commanded_by(
        "OpenClaim",
        claim.open_one,
        ClaimPayload,
        "Open a claim of a number somebody asked for that another account has (身份冲突).",
        seen_by=REVIEWERS,
    )
    decide_claim: Any = commanded_by(
        "DecideClaim",
        claim.decide,
        ClaimPayload,
        "Say whose number it is (身份冲突).",
        seen_by=REVIEWERS,
    )
    revoke_session: Any = commanded_by(
        "RevokeSession",
        session.revoke,
        SessionsEndedPayload,
        "End one of one's own sessions, on another device for example.",
        seen_by=EVERY_ACCOUNT,
    )
    revoke_other_sessions: int = answered_by(
        session.revoke_others,
        "End all of one's sessions but this one; how many there were.",
        seen_by=EVERY_ACCOUNT,
    )
    change_password: Any = commanded_by(
        "ChangePassword",
        session.change_password,
        SessionsEndedPayload,
        "Replace one's password (修改密码); every session ends.",
        seen_by=AT_THE_DOOR,
    )
    begin_second_factor: Any = commanded_by(
        "BeginSecondFactor",
        factor.begin,
        BeginSecondFactorPayload,
        "Begin to enrol an authenticator app (绑定双因素); a code confirms it.",
        seen_by=AT_THE_DOOR,
    )
    confirm_second_factor: Any = commanded_by(
        "ConfirmSecondFactor",
        factor.confirm,
        RecoveryCodesPayload,
        "The first code of the app; one's other sessions end.",
        seen_by=AT_THE_DOOR,
    )
    renew_recovery_codes: Any = commanded_by(
        "RenewRecoveryCodes",
        factor.renew_codes,
        RecoveryCodesPayload,
        "Ten new recovery codes (恢复码); the old ones open nothing.",
        seen_by=EVERY_ACCOUNT,
    )
    step_up: Any = commanded_by(
        "StepUp",
        factor.step_up,
        StepUpPayload,
        "Show a code again, for what asks for a fresh one; the session gets a new token.",
        seen_by=EVERY_ACCOUNT,
    )
    link_portal: Any = commanded_by(
        "LinkPortal",
        portal.link,
        PortalLinkedPayload,
        "Sign in through the portal from now on, as whom one has just shown there (关联平台身份).",
        seen_by=EVERY_ACCOUNT,
    )
    unlink_portal: bool = answered_by(
        portal.unlink,
        "Sign in through the portal no more (解除关联); false when there was no link.",
        seen_by=EVERY_ACCOUNT,
    )
    choose_seat: Any = commanded_by(
        "ChooseSeat",
        account.choose_seat,
        ChooseSeatPayload,
        "Act from another seat (身份).",
        seen_by=EVERY_ACCOUNT,
    )
    apply_for_seat: Any = commanded_by(
        "ApplyForSeat",
        grant.apply,
        GrantPayload,
        "Apply for a seat of an organisation (申请新权限); the superior body decides.",
        seen_by=SIGNED_IN,
    )
    cancel_grant: Any = commanded_by(
        "CancelGrant",
        grant.cancel,
        GrantPayload,
        "Give an application up while it waits (取消).",
        seen_by=SIGNED_IN,
    )
    ask_to_move: Any = commanded_by(
        "AskToMove",
        move.ask,
        MovePayload,
        "Say where one works (任职单位); who employs one so far and that organisation confirm it.",
        seen_by=SIGNED_IN,
    )
    withdraw_move: Any = commanded_by(
        "WithdrawMove",
        move.withdraw,
        MovePayload,
        "Take a move back while it waits.",
        seen_by=SIGNED_IN,
    )
    decide_move: Any = commanded_by(
        "DecideMove",
        move.decide,
        MovePayload,
        "Let somebody go, or take him in (转出、转入); or say no.",
        seen_by=OFFICES,
    )
    export_my_data: Any = commanded_by(
        "ExportMyData",
        personal.export,
        ExportMyDataPayload,
        "Everything that is kept of oneself (个人信息副本): an address to fetch it from, once.",
        seen_by=EVERY_ACCOUNT,
    )
    request_correction: Any = commanded_by(
        "RequestCorrection",
        data_request.correct,
        DataRequestPayload,
        "Ask that what is kept of oneself be corrected; answered within 30 days.",
        seen_by=SIGNED_IN,
    )
    request_closure: Any = commanded_by(
        "RequestClosure",
        data_request.close,
        DataRequestPayload,
        "Ask that one's account be closed; answered within 15 working days, open cases first.",
        seen_by=SIGNED_IN,
    )
    withdraw_data_request: Any = commanded_by(
        "WithdrawDataRequest",
        data_request.withdraw,
        DataRequestPayload,
        "Take a request back while it waits.",
        seen_by=SIGNED_IN,
    )
    answer_data_request: Any = commanded_by(
        "AnswerDataRequest",
        data_request.answer,
        DataRequestPayload,
        "Answer a request; a closure that is granted closes the account and erases the number.",
        seen_by=SUPERIORS,
    )
    appoint_member: Any = commanded_by(
        "AppointMember",
        staff.appoint,
        MemberPayload,
        "Let somebody act for an organisation that employs him (用户管理).",
        seen_by=OFFICES,
    )
    change_member: Any = commanded_by(
        "ChangeMember",
        staff.change,
        MemberPayload,
        "Give a member other groups and duties; he signs in anew.",
        seen_by=OFFICES,
    )
    reset_member_factor: Any = commanded_by(
        "ResetMemberFactor",
        staff.reset_factor,
        MemberPayload,
        "Take a member's lost second factor off (解除双因素); he enrols anew.",
        seen_by=OFFICES,
    )
    end_member: Any = commanded_by(
        "EndMember",
        staff.end,
        MemberPayload,
        "End the seat of a member; its last administrator stays.",
        seen_by=OFFICES,
    )
