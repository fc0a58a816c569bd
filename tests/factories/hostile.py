"""Documents that mean harm, each with the limit it must meet."""

from collections.abc import Mapping

START = "{ viewer { person { ...f0 } } }"


def bomb(depth: int) -> str:
    """A chain in which every fragment spreads the next twice: 2**depth fields."""
    chain = (f" fragment f{i} on Person {{ ...f{i + 1} ...f{i + 1} }}" for i in range(depth))
    return START + "".join(chain) + f" fragment f{depth} on Person {{ id }}"


def chain(length: int) -> str:
    """Fragments one after the other."""
    links = (f" fragment f{i} on Person {{ ...f{i + 1} }}" for i in range(length))
    return START + "".join(links) + f" fragment f{length} on Person {{ id }}"


def boxes(*widths: int) -> str:
    """The same field several times, and in each of them again."""
    body = "id"
    for width in reversed(widths):
        body = f"parent {{ {body} }} " * width
    return f"{{ viewer {{ person {{ employer {{ {body} }} }} }} }}"


def deep(levels: int) -> str:
    """One field inside the other."""
    inside = "parent { " * levels + "id" + " }" * levels
    return f"{{ viewer {{ person {{ employer {{ {inside} }} }} }} }}"


SAME = "person { name } "
TWICE = f"fragment z on User {{ {SAME * 240} }}"
ALIASES = " ".join(f"a{i}: login" for i in range(1000))
INTROSPECTED = "fields { type { " * 5 + "name" + " } }" * 5

# Each would be small enough by every limit before its own.
REFUSED: Mapping[str, tuple[str, str]] = {
    "fragments of 2**20 fields": (bomb(20), "spreads"),
    "fragments of 2**90 fields": (bomb(90), "nesting"),
    "a chain of 240 fragments": (chain(240), "nesting"),
    "a chain of 41 fragments": (chain(41), "spreads"),
    "a fragment that spreads itself": (
        "{ viewer { person { ...a } } } fragment a on Person { ...a }",
        "cycles",
    ),
    "two fragments that spread each other": (
        "{ viewer { ...a } } fragment a on User { ...b } fragment b on User { ...a }",
        "cycles",
    ),
    "an unused fragment that spreads itself": (
        "{ viewer { login } } fragment a on User { ...a }",
        "cycles",
    ),
    "1 000 aliases": (f"{{ viewer {{ {ALIASES} }} }}", "tokens"),
    "31 aliases": (f"{{ viewer {{ {' '.join(ALIASES.split()[:62])} }} }}", "aliases"),
    "300 equal fields": (f"{{ viewer {{ {SAME * 300} }} }}", "fields"),
    "500 equal fields": (f"{{ viewer {{ {SAME * 499} }} }}", "tokens"),
    "200 equal fields": (f"{{ viewer {{ {SAME * 200} }} }}", "pairs"),
    "equal fields, each in braces of its own": (
        f"{{ viewer {{ {'... on User { person { name } } ' * 150} }} }}",
        "pairs",
    ),
    "equal fields in a fragment nobody spreads": (f"{{ viewer {{ login }} }} {TWICE}", "pairs"),
    "equal fields in a fragment that another one hides": (
        f"{{ viewer {{ ...z }} }} {TWICE} fragment z on User {{ login }}",
        "pairs",
    ),
    "six times six times six": (boxes(6, 6, 6), "pairs"),
    "five times seven times seven": (boxes(5, 7, 7), "fields"),
    "a depth of 11": (deep(7), "depth"),
    "a depth of 100": (deep(97), "nesting"),
    "a depth of 200": (deep(200), "nesting"),
    "a depth of 600": (deep(600), "nesting"),
    "a depth of 4 000": (deep(4_000), "nesting"),
    "61 inline fragments in each other": (
        "{ viewer " + "{ ... " * 61 + "{ login }" + " }" * 62,
        "nesting",
    ),
    "51 directives": (f"{{ viewer {{ login {'@skip(if: false) ' * 51} }} }}", "directives"),
    "21 root fields": (f"{{ {'viewer { login } ' * 21} }}", "roots"),
    "root fields in a fragment": (
        f"{{ ...r }} fragment r on Query {{ {'viewer { login } ' * 21} }}",
        "roots",
    ),
    "41 unknown fragments": (f"{{ viewer {{ {'...x ' * 41} }} }}", "spreads"),
    "2 000 variables": (
        f"query({' '.join(f'$v{i}: Int' for i in range(2000))}) {{ viewer {{ login }} }}",
        "tokens",
    ),
    "101 variables": (
        f"query({' '.join(f'$v{i}: Int' for i in range(101))}) {{ viewer {{ login }} }}",
        "variables",
    ),
    "a comment of 60 KB in lines": ("#\n" * 30_000 + "{ viewer { login } }", "comments"),
    "signing in twice": (
        'mutation { a: signIn(input: {login: "a", password: "b"}) { __typename }'
        ' b: signIn(input: {login: "a", password: "c"}) { __typename } }',
        "once",
    ),
    "signing in twice through a fragment": (
        'mutation { a: signIn(input: {login: "a", password: "b"}) { __typename } ...again }'
        ' fragment again on Mutation { b: signIn(input: {login: "a", password: "c"})'
        " { __typename } }",
        "once",
    ),
    "introspection 21 deep": (
        "{ __schema { types { " + "ofType { " * 20 + "name" + " }" * 20 + " } } }",
        "introspection",
    ),
}

# Small, but wrong: refused by validation, with few errors.
INVALID: Mapping[str, str] = {
    "an unknown fragment": "{ viewer { ...x } }",
    "10 unknown directives": f"{{ viewer {{ login {' '.join(f'@d{i}' for i in range(10))} }} }}",
    "15 unknown fields": f"{{ {' '.join(f'nothing{i}' for i in range(15))} }}",
    "introspection five times round": f"{{ __schema {{ types {{ {INTROSPECTED} }} }} }}",
    "60 unused fragments": "{ viewer { login } }"
    + "".join(f" fragment u{i} on User {{ login }}" for i in range(60)),
    "one operation over the other": "query a { viewer { login } } query a { viewer { login } }",
}
