"""What the regulation says of a case, written from its words: knows nothing of the engine.

Bodies, seats and deeds carry the names of the regulation. `verdict` says why a deed is unlawful,
`after` what it makes of the dossier.
"""

from dataclasses import replace
from typing import Any

from tests.workflow.regulation import (
    Deed,
    Dossier,
    Law,
    Person,
    Said,
    Signer,
    Stage,
    Table,
    World,
)

INSIDE = ("呈送同意", "呈送不同意")


def said_at(dossier: Dossier) -> list[Said]:
    return [one for one in dossier.said if one.stage == dossier.stage]


def stage_of(law: Law, name: str) -> Stage:
    return next(stage for stage in law if stage.name == name)


def table(law: Law, dossier: Dossier) -> Table:
    """加签的人发表意见之前，业务在他手中。"""
    at = desk(law, dossier)
    return replace(at, seats=(dossier.signers[0].seat,)) if dossier.signers else at


def kept(dossier: Dossier) -> frozenset[str]:
    return dossier.signers[0].only if dossier.signers else dossier.kept_for


def desk(law: Law, dossier: Dossier) -> Table:
    """本单位的人都发表过意见、人数仍不足的，由上级机关补足。"""
    stage = stage_of(law, dossier.stage)
    spoken = [one for one in said_at(dossier) if not (one.helped or one.signed)]
    short = dossier.own is not None and len(spoken) >= dossier.own
    if dossier.kept_at == "助" or (short and not dossier.kept_at):
        assert stage.helpers
        return Table(dossier.helper, stage.helpers[1], True)
    return Table(dossier.body, (stage.ladder[min(dossier.rung, len(stage.ladder) - 1)],), False)


def lacking(stage: Stage, world: World) -> str | None:
    """机构不存在的，不得跳过。"""
    if world.body(stage.body) is None:
        return stage.body
    short = dict(world.heads)[stage.name] < stage.heads
    if short and stage.helpers and world.body(stage.helpers[0]) is None:
        return stage.helpers[0]
    return None


def verdict(law: Law, dossier: Dossier, deed: Deed, world: World) -> str | None:
    """Name the first reason why a deed is unlawful."""
    if deed.stale:
        return "CONFLICT"
    if deed.kind == "抄送":
        return showing(dossier, deed)
    if dossier.lies in ("同意", "不同意", "已撤回"):
        return "CLOSED"
    if deed.kind in ("送审", "撤回"):
        return by_applicant(law, dossier, deed, world)
    if dossier.lies == "受阻" and deed.kind != "改派":
        return "BLOCKED"
    if dossier.lies not in ("审核中", "受阻"):
        return "NOT_IN_REVIEW"
    return under_review(law, dossier, deed, world)


def under_review(law: Law, dossier: Dossier, deed: Deed, world: World) -> str | None:
    match deed.kind:
        case "回收":
            return take_back(law, dossier, deed)
        case "释放":
            return set_free(law, dossier, deed)
        case "重新统计":
            return count_anew(law, dossier, deed, world)
        case "催办":
            return hurrying(law, dossier, deed, world)
        case "转办":
            return handing_over(law, dossier, deed, world)
        case "加签" | "减签":
            return signing(law, dossier, deed, world)
        case "改派":
            return moving(law, dossier, deed, world)
    return at_the_table(law, dossier, deed) or holding(law, dossier, deed, world)


def showing(dossier: Dossier, deed: Deed) -> str | None:
    """抄送：申请人、办理过或正在办理的机构的审核人员；须有理由和期限。"""
    if dossier.lies == "未送审":
        return "NOT_IN_REVIEW"
    bodies = {dossier.body, dossier.helper, *(one.body for one in dossier.said)}
    reviews = deed.person.body in bodies and deed.person.seats
    if not reviews and deed.person.name != dossier.applicant:
        return "NOT_YOURS_TO_COPY"
    if not deed.reason:
        return "REASON_REQUIRED"
    if not deed.known:
        return "RECEIVER_UNKNOWN"
    return None if 0 < deed.days <= 180 else "COPY_TERM"


