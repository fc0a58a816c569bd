"""A year that passes, an office that certifies it, and a certificate nobody stored."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from models import AnnualResult, TrainingRecord
from models.ids import uuid7
from rules.certificate import CertificateKind
from rules.course import CourseCategory
from tests.factories import city as cities
from tests.factories.city import City
from workflow import annual, certificate, signature
from workflow.certificate import Office, Passed
from workflow.command import Answer
from workflow.signature import Signer

SIGNER = Signer(Ed25519PrivateKey.from_private_bytes(b"a key of the tests, of 32 bytes!"))
OFFICE = Office(
    signer=SIGNER,
    issuer="广州市人力资源和社会保障局",
    origin="https://ce.example",
    demo=False,
)
# What passes from 2021 on: 90 = 30 public + 42 professional + 18 of any kind (Guangdong).
ENOUGH = {
    CourseCategory.PUBLIC: "30.0",
    CourseCategory.PROFESSIONAL: "42.0",
    CourseCategory.ELECTIVE: "18.0",
}


async def passing(city: City, who: str = "applicant") -> UUID:
    """A year of exactly enough hours, counted; the answer is its result."""
    for category, hours in ENOUGH.items():
        await cities.registered(city, who, category=category, approved_hours=hours)
    return await recounted(city, who)


async def recounted(city: City, who: str = "applicant") -> UUID:
    """The present result of 2026 after a recount."""
    person_id = city.viewers[who].person_id
    assert await annual.settle(person_id, now=cities.NOW)
    return (await AnnualResult.get(person_id=person_id, year=2026, current=True)).id


async def change_hours(city: City, hours: str, who: str = "applicant") -> None:
    """The elective hours become others, behind the verbs."""
    person_id = city.viewers[who].person_id
    await TrainingRecord.filter(person_id=person_id, category=CourseCategory.ELECTIVE).update(
        approved_hours=hours
    )


async def issued(city: City, result_id: UUID, who: str = "applicant", **given: Any) -> Answer:
    """The answer to a request for a certificate."""
    office = given.pop("office", OFFICE)
    return await certificate.issue_annual(
        city.request(who, **given), result_id=result_id, office=office
    )


def token(*, name: str = "张小三", years: tuple[int, ...] = (2026,), **changes: Any) -> str:
    """A signed certificate that stands in no table."""
    office = Office(
        signer=SIGNER,
        issuer=OFFICE.issuer,
        origin=OFFICE.origin,
        demo=changes.pop("demo", False),
    )
    passed = Passed(
        person_id=uuid7(),
        kind=CertificateKind.ANNUAL if len(years) == 1 else CertificateKind.CYCLE,
        years=(years[0], years[-1]),
        name=name,
        masked_number="440***************",
        certified=certified(years, **changes)
        if len(years) == 1
        else certified_cycle(years, **changes),
    )
    data = certificate.signed_data(passed, office, datetime(2026, 11, 25, 2, tzinfo=UTC))
    return signature.token(data, SIGNER.sign(data), SIGNER.key_id)


def certified(years: tuple[int, ...], *, binding: bool = True) -> dict[str, Any]:
    """Figures that pass, of each year."""
    hours = {"total": "96.5", "public": "30.0", "professional": "48.5", "elective": "18.0"}
    needed = {"total": "90.0", "public": "30.0", "professional": "42.0"}
    rule = {"id": "annual.guangdong.2021", "source": "gdjxjy.com", "unsourced": False}
    line = {"hours": hours, "needed": needed, "verdict": "pass", "binding": binding, "rule": rule}
    return {
        "figures": [{"year": year, **line} for year in years],
        "verdict": "pass",
        "binding": binding,
    }


def certified_cycle(years: tuple[int, ...], *, binding: bool = True) -> dict[str, Any]:
    """Figures of a cycle that passes with the year of the application added."""
    hours = {"total": "96.5", "public": "30.0", "professional": "48.5", "elective": "18.0"}
    rule = {
        "id": "cycle_year.guangdong.2021",
        "source": "gdjxjy.com",
        "unsourced": False,
        "document": "",
    }
    line = {"hours": hours, "supplement": False, "needed": {"total": "90.0"}, "rule": rule}
    added = {"year": years[-1] + 1, "hours": hours, "supplement": True, "needed": {}}
    courses = {"had": "7", "needed": "2"}
    return {
        "target": {"code": "082", "series": "工程技术人员", "title": "高级工程师"},
        "discipline": "natural",
        "qualifiedOn": f"{years[0]}-11-01",
        "appliedOn": f"{years[-1] + 1}-03-06",
        "approvedOn": f"{years[-1] + 1}-05-18",
        "bodies": ["广州示例设计院", "广州市示例局", "广州市人力资源和社会保障局"],
        "required": "450.0",
        "hours": hours,
        "courses": {"public": courses, "professional": courses},
        "figures": [*({"year": year, **line} for year in years), added],
        "supplement": True,
        "recounted": not binding,
        "rule": {**rule, "id": "cycle.guangzhou.2021", "document": "穗人社函〔2012〕272号"},
        "verdict": "pass",
        "binding": binding,
    }
