"""``swing``: no number moves far, or out of its interval, unless an author says why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from coefgate.changes.change import Change, Content, content_of
from coefgate.changes.path_rule_changes import path_kinds
from coefgate.gates.acknowledgements import answer_to, as_it_was, shown, step
from coefgate.gates.effective_prices import EffectivePrices, Prices
from coefgate.gates.left_interval import left_interval
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import written
from coefgate.replay.evidence import Evidence
from coefgate.replay.figure_text import Form


@dataclass(frozen=True, slots=True)
class _States:
    """``since``: the accepted states from the anchor on, oldest first; ``factor``: what is far."""

    proposal: Proposal
    evidence: Evidence
    since: Sequence[tuple[str, Coefficients]]
    factor: Fraction


def swing(proposal: Proposal, changes: Sequence[Change], evidence: Evidence) -> RuleResult:
    """No value moves by the factor or more, or leaves its ``basis.interval``, unless acknowledged.

    Prices are added up from the anchor, or from the last accepted state that was far from there,
    and a step back towards it is none away from it; of the others every interval is still claimed.
    """
    base, head = proposal.base.registry, proposal.head.registry
    anchor = proposal.anchor() if changes else None
    factor = base.gates.relative.swing_factor_from
    states = _States(proposal, evidence, anchor.registries if anchor else (), factor)
    findings = []
    for change in changes:
        if change.gone:
            continue
        prices = EffectivePrices(change, base, head)
        moves = (*_raw_moves(change, states), *_price_moves(prices, states))
        far = [one for one in moves if one.factor >= factor]
        left = left_interval(prices, states.since)
        told = next((one.told for one in far if not one.answered), left)
        if (far or left) and not proposal.returned(change):
            answered = change.acknowledged or not told
            findings.append(Finding.about(change, told, answered=answered))
    return finding_result(
        "swing",
        f"less than {written(factor)} times, either way, and within its basis.interval, or "
        "acknowledged",
        findings,
        n=len(changes),
        good="No value moves that far, or it is acknowledged.",
        way_on="Take a smaller step, or say beside the value why this one is right.",
    )


@dataclass(frozen=True, slots=True)
class _Move:
    """How many times a value moves, and the sentence that says from where, and what to do.

    ``answered``: does an acknowledgement of a new figure name the one that it is held against?
    """

    factor: Fraction
    told: str
    answered: bool


def _raw_moves(change: Change, states: _States) -> Iterator[_Move]:
    """Of the number as it is written: from base's, from what it was, from what its paths cost."""
    before = states.proposal.last(change) if change.base is None else None
    for against, old in (
        ("", change.base),
        (" since it was taken out", before),
        (" for stored paths that had another kind", _price_before(change, states)),
    ):
        far = _factor(old, change.head)
        if far is not None:
            times = f"({_times(far, states.factor)}{against})"
            moved = f"moves from {shown(old)} to {shown(change.head)} {times}"
            answer = step(old if change.base is None else change.base, change.head)
            way_on = as_it_was(before) or f"acknowledge it with: {answer}"
            yield _Move(far, f"{change.name} {moved}; {way_on}", _answered(change, old))


def _price_moves(prices: EffectivePrices, states: _States) -> Iterator[_Move]:
    """Of what calls pay: from base's prices, and from the anchor's, but not back to them."""
    change, base, head = prices.change, prices.base, prices.head
    if not isinstance(change.head, Fraction) and change.kind != "alias":
        return
    before = prices.of(base) if change.base is not None else {}
    now = prices.of(head)
    from_base = {part: _Reference("", base, price) for part, price in before.items()}
    for references in (from_base, _references(prices, states)):
        old = {part: one.price for part, one in references.items()}
        part, far = _farthest(old, before, now)
        if far == 1:
            continue
        against, registry = references[part].against, references[part].registry
        held = content_of(registry, change.kind, change.key, prices.names)
        if far == _factor(held, change.head):
            moved = f"moves from {shown(held)} to {shown(change.head)}"
        else:
            what = f"moves {part}" if change.kind in {"margin", "alias"} else "moves"
            moved = f"{what} from {shown(old[part])} to {shown(now[part])} with its margin"
        new = change.base is None and change.kind != "alias"
        answer = step(held, change.head) if new else answer_to(change, base, head)
        yield _Move(
            far,
            f"{change.name} {moved} ({_times(far, states.factor)}{against}); acknowledge it with: "
            f"{answer}",
            _answered(change, held),
        )


@dataclass(frozen=True, slots=True)
class _Reference:
    """A price that steps are added up from, the state that had it, and what that is called."""

    against: str
    registry: Coefficients
    price: Fraction


def _references(prices: EffectivePrices, states: _States) -> dict[str, _Reference]:
    """By part the anchor's price, or the last since that was far away, and got its reason."""
    found: dict[str, _Reference] = {}
    for place, (commit, registry) in enumerate(states.since):
        for part, price in prices.of(registry).items():
            far = _factor(found[part].price, price) if part in found else None
            if part not in found or (far is not None and far >= states.factor):
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
    return "from or to nothing" if far == _ENDLESS else f"× {Form(1).beside(limit)(far)}"


def _price_before(change: Change, states: _States) -> Fraction | None:
    """Of what base asks for the paths that a new file kind takes, the farthest from head's."""
    if change.kind != "marginal" or change.base is not None or not isinstance(change.key, Key):
        return None
    operation, kind = change.key.of
    base = states.proposal.base.registry
    kind_of, kind_before = path_kinds(states.proposal.head.registry), path_kinds(base)
    prices = {
        cost.number
        for sample in states.evidence.eligible
        for one in sample.deliverables
        if one.operation == operation and kind_of(one.path) == kind
        if (cost := base.marginal_costs.get((one.operation, kind_before(one.path))))
    }
    return max(prices, key=lambda price: _factor(price, change.head) or 0, default=None)


def _answered(change: Change, before: Content | None) -> bool:
    """Does the acknowledgement of a new figure name the one that it is held against?"""
    answer = change.acknowledge
    return (
        change.base is None
        and answer is not None
        and (answer.previous, answer.current) == (before, change.head)
    )
