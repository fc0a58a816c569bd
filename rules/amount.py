"""Hours and credits (学时, 学分): exact decimals with one place, their bounds, and days of them."""

from decimal import ROUND_HALF_UP, Decimal

from rules.refusal import Refused

NO_HOURS = Decimal("0.0")
STEP = Decimal("0.1")


def written(hours: Decimal) -> str:
    """Return hours, credits or days as text with one place: the form in data and refusals."""
    return f"{hours:.1f}"


def days(hours: Decimal, *, hours_per_day: Decimal) -> Decimal:
    """Return hours as days, one place, half up: 6 h a day until a policy row says 8 (L317)."""
    return (hours / hours_per_day).quantize(STEP, ROUND_HALF_UP)


def check_hours(hours: Decimal, *, most: Decimal) -> tuple[Refused, ...]:
    """Return why these are no hours of a record: they are above zero in steps of 0.1 (§0.2)."""
    if not hours.is_finite() or hours <= 0:
        return (Refused("HOURS_NOT_POSITIVE"),)
    if hours > most:
        return (Refused("HOURS_TOO_MANY", {"most": written(most)}),)
    return () if _in_steps(hours) else (Refused("HOURS_TOO_PRECISE", {"places": 1}),)


def check_credits(credits: Decimal, *, most: Decimal) -> tuple[Refused, ...]:
    """Return why these are no credits of a record: none or more, in steps of 0.1 (§0.2)."""
    if not credits.is_finite() or credits < 0:
        return (Refused("CREDITS_NEGATIVE"),)
    if credits > most:
        return (Refused("CREDITS_TOO_MANY", {"most": written(most)}),)
    return () if _in_steps(credits) else (Refused("CREDITS_TOO_PRECISE", {"places": 1}),)


def _in_steps(value: Decimal) -> bool:
    return value.quantize(STEP) == value
