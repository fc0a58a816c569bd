"""Demo data: a small city that looks alive, and the same at the scale of a real one.

Everything is drawn from a fixed seed relative to today, every name is invented, and every case is
the work of the real engine: only its rows are written by COPY.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import TYPE_CHECKING

from devserver.city import people
from devserver.city.founding import PASSWORD, NotEmpty, build, is_seeded
from devserver.city.scale import NotFounded, scale
from workflow import keyfile, keyring

if TYPE_CHECKING:
    from settings import Settings

__all__ = ["PASSWORD", "NotEmpty", "NotFounded", "build", "is_seeded", "logins", "scale", "seed"]


async def seed(settings: Settings, arguments: Sequence[str]) -> int:
    """`seed` founds the small city, `seed --scale N` lets N more persons move in."""
    asked = parser().parse_args(arguments)
    if settings.mode == "production":
        print("This is production: demo accounts have a public password.", file=sys.stderr)
        print("Set JIJIAO_MODE=dev for a trial, with a database of its own.", file=sys.stderr)
        return 2
    if settings.storage is None:
        print("Set JIJIAO_STORAGE: the proofs need a directory.", file=sys.stderr)
        return 2
    try:
        keyring.use(keyfile.read(settings.keyring, demo=True))
        await build(settings.orm, storage=settings.storage, progress=True)
        if asked.scale:
            await scale(settings.orm, persons=asked.scale, progress=True)
    except keyring.KeyTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 2
    except NotEmpty:
        print("There are people in this database already.", file=sys.stderr)
        return 1
    print("\n".join(logins()))
    return 0


def parser() -> ArgumentParser:
    """The arguments of `seed`."""
    made = ArgumentParser(prog="seed", description="Demo data into an empty database.")
    made.add_argument("--scale", type=int, metavar="PERSONS", help="a city of so many persons")
    return made


def logins() -> Sequence[str]:
    """Who may sign in, as whom, and what is worth trying."""
    return [
        f"Everybody's password: {PASSWORD}",
        *(
            f"  {each.login:18}{each.role} · {each.who} · {each.organisation}\n{'':20}{each.hint}"
            for each in people.logins()
        ),
    ]
