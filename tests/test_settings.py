"""Every wrong setting stops the start with one sentence that says what to set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import settings
from variable import SettingError

GOOD = {
    "JIJIAO_DATABASE_URL": "postgresql://ce:s%40cret@db.example:5433/jijiao",
    "JIJIAO_REDIS_URL": "redis://cache.example:6380/2",
    "JIJIAO_STORAGE": "/srv/files",
    "JIJIAO_KEYRING": "/etc/jijiao/keyring",
    "JIJIAO_ORIGIN": "https://ce.example",
}
FREE = {"JIJIAO_HOST", "JIJIAO_CERTIFICATE_ISSUER"}
BAD = [
    ("JIJIAO_DATABASE_URL", "", "must be set in production and look like postgresql://"),
    ("JIJIAO_DATABASE_URL", "mysql://u@h/d", "must look like postgresql://"),
    ("JIJIAO_DATABASE_URL", "postgresql://h/d", "must look like postgresql://"),
    ("JIJIAO_DATABASE_URL", "postgresql://u@h", "must look like postgresql://"),
    ("JIJIAO_DATABASE_URL", "postgresql://u@h/d?ssl=false", "must look like postgresql://"),
    ("JIJIAO_DATABASE_URL", "postgresql://u@h:port/d", "must look like postgresql://"),
    ("JIJIAO_REDIS_URL", "", "must be set in production and look like redis://"),
    ("JIJIAO_REDIS_URL", "http://h", "must look like redis://"),
    ("JIJIAO_REDIS_URL", "redis://", "must look like redis://"),
    ("JIJIAO_REDIS_URL", "redis://h:port", "must look like redis://"),
    ("JIJIAO_STORAGE", "", "must be set in production: an absolute path"),
    ("JIJIAO_STORAGE", "files", "must be an absolute path, not 'files'"),
    ("JIJIAO_KEYRING", "", "must be set in production: an absolute path"),
    ("JIJIAO_KEYRING", "keys", "must be an absolute path, not 'keys'"),
    ("JIJIAO_SEAL_KEY", "key", "must be an absolute path, not 'key'"),
    ("JIJIAO_SEAL_HEADS", "heads", "must be an absolute path, not 'heads'"),
    ("JIJIAO_AUDIT_DAYS", "183", "must be a whole number from 184 to 36500, not '183'"),
    ("JIJIAO_CLAMD", "scanner", "must be the path of clamd's socket, host:port, or empty"),
    ("JIJIAO_CERTIFICATE_KEY", "key.pem", "must be an absolute path, not 'key.pem'"),
    ("JIJIAO_MODE", "test", "must be one of production, dev, not 'test'"),
    ("JIJIAO_PORT", "0", "must be a whole number from 1 to 65535, not '0'"),
    ("JIJIAO_PORT", "８000", "must be a whole number from 1 to 65535, not '８000'"),
    ("JIJIAO_ORIGIN", "", "must be set in production: https://host"),
    ("JIJIAO_ORIGIN", "http://ce.example", "must be set in production: https://host"),
    ("JIJIAO_ORIGIN", "https://ce.example/api", "must be scheme://host[:port] without a path"),
    ("JIJIAO_ORIGIN", "https://a@ce.example", "must be scheme://host[:port] without a path"),
    ("JIJIAO_UPLOAD_MAX_MB", "20MB", "must be a whole number from 1 to 100, not '20MB'"),
    ("JIJIAO_FILES_PER_RECORD", "-1", "must be a whole number from 1 to 100, not '-1'"),
    ("JIJIAO_SESSION_IDLE_MINUTES", "481", "must be a whole number from 1 to 480, not '481'"),
    ("JIJIAO_SESSION_IDLE_MINUTES_STAFF", "0", "must be a whole number from 1 to 480, not '0'"),
    ("JIJIAO_ACCOUNT_DAYS", "0", "must be a whole number from 1 to 3650, not '0'"),
    ("JIJIAO_OFFICER_NETWORKS", "10.0.0.1/8", "must be networks by spaces, such as 10.1.2.0/24"),
    ("JIJIAO_SESSION_HOURS", "25", "must be a whole number from 1 to 24, not '25'"),
    ("JIJIAO_SIGN_IN_RATE", "0", "must be a whole number from 1 to 1000000, not '0'"),
    ("JIJIAO_REGISTRATION_RATE", "0", "must be a whole number from 1 to 1000000, not '0'"),
    ("JIJIAO_REGISTRATION_WORK", "31", "must be a whole number from 0 to 30, not '31'"),
    ("JIJIAO_SENDER", "mail", "must look like smtps://"),
    ("JIJIAO_SENDER", "smtp://mail.example/nobody", "must look like smtps://"),
    ("JIJIAO_SENDER", "file:/tmp/letters", "must not be a file, or JIJIAO_MODE be dev"),
    ("JIJIAO_PASSWORDS", "none", "must be one of mlps3, asvs, not 'none'"),
    ("JIJIAO_OIDC_ISSUER", "sso.example", "must be the portal's issuer, such as https://"),
    ("JIJIAO_OIDC_ISSUER", "https://sso.example?x=1", "must be the portal's issuer, such as"),
    ("JIJIAO_OIDC_CLIENT", "jijiao", "must be unset, or JIJIAO_OIDC_ISSUER name the portal"),
    ("JIJIAO_OIDC_SECRET", "portal", "must be an absolute path, not 'portal'"),
    ("JIJIAO_OIDC_SECRET", "/etc/portal", "must be unset, or JIJIAO_OIDC_ISSUER name the portal"),
    ("JIJIAO_OIDC_NUMBER_CLAIM", "id", "must be unset, or JIJIAO_OIDC_ISSUER name the portal"),
    ("JIJIAO_OIDC_STRONG", "2", "must be unset, or JIJIAO_OIDC_ISSUER name the portal"),
    ("JIJIAO_GRAPHQL_ADHOC", "some", "must be one of all, staff, none, usual, not 'some'"),
    ("JIJIAO_SECOND_FACTOR", "everybody", "must be one of staff, nobody, usual"),
    ("JIJIAO_GRAPHQL_COST", "0", "must be a whole number from 1 to 1000000000, not '0'"),
    ("JIJIAO_GRAPHQL_COST_REVIEWER", "x", "must be a whole number from 1 to 1000000000, not 'x'"),
    ("JIJIAO_GRAPHQL_RATE", "0", "must be a whole number from 1 to 1000000000, not '0'"),
    ("JIJIAO_GRAPHQL_RATE_REVIEWER", "-", "must be a whole number from 1 to 1000000000, not '-'"),
    ("JIJIAO_GRAPHQL_AT_ONCE", "0", "must be a whole number from 1 to 1000, not '0'"),
    ("JIJIAO_GRAPHQL_STREAMS", "0", "must be a whole number from 1 to 1000, not '0'"),
    ("JIJIAO_GRAPHQL_SECONDS", "301", "must be a whole number from 1 to 300, not '301'"),
    ("JIJIAO_STATEMENT_SECONDS", "0", "must be a whole number from 1 to 300, not '0'"),
    ("JIJIAO_GRAPHQL_COMPILED", "no", "must be one of on, off"),
    ("JIJIAO_STATUS_PROFILE", "draft", "must be one of audit, draft-2026"),
    ("JIJIAO_GRAPHQL_GET", "yes", "must be one of on, off"),
    ("JIJIAO_LOG_LEVEL", "debug", "must be one of DEBUG, INFO, WARNING, ERROR, not 'debug'"),
    ("JIJIAO_POOL", "1", "must be a whole number from 2 to 500, not '1'"),
    ("JIJIAO_FAILPOINT", "claimed:1", "must be unset, or JIJIAO_MODE be dev"),
    ("JIJIAO_PG_BIN", "/usr/bin", "must be unset, or JIJIAO_MODE be dev"),
    ("JIJIAO_REDIS_BIN", "redis", "must be an absolute path, not 'redis'"),
    ("JIJIAO_PROT", "80", "must be unset: there is no such setting (did you mean JIJIAO_PORT?)"),
    ("JIJIAO_ZZZZZZ", "1", "must be unset: there is no such setting."),
]


def test_who_signs_certificates_says_who_issues_them() -> None:
    signing = {**GOOD, "JIJIAO_CERTIFICATE_KEY": "/etc/jijiao/certificate.pem"}

    with pytest.raises(SettingError, match="JIJIAO_CERTIFICATE_ISSUER must be set where"):
        settings.read(signing)
    named = settings.read({**signing, "JIJIAO_CERTIFICATE_ISSUER": "某局"})

    assert named.certificate_issuer == "某局"


PORTAL = {
    **GOOD,
    "JIJIAO_OIDC_ISSUER": "https://sso.example/realm",
    "JIJIAO_OIDC_CLIENT": "jijiao",
    "JIJIAO_OIDC_SECRET": "/etc/jijiao/portal",
}


@pytest.mark.parametrize("name", ["JIJIAO_OIDC_CLIENT", "JIJIAO_OIDC_SECRET"])
def test_half_a_portal_is_none(name: str) -> None:
    assert settings.read(PORTAL).oidc_client == "jijiao"

    with pytest.raises(SettingError, match=f"{name} must be set where people sign in"):
        settings.read({**PORTAL, name: ""})


def test_a_portal_without_tls_is_for_developers_who_say_where_they_are() -> None:
    plain = {**PORTAL, "JIJIAO_OIDC_ISSUER": "http://127.0.0.1:9400"}

    with pytest.raises(SettingError, match="JIJIAO_OIDC_ISSUER must begin with https://"):
        settings.read(plain)
    with pytest.raises(SettingError, match="JIJIAO_ORIGIN must be set where people sign in"):
        settings.read({**plain, "JIJIAO_ORIGIN": ""}, mode="dev")
    assert settings.read(plain, mode="dev").oidc_issuer == "http://127.0.0.1:9400"


@pytest.mark.parametrize(("name", "value", "must"), BAD)
def test_a_wrong_setting_is_named_with_what_it_must_be(name: str, value: str, must: str) -> None:
    with pytest.raises(SettingError) as error:
        settings.read({**GOOD, name: value})

    assert str(error.value).startswith(f"{name} {must}")
    assert str(error.value).endswith(f"请检查环境变量 {name}。")


def test_every_setting_is_in_the_table_of_wrong_values() -> None:
    every = {settings.variable(name) for name in settings.Settings.__dataclass_fields__}

    assert every - {name for name, *_ in BAD} == FREE  # any text will do


def test_a_wrong_url_is_not_repeated_since_it_may_hold_a_password() -> None:
    with pytest.raises(SettingError) as error:
        settings.read({**GOOD, "JIJIAO_DATABASE_URL": "postgresql://u:hunter2@h"})

    assert "hunter2" not in str(error.value)


def test_four_settings_are_enough_for_production() -> None:
    read = settings.read(GOOD)

    assert (read.mode, read.port, read.storage) == ("production", 8000, Path("/srv/files"))


def test_development_needs_none_and_may_name_a_failpoint() -> None:
    read = settings.read({"JIJIAO_FAILPOINT": "claimed:1"}, mode="dev")

    assert (read.database_url, read.storage, read.failpoint) == ("", None, "claimed:1")


def test_the_mode_that_was_set_outranks_the_one_a_command_prefers() -> None:
    assert settings.read({**GOOD, "JIJIAO_MODE": "production"}, mode="dev").mode == "production"


def test_variables_of_the_tests_are_no_settings() -> None:
    assert settings.read({**GOOD, "JIJIAO_TEST_CACHE": "/x", "HOME": "/y"})


def test_a_child_reads_the_same_settings_from_the_variables_it_is_given() -> None:
    read = settings.read({**GOOD, "JIJIAO_POOL": "7", "JIJIAO_CLAMD": "/run/clamd.sock"})

    assert settings.read(read.variables()) == read


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (GOOD["JIJIAO_DATABASE_URL"], ("db.example", 5433, "ce", "s@cret", "jijiao", None)),
        ("postgresql://u@/d?host=/run/pg", ("/run/pg", 5432, "u", None, "d", None)),
        ("postgres://u@h/d?sslmode=require", ("h", 5432, "u", None, "d", "require")),
    ],
)
def test_a_database_url_becomes_credentials(url: str, expected: tuple[Any, ...]) -> None:
    config = settings.tortoise(settings.read({**GOOD, "JIJIAO_DATABASE_URL": url}))
    found = config["connections"]["default"]["credentials"]

    names = ("host", "port", "user", "password", "database", "ssl")
    assert tuple(found.get(name) for name in names) == expected


def test_the_pool_is_as_large_as_it_was_set() -> None:
    config = settings.read({**GOOD, "JIJIAO_POOL": "7"}).orm

    assert config["connections"]["default"]["credentials"]["maxsize"] == 7


@pytest.mark.parametrize(
    ("url", "host", "port", "database", "socket", "ssl"),
    [
        ("redis://h", "h", 6379, 0, None, False),
        ("rediss://h:1/2", "h", 1, 2, None, True),
        ("unix:///run/r.sock?db=3", "localhost", 6379, 3, "/run/r.sock", False),
    ],
)
def test_a_redis_url_becomes_a_connection_that_checks_names_and_outlives_a_restart(
    url: str, host: str, port: int, database: int, socket: str | None, ssl: bool
) -> None:
    found = settings.redis(settings.read({**GOOD, "JIJIAO_REDIS_URL": url}))

    assert (found.host, found.port, found.database) == (host, port, database)
    assert (found.unix_socket_path, found.ssl, found.ssl_check_hostname) == (socket, ssl, ssl)
    assert found.retry is not None and found.retry_on_timeout


@pytest.mark.parametrize("connect", [settings.tortoise, settings.redis])
def test_without_an_address_development_is_told_what_starts_one(connect: Any) -> None:
    with pytest.raises(SettingError, match="`make dev` starts one for you"):
        connect(settings.read({}, mode="dev"))
