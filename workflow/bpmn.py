"""A route as BPMN 2.0 with its diagram, for those who use Camunda Modeler or bpmn.js; export only.

Everything stands on one line from left to right, in a lane per organisation. A step with several
ways out ends in a gateway, since in BPMN several flows out of a task are all taken at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree as xml

from workflow import describe
from workflow.describe import ZH, Saying
from workflow.route import Route, Step
from workflow.vocabulary import APPLICANT, Act

NAMESPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}
TARGET = "urn:jijiao:routes"
# A key of a step has no dot, so that these are never taken for one.
START, APPROVED, REJECTED = "start.event", "end.approved", "end.rejected"
SIZE = {
    "startEvent": (36, 36),
    "endEvent": (36, 36),
    "userTask": (120, 80),
    "exclusiveGateway": (50, 50),
}
COLUMN, LANE, LEFT = 170, 160, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A shape: what it is, its words, the lane and the column it stands in."""

    id: str
    kind: str
    name: str
    lane: int
    column: int
    text: str = ""

    @property
    def middle(self) -> tuple[int, int]:
        """Where its middle lies."""
        return LEFT + 30 + self.column * COLUMN + COLUMN // 2, self.lane * LANE + LANE // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """An arrow from one node to another."""

    source: str
    target: str
    name: str


class Drawing:
    """A route laid out: its lanes, nodes and flows."""

    def __init__(self, route: Route, language: str) -> None:
        self.route, self.say = route, Saying(route, language)

    @cached_property
    def lanes(self) -> Sequence[str]:
        """The organisations in the order in which a case meets them, after the sender."""
        return tuple(dict.fromkeys([APPLICANT, *(step.org.value for step in self.route.steps)]))

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Every shape by its id."""
        return {node.id: node for node in self.placed()}

    @cached_property
    def flows(self) -> Mapping[str, Flow]:
        """Every arrow by its id; a task with several ways out hands them to its gateway."""
        return {f"flow_{number}": flow for number, flow in enumerate(self.routed(), start=1)}

    def lane_title(self, lane: str) -> str:
        """Name an organisation."""
        return self.say(self.say.sender) if lane == APPLICANT else self.say.word("relation", lane)

    def ways(self, key: str) -> Sequence[Flow]:
        """The ways out of the sender or of a step."""
        word = "submit" if key == APPLICANT else "pass"
        position = -1 if key == APPLICANT else self.route.order[key]
        found = [self.way(key, self.after(position + 1), word)]
        following = self.route.steps[position + 1 : position + 2]
        if following and following[0].skip_when:
            found.append(self.way(key, self.after(position + 2), "skipped"))
        if key != APPLICANT:
            found += self.ways_back(self.route.step(key))
        return found

    def ways_back(self, step: Step) -> Iterator[Flow]:
        """The ways out of a step other than forward."""
        if step.ends_for:
            name = self.say.word("business", step.ends_for)
            yield Flow(source=step.key, target=APPROVED, name=name)
        for to in describe.places(step):
            yield self.way(step.key, to, "return")
        if Act.REJECT in step.may:
            yield self.way(step.key, REJECTED, "reject")

    def way(self, source: str, target: str, word: str) -> Flow:
        """One arrow by its word."""
        return Flow(source=source, target=target, name=self.say(word))

    def after(self, position: int) -> str:
        """The step at a position, or the end."""
        steps = self.route.steps
        return steps[position].key if position < len(steps) else APPROVED

    def routed(self) -> Iterator[Flow]:
        """Send the ways of each task through its gateway, where it has one."""
        yield Flow(source=START, target=APPLICANT, name="")
        for key in (APPLICANT, *self.route.order):
            ways = self.ways(key)
            if len(ways) == 1:
                yield from ways
                continue
            yield Flow(source=key, target=gateway(key), name="")
            for way in ways:
                yield Flow(source=gateway(key), target=way.target, name=way.name)

    def placed(self) -> Iterator[Node]:
        """Place everything on its column and in its lane."""
        yield self.node(START, "startEvent", "", 0, 0)
        column = 1
        for key in (APPLICANT, *self.route.order):
            lane = 0 if key == APPLICANT else self.lanes.index(self.route.step(key).org.value)
            yield self.task(key, lane, column)
            column += 1
            if len(self.ways(key)) > 1:
                yield self.node(gateway(key), "exclusiveGateway", "", lane, column)
                column += 1
        last = len(self.lanes) - 1
        yield self.node(APPROVED, "endEvent", self.say("approved"), last, column)
        if any(Act.REJECT in step.may for step in self.route.steps):
            yield self.node(REJECTED, "endEvent", self.say("rejected"), 0, column)

    def task(self, key: str, lane: int, column: int) -> Node:
        """The sender's work, or a step with everything that is said about it."""
        if key == APPLICANT:
            return self.node(key, "userTask", self.say(self.say.sender), lane, column)
        step = self.route.step(key)
        told = self.say.joined(describe.clauses(self.say, step))
        return self.node(key, "userTask", self.say.title_of(step), lane, column, told)

    def node(self, key: str, kind: str, name: str, lane: int, column: int, text: str = "") -> Node:
        """One shape."""
        return Node(id=key, kind=kind, name=name, lane=lane, column=column, text=text)

    @property
    def width(self) -> int:
        """How wide everything is."""
        return 60 + (1 + max(node.column for node in self.nodes.values())) * COLUMN


