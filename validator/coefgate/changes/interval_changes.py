"""How the intervals of two registries differ, scope by scope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from coefgate.changes.change import Change
from coefgate.changes.interval_words import scope_name, shown_quantiles
from coefgate.registry.files import FOLDER
from coefgate.registry.intervals import Quantiles
from coefgate.registry.model import Coefficients

_FILE: Final = f"{FOLDER}/safety_margins.yaml"


class IntervalChange(NamedTuple):
    """One scope whose quantiles differ, or what is said of them; ``now``: ``None`` without any.

    ``scope``: in head, as in ``Intervals.scopes``.
    """

    scope: tuple[str, ...]
    was: Quantiles | None
    now: Quantiles | None
    change: Change

    @property
    def changes_estimates(self) -> bool:
        """Do factors differ, and not only what is said of them?"""
        was, now = (None if one is None else one.factors for one in (self.was, self.now))
        return was != now


def interval_changes(base: Coefficients, head: Coefficients) -> Iterator[IntervalChange]:
    """Every scope that says something else; one whose category is gone goes with that."""
    before, after = base.intervals.scopes, head.intervals.scopes
    for scope, now in after.items():
        was = next(filter(None, map(before.get, _before(scope, base, head))), None)
        if was != now:
            yield _changed(scope, was, now, head)
    led = {_after(scope, head): was for scope, was in before.items()}
    for known, stated in led.items():
        if known is not None and known not in after:
            yield _changed(known, stated, None, head)


def _changed(
    scope: tuple[str, ...], was: Quantiles | None, now: Quantiles | None, head: Coefficients
) -> IntervalChange:
    name = scope_name(scope)
    line = head.lines.get(name, head.lines.get("intervals", 1))
    sides = shown_quantiles(was), shown_quantiles(now)
    return IntervalChange(scope, was, now, Change(name, "setting", name, *sides, _FILE, line))


def _before(
    scope: tuple[str, ...], base: Coefficients, head: Coefficients
) -> Iterator[tuple[str, ...]]:
    """The scope as base may call it."""
    part, *of = scope
    if not of:
        yield scope
        return
    category, *complexity = of
    for name in head.categories[category].names:
        yield (part, base.canonical_category.get(name, name), *complexity)


def _after(scope: tuple[str, ...], head: Coefficients) -> tuple[str, ...] | None:
    """The scope as head calls it; ``None`` where its category, or its cell, is gone."""
    part, *of = scope
    if not of:
        return scope
    category, *complexity = of
    name = head.canonical_category.get(category)
    if name is None or any(one not in head.categories[name].overhead for one in complexity):
        return None
    return (part, name, *complexity)
