"""Counting SQL: what a command or a list costs is a promise, so tests assert it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class Statements(logging.Handler):
    """Collects what the ORM says it sends, also from tasks that run side by side."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.sent: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one statement."""
        self.sent.append(record.getMessage())


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent meanwhile, BEGIN and COMMIT left out."""
    logger, handler = logging.getLogger("tortoise.db_client"), Statements()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield handler.sent
    finally:
        logger.setLevel(before)
        logger.removeHandler(handler)
