"""Certificates (验证证书) of results that passed, and the public keys of their signatures."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Table, link, word
from rules.certificate import CertificateKind, Revocation


class CertificateKey(Table):
    """A public key that has signed here; it stays published for as long as certificates live."""

    public_key = fields.BinaryField()
    first_used_at = fields.DatetimeField()

    class Meta:
        table = "certificate_key"
        table_description = "certificate_key"


class Certificate(Table):
    """What was certified, word by word, and the signature over it; only a revocation is added."""

    person = link("Person")
    person_id: UUID
    kind = word(CertificateKind)
    annual_result = link("AnnualResult", null=True)
    annual_result_id: UUID | None
    application = link("CycleApplication", null=True)
    application_id: UUID | None
    cycle_result = link("CycleResult", null=True, db_index=False)
    cycle_result_id: UUID | None
    first_year = fields.SmallIntField()
    last_year = fields.SmallIntField()
    number = fields.CharField(max_length=32, unique=True)
    data: Any = fields.JSONField()
    signature = fields.CharField(max_length=86)
    key = link("CertificateKey")
    key_id: UUID
    issued_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    revoked_because = word(Revocation, null=True)

    class Meta:
        table = "certificate"
        table_description = "certificate"
