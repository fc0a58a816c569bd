"""Words the rules use about a person: gender, person group, discipline, education level."""

from enum import StrEnum


class Gender(StrEnum):
    """Gender (性别), as the 17th digit of the citizen number gives it: GB 11643-1999."""

    FEMALE = "female"
    MALE = "male"


class PersonGroup(StrEnum):
    """Person group (人员类别); teachers and health workers have rules of their own: L162, L666."""

    GENERAL = "general"
    TEACHER = "teacher"
    HEALTH = "health"


class Discipline(StrEnum):
    """Discipline (所属学科专业), chosen by the person, never derived from the series: L224–252."""

    NATURAL = "natural"
    SOCIAL = "social"


class Education(StrEnum):
    """Education level (学历), low to high: L91."""

    SECONDARY = "secondary"
    COLLEGE = "college"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"
