"""Dossiers of the test city's cases."""

from typing import Any
from uuid import UUID

from models import Case
from rules.refusal import Refused
from tests.factories import record as records
from tests.factories.certificate import OFFICE
from tests.factories.city import NOW, City
from workflow import dossier
from workflow.case import Act
from workflow.certificate import Office
from workflow.dossier import Asked

VALUES = {"approved_hours": "24.0"}


async def decided(city: City, *, act: Act = Act.PASS) -> UUID:
    """A case that two persons of the unit have decided, with other hours than were declared."""
    task_id = await records.agreed(city, await records.submitted(city), comment="材料齐全。")
    words: dict[str, Any] = {"comment": "按证书核定。"}
    if act is Act.PASS:
        words["values"] = VALUES
    answer = records.done(await records.decided(city, "leader", task_id, act, **words))
    return UUID(str(answer.data["case"]))


async def exported(
    city: City, who: str, case_id: UUID, *, office: Office = OFFICE, language: str = "zh-CN"
) -> dict[str, Any] | Refused:
    """What the export answers."""
    asked = Asked(
        viewer=city.viewers[who], case_id=case_id, form="json", language=language, now=NOW
    )
    return await dossier.export(asked, office)


async def dossier_of(city: City, case_id: UUID, who: str = "applicant") -> dict[str, Any]:
    """The dossier, which was not refused."""
    told = await exported(city, who, case_id)
    assert not isinstance(told, Refused), told
    return told


async def case_of(subject_id: UUID) -> UUID:
    """The case about a row."""
    return (await Case.get(subject_id=subject_id)).id
