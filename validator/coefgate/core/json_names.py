"""Names and lists of texts, held to what a registry's YAML files may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from coefgate.core.json_shapes import Place, is_line, items, mapping, shown, text
from coefgate.core.vocabulary import CATEGORY_NAME, KIND_NAME

MAX_NAME: Final = 100
CATEGORY: Final = "a category is named by small letters, digits and -, beginning with a letter"
KIND: Final = "a file kind is named by small letters, digits, - and _, beginning with a letter"
MAX_KINDS: Final = 101
"""One for each path rule, and the default."""
_MAX_ITEMS: Final = 100


def is_category(name: str) -> bool:
    """May a category be called so?"""
    return len(name) <= MAX_NAME and CATEGORY_NAME.fullmatch(name) is not None


def is_kind(name: str) -> bool:
    """May a file kind be called so?"""
    return len(name) <= MAX_NAME and KIND_NAME.fullmatch(name) is not None


def named(
    value: Any,
    place: Place,
    holds: Callable[[str], object],
    allowed: str,
    *,
    least: int = 0,
    most: int | None = None,
) -> Mapping[str, Any]:
    """``value`` as an object with so many keys, each of which ``holds`` accepts."""
    known = mapping(value, place)
    for name in known:
        if not holds(name):
            place.at(name).refuse("is not known here", allowed)
    if len(known) < least:
        place.refuse("is empty", allowed)
    if most is not None and len(known) > most:
        place.refuse(f"has {len(known):,} entries", f"it has at most {most}")
    return known


def several(value: Any, place: Place, *, least: int = 0, most: int = _MAX_ITEMS) -> list[Any]:
    """``value`` as a list with so many entries."""
    found = items(value, place)
    if not least <= len(found) <= most:
        place.refuse(f"has {len(found):,} entries", f"it has {least} to {most}")
    return found


def texts(value: Any, place: Place, longest: int, *, least: int = 0) -> list[str]:
    """``value`` as a list of different lines of text, each of at most so many characters."""
    allowed = f"it is a text of one line, from 1 to {longest} visible characters, that begins with no space"
    found = [
        text(one, place.at(index), allowed, partial(is_line, most=longest))
        for index, one in enumerate(several(value, place, least=least))
    ]
    check_once(found, place)
    return found


def check_once(found: list[str], place: Place) -> None:
    """Raise ``InvalidDocument`` where a text stands twice in a list."""
    for index, one in enumerate(found):
        if one in found[:index]:
            place.at(index).refuse(f"is {shown(one)} once more", "each stands once")
