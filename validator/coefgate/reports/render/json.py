"""JSON for programs, fit for a terminal, and how values stand in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from fractions import Fraction
from operator import attrgetter
from typing import Any, Final

from coefgate.core.trees import encodable

_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7e]")


def json_text(document: Any) -> str:
    """``document`` as JSON text, with escapes for what cannot be seen, or would move what can."""
    return _BEYOND_ASCII.sub(_seen, json.dumps(document, indent=2, ensure_ascii=False))


def _seen(found: re.Match[str]) -> str:
    character = found.group()
    return character if character.isprintable() else json.dumps(character)[1:-1]


def rounded(value: Fraction | float | None) -> float | None:
    """A figure: six decimals."""
    return None if value is None else round(float(value), 6)


def as_json(value: object, number: Callable[[Fraction], Any] = rounded) -> Any:
    """Dataclasses by their fields, sequences as lists, figures rounded, all else as it is.

    ``number``: how fractions are written.
    """
    if isinstance(value, Fraction):
        return number(value)
    if isinstance(value, float):
        return rounded(value)
    if isinstance(value, list | tuple):
        return [as_json(one, number) for one in value]
    if isinstance(value, str):
        return encodable(value)
    if is_dataclass(value):
        return {name: as_json(getattr(value, name), number) for name in value.__dataclass_fields__}
    return value


def exact(value: object) -> Any:
    """The same of content of a registry: tokens as an integer, a factor with all its decimals."""
    return as_json(
        value, lambda found: found.numerator if found.denominator == 1 else float(found)
    )


def picked(of: object, *names: str, **others: str) -> dict[str, Any]:
    """Those fields of a value, with figures; ``others``: the path to each under another name."""
    return {name: as_json(found) for name, found in _fields(of, *names, **others)}


def exactly(of: object, *names: str, **others: str) -> dict[str, Any]:
    """The same of fields that hold content of a registry."""
    return {name: exact(found) for name, found in _fields(of, *names, **others)}


def _fields(of: object, *names: str, **others: str) -> Iterator[tuple[str, object]]:
    for name, path in (*zip(names, names, strict=True), *others.items()):
        yield name, attrgetter(path)(of)
