"""Regular expressions of Python as JavaScript has them, for paths and models in a page.

Only what the translations of globs are made of is known: anything else is refused, so that no page
reads a glob in another way than ``coefgate.core.paths`` and ``fnmatch`` do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Final

_TOKEN: Final = re.compile(
    r"""
    (?P<atomic>\(\?>)
    | (?P<plain>\(\?s:)                           # the flag stands at the whole expression
    | (?P<opens>\((?:\?[:=!]|(?!\?)))
    | (?P<closes>\))
    | (?P<end>\\[Zz])
    | (?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])
    | (?P<literal>\\[^0-9A-Za-z])
    | (?P<repeat>\{[0-9]+(?:,[0-9]*)?\})
    | (?P<other>[^\\{}\[\]()])
    """,
    re.VERBOSE | re.DOTALL,
)
_SPECIAL: Final = frozenset("^$\\.*+?()[]{}|/")
"""Characters that JavaScript lets a backslash stand before, with the flag u."""


def js_regex(python: str) -> str:
    """The source of the same expression for a whole text, with the flags s and u.

    An atomic group is what a lookahead has found, taken by its name. Raises ``ValueError`` for
    what no translation of a glob holds.
    """
    return f"^(?:{''.join(_parts(python))})$"


def _parts(python: str) -> Iterator[str]:
    names, closing, at = count(), list[str](), 0
    while at < len(python):
        token = _TOKEN.match(python, at)
        if token is None:
            raise ValueError(f"no part of a glob's expression: {python[at:]!r} in {python!r}")
        at, text = token.end(), token.group()
        match token.lastgroup:
            case "atomic":
                name = f"a{next(names)}"
                closing.append(f"))\\k<{name}>")
                yield f"(?=(?<{name}>"
            case "plain" | "opens":
                closing.append(")")
                yield "(?:" if text in {"(", "(?s:"} else text
            case "closes":
                yield closing.pop()
            case "end":
                yield "$"
            case "class":
                yield _class(text)
            case "literal":
                yield text if text[1] in _SPECIAL else text[1]
            case _:
                yield text


def _class(text: str) -> str:
    """A class of characters, in which ``]`` may stand first and no ``&`` or ``~`` is escaped."""
    start = "[^" if text.startswith("[^") else "["
    inside = re.sub(r"\\(.)", _in_class, text[len(start) : -1], flags=re.DOTALL)
    if inside.startswith("]"):
        inside = f"\\{inside}"
    return f"{start}{inside}]"


def _in_class(escaped: re.Match[str]) -> str:
    return escaped[0] if escaped[1] in _SPECIAL | {"-"} else escaped[1]
