"""What a resolver may know besides its arguments: who asks, when, in which language."""

from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from models import select
from models.access import Viewer
from models.changes import Changes
from models.read import Row
from models.select import Source
from resolvers.failure import Unanswerable
from resolvers.loader import Loader
from rules import dates
from rules.password import PasswordProfile
from workflow import attachment, certificate, message
from workflow.account import NOTHING, Asks
from workflow.registration import USUAL, Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the operator allows, as resolvers need it."""

    upload: attachment.Limits
    session_hours: int
    idle: timedelta = timedelta(minutes=30)
    sign_in_rate: int = 60
    asks: Asks = NOTHING
    passwords: PasswordProfile = PasswordProfile.MLPS3
    registration: Strength = USUAL
    office: certificate.Office = certificate.CLOSED
    portal: str = ""  # its issuer; none is connected without


@dataclass(slots=True)
class Door:
    """What signing in or out leaves for the HTTP answer: a token to set, or one to forget."""

    address: str = ""
    user_agent: str = ""
    token: str | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What was found out about the operation before it ran."""

    document: Any  # parsed and validated, with what others derived from it
    types: Container[str]  # those of the viewer's schema
    cost: int
    maximum: int
    left: int
    restores: float  # points a second


@dataclass(slots=True, kw_only=True)
class Context:
    """One operation; signing in or choosing a seat changes who asks for the rest of it.

    `memo` is what was worked out from the document and lives as long as it; `compiled` allows
    answers that PostgreSQL or generated code writes instead of the standard execution.
    """

    viewer: Viewer | None
    now: datetime
    language: str
    limits: Limits
    changes: Changes = field(default_factory=Changes)
    door: Door = field(default_factory=Door)
    loaders: dict[Any, Loader[Any]] = field(default_factory=dict)
    admission: Admission | None = None
    memo: dict[Any, Any] = field(default_factory=dict)
    compiled: bool = True

    @property
    def me(self) -> Viewer:
        """The viewer; nobody else may ask."""
        if self.viewer is None:
            raise Unanswerable("UNAUTHENTICATED")
        return self.viewer

    @property
    def today(self) -> date:
        """The date in Guangzhou, by which the rules count."""
        return dates.shanghai_date(self.now)

    def has_type(self, name: str) -> bool:
        """Is there a type of this name in the viewer's schema? Without admission there is none."""
        return self.admission is not None and name in self.admission.types

    def say(self, code: str, /, **data: Any) -> str:
        """A sentence of the catalogue in the viewer's language."""
        return message.sentence(code, data, self.language)

    def one(self, source: Source, key: UUID | None) -> Awaitable[Row | None] | None:
        """A row by id, batched with the other ids asked for in this turn."""
        if key is None:
            return None
        return self.loader(source, lambda keys: select.by_id(source, self.viewer, keys)).load(key)

    def many(self, source: Source, column: str, key: UUID, order: str) -> Awaitable[list[Row]]:
        """The rows that belong to an owner, batched."""
        return self.loader(
            (source, column),
            lambda keys: select.grouped(source, self.viewer, column, keys, order=order),
            list,
        ).load(key)

    def become(self, viewer: Viewer | None) -> None:
        """Go on as somebody else; what was loaded was loaded for the one before."""
        self.viewer = viewer
        self.loaders.clear()

    def loader(
        self,
        name: Any,
        load: Callable[[list[UUID]], Awaitable[Mapping[UUID, Any]]],
        default: Callable[[], Any] = lambda: None,
    ) -> Loader[Any]:
        """The loader of that name in this operation."""
        if name not in self.loaders:
            self.loaders[name] = Loader(load, default)
        return self.loaders[name]


def clock() -> datetime:
    """The server's time: the one place on the way of a request that reads it."""
    return datetime.now(UTC)
