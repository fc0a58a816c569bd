"""The closed lists of words a route file may use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

APPLICANT = "applicant"  # the pseudo-step before the first


class Act(StrEnum):
    """What can be done to a case."""

    SUBMIT = "submit"
    RECALL = "recall"
    WITHDRAW = "withdraw"
    CLAIM = "claim"
    UNCLAIM = "unclaim"
    RELEASE = "release"
    RESTATE = "restate"
    TRANSFER = "transfer"
    ADD_SIGNER = "add_signer"
    DROP_SIGNER = "drop_signer"
    URGE = "urge"
    COPY = "copy"
    REDIRECT = "redirect"
    AGREE_UP = "agree_up"
    DISAGREE_UP = "disagree_up"
    RETURN_INSIDE = "return_inside"
    RETURN = "return"
    REJECT = "reject"
    PASS = "pass"


INSIDE = frozenset({Act.AGREE_UP, Act.DISAGREE_UP})
FINAL = frozenset({Act.REJECT, Act.PASS})
SIGNING = frozenset({Act.ADD_SIGNER, Act.DROP_SIGNER})
REVIEWING = INSIDE | FINAL | {Act.RETURN_INSIDE, Act.RETURN}


class Relation(StrEnum):
    """Whose step it is, seen from the applicant."""

    EMPLOYER = "employer"
    DIRECT_POINT = "direct_point"
    SUPERIOR = "superior"
    DISTRICT_BUREAU = "district_bureau"
    CITY_BUREAU = "city_bureau"
    CE_AUTHORITY = "ce_authority"
    SUPERIOR_OR_CITY = "superior_or_city"


# Which kinds of organisation a step of each relation may be redirected to (改派).
SUPERIORS = frozenset({"city_department", "district_department", "district_bureau", "city_bureau"})
FITTING: Mapping[Relation, frozenset[str]] = {
    Relation.EMPLOYER: frozenset({"unit", "direct_point"}),
    Relation.DIRECT_POINT: frozenset({"direct_point"}),
    Relation.SUPERIOR: SUPERIORS,
    Relation.DISTRICT_BUREAU: frozenset({"district_bureau"}),
    Relation.CITY_BUREAU: frozenset({"city_bureau"}),
    Relation.CE_AUTHORITY: frozenset({"district_bureau", "city_bureau"}),
    Relation.SUPERIOR_OR_CITY: SUPERIORS,
}


class Group(StrEnum):
    """User groups (用户组): seats inside an organisation that may give opinions."""

    HANDLER = "handler"
    UNIT_LEADER = "unit_leader"
    INITIAL_CHECKER = "initial_checker"
    CHECKER = "checker"
    RECHECKER = "rechecker"
    DIVISION_LEADER = "division_leader"
    INTAKE_CLERK = "intake_clerk"
    EXAMINER = "examiner"
    APPROVE_ADMINS = "approve_admins"


# Route files name groups by the titles officials use.
GROUPS: Mapping[str, Group] = {
    "经办人": Group.HANDLER,
    "单位领导": Group.UNIT_LEADER,
    "初验": Group.INITIAL_CHECKER,
    "验证": Group.CHECKER,
    "复验": Group.RECHECKER,
    "处领导": Group.DIVISION_LEADER,
    "受理": Group.INTAKE_CLERK,
    "复核": Group.EXAMINER,
    "业务管理员审核": Group.APPROVE_ADMINS,
}


class OnResubmit(StrEnum):
    """Where a case goes that was returned to the applicant."""

    RESTART = "restart"
    SAME_STEP = "same_step"


class Understaffed(StrEnum):
    """What happens when a step has fewer eligible people than it needs."""

    WAIT = "wait"
    TELL_SUPERIOR = "tell_superior"
    STAND_IN = "stand_in"


class OnOverdue(StrEnum):
    """What the clock does when a term has passed; it never decides."""

    REMIND = "remind"
    TELL_SUPERIOR = "tell_superior"


class SkipWhen(StrEnum):
    """The one structural skip."""

    SAME_ORG = "same_org"


@dataclass(frozen=True, slots=True)
class Subject:
    """What routes may say about one kind of business row."""

    selectors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    writable: tuple[str, ...] = ()
    sender: str = APPLICANT  # the word for who sends it up


SUBJECTS: Mapping[str, Subject] = {
    "training_record": Subject(
        {"category": ("professional", "elective", "public")},
        ("approved_hours", "approved_credits"),
    ),
    "cycle_application": Subject(
        {
            "unit_kind": ("municipal", "district", "district_direct", "direct_point"),
            "business": ("to_intermediate", "to_senior"),
        }
    ),
    "grant": Subject(
        {
            "user_type": (
                "unit",
                "training_base",
                "city_department",
                "district_department",
                "district_bureau",
                "city_bureau",
            )
        }
    ),
    "base_application": Subject({"business": ("accreditation", "new_specialty", "reassessment")}),
    "course_application": Subject(
        {"business": ("public_plan", "public_subject", "professional_recognition")}
    ),
    "profile": Subject(),
    # An amendment of what an authority recognised needs that authority again.
    "amendment": Subject({"recognised": ("no", "yes")}, sender="proposer"),
}
