"""Everything that can be done."""

from typing import Any

import strawberry

from resolvers import (
    amendment,
    annual,
    attachment,
    batch,
    certificate,
    cycle_application,
    decision,
    declaration,
    delegation,
    identity,
    notice,
    person,
    remark,
)
from schema.account_mutation import AccountMutation
from schema.amendment import AmendmentPayload
from schema.annual import PersonPayload
from schema.attachment import RequestUploadPayload
from schema.batch import DecisionBatchPayload
from schema.certificate import CertificatePayload
from schema.command import commanded_by
from schema.cycle_application import CycleApplicationPayload
from schema.delegation import DelegationPayload
from schema.errand import Errands
from schema.identity import FindPersonPayload, RevealIdentityPayload
from schema.identity_change import IdentityChangeMutation
from schema.notice import MarkNoticesReadPayload
from schema.office_mutation import OfficeMutation
from schema.recalculation import RecalculationMutation
from schema.remark import RemarkPayload, RemoveRemarkPayload
from schema.role import REVIEWERS, SIGNED_IN, UNITS
from schema.task import DecideTasksPayload, TaskPayload
from schema.training import RecordPayload
from schema.tree import TreeMutation


@strawberry.type(description="Everything that can be done.")
class Mutation(
    AccountMutation,
    OfficeMutation,
    Errands,
    IdentityChangeMutation,
    RecalculationMutation,
    TreeMutation,
):
    save_profile: Any = commanded_by(
        "SaveProfile",
        person.save,
        PersonPayload,
        "Keep one's profile (个人资料维护).",
        seen_by=SIGNED_IN,
    )
    submit_profile: Any = commanded_by(
        "SubmitProfile",
        person.submit,
        PersonPayload,
        "Ask one's unit to confirm one's profile (个人基本资料确认).",
        seen_by=SIGNED_IN,
    )
    recall_profile: Any = commanded_by(
        "RecallProfile",
        person.recall,
        PersonPayload,
        "Take one's profile back while nobody has acted (回收).",
        seen_by=SIGNED_IN,
    )
    declare_record: Any = commanded_by(
        "DeclareRecord",
        declaration.declare,
        RecordPayload,
        "Add a training (添加培训) as a draft.",
        seen_by=SIGNED_IN,
    )
    edit_record: Any = commanded_by(
        "EditRecord",
        declaration.edit,
        RecordPayload,
        "Change a draft or a returned record (编辑).",
        seen_by=SIGNED_IN,
    )
    delete_record: Any = commanded_by(
        "DeleteRecord",
        declaration.delete,
        RecordPayload,
        "Delete a record (删除); it stays seen.",
        seen_by=SIGNED_IN,
    )
    submit_record: Any = commanded_by(
        "SubmitRecord",
        declaration.submit,
        RecordPayload,
        "Hand a record in for review (送审).",
        seen_by=SIGNED_IN,
    )
    recall_record: Any = commanded_by(
        "RecallRecord",
        declaration.recall,
        RecordPayload,
        "Take a record back while nobody has given an opinion (回收).",
        seen_by=SIGNED_IN,
    )
    withdraw_record: Any = commanded_by(
        "WithdrawRecord",
        declaration.withdraw,
        RecordPayload,
        "Give a record up for good (撤回).",
        seen_by=SIGNED_IN,
    )
    request_upload: Any = commanded_by(
        "RequestUpload",
        attachment.request_upload,
        RequestUploadPayload,
        "Ask to send one file (上传附件).",
        seen_by=SIGNED_IN,
    )
    remove_attachments: Any = commanded_by(
        "RemoveAttachments",
        attachment.remove,
        RecordPayload,
        "Take files off a record, or off what one proposes for it (批量删除).",
        seen_by=SIGNED_IN,
    )
    claim_task: Any = commanded_by(
        "ClaimTask", decision.claim, TaskPayload, "Take a task (签收).", seen_by=REVIEWERS
    )
    unclaim_task: Any = commanded_by(
        "UnclaimTask", decision.unclaim, TaskPayload, "Put a task back (放回).", seen_by=REVIEWERS
    )
    release_task: Any = commanded_by(
        "ReleaseTask",
        decision.release,
        TaskPayload,
        "Free a colleague's task (释放).",
        seen_by=REVIEWERS,
    )
    decide_task: Any = commanded_by(
        "DecideTask",
        decision.decide,
        TaskPayload,
        "Give an opinion or decide (审核).",
        seen_by=REVIEWERS,
    )
    decide_tasks: Any = commanded_by(
        "DecideTasks",
        decision.decide_many,
        DecideTasksPayload,
        "Decide several tasks alike (批量审核); each stands or falls by itself.",
        seen_by=REVIEWERS,
    )
    decide_tasks_later: Any = commanded_by(
        "DecideTasksLater",
        batch.decide,
        DecisionBatchPayload,
        "Decide up to 500 tasks alike in the background (批量审核), one by one.",
        seen_by=REVIEWERS,
    )
    request_amendment_upload: Any = commanded_by(
        "RequestAmendmentUpload",
        attachment.request_amendment_upload,
        RequestUploadPayload,
        "Ask to send one file that shall prove an amendment (上传更正证明材料).",
        seen_by=UNITS,
    )
    propose_correction: Any = commanded_by(
        "ProposeCorrection",
        amendment.propose_correction,
        AmendmentPayload,
        "Propose other values for an approved record (培训信息维护); another person confirms.",
        seen_by=UNITS,
    )
    propose_deletion: Any = commanded_by(
        "ProposeDeletion",
        amendment.propose_deletion,
        AmendmentPayload,
        "Propose to delete an approved record; another person confirms.",
        seen_by=UNITS,
    )
    change_amendment: Any = commanded_by(
        "ChangeAmendment",
        amendment.change,
        AmendmentPayload,
        "Propose something else after a recall or a return, and send it up again.",
        seen_by=UNITS,
    )
    withdraw_amendment: Any = commanded_by(
        "WithdrawAmendment",
        amendment.withdraw,
        AmendmentPayload,
        "Give a proposed amendment up for good (撤回).",
        seen_by=UNITS,
    )
    create_delegation: Any = commanded_by(
        "CreateDelegation",
        delegation.create,
        DelegationPayload,
        "Let a colleague decide in somebody's name while he is absent (代理).",
        seen_by=REVIEWERS,
    )
    revoke_delegation: Any = commanded_by(
        "RevokeDelegation",
        delegation.revoke,
        DelegationPayload,
        "End a delegation now (撤销代理).",
        seen_by=REVIEWERS,
    )
    mark_notices_read: Any = commanded_by(
        "MarkNoticesRead",
        notice.mark_read,
        MarkNoticesReadPayload,
        "Have read notices (已阅).",
        seen_by=SIGNED_IN,
    )
    apply_for_cycle: Any = commanded_by(
        "ApplyForCycle",
        cycle_application.apply,
        CycleApplicationPayload,
        "Begin an application for cycle verification (周期验证申请) as a draft.",
        seen_by=SIGNED_IN,
    )
    edit_cycle_application: Any = commanded_by(
        "EditCycleApplication",
        cycle_application.edit,
        CycleApplicationPayload,
        "Change a draft or a returned application (编辑).",
        seen_by=SIGNED_IN,
    )
    delete_cycle_application: Any = commanded_by(
        "DeleteCycleApplication",
        cycle_application.delete,
        CycleApplicationPayload,
        "Throw away a draft that was never handed in (删除).",
        seen_by=SIGNED_IN,
    )
    submit_cycle_application: Any = commanded_by(
        "SubmitCycleApplication",
        cycle_application.submit,
        CycleApplicationPayload,
        "Hand an application in (送审): its date is today, its figures those of this moment.",
        seen_by=SIGNED_IN,
    )
    recall_cycle_application: Any = commanded_by(
        "RecallCycleApplication",
        cycle_application.recall,
        CycleApplicationPayload,
        "Take an application back while nobody has given an opinion (回收).",
        seen_by=SIGNED_IN,
    )
    withdraw_cycle_application: Any = commanded_by(
        "WithdrawCycleApplication",
        cycle_application.withdraw,
        CycleApplicationPayload,
        "Give an application up for good (撤回).",
        seen_by=SIGNED_IN,
    )
    add_remark: Any = commanded_by(
        "AddRemark", remark.add, RemarkPayload, "Add a prepared text (批注管理).", seen_by=REVIEWERS
    )
    remove_remark: Any = commanded_by(
        "RemoveRemark",
        remark.remove,
        RemoveRemarkPayload,
        "Remove a prepared text.",
        seen_by=REVIEWERS,
    )
    reveal_identity: Any = commanded_by(
        "RevealIdentity",
        identity.reveal,
        RevealIdentityPayload,
        "See the number of somebody under review (查看证件号码); logged before it is shown.",
        seen_by=REVIEWERS,
    )
    find_person: Any = commanded_by(
        "FindPerson", identity.find, FindPersonPayload, "Find by number; logged.", seen_by=REVIEWERS
    )
    recalculate: Any = commanded_by(
        "Recalculate",
        annual.recalculate,
        PersonPayload,
        "Judge a person's years anew (重新统计学时).",
        seen_by=SIGNED_IN,
    )
    issue_certificate: Any = commanded_by(
        "IssueCertificate",
        certificate.issue,
        CertificatePayload,
        "Certify a year of one's own that passes, or an approved application (申领验证证书); once "
        "per result.",
        seen_by=SIGNED_IN,
    )
