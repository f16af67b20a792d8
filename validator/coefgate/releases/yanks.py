"""Withdrawn versions, as the index and a release's tag list them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from coefgate.releases.shapes import Place, items, mapping, text
from coefgate.releases.version import Version

VERSION: Final = "it is a version MAJOR.MINOR.PATCH"
_KEYS: Final = ("version", "date", "reason", "replacement")


@dataclass(frozen=True, slots=True)
class Yank:
    """One withdrawn version.

    ``date``: the day, YYYY-MM-DD. ``reason``: why, in one line. ``replacement``: the version to use instead,
    ``None`` where there is none.
    """

    version: str
    date: str
    reason: str
    replacement: str | None


def yank_dicts(yanks: Iterable[Yank]) -> list[dict[str, Any]]:
    """Plain data for JSON."""
    return [asdict(yank) for yank in yanks]


def read_yanks(value: Any, place: Place) -> tuple[Yank, ...]:
    """The yanks in plain data. Raises ``InvalidDocument``."""
    return tuple(_read(yank, place.at(index)) for index, yank in enumerate(items(value, place)))


def _read(value: Any, place: Place) -> Yank:
    known = mapping(value, place, _KEYS)
    replacement = known["replacement"]
    return Yank(
        text(known["version"], place.at("version"), VERSION, Version.parsed),
        text(known["date"], place.at("date"), "it is a day YYYY-MM-DD", _is_day),
        text(known["reason"], place.at("reason"), "it is a text of one line", _is_line),
        None
        if replacement is None
        else text(replacement, place.at("replacement"), f"{VERSION}, or null", Version.parsed),
    )


def _is_day(value: str) -> bool:
    return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is not None


def _is_line(value: str) -> bool:
    return 0 < len(value) <= 500 and value.isprintable()
