"""Everything that can be asked."""

from typing import Any

import strawberry

from resolvers import (
    account,
    amendment,
    annual,
    audit,
    case,
    certificate,
    claim,
    cycle,
    cycle_application,
    data_request,
    delegation,
    grant,
    identity_change,
    move,
    node,
    notice,
    office,
    open_request,
    organisation,
    password_link,
    person,
    portal,
    recalculation,
    registration,
    remark,
    route,
    session,
    staff,
    task,
    title,
    training,
    tree,
)
from schema.account import User
from schema.amendment import Amendment
from schema.annual import AnnualResult
from schema.audit import AuditEvent
from schema.case import Case
from schema.certificate import Certificate
from schema.command import commanded_by
from schema.cycle import CyclePreview
from schema.cycle_application import CycleApplication
from schema.data_request import DataRequest
from schema.delegation import Colleague, Delegation
from schema.field import answered_by
from schema.grant import Grant, UnitCodePayload
from schema.identity_change import IdentityChange
from schema.node import Connection, Node
from schema.notice import Notice
from schema.office import Account
from schema.open_request import OpenRequests
from schema.organisation import Organisation
from schema.password_link import PasswordLink, PasswordRules
from schema.person import Person
from schema.portal import Portal
from schema.recalculation import RecalculationRun
from schema.registration import Claim, Registration, RegistrationTerms
from schema.remark import Remark
from schema.role import AUDITORS, EVERY_ACCOUNT, KEEPERS, OFFICES, REVIEWERS, SIGNED_IN, SUPERIORS
from schema.route import RoutePreview
from schema.session import Session
from schema.staff import Member, Move, MovePreview
from schema.task import Task, TodoGroup
from schema.title import Title
from schema.training import TrainingRecord
from schema.tree import TreePreviewPayload


