"""The shape of the house as rules over the syntax tree; each has a name, a reason and an escape.

The escape is a comment on the line itself or above it: `# allow: <rule>: <why>`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
NAMELESS = {"utils", "helpers", "common", "misc", "manager", "service", "base"}
WRITES = re.compile(r"^(save|create|update|delete|get_or_create|update_or_create|bulk_\w+)$")
READS = {"filter", "exclude", "get", "get_or_none", "all", "first", "raw"}
APART = {"tests", "bench"}  # measured by other standards
LAYERS = {"printing", "resolvers", "rules", "schema", "uploads", "workers"}


@dataclass(frozen=True)
class Module:
    """A file of ours: where it stands and what is in it."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def folder(self) -> str:
        return self.path.parts[0] if len(self.path.parts) > 1 else ""

    @property
    def generated(self) -> bool:
        return "migrations" in self.path.parts

    def allows(self, rule: str, line: int) -> bool:
        near = self.text.splitlines()[max(0, line - 2) : line]
        return any(re.search(rf"# allow: {rule}: \S", each) for each in near)


Rule = Callable[[Module], Iterator[tuple[int, str]]]


def files(module: Module) -> Iterator[tuple[int, str]]:
    lines = len(module.text.splitlines())
    if lines > LONGEST_FILE and module.folder not in APART and not module.generated:
        yield 1, f"has {lines} lines, {LONGEST_FILE} at most: split it by noun"


def functions(module: Module) -> Iterator[tuple[int, str]]:
    if module.folder in APART or module.generated:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name} has {lines} lines, {LONGEST_FUNCTION} at most"


def names(module: Module) -> Iterator[tuple[int, str]]:
    nameless = NAMELESS & {*module.path.parts[:-1], module.path.stem}
    if nameless and module.path != Path("models/base.py"):
        yield 1, f"{nameless.pop()!r} is no noun of the glossary: say what is in it"


def first_line(module: Module) -> Iterator[tuple[int, str]]:
    if module.generated:
        return
    words = (ast.get_docstring(module.tree) or "").partition("\n")[0]
    if not words.endswith((".", "?", "!", ":")):
        yield 1, "the first line of a module is a sentence that says what it is"


def writes(module: Module) -> Iterator[tuple[int, str]]:
    if module.folder not in LAYERS | {"", "models"} or module.generated:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call):
            called = node.value.func
            if isinstance(called, ast.Attribute) and WRITES.match(called.attr):
                yield node.lineno, f"awaits .{called.attr}(): only workflow/ writes business rows"


def reads(module: Module) -> Iterator[tuple[int, str]]:
    """A row that was not read through models/access.py may be one its viewer must not see."""
    if module.folder not in LAYERS | {""}:
        return
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        model = _last_name(node.func.value)
        if node.func.attr in READS and model[:1].isupper() and not model.isupper():
            yield node.lineno, f"{model}.{node.func.attr}(): rows are read in models/ or workflow/"


def production(module: Module) -> Iterator[tuple[int, str]]:
    if module.folder or module.path.stem == "__main__":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            named = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            named = [node.module or ""]
        else:
            continue
        if any(each.partition(".")[0] == "devserver" for each in named):
            yield node.lineno, "imports devserver/, which production never does"


RULES: Mapping[str, Rule] = {
    "files": files,
    "functions": functions,
    "names": names,
    "first-line": first_line,
    "writes": writes,
    "reads": reads,
    "production": production,
}


def modules() -> Iterator[Module]:
    for path in sorted(ROOT.rglob("*.py")):
        inside = path.relative_to(ROOT)
        hidden = any(part.startswith(".") for part in inside.parts)
        if not hidden and not {"build", "dist", "node_modules"} & set(inside.parts):
            yield Module(inside, path.read_text(encoding="utf-8"))


def broken(rule: str, module: Module) -> list[str]:
    """What breaks this rule there, as `file:line: rule: what is wrong`."""
    return [
        f"{module.path}:{line}: {rule}: {words}"
        for line, words in RULES[rule](module)
        if not module.allows(rule, line)
    ]


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
