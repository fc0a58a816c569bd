"""One rule applied to figures: what it needs, what was there, and what is short."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar

Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Generic[Code]):
    """One rule applied: hours or courses needed, hours or courses there."""

    code: Code
    needed: Decimal
    had: Decimal

    @property
    def missing(self) -> Decimal:
        """What is short (差额); nothing when the rule is met."""
        return max(self.needed - self.had, Decimal(0))

    @property
    def met(self) -> bool:
        """Tell whether the minimum is reached; exactly reached is enough: L317, L664 (不少于)."""
        return self.had >= self.needed

    def as_data(self, text: Callable[[Decimal], str]) -> dict[str, Any]:
        """Return it as it is kept in an explanation; `text` writes the numbers."""
        return {
            "code": self.code.value,
            "needed": text(self.needed),
            "had": text(self.had),
            "missing": text(self.missing),
            "met": self.met,
        }
