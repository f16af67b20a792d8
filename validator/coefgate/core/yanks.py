"""Withdrawn versions, as the index and a release's tag list them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final

from coefgate.core.json_shapes import JsonPlace, Shape, fields, form, line, optional, several
from coefgate.core.versions import Version

VERSION: Final = "it is a version MAJOR.MINOR.PATCH"
MAX_REASON: Final = 500
"""Characters."""


@dataclass(frozen=True, slots=True)
class Yank:
    """One withdrawn version.

    ``date``: YYYY-MM-DD. ``reason``: in one line. ``replacement``: the version to use, if any.
    """

    version: str
    date: str
    reason: str
    replacement: str | None

    def beside(self, other: Yank) -> dict[str, str | None]:
        """The fields in which it differs from ``other``, by their names."""
        own, others = asdict(self), asdict(other)
        return {name: value for name, value in own.items() if value != others[name]}


def by_version(yanked: Iterable[Yank]) -> dict[Version, Yank]:
    """The yanks, each by the version that it withdraws."""
    return {version: one for one in yanked if (version := Version.parsed(one.version))}


def yank_of(version: Version | None, yanked: Iterable[Yank]) -> Yank | None:
    """Why a version was withdrawn and what replaces it today, ``None`` where it was not.

    A replacement may be withdrawn itself.
    """
    of_version = {one.version: one for one in yanked}
    found = of_version.get(str(version))
    if found is None:
        return None
    seen: set[str] = set()
    replacement = found.replacement
    while replacement in of_version and replacement not in seen:
        seen.add(replacement)
        replacement = of_version[replacement].replacement
    return replace(found, replacement=None if replacement in seen else replacement)


def version_shape(allowed: str = VERSION) -> Shape:
    """A version in plain data."""
    read = form(allowed, Version.parsed)
    return lambda value, place: Version.parsed(read(value, place))


def read_yanks(value: Any, place: JsonPlace) -> tuple[Yank, ...]:
    """The yanks in plain data. Raises ``InvalidDocument``."""
    yanks = tuple(Yank(**found) for found in several(_YANK)(value, place))
    first: dict[str, int] = {}
    for index, yank in enumerate(yanks):
        if first.setdefault(yank.version, index) != index:
            found = f"is {yank.version}, as in [{first[yank.version]}]"
            place.at(index).at("version").refuse(found, "a version is withdrawn once")
    return yanks


def is_day(value: str) -> bool:
    """Is it a day, YYYY-MM-DD, that exists in the calendar?"""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_YANK: Final = fields(
    version=form(VERSION, Version.parsed),
    date=form("it is a day YYYY-MM-DD that exists in the calendar", is_day),
    reason=line(MAX_REASON),
    replacement=optional(form(f"{VERSION}, or null", Version.parsed)),
)
