"""A route in sentences, as a table and as a diagram: what an official reads and signs off."""

from collections.abc import Collection, Iterable, Iterator

from workflow import message
from workflow.route import Route, Step
from workflow.vocabulary import APPLICANT, SUBJECTS, Act

ZH = message.DEFAULT


def sentences(route: Route, language: str = ZH) -> str:
    """Say what a route demands, one line a step."""
    say = Saying(route, language)
    lines = [say("route", title=say.title_of(route), code=route.code, version=route.version)]
    lines += [say.joined(clauses(say, step)) for step in route.steps]
    lines.append(say.joined([say(say.of_sender(route.on_resubmit.value)), say("end")]))
    return "\n".join(lines) + "\n"


def table(route: Route, language: str = ZH) -> str:
    """Show a route as a Markdown table."""
    say = Saying(route, language)
    names = ("step", "by", "needs", "may", "limits", "due")
    head = [say(f"head_{name}") for name in names]
    rows = [head, ["---"] * len(head), *(cells(say, step) for step in route.steps)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def mermaid(
    route: Route, language: str = ZH, *, here: str | None = None, done: Collection[str] = ()
) -> str:
    """Draw a route; the current step is thick, the steps done are shaded."""
    say = Saying(route, language)
    lines = ["flowchart LR", f"  {APPLICANT}([{say(say.sender)}])"]
    previous, word = APPLICANT, say("submit")
    for step in route.steps:
        lines.append(f'  {step.key}["{say.title_of(step)}<br/>{say("people", needs=step.needs)}"]')
        lines.append(f"  {previous} -->|{word}| {step.key}")
        lines += [f"  {step.key} -.->|{say('return')}| {to}" for to in places(step)]
        previous, word = step.key, say("pass")
    lines += [f"  {previous} -->|{word}| approved([{say('approved')}])", *rejections(say, route)]
    lines += [f"  style {key} fill:#ddd" for key in route.order if key in done]
    lines += [f"  style {here} stroke-width:4px"] if here in route.order else []
    return "\n".join(lines) + "\n"


def rejections(say: "Saying", route: Route) -> Iterator[str]:
    """Draw the way to the other end."""
    refusing = [step for step in route.steps if Act.REJECT in step.may]
    if refusing:
        yield f"  rejected([{say('rejected')}])"
    for step in refusing:
        yield f"  {step.key} -->|{say('reject')}| rejected"


class Saying:
    """The words of one route in one language."""

    def __init__(self, route: Route, language: str) -> None:
        self.route, self.language = route, language

    def __call__(self, key: str, **data: object) -> str:
        return message.sentence(f"describe.{key}", data, self.language)

    @property
    def sender(self) -> str:
        """The word for who sends a case up."""
        return SUBJECTS[self.route.subject].sender

    def of_sender(self, key: str) -> str:
        """The sentence that speaks of him."""
        return key if self.sender == APPLICANT else f"{key}_of_{self.sender}"

    def word(self, name: str, value: object) -> str:
        """Say a word, or a list of words, of a closed list."""
        return message.worded(message.catalogue(self.language), name, value, self.language)

    def joined(self, parts: Iterable[str]) -> str:
        """Set one sentence after the other."""
        return "".join(part + self("full_stop") for part in parts).strip()

    def listed(self, words: Iterable[str]) -> str:
        """Set words one after the other."""
        return message.BETWEEN[self.language].join(words)

    def title_of(self, one: Route | Step) -> str:
        """Name a route or a step."""
        return one.title if self.language == ZH else one.title_en

    def places(self, keys: Iterable[str]) -> list[str]:
        """Name steps by their keys."""
        return [
            self(self.sender) if key == APPLICANT else self.title_of(self.route.step(key))
            for key in keys
        ]


def places(step: Step) -> tuple[str, ...]:
    """Where a step may return a case to."""
    return step.return_to if Act.RETURN in step.may else ()


def clauses(say: Saying, step: Step) -> Iterator[str]:
    """Say everything about one step."""
    yield say(
        "ladder" if len(step.groups) > 1 else "step",
        number=say.route.order[step.key] + 1,
        title=say.title_of(step),
        relation=step.org,
        group=step.groups,
    )
    yield say("needs_many", needs=step.needs) if step.needs > 1 else say("needs_one")
    yield say("may", act=offered(step))
    if places(step):
        yield say("return_to", places=say.places(places(step)))
    if step.writes:
        yield say("writes", field=step.writes)
    yield from limits(say, step)
    if step.due:
        yield say("due", days=step.due)


def limits(say: Saying, step: Step) -> Iterator[str]:
    """Say what a step forbids, and what happens when people are missing."""
    yield say(say.of_sender("own_case"))
    if step.not_acted_in:
        yield say("apart", steps=say.places(step.not_acted_in))
    if step.skip_when:
        yield say("skip")
    if step.ends_for:
        yield say("ends_for", business=step.ends_for)
    if step.stand_in:
        yield say("stand_in", relation=step.stand_in.org, group=step.stand_in.groups)
    else:
        yield say(step.understaffed.value)


def cells(say: Saying, step: Step) -> list[str]:
    """Fill one row of the table."""
    return [
        say.title_of(step),
        say("by", relation=step.org, group=step.groups),
        str(step.needs),
        say.word("act", offered(step)),
        say.joined(limits(say, step)),
        say("days", days=step.due) if step.due else say("none"),
    ]


def offered(step: Step) -> list[Act]:
    """List the acts of a step in their usual order."""
    return [act for act in Act if act in step.may]


def document(routes: Iterable[Route]) -> str:
    """Write the page of all routes, in both languages."""
    parts = ["# Approval routes 审批流程\n", "Generated from `workflow/routes/*.toml`.\n"]
    for one in routes:
        parts.append(f"## {one.title} · {one.title_en}\n")
        for language in message.LANGUAGES:
            lines = sentences(one, language).splitlines()
            parts += ["\n".join(f"- {line}" for line in lines) + "\n", table(one, language)]
        parts.append(f"```mermaid\n{mermaid(one)}```\n")
    return "\n".join(parts)
