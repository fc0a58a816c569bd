"""A question that cannot be answered at all; a refusal of a command is a value instead."""

from typing import Any


class Unanswerable(Exception):
    """Becomes a top-level error with this code; the catalogue has the sentence."""

    def __init__(self, code: str, /, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


def bad_input(argument: str, must: str, **bounds: Any) -> Unanswerable:
    """An argument that no well-formed question has; the catalogue says what it must be."""
    return Unanswerable("BAD_USER_INPUT", argument=argument, must=must, **bounds)
