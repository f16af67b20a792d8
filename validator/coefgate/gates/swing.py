"""``swing``: no number moves far, or out of its interval, unless an author says why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final, NamedTuple

from coefgate.changes.change import Change, Content, content_of, key_in
from coefgate.gates.acknowledgements import answer_to, as_it_was, is_answered, shown, step
from coefgate.gates.effective_prices import EffectivePrices, Prices
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.registry.compilation import path_kinds
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import value_of, written
from coefgate.replay.evidence import Evidence
from coefgate.replay.figure_text import Form

Since = Sequence[tuple[str, Coefficients]]
"""The accepted states from the anchor on, each with its commit, the oldest first."""


def swing(proposal: Proposal, changes: Sequence[Change], evidence: Evidence) -> RuleResult:
    """No value moves by the factor or more, or leaves its ``basis.interval``, unless acknowledged.

    Prices are added up from the anchor, or from the last accepted state that was far from there,
    and a step back towards it is none away from it; of the others every interval is still claimed.
    """
    base, head = proposal.base.registry, proposal.head.registry
    anchor = proposal.anchor() if changes else None
    since = anchor.registries if anchor else ()
    findings = []
    for change in changes:
        if change.gone:
            continue
        prices = EffectivePrices(change, base, head)
        moves = (
            *_raw_moves(change, proposal, evidence),
            *_price_moves(prices, since),
            *left_interval(prices, since),
        )
        first = next((one for one in moves if not one.answered), None)
        if moves and not proposal.returned(change):
            answered = change.acknowledged or first is None
            findings.append(replace(first or moves[0], answered=answered))
    return finding_result(
        "swing",
        f"less than {written(_limit(base))} times, either way, and within its basis.interval, "
        "unless acknowledged",
        findings,
        n=len(changes),
        good="No value moves that far, or it is acknowledged.",
        remedy="Take a smaller step, or say beside the value why this one is right.",
    )


def _limit(base: Coefficients) -> Fraction:
    return base.gates.relative.swing_factor_from


def _raw_moves(change: Change, proposal: Proposal, evidence: Evidence) -> Iterator[Finding]:
    """Of the number as it is written: from base's, from what it was, from what its paths cost."""
    before = proposal.last(change) if change.base is None else None
    limit = _limit(proposal.base.registry)
    for against, old in (
        ("", change.base),
        (" since it was removed", before),
        (" for stored paths that had another kind", _price_before(change, proposal, evidence)),
    ):
        far = _factor(old, change.head)
        if far is not None and far >= limit:
            times = f"({_times(far, limit)}{against})"
            yield Finding.about(
                change,
                f"{change.name} moves from {shown(old)} to {shown(change.head)} {times}",
                as_it_was(before),
                answer=step(old if change.base is None else change.base, change.head),
                answered=_answered(change, old),
            )


def _price_moves(prices: EffectivePrices, since: Since) -> Iterator[Finding]:
    """Of what calls pay: from base's prices, and from the anchor's, but not back to them."""
    change, base, head = prices.change, prices.base, prices.head
    if not isinstance(change.head, Fraction) and change.kind != "alias":
        return
    before = prices.of(base) if change.base is not None else {}
    now, limit = prices.of(head), _limit(base)
    from_base = {part: _Reference("", base, price) for part, price in before.items()}
    for references in (from_base, _references(prices, since)):
        old = {part: one.price for part, one in references.items()}
        part, far = _farthest(old, before, now)
        if far < limit:
            continue
        against, registry, price = references[part]
        held = content_of(registry, change.kind, change.key, prices.names)
        if far == _factor(held, change.head):
            moved = f"moves from {shown(held)} to {shown(change.head)}"
        else:
            what = f"moves {part}" if change.kind in {"margin", "model", "alias"} else "moves"
            moved = f"{what} from {shown(price)} to {shown(now[part])} with its margin"
        new = change.base is None and change.kind != "alias"
        yield Finding.about(
            change,
            f"{change.name} {moved} ({_times(far, limit)}{against})",
            answer=step(held, change.head) if new else answer_to(change, base, head),
            answered=_answered(change, held),
        )