FITS = {
    "所在单位": ("单位", "申报点"),
    "申报点": ("申报点",),
    "主管部门": ("市主管部门", "区主管部门", "区县局", "市局"),
    "区县": ("区县局",),
    "市局": ("市局",),
    "同级主管": ("区县局", "市局"),
    "上级或市局": ("市主管部门", "区主管部门", "区县局", "市局"),
}


def moving(law: Law, dossier: Dossier, deed: Deed, world: World) -> str | None:
    """改派：由承办机构或市局的系统管理员办理，须说明理由，限单位及其上级中相应类别的机构。"""
    bodies = {dossier.body, dict(world.bodies).get("市局")} - {None, ""}
    if not deed.person.chief or deed.person.body not in bodies:
        return "NOT_YOURS_TO_REDIRECT"
    if dossier.parties & deed.person.hands:
        return "OWN_CASE"
    if not deed.reason:
        return "REASON_REQUIRED"
    kind = dict(world.kinds).get(deed.whom)
    same = deed.whom == dossier.body and dossier.lies != "受阻"
    fits = kind in FITS[stage_of(law, dossier.stage).body]
    return None if fits and not same else "ORGANISATION_DOES_NOT_FIT"


def hurrying(law: Law, dossier: Dossier, deed: Deed, world: World) -> str | None:
    """催办：申请人或送出的一方；期限过半后，同一待办一天一次。"""
    sent = [one for one in dossier.said if one.deed == "同意结案"]
    theirs = (
        bool(sent)
        and deed.person.body == sent[-1].body
        and bool(deed.person.seats & senders(law, sent[-1]))
    )
    if not theirs and deed.person.name != dossier.applicant:
        return "NOT_YOURS_TO_URGE"
    early = stage_of(law, dossier.stage).term and world.day - dossier.since < 15
    again = dossier.urged is not None and world.day - dossier.urged < 1
    return "TOO_EARLY_TO_URGE" if early or again else None


def senders(law: Law, said: Said) -> set[str]:
    stage = stage_of(law, said.stage)
    return set(stage.helpers[1] if said.helped and stage.helpers else stage.ladder)


def handing_over(law: Law, dossier: Dossier, deed: Deed, world: World) -> str | None:
    """转办：本机构同一用户组内，由办理人员或系统管理员交给能办理的另一人。"""
    at, person = table(law, dossier), deed.person
    why = waiting(law, dossier, person) or entitled(law, dossier, deed, at)
    if why:
        return why
    if dossier.holder not in ("", person.name):
        return "CLAIMED_BY_OTHER"
    able = {name for body, name, seats in world.staff if body == at.body and seats & set(at.seats)}
    able -= dossier.parties | person.hands | kept_out(law, dossier)
    return None if deed.whom in able and not dossier.signers else "NOT_IN_THE_SAME_GROUP"


def entitled(law: Law, dossier: Dossier, deed: Deed, at: Table) -> str | None:
    """本机构系统管理员，或能办理的人。"""
    if deed.person.chief and deed.person.body == at.body:
        return "OWN_CASE" if dossier.parties & deed.person.hands else None
    return seated(law, dossier, deed, at)


def waiting(law: Law, dossier: Dossier, person: Person) -> str | None:
    """有加签而未发表意见的，本步骤的人须等待。"""
    if not dossier.signers:
        return None
    at, signer = desk(law, dossier), dossier.signers[0]
    waits = person.body == at.body and person.seats & set(at.seats)
    his = signer.seat in person.seats and (not signer.only or signer.only & person.hands)
    return "SIGNER_PENDING" if waits and not his else None


def signing(law: Law, dossier: Dossier, deed: Deed, world: World) -> str | None:
    """加签、减签：限本机构；加签的意见不计入人数。"""
    at, person = desk(law, dossier), deed.person
    if deed.kind == "减签":
        theirs = any(one.by & person.hands for one in dossier.signers if one.name == deed.whom)
        if not theirs and not (person.chief and person.body == at.body):
            return "NOT_YOUR_TASK"
        if dossier.parties & person.hands:
            return "OWN_CASE"
        named = deed.whom in [one.name for one in dossier.signers]
        return None if named else "NO_SUCH_SIGNER"
    why = entitled(law, replace(dossier, signers=()), deed, at)
    if why:
        return why
    if dossier.holder not in ("", person.name):
        return "CLAIMED_BY_OTHER"
    able = signers_of(law, dossier, deed, world)
    return None if deed.whom in able else "SIGNER_DOES_NOT_FIT"


