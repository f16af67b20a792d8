"""How two ``gates.yaml`` differ: thresholds, policy, scope and aims, none of which moves a prediction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from coefgate.gates.rules import GATES_FILE
from coefgate.registry.model import Gates

Setting = Fraction | str | tuple[str, ...] | None
Part = Literal["rules", "scope", "aims"]


@dataclass(frozen=True, slots=True)
class GateDifference:
    """One setting of ``gates.yaml``; ``part`` says what it is about. ``None`` in a scope means everything."""

    part: Part
    name: str
    base: Setting
    head: Setting
    file: str
    line: int


def gate_differences(base: Gates, head: Gates) -> tuple[GateDifference, ...]:
    """Everything that differs, in the order of the file."""
    found = [*_thresholds(base, head), *_words(base, head)]
    return tuple(sorted(found, key=lambda one: one.line))


def _thresholds(base: Gates, head: Gates) -> Iterator[GateDifference]:
    for name in dict.fromkeys((*head.thresholds, *base.thresholds)):
        was, now = base.thresholds.get(name), head.thresholds.get(name)
        declared = now or was
        if declared is not None and (was and was.value) != (now and now.value):
            part: Part = "aims" if name.startswith("coverage_aims.") else "rules"
            values = (was.value if was else None, now.value if now else None)
            yield GateDifference(part, name, *values, GATES_FILE, declared.line)


def _words(base: Gates, head: Gates) -> Iterator[GateDifference]:
    pairs: tuple[tuple[Part, str, Setting, Setting], ...] = (
        ("rules", "when_base_misses", base.when_base_misses, head.when_base_misses),
        ("scope", "scope.models", _as_set(base.scope.models), _as_set(head.scope.models)),
        ("scope", "scope.observed_since", base.scope.observed_since, head.scope.observed_since),
    )
    for part, name, was, now in pairs:
        if was != now:
            yield GateDifference(part, name, was, now, GATES_FILE, head.lines.get(name, 1))


def _as_set(models: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if models is None else tuple(sorted(models))