@strawberry.type(description="Everything that can be asked.")
class Query:
    viewer: User | None = answered_by(account.viewer, "Who asks; null when nobody is signed in.")
    registration_terms: RegistrationTerms = answered_by(
        registration.terms, "The service agreement (服务协议) and the systems to choose from."
    )
    registration: Registration | None = answered_by(
        registration.draft, "A registration that was begun, by its token."
    )
    password_rules: PasswordRules = answered_by(
        password_link.rules, "What is asked of every new password here, in words."
    )
    password_link: PasswordLink | None = answered_by(
        password_link.look,
        "What a link is good for, which does not use it up; null when it is wrong, used or too"
        " old. Ask by POST: an address is logged.",
        token="The token of the link.",
    )
    claims: Connection[Claim] = answered_by(
        claim.claims,
        "Claims of a number (身份冲突) the viewer may decide on, oldest first.",
        seen_by=REVIEWERS,
    )
    identity_changes: Connection[IdentityChange] = answered_by(
        identity_change.changes,
        "Requests to change name or number (身份信息变更): one's own; all for the city.",
        seen_by=SIGNED_IN,
    )
    sessions: list[Session] = answered_by(
        session.sessions, "Where the viewer is signed in, the latest first.", seen_by=EVERY_ACCOUNT
    )
    portal: Portal | None = answered_by(
        portal.own,
        "The portal (统一身份认证) one may sign in through; null where none is connected.",
        seen_by=EVERY_ACCOUNT,
    )
    nodes: list[Node | None] = answered_by(
        node.nodes,
        "Rows by their ids, in that order; null for what is not there.",
        seen_by=SIGNED_IN,
    )
    node: Node | None = answered_by(
        node.node,
        "One row by its id; unknown and forbidden ids are answered alike.",
        seen_by=SIGNED_IN,
    )
    audit_log: Connection[AuditEvent] = answered_by(
        audit.log, "The audit log (审计日志), newest first.", seen_by=AUDITORS
    )
    accounts: Connection[Account] = answered_by(
        office.accounts,
        "Accounts (帐号) with their states, by login: for who keeps and who secures them.",
        seen_by=KEEPERS,
    )
    training_records: Connection[TrainingRecord] = answered_by(
        training.records,
        "Training records (培训记录): the viewer's own and those his seat is concerned with.",
        seen_by=SIGNED_IN,
    )
    todo_groups: list[TodoGroup] = answered_by(
        task.todo_groups,
        "The to-do list (待办事项): counts by business and step, oldest first.",
        seen_by=SIGNED_IN,
    )
    tasks: Connection[Task] = answered_by(
        task.tasks,
        "Tasks (待办) addressed to the viewer's groups, oldest first.",
        seen_by=REVIEWERS,
    )
    delegations: Connection[Delegation] = answered_by(
        delegation.delegations,
        "Delegations (代理) that name the viewer; for its administrator, all of his organisation.",
        seen_by=REVIEWERS,
    )
    colleagues: list[Colleague] = answered_by(
        delegation.colleagues,
        "The other people seated in the viewer's organisation: who may stand for whom.",
        seen_by=REVIEWERS,
    )
    notices: Connection[Notice] = answered_by(
        notice.notices,
        "Notices (提醒) to the viewer and his groups: the unread first, then the latest.",
        seen_by=SIGNED_IN,
    )
    case: Case = answered_by(case.case, "One case (案) with its timeline.", seen_by=SIGNED_IN)
    amendments: Connection[Amendment] = answered_by(
        amendment.amendments,
        "Amendments (更正) of approved records: of one's own, and of those of one's organisation.",
        seen_by=SIGNED_IN,
    )
    grants: Connection[Grant] = answered_by(
        grant.grants,
        "Grants (权限) with their states: one's own, and those one's organisation decides.",
        seen_by=SIGNED_IN,
    )
    data_requests: Connection[DataRequest] = answered_by(
        data_request.requests,
        "Requests about one's own data (个人信息请求); who answers sees all. The due ones first.",
        seen_by=SIGNED_IN,
    )
    open_requests: list[OpenRequests] = answered_by(
        open_request.counts,
        "What waits for the municipal bureau's approvers of accounts outside cases (案外事项).",
        seen_by=SUPERIORS,
    )
    members: Connection[Member] = answered_by(
        staff.members,
        "Members (业务人员): who acts for the viewer's organisation and for those below it.",
        seen_by=OFFICES,
    )
    moves: Connection[Move] = answered_by(
        move.moves,
        "Moves (调动): one's own, and those to or from the body whose staff one manages.",
        seen_by=SIGNED_IN,
    )
    move_preview: MovePreview = answered_by(
        move.own_preview,
        "What becomes of the viewer's cases and seats when he moves (调动).",
        seen_by=SIGNED_IN,
    )
    unit_code: Any = commanded_by(
        "UnitCode",
        grant.check_code,
        UnitCodePayload,
        "Which organisation has this code (检测)?",
        seen_by=SIGNED_IN,
    )
    reaffiliation_preview: Any = commanded_by(
        "ReaffiliationPreview",
        tree.reaffiliation,
        TreePreviewPayload,
        "What would move if an organisation were put below another, and what stays?",
        seen_by=SUPERIORS,
    )
    merger_preview: Any = commanded_by(
        "MergerPreview",
        tree.merging,
        TreePreviewPayload,
        "What would go with a unit into another, and what stays?",
        seen_by=SUPERIORS,
    )
    annual_results: Connection[AnnualResult] = answered_by(
        annual.results, "Annual results (年度验证), the latest year first.", seen_by=SIGNED_IN
    )
    certificates: Connection[Certificate] = answered_by(
        certificate.certificates,
        "Certificates (验证证书): one's own, and those of the people of the viewer's organisation.",
        seen_by=SIGNED_IN,
    )
    cycle_preview: Any = commanded_by(
        "CyclePreview",
        cycle.preview,
        CyclePreview,
        "Would an application for cycle verification pass (周期验证)? Nothing is applied for.",
        seen_by=SIGNED_IN,
    )
    route_preview: Any = commanded_by(
        "RoutePreview",
        route.preview,
        RoutePreview,
        "Who will decide, by when, and are there people enough? Nothing is sent.",
        seen_by=SIGNED_IN,
    )
    cycle_applications: Connection[CycleApplication] = answered_by(
        cycle_application.applications,
        "Applications for cycle verification (复验业务查询): one's own, and those of one's seat.",
        seen_by=SIGNED_IN,
    )
    persons: Connection[Person] = answered_by(
        person.persons,
        "Persons: oneself, and the people of the viewer's organisation.",
        seen_by=REVIEWERS,
    )
    organisations: Connection[Organisation] = answered_by(
        organisation.organisations,
        "Organisations (机构) and training institutions, by name.",
        seen_by=SIGNED_IN,
    )
    titles: list[Title] = answered_by(
        title.titles,
        "The catalogue of professional titles (职称).",
        series="Title series (职称系列).",
        level="Level (级别).",
        contains="A part of the name.",
        seen_by=SIGNED_IN,
    )
    recalculation_runs: list[RecalculationRun] = answered_by(
        recalculation.runs,
        "Runs that recalculate everybody (全部重新统计), the latest first; the municipal bureau's.",
        seen_by=SUPERIORS,
    )
    remarks: list[Remark] = answered_by(
        remark.remarks, "Prepared texts (批注) of the viewer's organisation.", seen_by=REVIEWERS
    )
