"""The command `dossier verify`: is this file whole, and did its case happen as it says? Offline."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workflow import digest, replay, signature
from workflow.dossier import FORMAT
from workflow.signature import Unreadable

if TYPE_CHECKING:
    from settings import Settings

FINE, FAULTY, UNKNOWN = 0, 1, 2
USAGE = "dossier verify FILE.json [--key FILE]\n"


def main(settings: "Settings", arguments: Sequence[str]) -> int:
    """0 whole, 1 not, 2 cannot say."""
    match list(arguments):
        case ["verify", name]:
            key = settings.certificate_key
        case ["verify", name, "--key", path]:
            key = Path(path)
        case _:
            sys.stderr.write(USAGE)
            return UNKNOWN
    try:
        told = json.loads(Path(name).read_text(encoding="utf-8"))
        known = signature.public_keys(key.read_bytes()) if key else []
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return UNKNOWN
    return say(told, known)


def say(told: Any, known: Sequence[bytes]) -> int:
    """What was found, line by line."""
    found = list(problems(told, known))
    for each in found:
        sys.stdout.write(f"NOT WHOLE 不可信：{each}\n")
    if found:
        return FAULTY
    events = len(told["dossier"]["history"]["events"])
    sys.stdout.write(f"The digest fits, and {events} events lead to the state. 内容完整。\n")
    sys.stdout.write(f"{by_whom(told, known)}\n")
    return FINE


def by_whom(told: Mapping[str, Any], known: Sequence[bytes]) -> str:
    """What the signature is worth."""
    if told.get("jws") is None:
        return "Nobody has signed it: whoever made it could have made all of it. 未签名。"
    name = signature.read(told["jws"], signature.DOSSIER).key_id.hex
    if known:
        return f"Signed by key {name}. 签名有效。"
    return f"Key {name} is named; without --key FILE nothing is known of it. 未核对签名。"


def problems(told: Any, known: Sequence[bytes]) -> Iterator[str]:
    """Find what does not fit; nothing in a dossier that can be relied on."""
    try:
        dossier, stated = told["dossier"], told["sha256"]
        if dossier["format"] != FORMAT:
            yield f"its format is {dossier['format']!r}, not {FORMAT}"
            return
        if digest.digest(dossier) != stated:
            yield "its content is not the one of its digest"
        if dossier["history"]["case"] != dossier["case"]["id"]:
            yield "the events are those of another case"
        yield from replay.problems(dossier["history"])
        yield from told_otherwise(dossier)
        yield from forged(told, known)
    except (AttributeError, KeyError, TypeError) as fault:
        yield f"it is no dossier: {type(fault).__name__} {fault}"


def told_otherwise(dossier: Mapping[str, Any]) -> Iterator[str]:
    """Find where what people read is not what the events say."""
    events = {one["seq"]: one for one in dossier["history"]["events"]}
    shown = {one["number"]: one for one in dossier["timeline"]}
    if events.keys() != shown.keys():
        yield "the timeline has other lines than there are events"
        return
    for number, one in shown.items():
        event = events[number]
        said = event["data"].get("comment") or ""
        if (one["kind"], one["at"], one["remark"]) != (event["kind"], event["at"], said):
            yield f"line {number} of the timeline is not its event"
    if dossier["history"]["state"]["status"] != dossier["case"]["status"]["key"]:
        yield "the case has another status than its events lead to"


def forged(told: Mapping[str, Any], known: Sequence[bytes]) -> Iterator[str]:
    """Find what is wrong with the signature, if there is one."""
    if told["jws"] is None:
        return
    try:
        signed = signature.read(told["jws"], signature.DOSSIER)
    except Unreadable as fault:
        yield f"its signature cannot be read: {fault}"
        return
    named = (signed.data.get("sha256"), signed.data.get("case"))
    if named != (told["sha256"], told["dossier"]["case"]["id"]):
        yield "what was signed is another dossier"
    if known and not any(map(signed.is_by, known)):
        yield f"it is not signed by this key ({signed.key_id.hex} is named)"
