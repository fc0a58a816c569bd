"""The catalogue of sentences: a code and its data become text in the reader's language."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

FOLDER = Path(__file__).with_name("messages")
DEFAULT = "zh-CN"
LANGUAGES = (DEFAULT, "en")
BETWEEN = {"zh-CN": "、", "en": ", "}


class Words(dict[str, str]):
    """The data of a sentence as text; what a caller forgot to give shows as a gap."""

    def __missing__(self, name: str) -> str:
        return "…"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Every sentence of a language by its dotted key; a key stands in one file only."""
    found: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"*.{language}.toml")):
        for key, text in flat(tomllib.loads(path.read_text(encoding="utf-8"))):
            if key in found:
                raise ValueError(f"{path.name}: {key} is already in another file")
            found[key] = text
    return found


def flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """The texts of nested tables under dotted keys."""
    for key, value in table.items():
        if isinstance(value, str):
            yield prefix + key, value
        else:
            yield from flat(value, f"{prefix}{key}.")


def codes() -> Sequence[str]:
    """Every code a refusal or an error may carry: the keys in capitals."""
    return sorted(key for key in catalogue("en") if key.isupper() and "." not in key)


def placeholders(text: str) -> frozenset[str]:
    """The names a sentence wants to be told."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def sentence(code: str, data: Mapping[str, Any], language: str) -> str:
    """What a code means in words; a code the catalogue does not know is a fault of ours."""
    texts = catalogue(language)
    words = Words((name, worded(texts, name, value, language)) for name, value in data.items())
    told = {
        name: texts[key].format_map(words)  # only texts of ours are filled in, never what was sent
        for name, value in data.items()
        if (key := f"{name}.{value}") in texts
    }
    return texts[code].format_map(Words(words | told))


def formatted(code: str, data: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A refusal as one of `errors`, the same on every route of ours."""
    return {"message": sentence(code, data, language), "extensions": {"code": code, **data}}


def worded(texts: Mapping[str, str], name: str, value: Any, language: str) -> str:
    """A datum as people read it: words of ours in their language, lists with their comma."""
    if isinstance(value, list | tuple):
        return BETWEEN[language].join(worded(texts, name, one, language) for one in value)
    return texts.get(f"{name}.{value}", str(value))


@lru_cache(maxsize=128)
def negotiate(accept_language: str) -> str:
    """The best language we have for an Accept-Language header; Chinese unless asked otherwise."""
    best, weight = DEFAULT, 0.0
    for part in accept_language.split(","):
        tag, _, quality = part.strip().partition(";q=")
        language = {"zh": "zh-CN", "en": "en"}.get(tag.lower().partition("-")[0])
        try:
            wanted = float(quality or 1)
        except ValueError:
            continue
        if language and wanted > weight:
            best, weight = language, wanted
    return best
