"""Media types: what a client accepts, by the weights it gives."""

import re
from collections.abc import Sequence
from functools import lru_cache

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
EVENTS = "text/event-stream"
BOTH = (JSON, GRAPHQL)
ALL = (JSON, GRAPHQL, EVENTS)
WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


@lru_cache(maxsize=128)
def negotiate(accept: str, offers: Sequence[str] = BOTH) -> str | None:
    """The offer the client likes best; JSON if it likes all alike, None if it likes none.

    Of two ranges the more specific one speaks for an offer, whatever the order (RFC 9110 12.5.1).
    """
    ranges = [weighed(part) for part in (accept or "*/*").split(",")]
    liked = [(*liking(offer, ranges), offer) for offer in offers]
    weight, _, best = max(liked, key=lambda one: one[:2])
    return best if weight > 0 else None


def liking(offer: str, ranges: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """The weight of an offer, and how early it was named."""
    named = [
        (specific(media, offer), -place, weight) for place, (media, weight) in enumerate(ranges)
    ]
    closeness, order, weight = max(named)
    return (weight, order) if closeness else (0.0, 0)


def weighed(part: str) -> tuple[str, float]:
    """A media range and its weight; a weight that is no weight is none."""
    media, *parameters = (each.strip().lower() for each in part.split(";"))
    given = next((each[2:].strip() for each in parameters if each.startswith("q=")), "1")
    return media, float(given) if WEIGHT.fullmatch(given) else 0.0


def specific(media: str, offer: str) -> int:
    """How closely a range names an offer: 0 if it does not."""
    if media == offer:
        return 3
    if media == f"{offer.partition('/')[0]}/*":
        return 2
    return 1 if media == "*/*" else 0
