"""The routes in the words of the regulation, and what a dossier of a case holds."""

from dataclasses import dataclass, replace

BOTH = ("催办", "告知上级")  # 办理期限届满后


@dataclass(frozen=True)
class Stage:
    """One 业务步骤 as the regulation describes it."""

    name: str
    body: str
    ladder: tuple[str, ...]
    heads: int = 1
    inside: bool = True
    rejects: bool = True
    returns: bool = True
    back: tuple[str, ...] = ("个人",)
    apart: tuple[str, ...] = ()
    helpers: tuple[str, tuple[str, ...]] | None = None
    dropped_beside_itself: bool = False
    final_for: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    late: tuple[str, ...] = BOTH
    term: bool = True


Law = tuple[Stage, ...]
HOURS = ("核定学时", "核定学分")
UNIT = Stage(
    "单位审批", "所在单位", ("经办人", "单位领导"), 2, helpers=("主管部门", ("验证",)), fields=HOURS
)
DECLARATION: Law = (UNIT,)
PUBLIC_COURSE: Law = (
    UNIT,
    Stage(
        "公需课认定", "同级主管", ("验证",), inside=False, back=("个人", "单位审批"), fields=HOURS
    ),
)
# 更正由本单位一人提出，另一人（单位领导）确认；公需课的更正须经认定机关同意。
CONFIRMATION = Stage(
    "单位更正确认", "所在单位", ("单位领导",), inside=False, helpers=("主管部门", ("验证",))
)
AMENDMENT: Law = (CONFIRMATION,)
AMENDMENT_RECOGNISED: Law = (
    CONFIRMATION,
    Stage("公需课认定", "同级主管", ("验证",), inside=False, back=("个人", "单位更正确认")),
)
MINI: Law = (
    Stage("单位初验", "所在单位", ("初验",), inside=False, late=(), term=False),
    Stage(
        "市局复验",
        "市局",
        ("复验", "处领导"),
        2,
        back=("个人", "单位初验"),
        apart=("单位初验",),
        late=(),
        term=False,
    ),
)
# 个人基本资料由本单位经办人确认，本人不得确认本人的。
PROFILE: Law = (
    Stage(
        "单位确认",
        "所在单位",
        ("经办人",),
        inside=False,
        rejects=False,
        helpers=("主管部门", ("验证",)),
    ),
)
DISTRICT: Law = (
    Stage("单位初验", "所在单位", ("初验", "单位领导"), 2, helpers=("主管部门", ("验证",))),
    Stage(
        "主管部门验证",
        "主管部门",
        ("验证",),
        inside=False,
        back=("个人", "单位初验"),
        dropped_beside_itself=True,
        late=(),
    ),
    Stage(
        "区县人事局验证",
        "区县",
        ("验证",),
        inside=False,
        back=("个人", "单位初验", "主管部门验证"),
        final_for=("中级",),
        late=(),
        term=False,
    ),
    Stage(
        "市局复验",
        "市局",
        ("复验", "处领导"),
        2,
        rejects=False,
        back=("单位初验", "主管部门验证", "区县人事局验证"),
        apart=("主管部门验证", "区县人事局验证"),
        late=(),
        term=False,
    ),
)

# 系统管理员开户：单位的由表上所填主管部门（没有的由市局）审核，其余由市局审核；不设退案。
APPROVAL = Stage("业务管理员审核", "上级或市局", ("业务管理员审核",), inside=False, returns=False)
ACCOUNT_OF_UNIT: Law = (APPROVAL,)
ACCOUNT_OF_BODY: Law = (replace(APPROVAL, body="市局"),)


def checked(name: str, body: str, helpers: tuple[str, tuple[str, ...]]) -> Stage:
    """初验：本单位至少两人，人手不足的由上级补足。"""
    return Stage(name, body, ("初验", "单位领导"), 2, helpers=helpers)


def verified(name: str, body: str, *before: str, beside: bool = False) -> Stage:
    """验证：主管部门或区县人事局一人办理。"""
    back = ("个人", *before)
    return Stage(name, body, ("验证",), inside=False, back=back, dropped_beside_itself=beside)


def rechecked(*before: str, apart: tuple[str, ...]) -> Stage:
    """复验：市培训主管部门至少两人，且未在前面的步骤办理过；只催办，再无上级可告知。"""
    back = ("个人", *before)
    return Stage("市局复验", "市局", ("复验", "处领导"), 2, back=back, apart=apart, late=("催办",))


