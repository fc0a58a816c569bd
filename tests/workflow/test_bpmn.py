"""BPMN for modellers: well formed, everything drawn, nothing that hangs in the air."""

from xml.etree import ElementTree as xml

import pytest

from tests.workflow import worlds
from workflow import bpmn, route
from workflow.route import Route

ROUTES = {**route.load_all(), "district": worlds.text("district")}
MODEL, DRAWN = f"{{{bpmn.NAMESPACES['bpmn']}}}", f"{{{bpmn.NAMESPACES['bpmndi']}}}"


def parsed(one: Route, language: str = "zh-CN") -> xml.Element:
    return xml.fromstring(bpmn.document(one, language))


def texts(root: xml.Element, name: str) -> list[str]:
    return [found.text or "" for found in root.iter(MODEL + name)]


@pytest.mark.parametrize("code", ROUTES)
def test_every_id_is_unique_and_every_reference_leads_to_one(code: str) -> None:
    root = parsed(ROUTES[code])
    ids = [found.get("id") for found in root.iter() if found.get("id")]
    named = {
        found.get(attribute)
        for found in root.iter()
        for attribute in ("sourceRef", "targetRef", "processRef", "bpmnElement")
        if found.get(attribute)
    }
    said = {*texts(root, "flowNodeRef"), *texts(root, "incoming"), *texts(root, "outgoing")}

    assert len(ids) == len(set(ids))
    assert (named | said) - set(ids) == set()


@pytest.mark.parametrize("code", ROUTES)
def test_everything_is_drawn_once_and_stands_in_one_lane(code: str) -> None:
    root = parsed(ROUTES[code])
    (process,) = root.iter(MODEL + "process")
    parts = [found for found in process if found.tag != MODEL + "laneSet"]
    flows = [found.get("id") for found in parts if found.tag == MODEL + "sequenceFlow"]
    nodes = [found.get("id") for found in parts if found.tag != MODEL + "sequenceFlow"]
    lanes = [found.get("id") for found in root.iter(MODEL + "lane")]

    shapes = [found.get("bpmnElement") for found in root.iter(DRAWN + "BPMNShape")]
    edges = [found.get("bpmnElement") for found in root.iter(DRAWN + "BPMNEdge")]
    assert sorted(shapes, key=str) == sorted(["participant", *lanes, *nodes], key=str)
    assert sorted(edges, key=str) == sorted(flows, key=str)
    assert sorted(texts(root, "flowNodeRef")) == sorted(nodes, key=str)


@pytest.mark.parametrize("code", ROUTES)
def test_every_node_is_reached_and_only_an_end_leads_nowhere(code: str) -> None:
    root = parsed(ROUTES[code])
    flows = list(root.iter(MODEL + "sequenceFlow"))
    into = {flow.get("targetRef") for flow in flows}
    out_of = [flow.get("sourceRef") for flow in flows]

    for kind in ("startEvent", "userTask", "exclusiveGateway", "endEvent"):
        for node in root.iter(MODEL + kind):
            assert (node.get("id") in into) is (kind != "startEvent")
            several = out_of.count(node.get("id"))
            assert several == 0 if kind == "endEvent" else several >= 1
            assert several == 1 or kind in ("endEvent", "exclusiveGateway")


def test_lanes_are_organisations_and_tasks_say_what_an_official_signs_off() -> None:
    root = parsed(ROUTES["cycle.district"], "en")

    assert [lane.get("name") for lane in root.iter(MODEL + "lane")] == [
        "applicant",
        "the employer",
        "the superior body",
        "the district bureau",
        "the municipal bureau",
    ]
    assert texts(root, "documentation")[0].startswith("Step 1, Unit check: “initial checker")


def test_a_skip_and_an_early_end_are_ways_of_their_own() -> None:
    root = parsed(ROUTES["district"])

    ways = {
        (flow.get("sourceRef"), flow.get("targetRef"), flow.get("name"))
        for flow in root.iter(MODEL + "sequenceFlow")
    }
    assert ("unit_check.ways", "district_check", "跳过") in ways
    assert ("district_check.ways", bpmn.APPROVED, "初级、中级") in ways
    assert ("district_check.ways", bpmn.REJECTED, "不同意") in ways


@pytest.mark.parametrize("code", ROUTES)
def test_shapes_of_one_lane_do_not_lie_upon_each_other(code: str) -> None:
    drawing = bpmn.Drawing(ROUTES[code], "zh-CN")

    places = [(node.lane, node.column) for node in drawing.nodes.values()]
    assert len(places) == len(set(places))
    assert max(width for width, _ in bpmn.SIZE.values()) < bpmn.COLUMN
