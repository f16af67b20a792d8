"""How gates, guardrails and yanks differ, none of which moves a prediction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from coefgate.changes.change import Content
from coefgate.core.yanks import Yank
from coefgate.registry.files import GATES_FILE, GUARDRAILS_FILE
from coefgate.registry.model import Coefficients, Gates
from coefgate.registry.yanked import FILE as YANKED_FILE

GatePart = Literal["rules", "scope", "aims", "guardrails", "yanks"]
WITHDRAWN: Final = "withdrawn"


@dataclass(frozen=True, slots=True)
class GateDifference:
    """One setting; ``part`` says what it is about. ``None`` in a scope means everything.

    Of a yank: is the version ``withdrawn``, and as what, where that differs?
    """

    part: GatePart
    name: str
    base: Content | None
    head: Content | None
    file: str
    line: int


def gate_differences(base: Coefficients, head: Coefficients) -> tuple[GateDifference, ...]:
    """Everything that differs, file by file in the order of each."""
    found = [*_thresholds(base, head), *_settings(base.gates, head.gates), *_yanks(base, head)]
    order = (GATES_FILE, GUARDRAILS_FILE, YANKED_FILE)
    return tuple(sorted(found, key=lambda one: (order.index(one.file), one.line, one.name)))


def _thresholds(base: Coefficients, head: Coefficients) -> Iterator[GateDifference]:
    for name, now in head.thresholds.items():
        was = base.thresholds[name]
        if was.value != now.value:
            place = now.file, now.line
            yield GateDifference(_part(name), name, was.value, now.value, *place)


def _part(name: str) -> GatePart:
    parts: dict[str, GatePart] = {
        "guardrails": "guardrails",
        "scope": "scope",
        "coverage_aims": "aims",
    }
    return parts.get(name.partition(".")[0], "rules")


def _yanks(base: Coefficients, head: Coefficients) -> Iterator[GateDifference]:
    was, now = base.withdrawn, head.withdrawn
    for version in sorted(was.altered(now) | now.altered(was)):
        before, after = was.yanks.get(version), now.yanks.get(version)
        sides, line = (_told(before, after), _told(after, before)), now.line
        yield GateDifference("yanks", f"yanked.{version}", *sides, YANKED_FILE, line)


def _told(yank: Yank | None, other: Yank | None) -> str | None:
    """How a version is withdrawn, as far as the ``other`` side has it in another way."""
    if yank is None or other is None:
        return None if yank is None else WITHDRAWN
    return ", ".join(f"{key} {value or 'nothing'}" for key, value in yank.beside(other).items())


def _settings(base: Gates, head: Gates) -> Iterator[GateDifference]:
    for name in head.settings:
        was, now = (side.settings[name] for side in (base, head))
        was, now = (tuple(sorted(one)) if isinstance(one, tuple) else one for one in (was, now))
        if was != now:
            yield GateDifference(_part(name), name, was, now, GATES_FILE, head.lines.get(name, 1))
