"""What changed between two versions, as an official compares them."""

import pytest

from tests.workflow import worlds
from workflow import difference, route
from workflow.route import Route

OLD = worlds.text("district")


def changed(old: str, new: str, text: str = OLD.text) -> Route:
    assert text.count(old) >= 1
    return route.compile_route(text.replace(old, new, 1))


def test_a_route_does_not_differ_from_itself() -> None:
    assert difference.differences(OLD, OLD) == []


@pytest.mark.parametrize(
    ("old", "new", "zh", "en"),
    [
        (
            "needs = 2\nnot",
            "needs = 3\nnot",
            "市局复验：至少 2 人 → 至少 3 人",
            "Municipal re-check: at least 2 → at least 3",
        ),
        (
            'due   = "10 workdays"\non',
            'due   = "5 workdays"\non',
            "单位初验：时限：10 个工作日 → 5 个工作日",
            "单位初验: due: 10 working days → 5 working days",
        ),
        (
            'return_to = ["applicant", "unit_check"]\n',
            'return_to = ["applicant"]\n',
            "主管部门验证：可退回至：个人申请、单位初验 → 个人申请",
            "主管部门验证: may go back to: applicant, 单位初验 → applicant",
        ),
        (
            'not_acted_in = ["dept_check", "district_check"]\n',
            "",
            "市局复验：须回避的步骤：主管部门验证、区县人事局验证 → —",
            "Municipal re-check: apart from: 主管部门验证, 区县人事局验证 → –",
        ),
        (
            'groups = ["初验", "单位领导"]',
            'groups = ["经办人", "单位领导"]',
            "单位初验：由谁办理：所在单位：初验、单位领导 → 所在单位：经办人、单位领导",
            "单位初验: done by: the employer: initial checker, unit leader"
            " → the employer: handler, unit leader",
        ),
        (
            'skip_when = "same_org"\n',
            "",
            "主管部门验证：跳过：本步骤的机构与相邻步骤为同一机构时跳过并记入办理情况，"
            "机构缺失时不跳过 → —",
            "主管部门验证: skip: Skipped, and said so, when a neighbouring step belongs to the same"
            " organisation; never because an organisation is missing → –",
        ),
        (
            "version  = 3",
            "version  = 3 # 注释",
            "只有文字说明（注释）不同",
            "Only the comments differ",
        ),
    ],
)
def test_one_change_is_one_line(old: str, new: str, zh: str, en: str) -> None:
    other = changed(old, new)

    assert difference.differences(OLD, other) == [zh]
    assert difference.differences(OLD, other, "en") == [en]


def test_a_renamed_step_is_told_once_and_not_wherever_it_is_named() -> None:
    told = difference.differences(OLD, changed('"主管部门验证"', '"部门验证"'))

    assert told == ["部门验证：名称：主管部门验证 → 部门验证"]


def test_what_a_route_applies_to_and_how_it_resubmits_belong_to_the_route() -> None:
    other = changed('unit_kind = ["district"]', 'unit_kind = ["municipal"]')
    again = changed('on_resubmit = "restart"', 'on_resubmit = "same_step"', other.text)

    told = difference.differences(OLD, again, "en")

    assert told[0] == "applies to: unit_kind district → unit_kind municipal"
    assert told[1].startswith("after a return: A case returned to the applicant starts again")


def test_steps_that_come_go_and_move_are_named() -> None:
    head, first, *_ = OLD.text.split("[[step]]\n")
    without = route.compile_route("[[step]]\n".join([head, first]))
    swapped = first.replace("unit_check", "one"), first.replace("unit_check", "two")
    one_two = route.compile_route("[[step]]\n".join([head, *swapped]))
    two_one = route.compile_route("[[step]]\n".join([head, *reversed(swapped)]))

    assert difference.differences(OLD, without) == [
        "取消步骤：主管部门验证",
        "取消步骤：区县人事局验证",
        "取消步骤：市局复验",
    ]
    assert difference.differences(without, OLD)[-1] == (
        "新增步骤：市局复验（市人社局：复验、处领导）"
    )
    assert difference.differences(one_two, two_one) == ["步骤顺序改为：单位初验、单位初验"]