UNIT_CHECK = checked("单位初验", "所在单位", ("主管部门", ("验证",)))
# 周期验证：市属、区县所属、区县直属单位与直接申报点（继续教育操作指南 L531–536、L692–694）。
CYCLE_MUNICIPAL: Law = (
    UNIT_CHECK,
    verified("主管部门验证", "主管部门", "单位初验", beside=True),
    rechecked("单位初验", "主管部门验证", apart=("主管部门验证",)),
)
CYCLE_DISTRICT: Law = (
    UNIT_CHECK,
    verified("主管部门验证", "主管部门", "单位初验", beside=True),
    verified("区县人事局验证", "区县", "单位初验", "主管部门验证"),
    rechecked(
        "单位初验",
        "主管部门验证",
        "区县人事局验证",
        apart=("主管部门验证", "区县人事局验证"),
    ),
)
CYCLE_DISTRICT_DIRECT: Law = (
    UNIT_CHECK,
    verified("区县人事局验证", "区县", "单位初验"),
    rechecked("单位初验", "区县人事局验证", apart=("区县人事局验证",)),
)
CYCLE_DIRECT_POINT: Law = (
    checked("申报点初验", "申报点", ("市局", ("复验",))),
    rechecked("申报点初验", apart=("申报点初验",)),
)


@dataclass(frozen=True)
class Person:
    """A natural person sitting somewhere, perhaps for somebody else."""

    name: str
    body: str
    seats: frozenset[str] = frozenset()
    instead_of: str | None = None
    chief: bool = False

    @property
    def hands(self) -> frozenset[str]:
        return frozenset({self.name, self.instead_of or self.name})


@dataclass(frozen=True)
class World:
    """Which body is which organisation, how many there are of whom, what lies on the table."""

    bodies: tuple[tuple[str, str | None], ...]
    heads: tuple[tuple[str, int], ...]
    seats: tuple[tuple[str, frozenset[str]], ...]
    content: str = "甲"
    business: str = ""
    obstacle: str = ""
    unclean: bool = False
    fails: str = ""
    staff: tuple[tuple[str, str, frozenset[str]], ...] = ()  # 机构、姓名、用户组
    late: bool = False
    stale: bool = False
    day: int = 0
    kinds: tuple[tuple[str, str], ...] = ()  # 机构的类别，限申报人所在单位及其上级
    counting: str = ""
    left: bool = False  # 申请人已离开单位
    bad_value: str = ""

    def body(self, name: str) -> str | None:
        return dict(self.bodies)[name]


@dataclass(frozen=True)
class Said:
    """An opinion that still stands."""

    stage: str
    who: frozenset[str]
    deed: str
    rung: int
    content: str
    body: str
    helped: bool
    signed: bool = False


@dataclass(frozen=True)
class Signer:
    """加签的人或用户组，及请其发表意见的人。"""

    name: str
    seat: str
    by: frozenset[str]

    @property
    def only(self) -> frozenset[str]:
        return frozenset() if self.name == self.seat else frozenset({self.name})


@dataclass(frozen=True)
class Dossier:
    """Where the case lies, and what was said."""

    applicant: str
    about: str = ""  # 更正涉及的本人，申报时即申请人
    lies: str = "未送审"  # 未送审 审核中 退回待改 受阻 同意 不同意 已撤回
    stage: str = ""
    body: str = ""
    judged: str = ""
    rung: int = 0
    said: tuple[Said, ...] = ()
    dropped: tuple[str, ...] = ()
    own: int | None = None
    helper: str = ""
    kept_for: frozenset[str] = frozenset()
    kept_at: str = ""
    holder: str = ""
    why: str = ""
    told: frozenset[str] = frozenset()
    signers: tuple[Signer, ...] = ()
    since: int = 0
    urged: int | None = None

    @property
    def parties(self) -> frozenset[str]:
        return frozenset({self.applicant, self.about or self.applicant})


@dataclass(frozen=True)
class Deed:
    """What somebody wants to do."""

    kind: str
    person: Person
    to: str = "个人"
    values: tuple[str, ...] = ()
    stale: bool = False
    whom: str = ""
    reason: bool = True
    known: bool = True
    days: int = 1


@dataclass(frozen=True)
class Table:
    """Who may reach for the open case."""

    body: str
    seats: tuple[str, ...]
    helped: bool
