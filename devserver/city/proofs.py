"""The files of the records: what is drawn on them, where they lie, what the scanner said."""

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

from devserver.city import chance, paper
from devserver.city.studies import Study
from models.attachment import ScanState
from models.read import Row
from rules.course import RecordOrigin
from uploads.store import Store

ENGINE = "demo 1.0"  # the city is scanned by nobody; the name says so
FINDINGS = {ScanState.INFECTED: "Demo.Test.Signature", ScanState.FAILED: "timeout"}
STATES = MappingProxyType(
    {
        "draft_unscanned": ScanState.UNSCANNED,
        "waiting_unscanned": ScanState.UNSCANNED,
        "waiting_infected": ScanState.INFECTED,
        "draft_infected": ScanState.INFECTED,
        "second_failed": ScanState.FAILED,
    }
)
WITHOUT_PROOF = frozenset({"draft", "deleted"})  # its author has not got round to it
PICTURES = 6  # one proof in six is a scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One file."""

    data: bytes
    sha256: str
    file_name: str
    media_type: str
    label: str


def proof(study: Study, turn: int) -> Proof | None:
    """What the person hands in with a declared record."""
    if study.origin is not RecordOrigin.DECLARED or study.plot in WITHOUT_PROOF:
        return None
    if turn % PICTURES == 0 and study.plot != "shared":
        return made(paper.scan(turn), "证书扫描件.png", "image/png", "继续教育证书")
    return made(certificate(study), "学习证明.pdf", "application/pdf", "书面学习证明")


def made(data: bytes, file_name: str, media_type: str, label: str) -> Proof:
    """A file and its digest."""
    digest = hashlib.sha256(data).hexdigest()
    return Proof(data=data, sha256=digest, file_name=file_name, media_type=media_type, label=label)


def certificate(study: Study) -> bytes:
    """A certificate in the person's name; a shared one names the whole class."""
    whole_class = study.plot == "shared"
    return paper.certificate(
        title="继续教育学习证明",
        lines=[
            "学　　员：" + ("本期全体学员（名单附后）" if whole_class else study.person.name),
            f"学习科目：{study.course_name}",
            f"起止时间：{study.starts_on:%Y年%m月%d日}至{study.ends_on:%Y年%m月%d日}",
            f"学　　时：{study.hours}",
            f"组织机构：{organiser(study)}",
        ],
        issuer=organiser(study),
        issued=f"{study.ends_on:%Y年%m月%d日}",
    )


def organiser(study: Study) -> str:
    """Who gave the course, by name."""
    return study.organiser.name if study.organiser else study.organiser_name or "作者本人"


def row(
    luck: random.Random, proof: Proof, study: Study, *, record_id: UUID, at: datetime
) -> dict[str, Any]:
    """The row of a file of a record."""
    state = STATES.get(study.plot, ScanState.CLEAN)
    return {
        "record_id": record_id,
        "amends_id": None,
        "amendment_id": None,
        **came(luck, proof, state, by=study.person.id, at=at),
    }


def row_of_amendment(
    luck: random.Random, proof: Proof, amendment: Row, *, at: datetime
) -> dict[str, Any]:
    """The row of a file by which its proposer proves an amendment."""
    return {
        "record_id": None,
        "amends_id": amendment.record_id,
        "amendment_id": amendment.id,
        **came(luck, proof, ScanState.CLEAN, by=amendment.proposer_id, at=at),
    }


def came(
    luck: random.Random, proof: Proof, state: ScanState, *, by: UUID, at: datetime
) -> dict[str, Any]:
    """A file that came in at this instant and was scanned a minute later."""
    scanned = state is not ScanState.UNSCANNED
    return {
        "id": chance.row_id(luck, at),
        "label": proof.label,
        "file_name": proof.file_name,
        "media_type": proof.media_type,
        "size": len(proof.data),
        "sha256": proof.sha256,
        "scan_state": state,
        "scan_engine": ENGINE if scanned else "",
        "scan_finding": FINDINGS.get(state, ""),
        "signatures_at": f"{at:%Y-%m-%d}" if scanned else "",
        "scanned_at": at + timedelta(minutes=1) if scanned else None,
        "uploaded_by_id": by,
        "created_at": at,
        "deleted_at": None,
    }


def keep(storage: Path, files: Mapping[str, bytes]) -> None:
    """Lay the files where uploads keep them."""
    store = Store(storage)
    for digest, data in files.items():
        place = store.path(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            place.write_bytes(data)
            place.chmod(0o440)
