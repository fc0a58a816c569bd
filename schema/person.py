"""Persons and profiles, as clients see them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers import annual, certificate, identity, job, organisation, past, person
from rules import person as words
from schema import filter
from schema.field import answered_by, named, published, stored
from schema.job import Job
from schema.label import Label
from schema.node import Node
from schema.organisation import Organisation
from schema.role import SIGNED_IN, SUPERIORS
from schema.title import Title
from workflow.disclosure import Purpose

named(words.Gender, "Gender", "Gender (性别).", FEMALE="Female (女).", MALE="Male (男).")
named(
    words.PersonGroup,
    "PersonGroup",
    "Person group (人员类别); the last two have rules of their own.",
    GENERAL="Everybody else (一般专业技术人员).",
    TEACHER="Teacher of a school (中小学教师).",
    HEALTH="Health worker (卫生专业技术人员).",
)
named(
    words.Discipline,
    "Discipline",
    "Discipline (所属学科专业), chosen by the person.",
    NATURAL="Natural sciences (自然科学类).",
    SOCIAL="Social sciences (社会科学类).",
)
named(
    words.Education,
    "Education",
    "Education level (学历).",
    SECONDARY="Secondary school (中专及以下).",
    COLLEGE="College (大专).",
    BACHELOR="Bachelor (本科).",
    MASTER="Master (硕士研究生).",
    DOCTOR="Doctor (博士研究生).",
)
named(
    Purpose,
    "RevealPurpose",
    "What a number is needed for.",
    VERIFY="To verify who the applicant is (核对身份).",
    COMPARE="To compare it with the number on a scan (核对材料).",
    CORRECT="To correct what is wrong about the person (更正信息).",
    INQUIRY="For an inquiry or a complaint (调查、申诉).",
)
PROFILE = {
    "gender": "Gender (性别).",
    "birth_date": "Date of birth (出生日期).",
    "education": "Education level (学历).",
    "has_title": "Is there a professional title at all? Without one the start of work counts.",
    "title_code": "Code of the present title (现专业技术资格).",
    "qualified_on": "Date of the present title (现专业技术资格取得时间); it drives the cycle.",
    "started_work_on": "Start of work (参加工作时间), for those without a title.",
    "discipline": "Discipline (所属学科专业).",
    "person_group": "Person group (人员类别).",
    "phone": "Telephone number.",
}
published(
    person.SaveProfileInput,
    "SaveProfileInput",
    "The whole profile (个人资料) as it shall be.",
    **PROFILE,
    expected_version="The version the client saw.",
    idempotency_key="The same key, the same answer.",
)
published(
    person.ProfileVersionInput,
    "ProfileVersionInput",
    "One's own profile, as the client saw it.",
    expected_version="Version of the profile the client saw.",
    idempotency_key="The same key, the same answer.",
)
named(
    person.Confirmation,
    "ProfileConfirmation",
    "How the confirmation of a profile stands (个人基本资料确认).",
    NONE="Nobody has asked for it.",
    ASKED="The unit is asked (待确认).",
    RETURNED="It came back to be mended (退案).",
    CONFIRMED="Confirmed (已确认).",
    VOID="It was confirmed and then changed: ask again (须重新确认).",
)
published(
    person.PersonFilter,
    "PersonFilter",
    "Which persons.",
    {"employer": SUPERIORS},
    name="Name.",
    ce_number="CE number (继续教育号).",
    employer="Present employer.",
    title_code="Code of the present title.",
    person_group="Person group.",
    stale="Only those whose figures wait for recalculation, or only the others.",
    **filter.JOINED,
)
named(person.PersonOrderField, "PersonOrderField", "What persons are ordered by.", NAME="Name.")
published(
    person.PersonOrder,
    "PersonOrder",
    "One level of the order of persons.",
    field="What by.",
    direction="Which way.",
)


if TYPE_CHECKING:
    from schema.annual import AnnualResult
    from schema.case import Case
    from schema.certificate import Certificate
else:  # annual results and cases name their person, persons lead to theirs
    AnnualResult = Annotated["AnnualResult", strawberry.lazy("schema.annual")]
    Case = Annotated["Case", strawberry.lazy("schema.case")]
    Certificate = Annotated["Certificate", strawberry.lazy("schema.certificate")]
Confirmer = Annotated["Person", strawberry.lazy("schema.person")]


@strawberry.type(description="A profile (个人资料): half of the rules read it.")
class Profile:
    gender: words.Gender | None = stored(PROFILE["gender"])
    birth_date: date | None = stored(PROFILE["birth_date"])
    education: words.Education | None = stored(PROFILE["education"])
    has_title: bool = stored(PROFILE["has_title"])
    title_code: str | None = stored(PROFILE["title_code"])
    title: Title | None = answered_by(person.title_of, "The present title (现专业技术资格).")
    qualified_on: date | None = stored(PROFILE["qualified_on"])
    started_work_on: date | None = stored(PROFILE["started_work_on"])
    discipline: words.Discipline | None = stored(PROFILE["discipline"])
    person_group: words.PersonGroup = stored(PROFILE["person_group"])
    phone: str | None = stored(PROFILE["phone"])
    version: int = stored("Rises with every change; goes into expectedVersion.")
    updated_at: datetime | None = stored("When it was last changed, if it was ever filled in.")
    missing: list[str] = answered_by(
        person.missing, "Required fields (*) that are empty; while there are any, nothing opens."
    )
    confirmation: person.Confirmation = stored(
        "How its confirmation stands. What the unit has confirmed counts until it is changed; a"
        " telephone number may change."
    )
    confirmed_at: datetime | None = stored("When the unit has confirmed it.")
    confirmed_by: Confirmer | None = answered_by(person.confirmed_by, "Who has confirmed it.")
    case: Case | None = answered_by(
        person.confirmation_case, "The latest case of its confirmation (办理情况)."
    )


@strawberry.type(description="One time somebody saw a number.")
class IdentityAccess:
    at: datetime = stored("When.")
    name: str = stored("Who.")
    organisation: str | None = stored("For which organisation.")
    purpose: Purpose | None = stored("What for; nothing where somebody knew it and looked it up.")


@strawberry.type(description="An employment (任职): where somebody works or worked.")
class Employment:
    organisation: Organisation | None = answered_by(organisation.organisation, "The employer.")
    from_on: date = stored("Since when.")
    until_on: date | None = stored("Until when; nothing while he works there.")


@strawberry.type(description="What was stated of a person until somebody changed it (曾用资料).")
class FormerProfile:
    until_at: datetime = stored("Until when it stood so.")
    changed: list[Label] = answered_by(past.changed, "What is other since then.")
    changed_by: str | None = answered_by(past.changer, "Who changed it.")
    name: str = stored("Name (姓名).")
    has_title: bool = stored("Did he hold a title?")
    title: Title | None = answered_by(past.held, "The title (专业技术资格).")
    qualified_on: date | None = stored("When he obtained it (取得时间): its effective date.")
    started_work_on: date | None = stored("When he started work, if he held none.")
    discipline: words.Discipline | None = stored("Discipline (学科专业).")
    person_group: words.PersonGroup | None = stored("Person group.")


@strawberry.type(description="A person (专业技术人员).")
class Person(Node):
    name: str = stored("Name (姓名).")
    masked_number: str = answered_by(
        person.masked_number, "Citizen number (身份证号) with most digits hidden."
    )
    ce_number: str | None = stored("CE number (继续教育号).", seen_by=SIGNED_IN)
    employer: Organisation | None = answered_by(
        organisation.employer, "Present employer (工作单位)."
    )
    profile: Profile | None = answered_by(
        person.profile, "The profile, for those who may read the person.", seen_by=SIGNED_IN
    )
    annual_results: list[AnnualResult] = answered_by(
        annual.of_person, "Yearly totals (学时统计情况), the latest year first.", seen_by=SIGNED_IN
    )
    certificates: list[Certificate] = answered_by(
        certificate.of_person,
        "Certificates (验证证书) ever issued to him, the latest first.",
        seen_by=SIGNED_IN,
    )
    employments: list[Employment] = answered_by(
        past.employments, "Where he works and worked, the present first.", seen_by=SIGNED_IN
    )
    former_profiles: list[FormerProfile] = answered_by(
        past.former_profiles,
        "Names, titles and disciplines before each change, the latest first.",
        seen_by=SIGNED_IN,
    )
    former_accounts: "list[Person]" = answered_by(
        past.former_accounts,
        "Oneself, in accounts that have ended in this one (重复帐号); their history is there.",
        seen_by=SIGNED_IN,
    )
    stale_since: datetime | None = answered_by(
        person.stale_since,
        "Since when the figures are older than the records (待重新统计).",
        seen_by=SIGNED_IN,
    )
    identity_access_log: list[IdentityAccess] = answered_by(
        identity.accesses,
        "Who has seen one's own number (证件号码查看记录); of others it is empty.",
        seen_by=SIGNED_IN,
    )
    recalculation: Job | None = answered_by(
        job.recalculation,
        "The recount that is still to come; watch its progress.",
        seen_by=SIGNED_IN,
    )
