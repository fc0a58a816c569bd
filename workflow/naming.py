"""Names that people give to files: what is kept of them, and what kind of file they promise."""

import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

from rules.refusal import Refused

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".pdf": "application/pdf",
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".png": "image/png",
    }
)
ALLOWED = ["PDF", "JPEG", "PNG"]
LONGEST_NAME, LONGEST_LABEL = 120, 60

# Control characters, invisible ones such as those that turn the reading direction (so that
# `fdp.exe` reads `exe.pdf`), halves of surrogate pairs, line and paragraph separators.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def file(text: str) -> str | Refused:
    """The name as it is kept and shown: composed characters, no path, nothing invisible."""
    name = composed(text)
    if not name or "/" in name or "\\" in name or has_invisible(name):
        return Refused("FILE_NAME", {}, ("fileName",))
    if len(name) > LONGEST_NAME:
        return Refused("FILE_NAME_LENGTH", {"maximum": LONGEST_NAME}, ("fileName",))
    if ending(name) not in MEDIA_TYPES:
        return Refused("FILE_TYPE", {"allowed": ALLOWED}, ("fileName",))
    return name


def label(text: str) -> str | Refused:
    """The label (材料名称) as it is kept; every file has one."""
    name = composed(text)
    if not 0 < len(name) <= LONGEST_LABEL or has_invisible(name):
        return Refused("LABEL", {"maximum": LONGEST_LABEL}, ("label",))
    return name


def composed(text: str) -> str:
    """The same text in one of its several spellings: a Mac sends é as e and an accent."""
    return unicodedata.normalize("NFC", text.strip())


def media_type(name: str) -> str:
    """What kind of file an accepted name promises."""
    return MEDIA_TYPES[ending(name)]


def ending(name: str) -> str:
    """`.pdf` of `证书.PDF`; nothing for `.pdf` alone."""
    return PurePosixPath(name).suffix.lower()


def has_invisible(text: str) -> bool:
    """Is there a character that no reader can see?"""
    return any(unicodedata.category(character) in INVISIBLE for character in text)
