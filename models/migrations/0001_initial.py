"""The tables, as Tortoise made them of the models."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from models.account import UserType
from models.attachment import ScanState
from models.ids import uuid7
from models.job import JobState
from models.organisation import OrganisationKind, UnitKind
from models.training import RecordStatus
from orjson import loads
from rules.course import Achievement, Authorship, CourseCategory, RecordOrigin
from rules.person import Discipline, Education, Gender, PersonGroup
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Definition",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("code", fields.CharField(max_length=60)),
                ("version", fields.IntField()),
                ("digest", fields.CharField(max_length=64)),
                ("source", fields.TextField(unique=False)),
                ("compiled", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("published_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("retired_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "wf_definition",
                "app": "jijiao",
                "unique_together": (("code", "version"), ("code", "digest")),
                "pk_attr": "id",
                "table_description": "wf_definition",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("kind", fields.CharField(max_length=32)),
                ("queue", fields.CharField(max_length=32)),
                ("subject", fields.UUIDField(null=True)),
                ("args", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                (
                    "state",
                    fields.CharEnumField(
                        default=JobState.PENDING,
                        description="",
                        db_default="pending",
                        enum_type=JobState,
                        max_length=32,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("run_after", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("attempt", fields.IntField(default=0, db_default=0)),
                ("max_attempt", fields.IntField(default=8, db_default=8)),
                (
                    "lease_until",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("last_error", fields.TextField(null=True, unique=False)),
            ],
            options={"table": "job", "app": "jijiao", "pk_attr": "id", "table_description": "job"},
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "kind",
                    fields.CharEnumField(description="", enum_type=OrganisationKind, max_length=32),
                ),
                ("name", fields.CharField(max_length=120)),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="parent_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("ancestors", ArrayField(default=list, element_type="UUID")),
                (
                    "unit_kind",
                    fields.CharEnumField(
                        null=True, description="", enum_type=UnitKind, max_length=32
                    ),
                ),
                ("unit_code", fields.CharField(null=True, unique=True, max_length=18)),
                ("closed_on", fields.DateField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "organisation",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "organisation",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("name", fields.CharField(max_length=60)),
                ("masked_number", fields.CharField(max_length=18)),
                ("ce_number", fields.CharField(null=True, unique=True, max_length=20)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "person",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "person",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "person",
                    fields.OneToOneField(
                        "jijiao.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("login", fields.CharField(unique=True, max_length=40)),
                ("password_hash", fields.CharField(max_length=200)),
                ("demo", fields.BooleanField(default=False)),
                (
                    "disabled_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "account",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "account",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="AnnualResult",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("year", fields.SmallIntField()),
                ("number", fields.IntField()),
                ("current", fields.BooleanField()),
                ("total_hours", fields.DecimalField(max_digits=6, decimal_places=1)),
                ("public_hours", fields.DecimalField(max_digits=6, decimal_places=1)),
                ("professional_hours", fields.DecimalField(max_digits=6, decimal_places=1)),
                ("elective_hours", fields.DecimalField(max_digits=6, decimal_places=1)),
                ("public_courses", fields.SmallIntField()),
                ("professional_courses", fields.SmallIntField()),
                ("verdict", fields.CharField(max_length=8)),
                ("binding", fields.BooleanField()),
                ("explanation", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("computed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "annual_result",
                "app": "jijiao",
                "unique_together": (("person", "year", "number"),),
                "pk_attr": "id",
                "table_description": "annual_result",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "definition",
                    fields.ForeignKeyField(
                        "jijiao.Definition",
                        source_field="definition_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("subject_type", fields.CharField(max_length=32)),
                ("subject_id", fields.UUIDField()),
                (
                    "applicant",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="applicant_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "employer",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="employer_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("status", fields.CharField(max_length=16)),
                ("step_key", fields.CharField(null=True, max_length=32)),
                ("round", fields.IntField(default=0)),
                ("seq", fields.IntField(default=0)),
                ("revision", fields.CharField(default="", max_length=64)),
                ("state", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("opened_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "wf_case",
                "app": "jijiao",
                "indexes": [Index(fields=["subject_type", "subject_id"])],
                "pk_attr": "id",
                "table_description": "wf_case",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Command",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "jijiao.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("command_id", fields.CharField(max_length=255)),
                ("digest", fields.CharField(max_length=64)),
                ("answer", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                (
                    "created_at",
                    fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "wf_command",
                "app": "jijiao",
                "unique_together": (("account", "command_id"),),
                "pk_attr": "id",
                "table_description": "wf_command",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Employment",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="organisation_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("from_on", fields.DateField()),
                ("until_on", fields.DateField(null=True)),
            ],
            options={
                "table": "employment",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "employment",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "case",
                    fields.ForeignKeyField(
                        "jijiao.Case",
                        source_field="case_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("seq", fields.IntField()),
                ("kind", fields.CharField(max_length=32)),
                ("data", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="person_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "jijiao.Account",
                        source_field="account_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "principal",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="principal_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="organisation_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("command_id", fields.CharField(default="", max_length=255)),
                ("previous_hash", fields.CharField(default="", max_length=64)),
                ("hash", fields.CharField(max_length=64)),
            ],
            options={
                "table": "wf_event",
                "app": "jijiao",
                "unique_together": (("case", "seq"),),
                "pk_attr": "id",
                "table_description": "wf_event",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="History",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("tag", fields.CharField(max_length=40)),
                ("subject_type", fields.CharField(max_length=32)),
                ("subject_id", fields.UUIDField()),
                (
                    "person",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="person_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "jijiao.Account",
                        source_field="account_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="organisation_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("data", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "history",
                "app": "jijiao",
                "indexes": [Index(fields=["subject_type", "subject_id"])],
                "pk_attr": "id",
                "table_description": "history",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Opinion",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "case",
                    fields.ForeignKeyField(
                        "jijiao.Case",
                        source_field="case_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("round", fields.IntField()),
                ("step_key", fields.CharField(max_length=32)),
                (
                    "person",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "principal",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="principal_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("act", fields.CharField(max_length=16)),
                ("revision", fields.CharField(max_length=64)),
                ("event_seq", fields.IntField()),
                ("voided_seq", fields.IntField(null=True)),
            ],
            options={
                "table": "wf_opinion",
                "app": "jijiao",
                "indexes": [Index(fields=["case_id", "round"])],
                "pk_attr": "id",
                "table_description": "wf_opinion",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="PersonTotal",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "person",
                    fields.OneToOneField(
                        "jijiao.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("dirty_version", fields.BigIntField(default=1)),
                ("computed_version", fields.BigIntField(default=0)),
                (
                    "stale_since",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "computed_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "person_total",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "person_total",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Profile",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "person",
                    fields.OneToOneField(
                        "jijiao.Person",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "gender",
                    fields.CharEnumField(
                        null=True, description="", enum_type=Gender, max_length=32
                    ),
                ),
                ("birth_date", fields.DateField(null=True)),
                (
                    "education",
                    fields.CharEnumField(
                        null=True, description="", enum_type=Education, max_length=32
                    ),
                ),
                ("has_title", fields.BooleanField(default=True)),
                ("title_code", fields.CharField(null=True, max_length=3)),
                ("qualified_on", fields.DateField(null=True)),
                ("started_work_on", fields.DateField(null=True)),
                (
                    "discipline",
                    fields.CharEnumField(
                        null=True, description="", enum_type=Discipline, max_length=32
                    ),
                ),
                (
                    "person_group",
                    fields.CharEnumField(
                        default=PersonGroup.GENERAL,
                        description="",
                        enum_type=PersonGroup,
                        max_length=32,
                    ),
                ),
                ("phone", fields.CharField(null=True, max_length=20)),
                ("version", fields.IntField(default=1)),
                ("updated_at", fields.DatetimeField(auto_now=True, auto_now_add=False)),
            ],
            options={
                "table": "profile",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "profile",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Remark",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="organisation_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("route_code", fields.CharField(max_length=60)),
                ("step_key", fields.CharField(max_length=32)),
                ("act", fields.CharField(null=True, max_length=16)),
                ("text", fields.CharField(max_length=500)),
                (
                    "created_by",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="created_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("deleted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "remark",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "remark",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Seat",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="organisation_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "user_type",
                    fields.CharEnumField(description="", enum_type=UserType, max_length=32),
                ),
                ("groups", ArrayField(default=list, element_type="TEXT")),
                ("duties", ArrayField(default=list, element_type="TEXT")),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "seat",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "seat",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("token_hash", fields.BinaryField()),
                (
                    "account",
                    fields.ForeignKeyField(
                        "jijiao.Account",
                        source_field="account_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "seat",
                    fields.ForeignKeyField(
                        "jijiao.Seat",
                        source_field="seat_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("seen_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("address", fields.CharField(default="", max_length=45)),
                ("user_agent", fields.CharField(default="", max_length=200)),
            ],
            options={
                "table": "session",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "session",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "case",
                    fields.ForeignKeyField(
                        "jijiao.Case",
                        source_field="case_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("route_code", fields.CharField(max_length=60)),
                ("step_key", fields.CharField(max_length=32)),
                ("round", fields.IntField()),
                ("slot", fields.IntField()),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="organisation_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("group_key", fields.CharField(max_length=32)),
                ("reason", fields.CharField(max_length=16)),
                ("status", fields.CharField(max_length=8)),
                (
                    "claimed_by",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="claimed_by_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("claimed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("only_for", ArrayField(default=list, element_type="UUID")),
                ("opened_seq", fields.IntField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "done_by",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="done_by_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("done_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("outcome", fields.CharField(null=True, max_length=16)),
            ],
            options={
                "table": "wf_task",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "wf_task",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="TrainingRecord",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "employer",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="employer_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "origin",
                    fields.CharEnumField(description="", enum_type=RecordOrigin, max_length=32),
                ),
                (
                    "status",
                    fields.CharEnumField(description="", enum_type=RecordStatus, max_length=32),
                ),
                ("course_name", fields.CharField(max_length=200)),
                (
                    "category",
                    fields.CharEnumField(description="", enum_type=CourseCategory, max_length=32),
                ),
                (
                    "achievement",
                    fields.CharEnumField(
                        null=True, description="", enum_type=Achievement, max_length=32
                    ),
                ),
                (
                    "authorship",
                    fields.CharEnumField(
                        null=True, description="", enum_type=Authorship, max_length=32
                    ),
                ),
                ("starts_on", fields.DateField()),
                ("ends_on", fields.DateField()),
                ("attended_days", fields.SmallIntField(null=True)),
                ("declared_hours", fields.DecimalField(null=True, max_digits=6, decimal_places=1)),
                (
                    "declared_credits",
                    fields.DecimalField(null=True, max_digits=6, decimal_places=1),
                ),
                ("approved_hours", fields.DecimalField(null=True, max_digits=6, decimal_places=1)),
                (
                    "approved_credits",
                    fields.DecimalField(null=True, max_digits=6, decimal_places=1),
                ),
                (
                    "organiser",
                    fields.ForeignKeyField(
                        "jijiao.Organisation",
                        source_field="organiser_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("organiser_name", fields.CharField(default="", max_length=120)),
                ("study_form", fields.CharField(default="", max_length=60)),
                ("place", fields.CharField(default="", max_length=120)),
                ("content", fields.TextField(default="", unique=False)),
                ("note", fields.TextField(default="", unique=False)),
                ("version", fields.IntField(default=1)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "submitted_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("deleted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "training_record",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "training_record",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                (
                    "record",
                    fields.ForeignKeyField(
                        "jijiao.TrainingRecord",
                        source_field="record_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("label", fields.CharField(max_length=60)),
                ("file_name", fields.CharField(max_length=120)),
                ("media_type", fields.CharField(max_length=40)),
                ("size", fields.IntField()),
                ("sha256", fields.CharField(db_index=True, max_length=64)),
                (
                    "scan_state",
                    fields.CharEnumField(
                        default=ScanState.UNSCANNED,
                        description="",
                        enum_type=ScanState,
                        max_length=32,
                    ),
                ),
                ("scan_engine", fields.CharField(default="", max_length=80)),
                ("scan_finding", fields.CharField(default="", max_length=120)),
                ("signatures_at", fields.CharField(default="", max_length=40)),
                ("scanned_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "uploaded_by",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="uploaded_by_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("deleted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "attachment",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "attachment",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="UploadToken",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("token_hash", fields.BinaryField()),
                (
                    "person",
                    fields.ForeignKeyField(
                        "jijiao.Person",
                        source_field="person_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "record",
                    fields.ForeignKeyField(
                        "jijiao.TrainingRecord",
                        source_field="record_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("label", fields.CharField(max_length=60)),
                ("file_name", fields.CharField(max_length=120)),
                ("size", fields.IntField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "attachment",
                    fields.ForeignKeyField(
                        "jijiao.Attachment",
                        source_field="attachment_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "upload_token",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "upload_token",
            },
            bases=["Table"],
        ),
        ops.CreateModel(
            name="Worker",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("host", fields.CharField(max_length=120)),
                ("pid", fields.IntField()),
                ("queue", fields.CharField(max_length=32)),
                ("started_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("seen_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "worker",
                "app": "jijiao",
                "pk_attr": "id",
                "table_description": "worker",
            },
            bases=["Table"],
        ),
    ]
