"""A fault of ours in words fit for a log: what and where, never the message of an exception."""

import traceback
from pathlib import Path

from workflow import command


def describe(error: BaseException) -> str:
    """What happened and where it happened last; a message might quote personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return kind(error) + place


def kind(error: BaseException) -> str:
    """The class of an exception, and what PostgreSQL calls it."""
    codes = [code for code in (command.sqlstate(error), command.constraint(error)) if code]
    return " ".join([type(error).__name__, *codes])


def trail(error: BaseException) -> str:
    """The way there, outermost first: files, lines and names of functions, no values."""
    frames = traceback.extract_tb(error.__traceback__)
    steps = [f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in frames]
    return " > ".join(steps)
