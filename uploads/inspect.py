"""What kind of file this is, by its first and last bytes, whatever its name and sender say."""

from dataclasses import dataclass

from rules.refusal import Refused
from workflow import naming

HEAD, TAIL = 16, 1024  # bytes that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How files of a kind begin and end."""

    media_type: str
    name: str
    begins: bytes
    ends: bytes
    ending: str  # the same for a reader
    only_padding_after: bool = False  # else anything may follow, within the last 1 KB

    def is_whole(self, tail: bytes) -> bool:
        """Does the file end as it should? A truncated one does not."""
        if self.only_padding_after:
            return tail.rstrip(b"\0").endswith(self.ends)
        return self.ends in tail


KINDS = (
    Kind(media_type="application/pdf", name="PDF", begins=b"%PDF-", ends=b"%%EOF", ending="%%EOF"),
    Kind(
        media_type="image/jpeg",
        name="JPEG",
        begins=b"\xff\xd8\xff",
        ends=b"\xff\xd9",
        ending="FF D9",
        only_padding_after=True,
    ),
    Kind(
        media_type="image/png",
        name="PNG",
        begins=b"\x89PNG\r\n\x1a\n",
        ends=b"IEND\xaeB`\x82",
        ending="IEND",
    ),
)


def check(*, head: bytes, tail: bytes, expected: str) -> Refused | None:
    """Why this is not a whole file of the expected media type."""
    kind = next((kind for kind in KINDS if head.startswith(kind.begins)), None)
    if kind is None:
        return Refused("FILE_TYPE", {"allowed": naming.ALLOWED})
    if kind.media_type != expected:
        promised = next(each.name for each in KINDS if each.media_type == expected)
        return Refused("FILE_TYPE_DIFFERS", {"found": kind.name, "expected": promised})
    if not kind.is_whole(tail):
        return Refused("FILE_INCOMPLETE", {"type": kind.name, "ending": kind.ending})
    return None
