"""Intervals in words, as a change of them shows them."""

from __future__ import annotations

from typing import Final

from coefgate.registry.intervals import Intervals, Quantiles
from coefgate.registry.model import IntervalWidths

_NONE: Final = "none of its own"


def shown_interval(interval: IntervalWidths | None) -> str:
    """How far an estimate's interval reaches, in words."""
    if interval is None:
        return "no width for all calls"
    ends = f"-{float(100 * interval.below):g}% to +{float(100 * interval.above):g}%"
    holds = "not measured" if interval.coverage is None else f"{float(100 * interval.coverage):g}%"
    return f"{ends}, coverage {holds}"


def shown_quantiles(stated: Quantiles | None) -> str:
    """What a scope says, in words."""
    if stated is None:
        return _NONE
    factors = ", ".join(f"{float(s):g}: {float(f):g}" for s, f in stated.factors.items())
    held = stated.held
    measured = (
        f"{what} {float(share):g}"
        for what, share in (
            ("80%", held.interval_80),
            ("90%", held.interval_90),
            ("budget", held.budget_90),
        )
        if share is not None
    )
    kept = ", ".join(measured) or "not measured"
    return f"{factors}; held {kept}; {stated.samples} calls, {stated.phases} phases"


def scope_name(scope: tuple[str, ...]) -> str:
    """The dotted name of a scope's intervals: ``intervals.cells.docs.low``."""
    return ".".join(("intervals", *scope))


def stated_scope(intervals: Intervals, name: str) -> Quantiles | None:
    """What is stated for the scope with this dotted name."""
    scopes = intervals.scopes.items()
    return next((stated for scope, stated in scopes if scope_name(scope) == name), None)
