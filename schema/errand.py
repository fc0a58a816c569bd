"""Errands on cases: what is done to them beside reviewing."""

from typing import Any

import strawberry

from resolvers import errand
from schema.case import CasePayload
from schema.command import commanded_by
from schema.role import REVIEWERS, SIGNED_IN
from schema.task import TaskPayload


@strawberry.type(description="Errands on cases, a part of everything that can be done.")
class Errands:
    recall_case: Any = commanded_by(
        "RecallCase",
        errand.recall,
        CasePayload,
        "Take back what one's step has sent on (回收).",
        seen_by=REVIEWERS,
    )
    restate_case: Any = commanded_by(
        "RestateCase",
        errand.restate,
        CasePayload,
        "Adopt the content of a case as it is now and begin again with it (重新统计).",
        seen_by=REVIEWERS,
    )
    urge_case: Any = commanded_by(
        "UrgeCase",
        errand.urge,
        CasePayload,
        "Ask whoever has the task of a case to hurry (催办).",
        seen_by=SIGNED_IN,
    )
    copy_case: Any = commanded_by(
        "CopyCase",
        errand.copy,
        CasePayload,
        "Let a person or an organisation read a case for a time (抄送).",
        seen_by=SIGNED_IN,
    )
    redirect_case: Any = commanded_by(
        "RedirectCase",
        errand.redirect,
        CasePayload,
        "Move the step of a case to another organisation (改派); administrators only.",
        seen_by=REVIEWERS,
    )
    add_signer: Any = commanded_by(
        "AddSigner",
        errand.add_signer,
        CasePayload,
        "Ask a colleague, or a group of the organisation, for an opinion besides (加签).",
        seen_by=REVIEWERS,
    )
    drop_signer: Any = commanded_by(
        "DropSigner",
        errand.drop_signer,
        CasePayload,
        "Ask no more for an opinion that was asked for besides (减签).",
        seen_by=REVIEWERS,
    )
    transfer_task: Any = commanded_by(
        "TransferTask",
        errand.transfer,
        TaskPayload,
        "Give a task to one colleague of the same organisation and group (转办).",
        seen_by=REVIEWERS,
    )
