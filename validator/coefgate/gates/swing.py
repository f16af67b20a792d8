"""``swing``: no number moves far, at once or in steps, or out of its interval, unless an author says why."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from coefgate.gates.acknowledged import Last, Returned, as_it_was, shown, step
from coefgate.gates.exercise import prices_before
from coefgate.gates.rules import Finding, RuleResult, finding_result
from coefgate.registry.changes import Change, names_before
from coefgate.registry.contents import Content, content_of, value_of
from coefgate.registry.model import Gates, Registry
from coefgate.replay.evidence import Evidence


def swing(
    changes: Sequence[Change],
    base: Registry,
    head: Registry,
    evidence: Evidence,
    *,
    anchor: tuple[str, Registry] | None,
    gates: Gates,
    returned: Returned,
    last: Last,
) -> RuleResult:
    """No value moves by the factor or more, or leaves its ``basis.interval``, unless acknowledged.

    ``anchor``: commit and registry that steps are added up from. A step back towards it is none away from
    it. ``last``: what the target branch once held under a name that base does not know.
    """
    factor = gates.relative.swing_factor_from
    findings = []
    for change in changes:
        if change.acknowledged or change.gone:
            continue
        told = _moves_far(change, base, head, evidence, anchor=anchor, factor=factor, last=last)
        told = told or _leaves_interval(change, base, head, anchor)
        if told and not returned(change):
            findings.append(Finding(told, change.file, change.line))
    return finding_result(
        "swing",
        f"less than {float(factor):g} times, either way, and within its basis.interval, or acknowledged",
        findings,
        n=len(changes),
        good="No value moves that far, or it is acknowledged.",
        way_on="Take a smaller step, or say beside the value why this one is right.",
    )


def _moves_far(
    change: Change,
    base: Registry,
    head: Registry,
    evidence: Evidence,
    *,
    anchor: tuple[str, Registry] | None,
    factor: Fraction,
    last: Last,
) -> str:
    """From what a value moves by the factor or more, and what to do; empty where it does not."""
    before = last(change) if change.base is None else None
    other = _price_before(change, base, head, evidence)
    added_up = _anchored(change, base, head, anchor)
    since = f" since the anchor {anchor[0][:12]}" if anchor else ""
    for against, old in (
        ("", change.base),
        (" since it was taken out", before),
        (" for stored paths that had another kind", other),
        (since, added_up if _leads_away(change, added_up) else None),
    ):
        far = _factor(old, change.head)
        if far is not None and far >= factor and not _answered(change, old):
            how = "from or to nothing" if far == _ENDLESS else f"× {float(far):.1f}"
            moved = old if change.base is None else change.base
            way_on = as_it_was(before) or f"acknowledge it with: {step(moved, change.head)}"
            return f"{change.name} moves from {shown(old)} to {shown(change.head)} ({how}{against}); {way_on}"
    return ""


def _anchored(
    change: Change, base: Registry, head: Registry, anchor: tuple[str, Registry] | None
) -> Content | None:
    """What the anchor held in the place of a change's value."""
    if anchor is None:
        return None
    return content_of(anchor[1], change.kind, change.key, names_before(change, base, head))


def _leads_away(change: Change, anchored: Content | None) -> bool:
    """Is head farther than base from what the anchor held?"""
    before, after = _factor(anchored, change.base), _factor(anchored, change.head)
    return after is not None and (before is None or after > before)


def _leaves_interval(
    change: Change, base: Registry, head: Registry, anchor: tuple[str, Registry] | None
) -> str:
    """Out of which interval a value moves, and what to do; empty where it is in every one."""
    left = _left_interval(change, base, head, anchor)
    if left is None:
        return ""
    ends = f"{shown(left[0])} to {shown(left[1])}"
    told = f"{change.name} moves to {shown(change.head)}, out of its basis.interval {ends}"
    return f"{told}; acknowledge it with: {step(change.base, change.head)}"


def _left_interval(
    change: Change, base: Registry, head: Registry, anchor: tuple[str, Registry] | None
) -> tuple[Fraction, Fraction] | None:
    """The interval that was claimed for the number, by head, base or the anchor, and that head is outside of.

    Whoever claims another interval beside another number has still left the one that stood there.
    """
    if not isinstance(change.base, Fraction) or not isinstance(change.head, Fraction):
        return None
    names = names_before(change, base, head)
    for registry in (head, base, *([anchor[1]] if anchor else [])):
        value = value_of(registry, change.key, () if registry is head else names)
        ends = value.basis.interval if value else None
        if ends is not None and not ends[0] <= change.head <= ends[1]:
            return ends
    return None


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
