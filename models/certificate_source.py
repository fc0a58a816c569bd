"""What a certificate (验证证书) looks like to a reader, as `sources.py` says of other nouns."""

from models import access
from models.select import Key, Source

EMPLOYER = """(SELECT organisation_id FROM employment
  WHERE person_id = z.person_id AND until_on IS NULL)"""
CERTIFICATE = Source(
    alias="z",
    type_names=("Certificate",),
    tables="certificate z",
    stored="z.*",
    computed={
        "name": "(z.data->>'name')",
        "verdict": "(z.data->>'verdict')",
        "issuer": "(z.data->>'issuer')",
        "valid": "(z.revoked_at IS NULL)",
        "current": """(z.revoked_at IS NULL AND CASE z.kind
          WHEN 'annual' THEN (SELECT current FROM annual_result WHERE id = z.annual_result_id)
          ELSE (SELECT current FROM cycle_result WHERE id = z.cycle_result_id) END)""",
        "url": "CASE WHEN z.revoked_at IS NULL THEN '/certificates/' || z.id END",
        "check_url": "(z.data->>'check')",
    },
    readable=access.certificates,
    filters={
        "person": "z.person_id",
        "name": "(SELECT name FROM person WHERE id = z.person_id)",
        "employer": EMPLOYER,
        "kind": "z.kind",
        "last_year": "z.last_year",
        "valid": "(z.revoked_at IS NULL)",
        "issued_at": "z.issued_at",
    },
    keys={"issued_at": Key("z.issued_at", "timestamptz")},
)
