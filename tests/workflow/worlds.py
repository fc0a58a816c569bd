"""The worlds the engine is explored in: who sits where, and which body is which organisation."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tests.workflow import product, regulation
from tests.workflow.product import Explored
from tests.workflow.regulation import Law, Person
from workflow import route
from workflow.route import Route

FOLDER = Path(__file__).with_name("routes")
UNIT = ("经办人", "单位领导")
CITY = ("复验", "处领导")
CLAIMING = tuple(kind for kind in product.ACTS if kind not in (*product.HANDLING, *product.SIGNING))
PLAIN = tuple(kind for kind in CLAIMING if kind not in product.CLAIMS)


def at(body: str, name: str, *seats: str, instead_of: str | None = None) -> Person:
    return Person(name, body, frozenset(seats), instead_of)


def chief(body: str, name: str) -> Person:
    return Person(name, body, chief=True)


@cache
def routes() -> Mapping[str, tuple[Route, Law]]:
    """Each route beside the law it is held against."""
    shipped = route.load_all()
    return {
        "declaration": (shipped["declaration"], regulation.DECLARATION),
        "public_course": (shipped["declaration.public_course"], regulation.PUBLIC_COURSE),
        "amendment": (shipped["record.amendment"], regulation.AMENDMENT),
        "recognised": (
            shipped["record.amendment_recognised"],
            regulation.AMENDMENT_RECOGNISED,
        ),
        "municipal": (shipped["cycle.municipal"], regulation.CYCLE_MUNICIPAL),
        "of_district": (shipped["cycle.district"], regulation.CYCLE_DISTRICT),
        "direct": (shipped["cycle.district_direct"], regulation.CYCLE_DISTRICT_DIRECT),
        "point": (shipped["cycle.direct_point"], regulation.CYCLE_DIRECT_POINT),
        "profile": (shipped["profile.confirmation"], regulation.PROFILE),
        "of_unit": (shipped["account.unit_admin"], regulation.ACCOUNT_OF_UNIT),
        "of_department": (shipped["account.department"], regulation.ACCOUNT_OF_BODY),
        "of_bureau": (shipped["account.bureau"], regulation.ACCOUNT_OF_BODY),
        "of_base": (shipped["account.training_base"], regulation.ACCOUNT_OF_BODY),
        "mini": (text("mini"), regulation.MINI),
        "district": (text("district"), regulation.DISTRICT),
    }


def text(name: str) -> Route:
    return route.load(FOLDER / f"{name}.toml")


@dataclass(frozen=True)
class Place:
    """One world: a route, its people and bodies, and how far the exploration goes."""

    route: str
    people: tuple[Person, ...]
    bodies: tuple[tuple[str, str | None], ...]
    kinds: tuple[str, ...] = PLAIN
    about: str = ""
    edits: bool = False
    weather: bool = False
    late: bool = False
    kinds_of: tuple[tuple[str, str], ...] = ()

    def explore(self) -> Explored:
        return explored(self)

    def walked(self) -> Explored:
        """Explore afresh."""
        compiled, law = routes()[self.route]
        start = product.world(law, self.people, dict(self.bodies), self.about)
        start = replace(start, late=self.late, stale=self.late, kinds=self.kinds_of)
        return product.explore(
            compiled,
            law,
            self.people,
            start,
            kinds=self.kinds,
            about=self.about,
            edits=self.edits,
            weather=self.weather,
        )


@cache
def explored(place: Place) -> Explored:
    return place.walked()


APPLICANT = at("单位", "申请人")
NEAR = (("所在单位", "单位"), ("主管部门", "局"), ("同级主管", "厅"))
ONE_BODY = (("所在单位", "单位"), ("主管部门", "局"), ("同级主管", "局"))
POINT = (("申报点", "点"), ("市局", "市"))
UNDER_THE_BUREAU = (("所在单位", "单位"), ("主管部门", "市"), ("区县", "区"), ("市局", "市"))
FAR = (("所在单位", "单位"), ("主管部门", "局"), ("区县", "区"), ("市局", "市"))
MERGED = (("所在单位", "单位"), ("主管部门", "单位"), ("区县", "区"), ("市局", "市"))

HONEST_UNIT = (
    APPLICANT,
    at("单位", "办", "经办人"),
    at("单位", "领", "单位领导"),
    at("单位", "兼", *UNIT),
    at("局", "验", "验证"),
    at("厅", "认", "验证"),
)
SMALL_UNIT = (  # the handler declares for himself: only the leader is left
    APPLICANT,
    at("单位", "申请人", "经办人"),
    at("单位", "领", "单位领导"),
    at("局", "验", "验证"),
    at("厅", "认", "验证"),
)
ONE_PERSON_UNIT = (
    APPLICANT,
    at("单位", "兼", *UNIT),
    at("局", "验", "验证"),
    at("局", "核", "验证"),
    at("厅", "认", "验证"),
)
EMPTY_UNIT = (
    at("单位", "申请人", *UNIT),
    at("局", "验", "验证"),
    at("局", "核", "验证"),
    at("厅", "认", "验证"),
)
CROOKED_UNIT = (
    APPLICANT,
    at("单位", "申请人", *UNIT),
    at("单位", "办", *UNIT),
    at("单位", "领", *UNIT),
    at("单位", "兼", *UNIT),
    at("单位", "领", *UNIT, instead_of="办"),
    at("单位", "兼", *UNIT, instead_of="申请人"),
    at("局", "办", "验证"),
    at("厅", "办", "验证"),
    at("厅", "认", "验证"),
    at("厅", "领", "验证", instead_of="认"),
    at("厅", "认", "验证", instead_of="申请人"),
    at("单位", "闲"),
)
CROOKED_HELP = (
    APPLICANT,
    at("单位", "申请人", *UNIT),
    at("单位", "办", *UNIT),
    at("局", "申请人", "验证"),
    at("局", "办", "验证"),
    at("局", "验", "验证"),
    at("局", "证", "验证"),
    at("局", "证", "验证", instead_of="办"),
    at("局", "证", "验证", instead_of="申请人"),
    at("局", "验", "验证", instead_of="证"),
    at("厅", "认", "验证"),
    at("厅", "验", "验证"),
)
CLAIMING_UNIT = (
    APPLICANT,
    at("单位", "办", *UNIT),
    at("单位", "领", *UNIT),
    chief("单位", "管"),
    chief("局", "管"),
)
HONEST_CITY = (
    APPLICANT,
    at("单位", "初", "初验"),
    at("单位", "领", "单位领导"),
    at("局", "验", "验证"),
    at("区", "察", "验证"),
    at("市", "复", *CITY),
    at("市", "处", *CITY),
)
CROOKED_CITY = (
    *HONEST_CITY,
    at("单位", "申请人", "初验"),
    at("区", "申请人", "验证"),
    at("市", "察", *CITY),
    at("市", "处", *CITY, instead_of="验"),
    at("市", "复", *CITY, instead_of="申请人"),
    at("市", "初", *CITY),
)

CROOKED_PAIR = (
    APPLICANT,
    at("单位", "申请人", "初验"),
    at("单位", "初", "初验"),
    at("市", "初", *CITY),
    at("市", "申请人", *CITY),
    at("市", "复", *CITY),
    at("市", "处", *CITY),
    at("市", "复", *CITY, instead_of="初"),
    at("市", "处", *CITY, instead_of="申请人"),
)

PROPOSER = at("单位", "申请人", "经办人")
HONEST_CORRECTION = (
    PROPOSER,
    at("单位", "领", "单位领导"),
    at("局", "验", "验证"),
    at("厅", "认", "验证"),
)
CORRECTED_BY_THE_LEADER = (
    at("单位", "申请人", *UNIT),
    at("单位", "办", "经办人"),
    at("局", "验", "验证"),
    at("厅", "认", "验证"),
)
CORRECTION_OF_THE_LEADER = (
    PROPOSER,
    at("单位", "本人", "单位领导"),
    at("局", "验", "验证"),
    at("厅", "认", "验证"),
)
CROOKED_CORRECTION = (
    at("单位", "申请人", *UNIT),
    at("单位", "本人", *UNIT),
    at("单位", "办", "经办人"),
    at("单位", "领", "单位领导"),
    at("单位", "领", "单位领导", instead_of="申请人"),
    at("单位", "领", "单位领导", instead_of="本人"),
    at("局", "申请人", "验证"),
    at("局", "本人", "验证"),
    at("局", "验", "验证"),
    at("厅", "本人", "验证"),
    at("厅", "申请人", "验证"),
    at("厅", "认", "验证"),
    at("厅", "认", "验证", instead_of="本人"),
    at("厅", "领", "验证", instead_of="申请人"),
    chief("单位", "管"),
    chief("单位", "本人"),
)
CROOKED_HELP_WITH_CORRECTION = tuple(
    one for one in CROOKED_CORRECTION if (one.body, one.name) != ("单位", "领")
)

HONEST_POINT = (
    at("点", "申请人"),
    at("点", "初", "初验"),
    at("点", "领", "单位领导"),
    at("市", "复", *CITY),
    at("市", "处", *CITY),
)
ONE_PERSON_POINT = (
    at("点", "申请人"),
    at("点", "兼", "初验", "单位领导"),
    at("市", "复", *CITY),
    at("市", "处", *CITY),
    at("市", "三", *CITY),
)
CROOKED_POINT = (
    at("点", "申请人", "初验", "单位领导"),
    at("点", "兼", "初验", "单位领导"),
    at("市", "申请人", *CITY),
    at("市", "兼", *CITY),
    at("市", "复", *CITY),
    at("市", "处", *CITY),
    at("市", "三", *CITY),
    at("市", "三", *CITY, instead_of="复"),
    at("市", "处", *CITY, instead_of="申请人"),
)
CROOKED_PROFILE = (
    at("单位", "申请人", "经办人"),
    at("单位", "办", "经办人", instead_of="申请人"),
    at("单位", "领", "单位领导"),
    at("局", "申请人", "验证"),
    at("局", "验", "验证"),
    at("局", "证", "验证", instead_of="申请人"),
)

ABOVE = (("上级或市局", "局"), ("市局", "市"))
APPROVES = "业务管理员审核"
HONEST_APPROVAL = (APPLICANT, at("局", "批", APPROVES), at("市", "审", APPROVES))
CROOKED_APPROVAL = (
    *HONEST_APPROVAL,
    at("局", "申请人", APPROVES),
    at("局", "批", APPROVES, instead_of="申请人"),
    at("市", "申请人", APPROVES),
    at("市", "审", APPROVES, instead_of="申请人"),
    chief("局", "管"),
    chief("市", "管"),
)
ACCOUNTS = ("of_unit", "of_department", "of_bureau", "of_base")

NEAR_KINDS = (("单位", "单位"), ("局", "市主管部门"), ("区", "区县局"), ("厅", "市局"))
HANDLED_UNIT = (
    at("单位", "申请人", *UNIT),
    at("单位", "办", "经办人"),
    at("单位", "领", "单位领导"),
    at("单位", "兼", *UNIT),
    at("局", "验", "验证"),
    chief("单位", "管"),
    chief("单位", "申请人"),
    chief("局", "管"),
)
HANDLED_ABOVE = (
    APPLICANT,
    at("单位", "兼", *UNIT),
    at("局", "验", "验证"),
    at("局", "证", "验证"),
    at("厅", "认", "验证"),
    at("区", "察", "验证"),
    chief("单位", "管"),
    chief("局", "管"),
    chief("厅", "管"),
    chief("厅", "申请人"),
)
SIGNING_UNIT = (
    at("单位", "申请人", *UNIT),
    at("单位", "办", "经办人"),
    at("单位", "领", "单位领导"),
    at("单位", "兼", *UNIT),
    chief("单位", "管"),
)
HONEST_SIGNERS = (
    at("单位", "申请人", "经办人"),
    at("单位", "领", "单位领导"),
    at("单位", "首", "单位领导"),
    at("单位", "办", "经办人"),
    chief("单位", "管"),
)
SIGNING_POINT = (
    at("点", "申请人"),
    at("点", "初", "初验"),
    at("点", "领", "单位领导"),
    at("市", "复", "复验"),
    at("市", "处", "处领导"),
    at("市", "三", *CITY),
)
HANDLED_PAIR = (
    APPLICANT,
    at("单位", "初", "初验"),
    at("市", "初", *CITY),
    at("市", "复", *CITY),
    at("市", "处", *CITY),
    chief("市", "管"),
)

HONEST: Mapping[str, Place] = {
    "declaration": Place("declaration", HONEST_UNIT, NEAR),
    "declaration of the handler": Place("declaration", SMALL_UNIT, NEAR),
    "declaration in a one-person unit": Place("declaration", ONE_PERSON_UNIT, NEAR),
    "declaration of the only reviewer": Place("declaration", EMPTY_UNIT, NEAR),
    "public course": Place("public_course", HONEST_UNIT, NEAR),
    "public course in a one-person unit": Place("public_course", ONE_PERSON_UNIT, NEAR),
    "public course of the only reviewer": Place("public_course", EMPTY_UNIT, ONE_BODY),
    "district": Place("district", HONEST_CITY, FAR),
    "municipal cycle": Place("municipal", HONEST_CITY, FAR),
    "cycle of a unit under the bureau": Place("municipal", HONEST_CITY, UNDER_THE_BUREAU),
    "cycle of the district": Place("of_district", HONEST_CITY, FAR),
    "cycle of a direct unit": Place("direct", HONEST_CITY, FAR),
    "cycle at a point": Place("point", HONEST_POINT, POINT),
    "cycle at a one-person point": Place("point", ONE_PERSON_POINT, POINT),
    "profile": Place("profile", HONEST_UNIT, NEAR),
    "profile of the handler": Place("profile", SMALL_UNIT, NEAR),
    **{f"account {name}": Place(name, HONEST_APPROVAL, ABOVE) for name in ACCOUNTS},
    "correction": Place("amendment", HONEST_CORRECTION, NEAR, about="本人"),
    "correction by the leader": Place("amendment", CORRECTED_BY_THE_LEADER, NEAR, about="本人"),
    "correction of the leader": Place("amendment", CORRECTION_OF_THE_LEADER, NEAR, about="本人"),
    "recognised correction": Place("recognised", HONEST_CORRECTION, NEAR, about="本人"),
    "recognised, one body": Place("recognised", CORRECTION_OF_THE_LEADER, ONE_BODY, about="本人"),
}
CROOKED: Mapping[str, Place] = {
    "declaration": Place("declaration", CROOKED_UNIT, NEAR, edits=True),
    "declaration with help": Place("declaration", CROOKED_HELP, NEAR, edits=True),
    "public course": Place("public_course", CROOKED_UNIT, NEAR),
    "public course with help": Place("public_course", CROOKED_HELP, NEAR, edits=True),
    "public course, one body": Place("public_course", CROOKED_HELP, ONE_BODY),
    "two steps, separated": Place(
        "mini", CROOKED_PAIR, (("所在单位", "单位"), ("市局", "市")), edits=True
    ),
    "district": Place("district", CROOKED_CITY, FAR),
    "district, a unit that is its own department": Place("district", CROOKED_CITY, MERGED),
    "municipal cycle": Place("municipal", CROOKED_CITY, FAR),
    "cycle of the district": Place("of_district", CROOKED_CITY, FAR),
    "cycle of a direct unit": Place("direct", CROOKED_CITY, FAR),
    "cycle at a point": Place("point", CROOKED_POINT, POINT),
    "profile": Place("profile", CROOKED_PROFILE, NEAR, kinds=CLAIMING, edits=True, weather=True),
    **{
        f"account {name}": Place(name, CROOKED_APPROVAL, ABOVE, kinds=CLAIMING, edits=True)
        for name in ACCOUNTS
    },
    "the clock": Place(
        "declaration", CLAIMING_UNIT, NEAR, kinds=(*CLAIMING, product.CLOCK), edits=True, late=True
    ),
    "handling": Place(
        "declaration",
        HANDLED_UNIT,
        NEAR,
        kinds=(*CLAIMING, *product.HANDLING),
        weather=True,
        kinds_of=NEAR_KINDS,
    ),
    "signers": Place(
        "declaration",
        SIGNING_UNIT,
        NEAR,
        kinds=("送审", "呈送同意", "内部退案", "退案", "同意结案", *product.SIGNING),
    ),
    "signers and claims": Place(
        "amendment",
        HONEST_SIGNERS,
        NEAR,
        about="本人",
        kinds=("送审", "同意结案", "呈送同意", "签收", "放回", *product.SIGNING),
    ),
    "signers of a cycle": Place(
        "point",
        SIGNING_POINT,
        POINT,
        kinds=("送审", "回收", "呈送同意", "退案", "同意结案", *product.SIGNING),
    ),
    "handling beyond the unit": Place(
        "public_course",
        HANDLED_ABOVE,
        (*NEAR, ("市局", "厅")),
        kinds=("送审", "呈送同意", "同意结案", "退案", "内部退案", *product.HANDLING),
        weather=True,
        kinds_of=NEAR_KINDS,
    ),
    "handling of two steps, separated": Place(
        "mini",
        HANDLED_PAIR,
        (("所在单位", "单位"), ("市局", "市")),
        kinds=(*PLAIN, "转办", "催办"),
    ),
    "correction": Place(
        "amendment",
        CROOKED_CORRECTION,
        NEAR,
        about="本人",
        kinds=CLAIMING,
        edits=True,
        weather=True,
    ),
    "correction with help": Place(
        "amendment", CROOKED_HELP_WITH_CORRECTION, NEAR, about="本人", edits=True
    ),
    "correction of one's own": Place("amendment", CROOKED_CORRECTION, NEAR, about="申请人"),
    "recognised correction": Place(
        "recognised", CROOKED_CORRECTION, NEAR, about="本人", edits=True
    ),
    "recognised with help": Place(
        "recognised", CROOKED_HELP_WITH_CORRECTION, NEAR, about="本人", edits=True
    ),
    "claims and weather": Place(
        "declaration", CLAIMING_UNIT, NEAR, kinds=CLAIMING, edits=True, weather=True
    ),
    "nobody above": Place(
        "public_course",
        (*CLAIMING_UNIT, at("局", "验", "验证")),
        (("所在单位", "单位"), ("主管部门", "局"), ("同级主管", None)),
    ),
    "nowhere": Place(
        "declaration", EMPTY_UNIT, (("所在单位", "单位"), ("主管部门", None), ("同级主管", None))
    ),
}
