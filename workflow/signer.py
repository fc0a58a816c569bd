"""What events change about the opinions asked for besides (加签): folds, as in `fold`."""

from collections.abc import Mapping
from typing import Any

from workflow.case import Case
from workflow.opinion import Signer
from workflow.route import Route

Data = Mapping[str, Any]
Changes = dict[str, Any]
FREE: Changes = {"claimed_by": None, "urged_at": ""}  # another has the task


def added(route: Route, case: Case, data: Data) -> Changes:
    """Somebody's opinion is asked for besides: the task is his until he has spoken."""
    signer = Signer(group=data["group"], person=data["whom"], by=frozenset(data["people"]))
    free = {} if case.signers else FREE
    told = tuple(one for one in case.told if one != gone(signer.name))
    return {**free, "signers": (*case.signers, signer), "told": told}


def dropped(route: Route, case: Case, data: Data) -> Changes:
    """It is asked for no more."""
    left = tuple(one for one in case.signers if one.name != data["name"])
    free = FREE if left[:1] != case.signers[:1] else {}
    return {**free, "signers": left}


def left(route: Route, case: Case, data: Data) -> Changes:
    """Nobody can give that opinion; this is told once, and the case waits."""
    return {"told": (*case.told, gone(data["name"]))}


def gone(name: str) -> str:
    """What is remembered of a signer who has left."""
    return f"gone:{name}"


def spoke(case: Case, people: frozenset[str]) -> Changes:
    """The first has spoken; whoever did is not asked again by name."""
    left = tuple(one for one in case.signers[1:] if one.person not in people)
    return {**FREE, "signers": left}
