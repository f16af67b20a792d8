"""Which ``basis.interval`` a number leaves: its own, or an accepted one since the anchor."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from coefgate.changes.change import key_in
from coefgate.gates.acknowledgements import shown, step
from coefgate.gates.effective_prices import EffectivePrices
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import value_of

Ends = tuple[Fraction, Fraction]


def left_interval(prices: EffectivePrices, since: Sequence[tuple[str, Coefficients]]) -> str:
    """Out of which interval a number moves, and what to do; empty where it is in every one.

    ``since``: as in ``swing``. Whoever claims another interval has still left the one that stood
    there. Ends are taken times the margin of the state that claims them, as the number is times
    head's. An interval of base's that its number is outside of already is left only by a step
    farther away from it, one of earlier by none.
    """
    change, base, head = prices.change, prices.base, prices.head
    if not isinstance(change.base, Fraction) or not isinstance(change.head, Fraction):
        return ""
    before, now = change.base * prices.margin(base), change.head * prices.margin(head)
    states = [("its basis.interval {}", head), ("the basis.interval {} of base", base)]
    for place, (commit, registry) in enumerate(since):
        whose = "the accepted state" if place else "the anchor"
        states.append((f"the basis.interval {{}} of {whose} {commit[:12]}", registry))
    known = _interval(base, prices, prices.names)
    for whose, registry in states:
        ends = _interval(registry, prices, () if registry is head else prices.names)
        if ends is None or not _outside(now, ends):
            continue
        stood = registry is not head or ends == known
        was_outside = _outside(before, ends)
        is_earlier = registry is not head and registry is not base
        if stood and was_outside and (is_earlier or was_outside >= _outside(now, ends)):
            continue
        low, high = (shown(end / prices.margin(head)) for end in ends)
        left = whose.format(f"{low} to {high}")
        if prices.margin(registry) != prices.margin(head):
            left += ", at head's margin"
        told = f"{change.name} moves to {shown(change.head)}, out of {left}"
        return f"{told}; acknowledge it with: {step(change.base, change.head)}"
    return ""


def _interval(
    registry: Coefficients, prices: EffectivePrices, names: Sequence[str]
) -> Ends | None:
    """The interval that ``registry`` claims for the number, times the margin there."""
    key = prices.change.key
    value = value_of(registry, key_in(registry, key, names)) if isinstance(key, Key) else None
    ends = value.basis.interval if value else None
    margin = prices.margin(registry)
    return (ends[0] * margin, ends[1] * margin) if ends is not None else None


def _outside(price: Fraction, ends: Ends) -> Fraction:
    """How far it is outside; zero within."""
    return max(ends[0] - price, price - ends[1], Fraction(0))