LADDER = ("经办人", "单位领导", "初验", "验证", "复验", "处领导")


def signers_of(law: Law, dossier: Dossier, deed: Deed, world: World) -> dict[str, str]:
    at, able = desk(law, dossier), dict[str, str]()
    barred = dossier.parties | deed.person.hands | kept_out(law, dossier)
    for body, name, seats in world.staff:
        if body == at.body and name not in barred and seats:
            held = [seat for seat in LADDER if seat in seats or able.get(name) == seat]
            able |= {name: held[0]} | {seat: seat for seat in seats}
    return {one: seat for one, seat in able.items() if one not in pending(dossier)}


def pending(dossier: Dossier) -> list[str]:
    return [one.name for one in dossier.signers]


def signed(law: Law, dossier: Dossier, deed: Deed, world: World) -> Dossier:
    if deed.kind == "减签":
        left = tuple(one for one in dossier.signers if one.name != deed.whom)
    else:
        seat = signers_of(law, dossier, deed, world)[deed.whom]
        left = (*dossier.signers, Signer(deed.whom, seat, deed.person.hands))
        dossier = replace(dossier, told=dossier.told - {f"走{deed.whom}"})
    if left[:1] == dossier.signers[:1]:
        return replace(dossier, signers=left)
    return replace(dossier, signers=left, holder="", urged=None)


def kept_out(law: Law, dossier: Dossier) -> set[str]:
    """已在本步骤或须回避的步骤发表过意见的人。"""
    stages = (*stage_of(law, dossier.stage).apart, dossier.stage)
    return {hand for one in dossier.said if one.stage in stages for hand in one.who}


def set_free(law: Law, dossier: Dossier, deed: Deed) -> str | None:
    """系统管理员可以释放本机构已签收的业务。"""
    if not deed.person.chief or deed.person.body != table(law, dossier).body:
        return "NOT_YOUR_TASK"
    return None if dossier.holder else "NOT_CLAIMED"


def by_applicant(law: Law, dossier: Dossier, deed: Deed, world: World) -> str | None:
    if deed.kind == "撤回":
        return giving_up(dossier, deed, world)
    if deed.person.name != dossier.applicant:
        return "NOT_APPLICANT"
    if dossier.about in deed.person.hands:  # 不得更正本人的记录
        return "OWN_CASE"
    if dossier.lies not in ("未送审", "退回待改"):
        return "NOT_EDITABLE"
    if world.obstacle:
        return world.obstacle
    return "NO_SUCH_ORGANISATION" if lacking(opening_stage(law, world), world) else None


def giving_up(dossier: Dossier, deed: Deed, world: World) -> str | None:
    """申请人撤回；待其处理而其已离开单位的，由单位系统管理员说明理由代为撤回，涉及本人的除外。"""
    if deed.person.name == dossier.applicant:
        return None
    waits = world.left and dossier.lies in ("未送审", "退回待改")
    unit = dict(world.bodies).get("所在单位")
    if not (waits and deed.person.chief and deed.person.body == unit):
        return "NOT_APPLICANT"
    if dossier.about in deed.person.hands:
        return "OWN_CASE"
    return None if deed.reason else "REASON_REQUIRED"


def take_back(law: Law, dossier: Dossier, deed: Deed) -> str | None:
    """上级主管部门未作审核的，可以回收。"""
    if any(one.stage == dossier.stage for one in dossier.said):
        return "ALREADY_REVIEWED"
    sent = [one for one in dossier.said if one.deed == "同意结案"]
    if not sent:
        return None if deed.person.name == dossier.applicant else "NOT_YOURS_TO_RECALL"
    stage = stage_of(law, sent[-1].stage)
    seats = stage.helpers[1] if sent[-1].helped and stage.helpers else stage.ladder
    if deed.person.body != sent[-1].body or not deed.person.seats & set(seats):
        return "NOT_YOURS_TO_RECALL"
    return "OWN_CASE" if dossier.parties & deed.person.hands else None


