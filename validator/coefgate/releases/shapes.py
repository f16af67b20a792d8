"""JSON documents read strictly, with the standard library alone: one clear error, with its place.

Every reader names its document in words (``what``: "the snapshot coefficients-1.4.0.json"), so that an
error reads as a sentence. All of them raise ``InvalidDocument``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from coefgate.problems import InvalidDocument


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document, for the error that may have to name it."""

    what: str
    path: str = ""

    def at(self, key: str | int) -> Place:
        """The place one key, or one position of a list, further inside."""
        step = f"[{key}]" if isinstance(key, int) else f".{key}" if self.path else key
        return Place(self.what, self.path + step)

    def refuse(self, found: str, allowed: str) -> NoReturn:
        """Raise the error for this place: ``found`` continues its name, ``allowed`` says what would do."""
        subject = f"{self.what}: {self.path} " if self.path else f"{self.what} "
        raise InvalidDocument(f"{subject}{found}; {allowed}")


def parsed(data: bytes, what: str) -> Any:
    """The JSON value that ``data`` spells; no key twice in one object, no NaN, UTF-8."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise ValueError(f"the key {key!r} stands twice in one object")
            found[key] = value
        return found

    def constant(name: str) -> NoReturn:
        raise ValueError(f"it holds {name}")

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=once, parse_constant=constant)
    except (ValueError, RecursionError) as error:
        raise InvalidDocument(f"{what} is no valid JSON: {error}") from error


def mapping(value: Any, place: Place, keys: Collection[str] | None = None) -> Mapping[str, Any]:
    """``value`` as an object; with ``keys``, one that has exactly these."""
    if not isinstance(value, dict):
        place.refuse(f"is {shown(value)}", "it is an object")
    if keys is not None:
        for key in sorted(value.keys() - set(keys)):
            place.at(key).refuse("is not known here", f"the keys are {', '.join(keys)}")
        for key in keys:
            if key not in value:
                place.at(key).refuse("is missing", f"the keys are {', '.join(keys)}")
    return value


def items(value: Any, place: Place) -> list[Any]:
    """``value`` as a list."""
    if not isinstance(value, list):
        place.refuse(f"is {shown(value)}", "it is a list")
    return value


def text(value: Any, place: Place, allowed: str, holds: Callable[[str], object] = bool) -> str:
    """``value`` as a text that ``holds`` accepts (not empty, unless said otherwise)."""
    if not isinstance(value, str) or not holds(value):
        place.refuse(f"is {shown(value)}", allowed)
    return value


def whole(value: Any, place: Place, low: int, high: int) -> int:
    """``value`` as a whole number from ``low`` to ``high``."""
    if type(value) is not int or not low <= value <= high:
        place.refuse(f"is {shown(value)}", f"it is a whole number from {low:,} to {high:,}")
    return value


def shown(value: Any) -> str:
    """A value as an error shows it: short, whatever it holds."""
    written = json.dumps(value, default=str)
    return written if len(written) <= 60 else f"{written[:57]}..."
