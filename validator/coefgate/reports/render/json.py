"""JSON for programs, fit for a terminal, and how values stand in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import is_dataclass
from fractions import Fraction
from operator import attrgetter
from typing import Any, Final

_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7e]")


def json_text(document: Any) -> str:
    """``document`` as JSON text.

    Letters of every script stand as they are; what cannot be seen, or would move what can, is
    escaped.
    """
    return _BEYOND_ASCII.sub(_seen, json.dumps(document, indent=2, ensure_ascii=False))


def _seen(found: re.Match[str]) -> str:
    character = found.group()
    return character if character.isprintable() else json.dumps(character)[1:-1]


def rounded(value: Fraction | float | None) -> float | None:
    """A figure: six decimals."""
    return None if value is None else round(float(value), 6)


def as_json(value: object) -> Any:
    """Dataclasses by their fields, sequences as lists, figures rounded, all else as it is."""
    if isinstance(value, Fraction | float):
        return rounded(value)
    if isinstance(value, list | tuple):
        return list(map(as_json, value))
    if is_dataclass(value):
        return picked(value, *value.__dataclass_fields__)
    return value


def exact(value: object) -> Any:
    """Content of a registry: tokens as an integer, a factor as a decimal where it has any."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else float(value)
    return list(map(exact, value)) if isinstance(value, tuple) else value


def picked(of: object, *names: str, **others: str) -> dict[str, Any]:
    """Those fields of a value, with figures; ``others``: the path to each under another name."""
    return _picked(as_json, of, *names, **others)


def exactly(of: object, *names: str, **others: str) -> dict[str, Any]:
    """The same of fields that hold content of a registry."""
    return _picked(exact, of, *names, **others)


def _picked(
    form: Callable[[object], Any], of: object, *names: str, **others: str
) -> dict[str, Any]:
    paths = {**dict(zip(names, names, strict=True)), **others}
    return {name: form(attrgetter(path)(of)) for name, path in paths.items()}