def count_anew(law: Law, dossier: Dossier, deed: Deed, world: World) -> str | None:
    """内容变动后，由首个步骤或当前办理的用户组重新统计；本人的不得办理。"""
    first, at = opening_stage(law, world), table(law, dossier)
    places = [(world.body(first.body), first.ladder), (at.body, at.seats)]
    if not any(
        deed.person.body == body and deed.person.seats & set(seats) for body, seats in places
    ):
        return "NOT_YOURS_TO_RESTATE"
    if dossier.parties & deed.person.hands:
        return "OWN_CASE"
    if world.counting:
        return world.counting
    return "CONTENT_UNCHANGED" if world.content == dossier.judged else None


def opening_stage(law: Law, world: World) -> Stage:
    return next(stage for stage in law if not beside_itself(law, stage, world))


def at_the_table(law: Law, dossier: Dossier, deed: Deed) -> str | None:
    """谁可以办理：本机构、本用户组，不是本人，不违反回避。"""
    why = waiting(law, dossier, deed.person)
    return why or seated(law, dossier, deed, table(law, dossier))


def seated(law: Law, dossier: Dossier, deed: Deed, at: Table) -> str | None:
    person = deed.person
    if person.body != at.body or not person.seats & set(at.seats):
        return "NOT_YOUR_TASK"
    if dossier.parties & person.hands:
        return "OWN_CASE"
    if kept(dossier) and not kept(dossier) & person.hands:
        return "NOT_YOUR_TASK"
    for one in dossier.said:
        if one.stage in stage_of(law, dossier.stage).apart and one.who & person.hands:
            return "SEPARATION_OF_DUTIES"
    return None


def holding(law: Law, dossier: Dossier, deed: Deed, world: World) -> str | None:
    """签收的归签收人；办理的是送审时的内容。"""
    stage, name = stage_of(law, dossier.stage), deed.person.name
    if deed.kind == "放回":
        return None if dossier.holder == name else "NOT_CLAIMED_BY_YOU"
    if deed.kind != "签收" and not may(stage, dossier, deed):
        return "NOT_ALLOWED_HERE"
    if dossier.holder not in ("", name):
        return "CLAIMED_BY_OTHER"
    if deed.kind == "签收":
        return None
    return (
        uncertain(dossier, deed, world)
        or unfit(deed, world)
        or opinions(law, dossier, deed)
        or fields(stage, dossier, deed, world)
    )


def uncertain(dossier: Dossier, deed: Deed, world: World) -> str | None:
    """正在重新统计的，不得呈送或结案，仍可退案；内容变动的，须先重新统计。"""
    if world.counting and deed.kind not in ("退案", "内部退案"):
        return world.counting
    return "CONTENT_CHANGED" if world.content != dossier.judged else None


def may(stage: Stage, dossier: Dossier, deed: Deed) -> bool:
    """加签的人只发表内部意见。"""
    if dossier.signers:
        return deed.kind in INSIDE
    if deed.kind in (*INSIDE, "内部退案"):
        return stage.inside
    if deed.kind == "退案":
        return stage.returns
    return stage.rejects or deed.kind != "不同意结案"


def unfit(deed: Deed, world: World) -> str | None:
    """附件未查清、条件不合格的，不得审核同意；仍可退案或不同意。"""
    if deed.kind != "同意结案":
        return None
    return "ATTACHMENT_NOT_CLEAN" if world.unclean else world.fails or None


def opinions(law: Law, dossier: Dossier, deed: Deed) -> str | None:
    """至少两人审核后才能作最终记录；每人一次意见。"""
    stage = stage_of(law, dossier.stage)
    here = [one for one in dossier.said if one.stage == stage.name]
    mine = [one for one in here if one.who & deed.person.hands]
    if deed.kind in INSIDE and mine:
        return "ALREADY_GAVE_OPINION"
    if deed.kind == "内部退案" and not returnable(dossier, deed):
        return "NOBODY_TO_RETURN_TO"
    others = [one for one in here if one not in mine and not one.signed]
    if deed.kind in ("不同意结案", "同意结案") and len(others) + 1 < stage.heads:
        return "MORE_REVIEWERS_NEEDED"
    if deed.kind == "退案" and (deed.to not in stage.back or deed.to in dossier.dropped):
        return "BAD_RETURN_TARGET"
    return None


