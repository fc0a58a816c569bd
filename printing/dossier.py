"""The dossier (办案卷宗) on paper: pages made of its data alone, with the data attached."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from printing.leaf import Column, Leaf
from printing.sheet import RED, SOFT
from rules import dates
from workflow import message

Data = Mapping[str, Any]
ATTACHED = "dossier.json"
HIDDEN = frozenset({"id", "recordId", "version", "recordVersion", "before", "proposed"})
LINES = (Column(12), Column(34), Column(30), Column(40), Column(62))
EVENTS = (Column(12), Column(38), Column(128))


def pdf(told: Data) -> bytes:
    """The dossier as a file."""
    return bytes(Pages(told).output())


class Pages:
    """The parts of one dossier, one after the other."""

    def __init__(self, told: Data) -> None:
        self.told, self.data = told, told["dossier"]
        self.language: str = self.data["language"]
        text = json.dumps(told, ensure_ascii=False)
        made = datetime.fromisoformat(self.data["exportedAt"])
        self.leaf = Leaf(characters=text, made=made, head=self.running_head())
        self.leaf.set_lang(self.language)
        self.leaf.set_title(self.say("title"))
        self.leaf.embed_file(
            bytes=text.encode(),
            basename=ATTACHED,
            mime_type="application/json",
            creation_date=made,
        )

    def output(self) -> bytearray:
        """Every part in its order."""
        self.head()
        self.routes()
        self.subject()
        self.attachments()
        self.timeline()
        self.opinions()
        self.chain()
        self.proof()
        return self.leaf.output()

    def say(self, key: str, **words: object) -> str:
        """A sentence of ours."""
        return message.sentence(f"dossier.{key}", words, self.language)

    def word(self, kind: str, key: str) -> str:
        """A word of a closed list, or what was given."""
        return message.catalogue(self.language).get(f"{kind}.{key}", key)

    def running_head(self) -> tuple[str, str]:
        """What stands over every page, and under it beside the number."""
        case = self.data["case"]
        return f"{self.say('title')}　{case['business']}", case["id"]

    def at(self, text: str | None) -> str:
        """An instant as people in Guangzhou read it."""
        if not text:
            return "—"
        return datetime.fromisoformat(text).astimezone(dates.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")

    def head(self) -> None:
        """Which case it is."""
        case, leaf = self.data["case"], self.leaf
        leaf.single(self.say("title"), size=22, colour=RED, align="C", bold=True)
        leaf.single(case["business"], size=13, align="C")
        if self.data["demo"]:
            leaf.single(self.say("demo"), size=10, colour=RED, align="C")
        leaf.space(3)
        pairs = [("case", case["id"]), ("status", case["status"]["name"])]
        pairs.append(("applicant", self.person(case["applicant"])))
        if case["concerns"]:
            pairs.append(("concerns", self.person(case["concerns"])))
        pairs += [
            ("employer", case["employer"]),
            ("round", str(case["round"])),
            ("opened", self.at(case["openedAt"])),
            ("closed", self.at(case["closedAt"])),
            ("exported", self.at(self.data["exportedAt"])),
            ("issuer", self.data["issuer"] or "—"),
        ]
        for name, value in pairs:
            leaf.pair(self.say(name), value)

    def person(self, told: Data) -> str:
        """A name with its masked number."""
        return f"{told['name']}　{told['maskedNumber']}"

    def routes(self) -> None:
        """Every version of the route, in sentences."""
        self.leaf.heading(self.say("route"))
        for one in self.data["routes"]:
            self.leaf.single(self.say("version", **one), size=10.5, bold=True)
            for sentence in one["sentences"][1:]:
                self.leaf.paragraph(sentence)
            self.leaf.small(f"sha256 {one['digest']}")

    def subject(self) -> None:
        """What was decided about."""
        told = self.data["subject"]
        self.leaf.heading(self.heading_of(told["type"]))
        if not told["readable"]:
            self.leaf.paragraph(self.say("unreadable"))
            return
        self.leaf.paragraph(self.say("as_decided" if told["asDecided"] else "otherwise"))
        self.values(told["values"])
        if told["type"] == "amendment":
            self.compared(told["values"])
        for one in told["amendments"]:
            self.leaf.single(self.say("amended", at=self.at(one["closedAt"])), size=10.5, bold=True)
            self.leaf.pair(self.field("reason"), one["reason"])
            self.compared(one)
        for one in told["snapshots"]:
            self.snapshot(one)

    def heading_of(self, kind: str) -> str:
        """What kind of thing it was."""
        known = f"dossier.subject_{kind}" in message.catalogue(self.language)
        return self.say(f"subject_{kind}" if known else "subject")

    def values(self, values: Data) -> None:
        """Name and value, where there is one."""
        for name, value in values.items():
            if name not in HIDDEN and value not in (None, "", [], {}):
                self.leaf.pair(self.field(name), self.shown(name, value))

    def compared(self, one: Data) -> None:
        """The values before and after, where they differ."""
        before, after = one["before"] or {}, one["proposed"]
        if after is None:
            self.leaf.paragraph(self.say("deletion"))
            return
        for name in after:
            if before.get(name) != after[name]:
                old, new = (self.shown(name, each.get(name)) for each in (before, after))
                self.leaf.pair(self.field(name), f"{old} → {new}")

    def field(self, name: str) -> str:
        """The name of a field, however it is written."""
        plain = "".join(f"_{each.lower()}" if each.isupper() else each for each in name)
        texts = message.catalogue(self.language)
        keys = (f"dossier.field.{plain}", f"field.{plain}", f"figure.{name}", f"fields.{name}")
        return next((texts[key] for key in keys if key in texts), name)

    def shown(self, name: str, value: Any) -> str:
        """A value as people read it."""
        if value is None:
            return "—"
        if isinstance(value, bool):
            return self.word("supplementUsed", str(value).lower())
        if name.endswith("At"):
            return self.at(str(value))
        kinds = ("personGroup" if name == "personGroup" else name, "dossier.word")
        texts = message.catalogue(self.language)
        found = (texts.get(f"{kind}.{value}") for kind in kinds)
        return next(filter(None, found), str(value))

    def snapshot(self, one: Data) -> None:
        """Figures with the rules they were held against."""
        title = self.say("snapshot", number=one["number"], at=self.at(one["computedAt"]))
        self.leaf.single(title, size=10.5, bold=True)
        skipped = {"number", "current", "explanation", "computedAt"}
        self.values({name: value for name, value in one.items() if name not in skipped})
        for rule in one["explanation"].get("rules", ()):
            data = {**rule, "rule": self.word("rule", rule["code"])}
            self.leaf.paragraph(self.say("met" if rule["met"] else "short", **data))
        for year in one["explanation"].get("years", ()):
            self.leaf.small(self.say("year", source=year["policy"]["source"], **year))

    def attachments(self) -> None:
        """Each file by name, size, digest and verdict."""
        found = self.data["subject"]["attachments"]
        self.leaf.heading(self.say("attachments", count=len(found)))
        for one in found:
            self.leaf.room(16)
            self.leaf.single(f"{one['label']}　{one['fileName']}", size=10)
            verdict = self.word("dossier.scan", one["scanState"])
            said = {"size": one["size"], "verdict": verdict, "engine": one["scanEngine"] or "—"}
            said["of"] = self.word("dossier.of", one["of"])
            self.leaf.small(self.say("file", at=self.at(one["scannedAt"]), **said))
            self.leaf.small(f"sha256 {one['sha256']}")

    def timeline(self) -> None:
        """Every event in words."""
        self.leaf.heading(self.say("timeline"))
        names = ("number", "at", "step", "who", "what")
        self.leaf.tabulate(LINES, [self.say(f"column_{name}") for name in names], self.rows())

    def rows(self) -> Sequence[Sequence[str]]:
        """The lines of the timeline."""
        return [
            [
                str(one["number"]),
                self.at(one["at"]),
                one["step"] or "",
                self.who(one),
                "\n".join(self.done(one)),
            ]
            for one in self.data["timeline"]
        ]

    def who(self, one: Data) -> str:
        """Whose hand it was, in whose name, and where."""
        if one["person"] is None:
            return self.say("system")
        name = one["person"]
        if one["onBehalfOf"]:
            words = {"delegate": name, "principal": one["onBehalfOf"]}
            name = message.sentence("signature.delegate", words, self.language)
        return "\n".join(filter(None, (name, one["organisation"])))

    def done(self, one: Data) -> list[str]:
        """What it was, where it went, the remark, the numbers."""
        lines = [one["what"] + (f" → {one['to']}" if one.get("to") else "")]
        lines += [one["remark"]] if one["remark"] else []
        for each in one.get("changes", ()):
            lines.append(f"{each['name']} {each['declared'] or '—'} → {each['approved']}")
        return lines

    def opinions(self) -> None:
        """Every opinion, and whether it still counts."""
        self.leaf.heading(self.say("opinions"))
        names = ("event", "at", "step", "who", "what")
        rows = []
        for one in self.data["opinions"]:
            ended = one["endedByEvent"]
            said = [*self.done(one), self.say("ended", number=ended)] if ended else self.done(one)
            cells = [str(one["event"]), self.at(one["at"]), one["step"] or "", self.who(one)]
            rows.append([*cells, "\n".join(said)])
        self.leaf.tabulate(LINES, [self.say(f"column_{name}") for name in names], rows)

    def chain(self) -> None:
        """Every event with its hash and that of the one before."""
        self.leaf.heading(self.say("chain"))
        found = self.data["problems"]
        if not found:
            self.leaf.paragraph(self.say("whole"))
        for each in found:
            self.leaf.paragraph(self.say("broken", problem=each), colour=RED)
        rows = [
            [
                str(one["seq"]),
                self.word("event", one["kind"]),
                f"{one['hash']}\n← {one['previous_hash'] or '—'}",
            ]
            for one in self.data["history"]["events"]
        ]
        names = ("number", "event", "hash")
        self.leaf.tabulate(EVENTS, [self.say(f"column_{name}") for name in names], rows, size=7.5)

    def proof(self) -> None:
        """How to check it."""
        self.leaf.heading(self.say("proof"))
        self.leaf.paragraph(self.say("how"))
        self.leaf.small(f"sha256 {self.told['sha256']}")
        if self.told["jws"]:
            self.leaf.small(f"JWS {self.told['jws']}")
        else:
            self.leaf.paragraph(self.say("unsigned"), colour=SOFT)
