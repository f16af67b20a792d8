"""JSON read strictly: bytes to values, and what a document has to be, said in shapes.

Every reader names its document in words (``what``: "the snapshot coefficients-1.4.0.json"), so
that an ``InvalidDocument`` reads as a sentence.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from math import isinf
from typing import Any, Final, NoReturn

from coefgate.core.characters import INVISIBLE, git_leftover, is_utf_16
from coefgate.core.installation import install_again
from coefgate.core.problems import InvalidDocument, NewerFormat

_MAX_DIGITS: Final = 18
_HALF_A_PAIR: Final = re.compile(rb"\\u[dD][89a-fA-F]")
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
        raise self.error(f"{subject}{found}; {allowed}")

    def error(self, sentence: str) -> InvalidDocument:
        """``sentence``, and what mends it."""
        return InvalidDocument(f"{sentence}. {self.mend}" if self.mend else sentence)


def shown(value: Any) -> str:
    """A value as an error shows it: short and plain, whatever it holds."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    written = json.dumps(value)
    return written if len(written) <= 60 else f"{written[:57]}..."


def parsed(data: bytes, place: JsonPlace) -> Any:
    """The JSON value that ``data`` spells: UTF-8, no key twice in one object, no NaN."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_decimal,
        )
        if _HALF_A_PAIR.search(data):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        reason = f"byte {error.start:,} is 0x{data[error.start]:02x}, which is not UTF-8"
    except UnicodeEncodeError:
        reason = "it holds half of a surrogate pair, which is not a character"
    except ValueError as error:
        reason = str(error)
    except RecursionError:
        reason = "it is nested too deep"
    else:
        return value
    raise _not_json(data, place, reason)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        ((twice, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"the key {shown(twice)} appears twice in one object")
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"it holds {name}")


def _decimal(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise ValueError(f"it holds {digits[:60]}, which is too large")
    return number


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError(f"it holds a number of {len(digits):,} digits")
    return int(digits)


def _not_json(data: bytes, place: JsonPlace, reason: str) -> InvalidDocument:
    """Why ``data`` is no JSON: what lies there instead, else what the parser says."""
    if leftover := git_leftover(data, place.what):
        # Nothing stands behind a command, so that it can be copied to the end of the line.
        mend = f" {place.mend}" if leftover.fix.endswith(".") else ""
        told = f"{place.what}:{leftover.line}:1  {leftover.found}. {leftover.fix}{mend}"
        return InvalidDocument(told.rstrip())
    if not data.strip():
        reason = "it is empty"
    elif data.startswith(BOM_UTF8):
        reason = "it begins with a byte order mark"
    elif is_utf_16(data):
        reason = "it is written in UTF-16"
    return place.error(f"{place.what} is not valid JSON: {reason}")


def mapping(value: Any, place: JsonPlace, keys: Collection[str] = ()) -> Mapping[str, Any]:
    """``value`` as an object; with ``keys``, one that has exactly these."""
    if not isinstance(value, dict):
        place.refuse(f"is {shown(value)}", "it is an object")
    for key in sorted(value.keys() - set(keys)) if keys else ():
        place.at(key).refuse("is not known here", f"the keys are {', '.join(keys)}")
    for key in keys:
        if key not in value:
            place.at(key).refuse("is missing", f"the keys are {', '.join(keys)}")
    return value


def is_line(value: str, most: int) -> bool:
    """Is this one visible line of 1 to ``most`` characters that begins with no space?"""
    return len(value) <= most and _LINE.fullmatch(value) is not None


def known_number(
    document: Mapping[str, Any],
    key: str,
    known: int,
    place: JsonPlace,
    *,
    oldest: int | None = None,
) -> None:
    """Raise unless ``document[key]`` is what this program reads; if greater, ``NewerFormat``.

    That is ``known``, or from ``oldest`` to ``known``.
    """
    found = document.get(key)
    read = range(known if oldest is None else oldest, known + 1)
    if type(found) is int and found > known:
        raise NewerFormat(
            f"{place.what} has the {key} {found}, and this program reads up to {known}. "
            f"{install_again('Get a newer one')}"
        )
    if type(found) is not int or found not in read:
        missing, allowed = key not in document, f"it is {' or '.join(map(str, read))}"
        place.at(key).refuse("is missing" if missing else f"is {shown(found)}", allowed)


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
                place.at(index).refuse(f"is {shown(one)} again", "each appears once")
        return found

    return read


def form(allowed: str, holds: Callable[[str], object]) -> Shape:
    """A text that ``holds`` accepts; ``allowed`` says in words which those are."""

    def read(value: Any, place: JsonPlace) -> str:
        if not isinstance(value, str) or not holds(value):
            place.refuse(f"is {shown(value)}", allowed)
        return value

    return read


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