def fields(stage: Stage, dossier: Dossier, deed: Deed, world: World) -> str | None:
    """审核同意时填写核定学时。"""
    if not deed.values:
        return None
    agrees = deed.kind in ("呈送同意", "同意结案")
    if dossier.signers or not agrees or not set(deed.values) <= set(stage.fields):
        return "FIELD_NOT_WRITABLE"
    return world.bad_value or None


def after(law: Law, dossier: Dossier, deed: Deed, world: World) -> Dossier:
    """Say what a lawful deed makes of the dossier."""
    match deed.kind:
        case "送审":
            return walk(law, anew(dossier, judged=world.content), 0, world)
        case "重新统计":
            return walk(law, anew(dossier, judged=world.content), 0, world, "重新统计")
        case "撤回":
            return anew(dossier, lies="已撤回", said=dossier.said)
        case "回收":
            return taken_back(law, dossier, world)
        case "签收" | "放回" | "释放":
            return replace(dossier, holder=deed.person.name if deed.kind == "签收" else "")
        case "转办" | "催办" | "抄送" | "改派" | "加签" | "减签":
            return handled(law, dossier, deed, world)
        case "内部退案":
            return hand_back(dossier, deed)
    return reviewed(law, dossier, deed, world)


def handled(law: Law, dossier: Dossier, deed: Deed, world: World) -> Dossier:
    match deed.kind:
        case "转办":
            kept_at = "助" if table(law, dossier).helped else "本"
            to = frozenset({deed.whom})
            return replace(dossier, kept_for=to, kept_at=kept_at, holder="", urged=None)
        case "催办":
            return replace(dossier, urged=world.day)
        case "加签" | "减签":
            return signed(law, dossier, deed, world)
        case "改派":
            return moved(stage_of(law, dossier.stage), dossier, deed.whom, world)
    return dossier


def moved(stage: Stage, dossier: Dossier, whom: str, world: World) -> Dossier:
    """改派：该步骤由另一机构从头办理，原机构在该步骤的意见作废。"""
    there = {
        (name, seat)
        for body, name, seats in world.staff
        for seat in seats & set(stage.ladder)
        if body == whom and name not in dossier.parties
    }
    heads, seats = len({name for name, _ in there}), frozenset(seat for _, seat in there)
    as_moved = replace(
        world,
        bodies=tuple({**dict(world.bodies), stage.body: whom}.items()),
        heads=tuple({**dict(world.heads), stage.name: heads}.items()),
        seats=tuple({**dict(world.seats), stage.name: seats}.items()),
    )
    rest = tuple(one for one in dossier.said if one.stage != stage.name)
    return arrive(stage, replace(dossier, said=rest), "改派", as_moved)


def taken_back(law: Law, dossier: Dossier, world: World) -> Dossier:
    sent = [one.stage for one in dossier.said if one.deed == "同意结案"]
    if not sent:
        return anew(dossier, judged=dossier.judged)
    return reopen(law, dossier, sent[-1], "回收", world)


def reviewed(law: Law, dossier: Dossier, deed: Deed, world: World) -> Dossier:
    at = table(law, dossier)
    rest = tuple(one for one in dossier.said if not replaced(one, dossier, deed))
    said = Said(
        dossier.stage,
        deed.person.hands,
        deed.kind,
        dossier.rung,
        world.content,
        at.body,
        at.helped,
        bool(dossier.signers),
    )
    if said.signed:
        left = tuple(one for one in dossier.signers[1:] if not one.only & said.who)
        return replace(dossier, said=(*rest, said), signers=left, holder="", urged=None)
    spoken = replace(
        dossier,
        said=(*rest, said),
        rung=dossier.rung + 1,
        holder="",
        kept_for=frozenset(),
        kept_at="",
        why="送审",
        urged=None,
    )
    match deed.kind:
        case "退案" if deed.to == "个人":
            return anew(dossier, lies="退回待改", judged=dossier.judged)
        case "退案":
            return reopen(law, dossier, deed.to, "退案", world)
        case "不同意结案":
            return ended(spoken, "不同意")
        case "同意结案":
            return onward(law, spoken, world)
    return spoken


