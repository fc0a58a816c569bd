"""The fonts of a certificate: which has a character, and the few that must be cut out first."""

import importlib.util
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

SIMPLIFIED_CHINESE = 2  # its place in the collection
ORDINARY_WEIGHT = 400


def serif() -> Path:
    """Noto Serif SC: the characters of GB 18030 in use, and those of the national list beyond."""
    return _inside("pylopdf_fonts_zh_cn", "NotoSerifSC-Regular.otf")


def sans() -> Path:
    """Noto Sans SC, for what is small."""
    return _inside("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf")


def pan() -> Path:
    """Noto Sans CJK: two thousand rarer characters more, in every weight."""
    return _inside("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc")


@cache
def known(path: Path) -> frozenset[int]:
    """The characters a font has."""
    with TTFont(path, fontNumber=SIMPLIFIED_CHINESE if path.suffix == ".ttc" else 0) as font:
        return frozenset(font.getBestCmap())


def rare(text: Iterable[str]) -> frozenset[str]:
    """The characters that only the large font has."""
    return frozenset(
        each for each in text if ord(each) not in known(serif()) and ord(each) in known(pan())
    )


def spelt(text: str) -> str:
    """The text with each character no font has as its code point, 〔U+2A6B2〕, never as a box."""
    return "".join(each if drawn(each) else f"〔U+{ord(each):04X}〕" for each in text)


def drawn(character: str) -> bool:
    """Does a font of ours have it?"""
    return ord(character) in known(serif()) or ord(character) in known(pan())


def cut(characters: Iterable[str], target: Path) -> None:
    """Write a font of these characters alone; the whole one would take minutes to make ready."""
    options = subset.Options(
        layout_features=[], drop_tables=["BASE", "DSIG", "GPOS", "GSUB", "HVAR", "VORG", "VVAR"]
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(map(ord, characters)))
    with TTFont(pan(), fontNumber=SIMPLIFIED_CHINESE, recalcTimestamp=False) as font:
        cutter.subset(font)
        instancer.instantiateVariableFont(font, {"wght": ORDINARY_WEIGHT}, inplace=True)
        font.save(target)


def _inside(package: str, name: str) -> Path:
    """A file of an installed package, without running any of it."""
    found = importlib.util.find_spec(package)
    assert found and found.submodule_search_locations, f"{package} is not installed"
    return Path(next(iter(found.submodule_search_locations))) / name
