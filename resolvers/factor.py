"""One's own second factor: enrol, confirm, show it again."""

from dataclasses import dataclass
from io import BytesIO

import segno

from models import factor_sql, read
from models.read import Row
from resolvers.command import Payload
from resolvers.context import Context
from rules.refusal import Refused
from workflow import factor as verbs


@dataclass(frozen=True, kw_only=True)
class BeginSecondFactorInput:
    password: str


@dataclass(frozen=True, kw_only=True)
class CodeInput:
    code: str


@dataclass(frozen=True, kw_only=True)
class StepUpInput:
    code: str
    as_token: bool = False


async def held(context: Context, _: Row) -> Row | None:
    """The viewer's own, once a code has confirmed it."""
    found = await read.row(factor_sql.HELD, [context.me.account_id])
    return found if found and found.confirmed_at else None


async def begin(context: Context, *, input: BeginSecondFactorInput) -> Payload:
    """The secret for an app, once: as an address, as a picture of it, and to be typed."""
    begun = await verbs.begin(
        context.me, current=input.password, address=context.door.address, now=context.now
    )
    if isinstance(begun, Refused):
        return begun
    return {"secret": begun.secret, "address": begun.address, "picture": drawn(begun.address)}


def drawn(address: str) -> str:
    """A QR code as SVG that also stands alone, as the source of a picture."""
    svg = BytesIO()
    segno.make(address, micro=False).save(svg, kind="svg", scale=4, xmldecl=False, nl=False)
    return svg.getvalue().decode()


async def confirm(context: Context, *, input: CodeInput) -> Payload:
    """The first code; what was lacking is there."""
    codes = await verbs.confirm(context.me, given=input.code, now=context.now)
    return codes if isinstance(codes, Refused) else {"codes": codes}


async def renew_codes(context: Context, *, input: CodeInput) -> Payload:
    """Ten new recovery codes."""
    codes = await verbs.renew_codes(context.me, given=input.code, now=context.now)
    return codes if isinstance(codes, Refused) else {"codes": codes}


async def step_up(context: Context, *, input: StepUpInput) -> Payload:
    """A fresh code, and another token for the session."""
    renewed = await verbs.step_up(context.me, given=input.code, now=context.now)
    if isinstance(renewed, Refused):
        return renewed
    if not input.as_token:
        context.door.token = renewed.token
    return {
        "token": renewed.token if input.as_token else None,
        "expires_at": renewed.expires_at,
    }
