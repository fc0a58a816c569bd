"""What a password must be, by profile."""

from datetime import timedelta

import pytest

from rules import password
from rules.password import PasswordProfile

MLPS3, ASVS = PasswordProfile.MLPS3, PasswordProfile.ASVS


@pytest.mark.parametrize(
    ("given", "profile", "codes"),
    [
        ("Yuexiu-2031xd", MLPS3, []),
        ("继续教育Abc-71", MLPS3, []),  # other writings are other characters
        ("Yuexiu-20", MLPS3, ["PASSWORD_SHORT"]),
        ("yuexiuhenan71", MLPS3, ["PASSWORD_KINDS"]),
        ("yuexiu-henan-71", MLPS3, []),  # small, digit, other
        ("Password123!", MLPS3, ["PASSWORD_COMMON"]),
        ("P@ssw0rd2031", MLPS3, ["PASSWORD_COMMON"]),
        ("Guangzhou2031!", MLPS3, ["PASSWORD_COMMON"]),
        ("Aa1!Aa1!Aa1!", MLPS3, ["PASSWORD_COMMON"]),  # three characters
        ("Aa1" * 43, MLPS3, ["TEXT_TOO_LONG", "PASSWORD_COMMON"]),
        ("", MLPS3, ["PASSWORD_SHORT", "PASSWORD_KINDS", "PASSWORD_COMMON"]),
        ("four plain words here", ASVS, []),
        ("Yuexiu-2031xd", ASVS, ["PASSWORD_SHORT"]),
        ("1234567890123456", ASVS, ["PASSWORD_COMMON"]),
        ("aaaaaaaaaaaaaaaa", ASVS, ["PASSWORD_COMMON"]),
    ],
)
def test_a_password_is_judged_by_its_profile(
    given: str, profile: PasswordProfile, codes: list[str]
) -> None:
    assert [one.code for one in password.check(given, profile=profile)] == codes


@pytest.mark.parametrize("about", ["wanglan", "13800138000", "市第二医院"])
def test_what_others_know_of_somebody_is_not_in_his_password(about: str) -> None:
    given = f"Xd-{about.upper()}-71"

    found = password.check(given, profile=MLPS3, about=[about, "", "王"])

    assert [one.code for one in found] == ["PASSWORD_ABOUT_YOU"]
    assert password.check(given, profile=MLPS3, about=["", "王"]) == ()


def test_the_profile_that_is_assessed_changes_every_ninety_days_and_the_other_never() -> None:
    lasts = {profile: rule.lasts for profile, rule in password.RULES.items()}

    assert lasts[MLPS3] == timedelta(days=90)
    assert lasts[ASVS] is None
