"""What is stored: one table file per noun, and which rows a viewer may read.

`access.py` says who reads which rows, `read.py` how a selection becomes one SQL
statement, `migrations/` how the tables came about. Nothing here decides or writes
business rows: that is `workflow/`.
"""

from models.account import Account, Seat, Session
from models.amendment import Amendment
from models.annual import AnnualResult, PersonTotal
from models.attachment import Attachment, UploadToken
from models.batch import DecisionBatch
from models.case import Case, Copy, Definition, Event, Opinion
from models.certificate import Certificate, CertificateKey
from models.command import Command
from models.cycle import CycleApplication, CycleResult
from models.data_request import DataRequest
from models.delegation import Delegation
from models.door import (
    Claim,
    FormerPassword,
    Invitation,
    PasswordReset,
    Registration,
    Throttle,
)
from models.export import ExportPermit
from models.grant import Grant
from models.history import History
from models.identity_change import IdentityChange
from models.job import Job, Worker
from models.move import Move
from models.notice import Notice, NoticeRead
from models.organisation import Organisation, OrganisationEvent
from models.person import Employment, FormerProfile, Person, Profile
from models.portal import PortalLink, PortalVisit
from models.recalculation import RecalculationRun
from models.remark import Remark
from models.task import Task
from models.training import TrainingRecord

__all__ = [
    "Account",
    "Amendment",
    "AnnualResult",
    "Attachment",
    "Case",
    "Certificate",
    "CertificateKey",
    "Claim",
    "Command",
    "Copy",
    "CycleApplication",
    "CycleResult",
    "DataRequest",
    "DecisionBatch",
    "Definition",
    "Delegation",
    "Employment",
    "Event",
    "ExportPermit",
    "FormerPassword",
    "FormerProfile",
    "Grant",
    "History",
    "IdentityChange",
    "Invitation",
    "Job",
    "Move",
    "Notice",
    "NoticeRead",
    "Opinion",
    "Organisation",
    "OrganisationEvent",
    "PasswordReset",
    "Person",
    "PersonTotal",
    "PortalLink",
    "PortalVisit",
    "Profile",
    "RecalculationRun",
    "Registration",
    "Remark",
    "Seat",
    "Session",
    "Task",
    "Throttle",
    "TrainingRecord",
    "UploadToken",
    "Worker",
]
