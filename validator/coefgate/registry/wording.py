"""How text names values and paths: short, on one line, nothing hidden in what others wrote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

from coefgate.core.characters import visible

LONGEST_SHOWN: Final = 60
"""Characters of a value that a message repeats."""

_KINDS: Final = {
    bool: "a boolean",
    int: "an integer",
    Decimal: "a decimal",
    str: "a text",
    list: "a list",
    dict: "a mapping",
}
ValuePath = tuple[str | int, ...]
"""Keys and list positions (from 0) from the root of a document to a value."""


def dotted(path: Sequence[str | int]) -> str:
    """``("rules", 0, "paths", 2)`` → ``rules[0].paths[2]``."""
    parts = [f"[{step}]" if isinstance(step, int) else f".{printable(step)}" for step in path]
    return "".join(parts).removeprefix(".")


def printable(text: str) -> str:
    """``text`` on one line, cut to a readable length, with escapes for what cannot be seen."""
    return visible(text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…")


def shortened(text: str, longest: int) -> str:
    """``text`` if it has at most ``longest`` characters, else its beginning and its end."""
    if len(text) <= longest:
        return text
    end = longest // 4
    return f"{text[: longest - end - 1]}…{text[-end:]}"


def shown(value: object) -> str:
    """A value as one would write it in YAML: ``40.0``, ``"a text"``, ``true``, ``a list``."""
    if isinstance(value, str):
        return f'"{printable(value)}"'
    if isinstance(value, list | dict):
        return kind_of(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return printable(str(value))


def described(value: object) -> str:
    """A value with its kind: ``the text "abc"``, ``the decimal 40.0``, ``a list``, ``null``."""
    if isinstance(value, list | dict) or value is None:
        return shown(value)
    return f"the {kind_of(value).partition(' ')[2]} {shown(value)}"


def kind_of(value: object) -> str:
    """The kind of a value, in the words of a YAML author."""
    return _KINDS.get(type(value), "null")


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 call``, ``1,200 calls``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def and_more(found: Sized, shown: int) -> str:
    """`` and 3 more`` behind the first ones that are shown; empty where these are all."""
    return f" and {len(found) - shown:,} more" if len(found) > shown else ""


def first_of(names: Sequence[str], shown: int) -> str:
    """``a, b and 3 more``."""
    return f"{', '.join(names[:shown])}{and_more(names, shown)}"


def listed(names: Iterable[str], last: str = "and") -> str:
    """``a, b and c``."""
    *first, end = names
    return f"{', '.join(first)} {last} {end}" if first else end


def did_you_mean(name: str, names: Iterable[str], otherwise: str) -> str:
    """The closest of ``names`` to a wrong one, as a question; else what to do ``otherwise``."""
    near = get_close_matches(printable(name), list(names), 1)
    return f"Did you mean {near[0]}?" if near else otherwise
