"""What a JSON document has to be, said in shapes; what differs is an ``InvalidDocument``.

Every reader names its document in words (``what``: "the snapshot coefficients-1.4.0.json"), so
that an error reads as a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NoReturn

from coefgate.core.characters import INVISIBLE
from coefgate.core.problems import InvalidDocument, NewerFormat
from coefgate.core.strict_json import ended, shown

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][\w-]{0,99}", re.ASCII)
_NOT_SHOWN: Final = rf"\ud800-\udfff{INVISIBLE}"
"""Halves of surrogate pairs too: a command line that is no UTF-8 has them."""
_LINE: Final = re.compile(rf"[^\s{_NOT_SHOWN}][^\t\n\r{_NOT_SHOWN}]*")


@dataclass(frozen=True, slots=True)
class JsonPlace:
    """A place in a document, for the error that names it; ``mend``: how every error ends."""

    what: str
    path: str = ""
    mend: str = ""

    def at(self, key: str | int) -> JsonPlace:
        """The place one key, or one position of a list, further inside."""
        if isinstance(key, int):
            step = f"[{key}]"
        elif _PLAIN_KEY.fullmatch(key):
            step = f".{key}" if self.path else key
        else:
            step = f"[{shown(key)}]"
        return JsonPlace(self.what, self.path + step, self.mend)

    def refuse(self, found: str, allowed: str) -> NoReturn:
        """Raise the error: ``found`` continues the name, ``allowed`` says what would do."""
        subject = f"{self.what}: {self.path} " if self.path else f"{self.what} "
        raise InvalidDocument(ended(f"{subject}{found}; {allowed}", self.mend))


def mapping(
    value: Any, place: JsonPlace, keys: Collection[str] | None = None
) -> Mapping[str, Any]:
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


def text(value: Any, place: JsonPlace, allowed: str, holds: Callable[[str], object] = bool) -> str:
    """``value`` as a text that ``holds`` accepts (not empty, unless said otherwise)."""
    if not isinstance(value, str) or not holds(value):
        place.refuse(f"is {shown(value)}", allowed)
    return value


def is_line(value: str, most: int) -> bool:
    """Is this one visible line of 1 to ``most`` characters that begins with no space?"""
    return len(value) <= most and _LINE.fullmatch(value) is not None


def known_number(document: Mapping[str, Any], key: str, known: int, place: JsonPlace) -> None:
    """Raise unless ``document[key]`` is what this program reads; if greater, ``NewerFormat``."""
    found = document.get(key)
    if type(found) is int and found > known:
        raise NewerFormat(
            f"{place.what} has the {key} {found}, and this program reads up to {known}. "
            "Get a newer one with: python -m pip install --upgrade coefgate"
        )
    if type(found) is not int or found != known:
        missing = key not in document
        place.at(key).refuse("is missing" if missing else f"is {shown(found)}", f"it is {known}")


Shape = Callable[[Any, JsonPlace], Any]
"""Gives what a value says, or raises ``InvalidDocument`` with its place."""


def fields(**shapes: Shape) -> Shape:
    """An object that has exactly these keys."""

    def read(value: Any, place: JsonPlace) -> dict[str, Any]:
        known = mapping(value, place, shapes)
        return {key: shape(known[key], place.at(key)) for key, shape in shapes.items()}

    return read


def entries(
    shape: Shape,
    names: Callable[[str], object],
    allowed: str,
    *,
    least: int = 0,
    most: int | None = None,
    every: Collection[str] = (),
) -> Shape:
    """An object with so many keys, each of which ``names`` accepts; ``every``: these are there."""

    def read(value: Any, place: JsonPlace) -> Mapping[str, Any]:
        known = mapping(value, place)
        for name in known:
            if not names(name):
                place.at(name).refuse("is not known here", allowed)
        if len(known) < least:
            place.refuse("is empty", allowed)
        if most is not None and len(known) > most:
            place.refuse(f"has {len(known):,} entries", f"it has at most {most}")
        for name in every:
            if name not in known:
                place.at(name).refuse("is missing", allowed)
        for name, each in known.items():
            shape(each, place.at(name))
        return known

    return read


def several(shape: Shape, *, least: int = 0, most: int | None = None, once: bool = False) -> Shape:
    """A list with so many entries; ``once``: no two are equal."""

    def read(value: Any, place: JsonPlace) -> list[Any]:
        if not isinstance(value, list):
            place.refuse(f"is {shown(value)}", "it is a list")
        if len(value) < least or (most is not None and len(value) > most):
            place.refuse(f"has {len(value):,} entries", f"it has {least} to {most}")
        found = [shape(one, place.at(index)) for index, one in enumerate(value)]
        for index, one in enumerate(found if once else ()):
            if one in found[:index]:
                place.at(index).refuse(f"is {shown(one)} once more", "each stands once")
        return found

    return read


def form(allowed: str, holds: Callable[[str], object]) -> Shape:
    """A text that ``holds`` accepts; ``allowed`` says in words which those are."""
    return lambda value, place: text(value, place, allowed, holds)


def line(most: int) -> Shape:
    """A text of one line."""
    allowed = (
        f"it is a text of one line, from 1 to {most} visible characters, that begins with no space"
    )
    return form(allowed, partial(is_line, most=most))


def number(low: int, high: int) -> Shape:
    """A whole number from ``low`` to ``high``."""

    def read(value: Any, place: JsonPlace) -> int:
        if type(value) is not int or not low <= value <= high:
            place.refuse(f"is {shown(value)}", f"it is a whole number from {low:,} to {high:,}")
        return value

    return read


def choice(words: Collection[str]) -> Shape:
    """One of these words."""
    return form(f"it is one of {', '.join(words)}", words.__contains__)


def optional(shape: Shape) -> Shape:
    """``null``, or a value of this shape."""
    return lambda value, place: None if value is None else shape(value, place)


def truth(value: Any, place: JsonPlace) -> bool:
    """True or false."""
    if type(value) is not bool:
        place.refuse(f"is {shown(value)}", "it is true or false")
    return value


def anything(value: Any, _: JsonPlace) -> Any:
    """What is looked at elsewhere."""
    return value
