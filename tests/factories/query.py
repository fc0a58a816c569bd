"""Random queries over a schema: fields, aliases, fragments, conditions and arguments that fit."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_required_argument,
)

Argument = Callable[[random.Random], str]


@dataclass
class Writer:
    """One query; `arguments` knows values for arguments by type or name, others are left out."""

    schema: GraphQLSchema
    dice: random.Random
    arguments: Mapping[str, Argument]
    fragments: list[str] = field(default_factory=list)
    aliases: int = 0

    def query(self, depth: int = 5) -> str:
        """The whole document; `$yes` and `$no` are what they say."""
        root = self.schema.query_type
        assert root is not None
        names = self.dice.sample(sorted(root.fields), k=self.dice.randint(1, 2))
        body = " ".join(self.field(name, root.fields[name], depth) for name in names)
        used = "$yes: Boolean = true, $no: Boolean!"
        return f"query Q({used}) {{ {body} {self.mention()} }} {' '.join(self.fragments)}"

    def mention(self) -> str:
        """Variables must be used."""
        return "__typename @include(if: $yes) @skip(if: $no)"

    def selection(self, kind: Any, depth: int) -> str:
        """A selection set of a composite type."""
        own = sorted(getattr(kind, "fields", {}))
        leaves = [name for name in own if not composite(kind.fields[name])]
        deeper = [name for name in own if composite(kind.fields[name])] if depth > 0 else []
        chosen = self.some(leaves, 6) + self.some(deeper, 3)
        self.dice.shuffle(chosen)
        parts = [self.field(name, kind.fields[name], depth - 1) for name in chosen]
        if is_abstract_type(kind) or self.dice.random() < 0.15:
            parts.append(self.fragment(kind, depth))
        if not parts or self.dice.random() < 0.2:
            parts.append("__typename")
        return "{ " + " ".join(parts) + " }"

    def some(self, names: list[str], most: int) -> list[str]:
        """A few of them."""
        return self.dice.sample(names, k=self.dice.randint(0, min(most, len(names))))

    def fragment(self, kind: Any, depth: int) -> str:
        """A fragment, inline or named, on the type or on one it may be."""
        possible = self.schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]
        on = self.dice.choice([kind, *possible])
        body = self.selection(on, depth - 1)
        if self.dice.random() < 0.5:
            return f"... on {on.name} {self.condition()} {body}"
        name = f"f{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {on.name} {body}")
        return f"...{name} {self.condition()}"

    def field(self, name: str, published: GraphQLField, depth: int) -> str:
        """A field, often under another name, so that two selections of it never clash."""
        self.aliases += 1
        text = f"a{self.aliases}: {name}"
        given = [
            f"{key}: {value(self.dice)}"
            for key, argument in published.args.items()
            if (value := self.value(key, argument))
            and (is_required_argument(argument) or self.dice.random() < 0.5)
        ]
        if {"first", "last"} <= {one.partition(":")[0] for one in given}:
            given = [one for one in given if not one.startswith("last")]
        text += f"({', '.join(given)})" if given else ""
        named = get_named_type(published.type)
        text += f" {self.condition()}"
        return text + (self.selection(named, depth) if is_composite_type(named) else "")

    def value(self, name: str, argument: GraphQLArgument) -> Argument | None:
        """What may be given for an argument, if anything is known."""
        kind = get_named_type(argument.type).name
        return self.arguments.get(kind) or self.arguments.get(name)

    def condition(self) -> str:
        """Now and then a directive."""
        choices = ["@include(if: $yes)", "@skip(if: $no)", "@skip(if: $yes)", "@include(if: true)"]
        return self.dice.choice(choices) if self.dice.random() < 0.1 else ""


def composite(published: GraphQLField) -> bool:
    """Does a field lead to objects?"""
    return is_composite_type(get_named_type(published.type))