def replaced(one: Said, dossier: Dossier, deed: Deed) -> bool:
    return one.stage == dossier.stage and bool(one.who & deed.person.hands)


def hand_back(dossier: Dossier, deed: Deed) -> Dossier:
    """退案(内部)：退给前一位，由他在原机构重新发表意见；他的意见及其后的一切作废。"""
    back = returnable(dossier, deed)[-1]
    standing = list(dossier.said[: dossier.said.index(back)])
    return replace(
        dossier,
        said=tuple(standing),
        rung=back.rung,
        kept_for=back.who,
        kept_at="助" if back.helped else "本",
        holder="",
        why="内部退案",
        urged=None,
    )


def returnable(dossier: Dossier, deed: Deed) -> list[Said]:
    """退得回去的：别人的、其机构仍在办理本步骤的意见。"""
    return [
        one
        for one in dossier.said
        if one.stage == dossier.stage
        and not one.who & deed.person.hands
        and one.body in (dossier.body, dossier.helper)
        and not one.signed
    ]


def ended(dossier: Dossier, how: str) -> Dossier:
    return anew(dossier, lies=how, said=dossier.said, dropped=dossier.dropped)


def anew(dossier: Dossier, **begins: Any) -> Dossier:
    """The dossier of the same people with nothing else kept."""
    return Dossier(dossier.applicant, dossier.about, **begins)


def onward(law: Law, dossier: Dossier, world: World) -> Dossier:
    here = stage_of(law, dossier.stage)
    position = law.index(here)
    if world.business in here.final_for:
        rest = tuple(stage.name for stage in law[position + 1 :])
        return ended(replace(dossier, dropped=(*dossier.dropped, *rest)), "同意")
    return walk(law, dossier, position + 1, world)


def walk(law: Law, dossier: Dossier, position: int, world: World, why: str = "送审") -> Dossier:
    """Go on to the first stage that is not its own neighbour's."""
    if position == len(law):
        return ended(dossier, "同意")
    stage = law[position]
    if beside_itself(law, stage, world):
        dropped = (*dossier.dropped, stage.name)
        return walk(law, replace(dossier, dropped=dropped), position + 1, world, why)
    return arrive(stage, dossier, why, world)


def beside_itself(law: Law, stage: Stage, world: World) -> bool:
    """本机构同时是相邻步骤的机构的，不重复办理。"""
    position, own = law.index(stage), world.body(stage.body)
    if not stage.dropped_beside_itself or own is None:
        return False
    around = [law[at] for at in (position - 1, position + 1) if 0 <= at < len(law)]
    return own in [world.body(other.body) for other in around]


def arrive(stage: Stage, dossier: Dossier, why: str, world: World) -> Dossier:
    body = world.body(stage.body)
    there = replace(
        dossier,
        lies="受阻" if lacking(stage, world) else "审核中",
        stage=stage.name,
        body=body or "",
        rung=lowest(stage, world),
        own=None,
        helper="",
        kept_for=frozenset(),
        kept_at="",
        holder="",
        why=why,
        told=frozenset(),
        since=world.day,
        urged=None,
        signers=(),
    )
    have = dict(world.heads)[stage.name]
    if there.lies == "受阻" or have >= stage.heads:
        return there
    return short_of(stage, there, have, world)


def short_of(stage: Stage, dossier: Dossier, have: int, world: World) -> Dossier:
    """人手不足的记载下来，规定由上级补足的请上级补足。"""
    told = replace(dossier, told=dossier.told | {f"缺{have}"})
    helper = world.body(stage.helpers[0]) if stage.helpers else None
    return replace(told, own=have, helper=helper) if helper else told