def gateway(key: str) -> str:
    """The id of the gateway behind a task."""
    return f"{key}.ways"


def document(route: Route, language: str = ZH) -> str:
    """Write a route as BPMN 2.0 XML."""
    for prefix, namespace in NAMESPACES.items():
        xml.register_namespace(prefix, namespace)
    drawing = Drawing(route, language)
    root = xml.Element(tag("bpmn", "definitions"), id="route", targetNamespace=TARGET)
    collaboration = part(root, "collaboration", id="collaboration")
    title = drawing.say.title_of(route)
    part(collaboration, "participant", id="participant", name=title, processRef="process")
    process = part(root, "process", id="process", name=title, isExecutable="false")
    lanes(process, drawing)
    nodes(process, drawing)
    flows(process, drawing)
    diagram(root, drawing)
    xml.indent(root)
    return xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def tag(prefix: str, name: str) -> str:
    """The qualified name of an element."""
    return f"{{{NAMESPACES[prefix]}}}{name}"


def part(above: xml.Element, kind: str, prefix: str = "bpmn", /, **values: str) -> xml.Element:
    """Add an element; an empty name is none."""
    known = {key: value for key, value in values.items() if value or key != "name"}
    return xml.SubElement(above, tag(prefix, kind), known)


def lanes(process: xml.Element, drawing: Drawing) -> None:
    """Write who does what."""
    above = part(process, "laneSet", id="lanes")
    for number, lane in enumerate(drawing.lanes):
        made = part(above, "lane", id=f"lane_{lane}", name=drawing.lane_title(lane))
        for node in drawing.nodes.values():
            if node.lane == number:
                part(made, "flowNodeRef").text = node.id


def nodes(process: xml.Element, drawing: Drawing) -> None:
    """Write what there is to do, each with the arrows that lead to it and from it."""
    for node in drawing.nodes.values():
        made = part(process, node.kind, id=node.id, name=node.name)
        if node.text:
            part(made, "documentation").text = node.text
        for key, flow in drawing.flows.items():
            if flow.target == node.id:
                part(made, "incoming").text = key
        for key, flow in drawing.flows.items():
            if flow.source == node.id:
                part(made, "outgoing").text = key


def flows(process: xml.Element, drawing: Drawing) -> None:
    """Write the arrows."""
    for key, flow in drawing.flows.items():
        ends = {"sourceRef": flow.source, "targetRef": flow.target}
        part(process, "sequenceFlow", id=key, name=flow.name, **ends)


def diagram(root: xml.Element, drawing: Drawing) -> None:
    """Write where everything stands on the paper."""
    above = part(root, "BPMNDiagram", "bpmndi", id="diagram")
    plane = part(above, "BPMNPlane", "bpmndi", id="plane", bpmnElement="collaboration")
    height = len(drawing.lanes) * LANE
    shape(plane, "participant", (0, 0, drawing.width, height), flat=True)
    for number, lane in enumerate(drawing.lanes):
        box = (30, number * LANE, drawing.width - 30, LANE)
        shape(plane, f"lane_{lane}", box, flat=True)
    for node in drawing.nodes.values():
        (width, high), (x, y) = SIZE[node.kind], node.middle
        shape(plane, node.id, (x - width // 2, y - high // 2, width, high))
    for key, flow in drawing.flows.items():
        edge(plane, key, waypoints(drawing.nodes[flow.source], drawing.nodes[flow.target]))


def shape(
    plane: xml.Element, of: str, box: tuple[int, int, int, int], *, flat: bool = False
) -> None:
    """Write the place of one shape."""
    horizontal = {"isHorizontal": "true"} if flat else {}
    made = part(plane, "BPMNShape", "bpmndi", id=f"{of}_di", bpmnElement=of, **horizontal)
    names = ("x", "y", "width", "height")
    part(made, "Bounds", "dc", **dict(zip(names, map(str, box), strict=True)))


def edge(plane: xml.Element, of: str, points: Sequence[tuple[int, int]]) -> None:
    """Write the course of one arrow."""
    made = part(plane, "BPMNEdge", "bpmndi", id=f"{of}_di", bpmnElement=of)
    for x, y in points:
        part(made, "waypoint", "di", x=str(x), y=str(y))


def waypoints(source: Node, target: Node) -> Sequence[tuple[int, int]]:
    """Straight to a neighbour; to anything else below the shapes, back into it from underneath."""
    (x, y), (to_x, to_y) = source.middle, target.middle
    half, to_half = SIZE[source.kind][0] // 2, SIZE[target.kind][0] // 2
    if target.column == source.column + 1:
        if y == to_y:
            return ((x + half, y), (to_x - to_half, to_y))
        turn = (x + half + to_x - to_half) // 2
        return ((x + half, y), (turn, y), (turn, to_y), (to_x - to_half, to_y))
    below, to_below = y + SIZE[source.kind][1] // 2, to_y + SIZE[target.kind][1] // 2
    low = max(source.lane, target.lane) * LANE + LANE - 15
    return ((x, below), (x, low), (to_x, low), (to_x, to_below))
