"""The public check of a certificate (验真): one page, no sign-in, no script, the same for all.

Valid, revoked and unknown cost the same statement and the same signature, and have the same lines;
a number with a wrong character is unknown too. What the public sees of a person is his masked name.
"""

from dataclasses import dataclass
from html import escape
from ipaddress import ip_address, ip_network
from pathlib import Path
from string import Template

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from models import certificate_sql
from models.read import Row
from rules import certificate as rules
from rules import dates
from schema import visitor
from schema.rate import Allowance, Rate
from workflow import certificate, message, signature

PAGE = Template(Path(__file__).with_name("check.html").read_text(encoding="utf-8"))
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
ALLOWANCE = Allowance(cost=30, per_minute=20, limit="check")  # questions of one address
LINES = ("number", "name", "kind", "years", "result", "issuedOn", "issuer")
LONGEST = 64  # characters of a number as it is typed
# Nobody's signature, looked at where there is no certificate: an unknown number takes as long.
NOBODY = signature.read(signature.token({}, signature.encoded(bytes(64)), signature.key_id(b"")))


@dataclass(frozen=True, slots=True)
class Found:
    """What may be said of a number."""

    state: str
    since: str
    lines: dict[str, str]


@dataclass(frozen=True, slots=True)
class Check:
    """The page, and how often an address may ask."""

    rate: Rate

    async def __call__(self, request: Request) -> Response:
        """The form, or what is known of the number that stands in the address."""
        typed = request.path_params.get("number") or request.query_params.get("number", "")
        language = visitor.language(request.scope)
        if not typed:
            return shown(language, Found("none", "", {}), "")
        try:
            self.rate.spend(f"check:{network(request)}", 1, ALLOWANCE)
        except GraphQLError as error:
            wait = str(error.original_error.data["retryAfter"])  # type: ignore[union-attr]
            many = Found("many", wait, {})
            return shown(language, many, typed, status=429, headers={"Retry-After": wait})
        return shown(language, await find(typed[:LONGEST], language), typed)


def routes(rate: Rate) -> list[Route]:
    """Its addresses: one to type a number, one for QR codes."""
    check = Check(rate)
    return [Route("/check", check.__call__), Route("/check/{number}", check.__call__)]


async def find(typed: str, language: str) -> Found:
    """What may be said of a number as somebody typed it."""
    row = await certificate_sql.by_number(rules.read_number(typed) or "")
    if not genuine(row) or row is None:
        return Found("unknown", "", {})
    if row.revoked_at:
        return Found(
            "revoked", dates.shanghai_date(row.revoked_at).isoformat(), told(row, language)
        )
    return Found("valid", "", told(row, language))


def genuine(row: Row | None) -> bool:
    """Is the row as it was signed? One that was changed behind our back is not vouched for."""
    if row is None:
        return NOBODY.is_by(bytes(32))
    return signature.read(certificate.token_of(row)).is_by(bytes(row.public_key))


def told(row: Row, language: str) -> dict[str, str]:
    """The lines of a certificate that there is; a revoked one says nothing of a result."""
    data = signature.read(certificate.token_of(row)).data
    years = data["years"]
    result = "" if row.revoked_at else message.sentence(f"check.{data['verdict']}", {}, language)
    notes = [name for name, so in (("loose", not data["binding"]), ("demo", data["demo"])) if so]
    loose = "".join(message.sentence(f"check.{name}", {}, language) for name in notes if result)
    return {
        "number": data["number"],
        "name": rules.masked(data["name"]),
        "kind": message.sentence(f"check.{data['kind']}", {}, language),
        "years": str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}",
        "result": result + loose,
        "issuedOn": data["issuedOn"],
        "issuer": data["issuer"],
    }


def shown(
    language: str,
    found: Found,
    typed: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """The page in the reader's language."""

    def say(key: str) -> str:
        return escape(message.sentence(f"check.{key}", {"since": found.since}, language))

    lines = [
        f"      <div><dt>{say(name)}</dt><dd>{escape(found.lines.get(name) or '—')}</dd></div>"
        for name in LINES
    ]
    words = {name: say(name) for name in ("title", "ask", "button", "note")}
    text = PAGE.substitute(
        words,
        language=language,
        state=found.state,
        verdict=say(f"is_{found.state}"),
        sentence=say(f"why_{found.state}"),
        lines="\n".join(lines),
        typed=escape(typed[:LONGEST]),
    )
    extra = {"Content-Language": language, "Vary": "Accept-Language", **(headers or {})}
    return HTMLResponse(text, status, headers={"Content-Security-Policy": POLICY, **extra})


def network(request: Request) -> str:
    """Whose questions are counted together: an address, or the network a household gets (/64)."""
    address: str = request.state.visitor.address
    try:
        given = ip_address(address)
    except ValueError:
        return address
    return address if given.version == 4 else str(ip_network((address, 64), strict=False))