class _Reference(NamedTuple):
    """A price that steps are added up from, the state that had it, and what that is called."""

    against: str
    registry: Coefficients
    price: Fraction


def _references(prices: EffectivePrices, since: Since) -> dict[str, _Reference]:
    """By part the anchor's price, or the last since that was far away, and got its reason."""
    found: dict[str, _Reference] = {}
    for place, (commit, registry) in enumerate(since):
        for part, price in prices.of(registry).items():
            far = _factor(found[part].price, price) if part in found else None
            if part not in found or (far is not None and far >= _limit(prices.base)):
                against = f" since {'' if place else 'the anchor '}{commit[:12]}"
                found[part] = _Reference(against, registry, price)
    return found


def _farthest(old: Prices, before: Prices, now: Prices) -> tuple[str, Fraction]:
    """The part that is farthest from ``old``, and farther than ``before``, and how far."""
    found = [("", Fraction(1))]
    for part, price in now.items():
        far, last = _factor(old.get(part), price), _factor(old.get(part), before.get(part))
        if far is not None and (last is None or far > last):
            found.append((part, far))
    return max(found, key=lambda one: one[1])


_ENDLESS: Final = Fraction(10**12)
"""More than any two numbers of a registry are apart."""


def _factor(before: Content | None, after: Content | None) -> Fraction | None:
    """How many times larger the larger is; endless from zero; ``None`` where one is no number."""
    if not isinstance(before, Fraction) or not isinstance(after, Fraction):
        return None
    low, high = sorted((before, after))
    return Fraction(1) if low == high else high / low if low else _ENDLESS


def _times(far: Fraction, limit: Fraction) -> str:
    return "from or to zero" if far == _ENDLESS else f"× {Form(1).beside(limit)(far)}"


def _price_before(change: Change, proposal: Proposal, evidence: Evidence) -> Fraction | None:
    """Of what base asks for the paths that a new file kind takes, the farthest from head's."""
    if change.base is not None or not isinstance(change.key, Key):
        return None
    if change.key.part != "marginal":
        return None
    operation, kind = change.key.of
    base = proposal.base.registry
    kind_of, kind_before = path_kinds(proposal.head.registry), path_kinds(base)
    prices = {
        cost.number
        for sample in evidence.eligible
        for one in sample.deliverables
        if one.operation == operation and kind_of(one.path) == kind
        if (cost := base.marginal_costs.get((one.operation, kind_before(one.path))))
    }
    return max(prices, key=lambda price: _factor(price, change.head) or 0, default=None)


def _answered(change: Change, before: Content | None) -> bool:
    """Does the acknowledgement of a new figure name the one that it is held against?"""
    return change.base is None and is_answered(change.acknowledge, before, change.head)


def left_interval(prices: EffectivePrices, since: Since) -> Iterator[Finding]:
    """Out of which interval a number moves, the first of them; none where it is in every one.

    Whoever claims another interval has still left the one that stood there. Ends are taken times
    the margin of the state that claims them, as the number is times head's. An interval of base's
    that its number is outside of already is left only by a step farther away from it, one of
    earlier by none.
    """
    change, base, head = prices.change, prices.base, prices.head
    if not isinstance(change.base, Fraction) or not isinstance(change.head, Fraction):
        return
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
        said = f"{change.name} moves to {shown(change.head)}, out of {left}"
        yield Finding.about(change, said, answer=step(change.base, change.head))
        return


def _interval(
    registry: Coefficients, prices: EffectivePrices, names: Sequence[str]
) -> tuple[Fraction, Fraction] | None:
    """The interval that ``registry`` claims for the number, times the margin there."""
    key = prices.change.key
    value = value_of(registry, key_in(registry, key, names)) if isinstance(key, Key) else None
    ends = value.basis.interval if value else None
    margin = prices.margin(registry)
    return (ends[0] * margin, ends[1] * margin) if ends is not None else None


def _outside(price: Fraction, ends: tuple[Fraction, Fraction]) -> Fraction:
    """How far it is outside; zero within."""
    return max(ends[0] - price, price - ends[1], Fraction(0))
