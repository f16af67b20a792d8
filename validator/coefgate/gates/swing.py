"""``swing``: no number moves far at once, whatever it is compared with, unless an author says why."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from coefgate.gates.acknowledged import Last, Returned, as_it_was, shown, step
from coefgate.gates.exercise import prices_before
from coefgate.gates.rules import Finding, RuleResult, finding_result
from coefgate.registry.changes import Change, names_before
from coefgate.registry.contents import Content, content_of
from coefgate.registry.model import Gates, Registry
from coefgate.replay.evidence import Evidence


def swing(
    changes: Sequence[Change],
    base: Registry,
    head: Registry,
    evidence: Evidence,
    *,
    released: Registry | None,
    gates: Gates,
    returned: Returned,
    last: Last,
) -> RuleResult:
    """No value moves by the factor or more, either way, unless acknowledged.

    ``released``: the last release, ``None`` before the first. A step back towards it is none away from it.
    ``last``: what the target branch once held under a name that base does not know.
    """
    factor = gates.relative.swing_factor_from
    findings = []
    for change in changes:
        if change.acknowledged or change.gone:
            continue
        before = last(change) if change.base is None else None
        other = _price_before(change, base, head, evidence)
        at_release = _released(change, base, head, released)
        for against, old in (
            ("", change.base),
            (" since it was taken out", before),
            (" for stored paths that had another kind", other),
            (" since the last release", at_release if _leads_away(change, at_release) else None),
        ):
            far = _factor(old, change.head)
            if far is not None and far >= factor and not (_answered(change, old) or returned(change)):
                how = "from or to nothing" if far == _ENDLESS else f"× {float(far):.1f}"
                told = f"{change.name} moves from {shown(old)} to {shown(change.head)} ({how}{against})"
                moved = old if change.base is None else change.base
                way_on = as_it_was(before) or f"acknowledge it with: {step(moved, change.head)}"
                findings.append(Finding(f"{told}; {way_on}", change.file, change.line))
                break
    return finding_result(
        "swing",
        f"less than {float(factor):g} times, either way, or acknowledged",
        findings,
        n=len(changes),
        good="No value moves that far, or it is acknowledged.",
        way_on="Take a smaller step, or say beside the value why this one is right.",
    )


def _released(change: Change, base: Registry, head: Registry, released: Registry | None) -> Content | None:
    """What the last release held in the place of a change's value."""
    if released is None:
        return None
    return content_of(released, change.kind, change.key, names_before(change, base, head))


def _leads_away(change: Change, released: Content | None) -> bool:
    """Is head farther than base from what the last release held?"""
    before, after = _factor(released, change.base), _factor(released, change.head)
    return after is not None and (before is None or after > before)


_ENDLESS: Final = Fraction(10**12)
"""More than any two numbers of a registry are apart."""


def _factor(before: Content | None, after: Content | None) -> Fraction | None:
    """How many times larger the larger is; endless where one is zero; ``None`` for other than numbers."""
    if not isinstance(before, Fraction) or not isinstance(after, Fraction):
        return None
    low, high = sorted((before, after))
    return Fraction(1) if low == high else high / low if low else _ENDLESS


def _price_before(change: Change, base: Registry, head: Registry, evidence: Evidence) -> Fraction | None:
    """Of what base asks for the paths that a new file kind takes, the price that is farthest from head's."""
    prices = prices_before(change, base, head, evidence.eligible)
    return max(prices, key=lambda price: _factor(price, change.head) or 0, default=None)


def _answered(change: Change, before: Content | None) -> bool:
    """Does the acknowledgement of a new figure name the one that it is held against?"""
    answer = change.acknowledge
    return (
        change.base is None
        and answer is not None
        and (answer.previous, answer.current) == (before, change.head)
    )
