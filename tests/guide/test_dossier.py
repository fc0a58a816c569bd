"""A person takes the dossier of his case and all his data; an auditor checks the file offline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.town import Town

EXPORT = "mutation { exportMyData { ... on ExportMyDataPayload { downloadUrl } } }"
DECIDED = """
SELECT a.login, c.id FROM wf_case c JOIN account a ON a.person_id = c.applicant_id
WHERE c.status = 'approved' AND c.subject_type = 'training_record' ORDER BY a.login, c.id LIMIT 1
"""


async def test_what_a_person_takes_away_is_checked_without_the_system(
    town: Town, tmp_path: Path
) -> None:
    (found,) = await town.sql(DECIDED)
    async with town.citizen(found["login"]) as citizen:
        data = await citizen.client.get(f"/dossiers/{found['id']}.json")
        paper = await citizen.client.get(f"/dossiers/{found['id']}.pdf")
        asked = (await citizen.ask(EXPORT))["exportMyData"]
        own: Any = (await citizen.client.get(asked["downloadUrl"])).json()
    (tmp_path / "dossier.json").write_bytes(data.content)

    town.run(
        "dossier", "verify", str(tmp_path / "dossier.json"),
        "--key", str(town.folder / "certificate.pem"),
    )  # fmt: skip

    told = json.loads(data.content)
    assert (told["dossier"]["problems"], told["dossier"]["demo"]) == ([], True)
    assert paper.content.startswith(b"%PDF")
    assert str(found["id"]) in {each["id"] for each in own["tables"]["wf_case"]["rows"]}