def clock(law: Law, dossier: Dossier, world: World) -> Dossier:
    """期限届满只提醒、不决定；签收逾期的放回；人走了的，业务不得搁置。"""
    if dossier.lies != "审核中":
        return dossier
    stage, at = stage_of(law, dossier.stage), table(law, dossier)
    now = replace(
        dossier,
        told=dossier.told | set(stage.late if world.late else ()),
        holder="" if world.stale else dossier.holder,
    )
    if now.signers:
        lost = {f"走{one.name}" for one in now.signers if not reachable(law, now, one, world)}
        return replace(now, told=now.told | lost)
    there = {name for body, name, seats in world.staff if body == at.body and seats & set(at.seats)}
    if now.kept_for and not now.kept_for & there:
        now = replace(now, kept_for=frozenset(), kept_at="", holder="", urged=None)
    helped = table(law, now).helped
    return now if now.kept_for or helped else recounted(stage, now, world)


def reachable(law: Law, dossier: Dossier, signer: Signer, world: World) -> bool:
    """加签的人还在本机构、还能发表意见的。"""
    body, barred = desk(law, dossier).body, dossier.parties | kept_out(law, dossier)
    return any(
        home == body and signer.seat in seats and name not in barred
        for home, name, seats in world.staff
        if not signer.only or name in signer.only
    )


def recounted(stage: Stage, dossier: Dossier, world: World) -> Dossier:
    """还能办理的：在本级或上级用户组、不是本人、不违反回避的人。"""
    last = len(stage.ladder) - 1
    above = set(stage.ladder[min(dossier.rung, last) :])
    barred = dossier.parties | {
        hand for one in dossier.said if one.stage in stage.apart for hand in one.who
    }
    sitting = [
        (name, seats & above)
        for body, name, seats in world.staff
        if body == dossier.body and name not in barred and seats & above
    ]
    spoken = [one for one in said_at(dossier) if not (one.helped or one.signed)]
    fresh = {name for name, _ in sitting} - {hand for one in said_at(dossier) for hand in one.who}
    have = len(spoken) + len(fresh)
    wanted = stage.heads if dossier.own is None else dossier.own
    now = dossier
    if (have < wanted or not sitting) and f"缺{have}" not in dossier.told:
        now = short_of(stage, dossier, have, world)
    taken = {seat for _, seats in sitting for seat in seats}
    rungs = [rung for rung, seat in enumerate(stage.ladder) if seat in taken]
    if rungs and rungs[0] > dossier.rung and (fresh or have >= stage.heads):
        return replace(now, rung=rungs[0], holder="", urged=None)
    return now


def lowest(stage: Stage, world: World) -> int:
    """The first rung of the ladder on which anybody stands."""
    taken = dict(world.seats)[stage.name]
    standing = [rung for rung, seat in enumerate(stage.ladder) if seat in taken]
    return min(standing, default=0)


def reopen(law: Law, dossier: Dossier, name: str, why: str, world: World) -> Dossier:
    """退到前面步骤：该步的内部意见保留，对外决定及其后的一切作废。"""
    earlier = [stage.name for stage in law[: law.index(stage_of(law, name))]]
    inside = [one for one in dossier.said if one.stage == name and one.deed in INSIDE]
    kept = [one for one in dossier.said if one.stage in earlier]
    back = arrive(stage_of(law, name), dossier, why, world)
    return replace(
        back,
        said=(*kept, *inside),
        rung=max([back.rung, *(one.rung + 1 for one in inside if not one.signed)]),
        dropped=tuple(one for one in dossier.dropped if one in earlier),
    )


def unlawful(law: Law, dossier: Dossier) -> str | None:
    """Say what is wrong with an approved dossier, whoever let it through."""
    if len({one.content for one in dossier.said}) > 1:
        return "another content"
    kept = [stage for stage in law if stage.name not in dossier.dropped]
    return next(filter(None, (faulty(stage, dossier) for stage in kept)), None)


def faulty(stage: Stage, dossier: Dossier) -> str | None:
    here = [one for one in dossier.said if one.stage == stage.name]
    hands = [hand for one in here for hand in one.who]
    apart = {hand for one in dossier.said if one.stage in stage.apart for hand in one.who}
    if len([one for one in here if not one.signed]) < stage.heads:
        return f"{stage.name}: too few"
    if not any(one.deed == "同意结案" for one in here):
        return f"{stage.name}: never passed"
    if len(hands) != len(set(hands)):
        return f"{stage.name}: one person twice"
    if dossier.parties & set(hands):
        return f"{stage.name}: own case"
    return f"{stage.name}: duties not separated" if apart & set(hands) else None
