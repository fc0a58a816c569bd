"""Text as people type it: which characters may be stored, how long it may be, and its fold."""

import unicodedata

from rules.refusal import Refused

# Left-to-right and right-to-left overrides make a text read otherwise than it is stored.
DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# Control characters, lone surrogates (PostgreSQL stores neither NUL nor those), line separators.
REFUSED_CATEGORIES = ("Cc", "Cs", "Zl", "Zp")

LINE_CHARACTERS = frozenset("\n\r\t")

# Book-title marks and quotation marks are put round a course name or left out.
MARKS = frozenset("《》〈〉「」『』“”‘’\"'`")

INTERPUNCTS = dict.fromkeys(map(ord, "•‧・･⋅∙"), "·")


def check(text: str, *, most: int, lines: bool = False) -> tuple[Refused, ...]:
    """Return why a text cannot be stored: too long (in characters), or a character it may not have.

    Rare characters of names (𠮷, ·) are fine, private-use ones too. Line breaks and tabs only
    where `lines` are expected. The rule is ours: the guide names no limits.
    """
    if len(text) > most:
        return (Refused("TEXT_TOO_LONG", {"most": most, "length": len(text)}),)
    for position, character in enumerate(text, start=1):
        if not _allowed(character, lines=lines):
            return (Refused("CHARACTER", {"position": position}),)
    return ()


def blank(text: str | None) -> bool:
    """Tell whether nothing is written: no text, or white space and invisible characters only."""
    return not fold(text or "")


def fold(text: str) -> str:
    """Return the form in which two spellings of one name are equal.

    Full width and half width (NFKC), upper and lower case, white space, book-title and quotation
    marks and the kinds of interpunct make no difference.
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(character for character in plain if not _dropped(character))
    return unicodedata.normalize("NFKC", kept.translate(INTERPUNCTS))


def _allowed(character: str, *, lines: bool) -> bool:
    if lines and character in LINE_CHARACTERS:
        return True
    if character in DIRECTION_OVERRIDES:
        return False
    return unicodedata.category(character) not in REFUSED_CATEGORIES


def _dropped(character: str) -> bool:
    if character.isspace() or character in MARKS:
        return True
    return unicodedata.category(character) in ("Cf", "Cc")
