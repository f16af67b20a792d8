"""What one number does: the calls that rest on it, its share, and ten percent either way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, Limits, Value
from coefgate.registry.numbers import limits_of, moved, rounded_steps
from coefgate.replay.evidence import Evidence, Predicted
from coefgate.replay.fallback import Fallbacks, fallbacks
from coefgate.replay.metrics import Integers, Metrics
from coefgate.replay.scores import ScoredCall, scored_calls
from coefgate.replay.uses import Uses
from coefgate.samples.status import Audited, CallCount
from coefgate.whatif.resting_calls import largest_error_first, resting_rows

PERCENTS: Final = (-10, 10)


@dataclass(frozen=True, slots=True)
class Nudge:
    """The number ``percent`` higher or lower, all others as they are.

    ``exact``: is it exactly so many percent, or rounded to a whole token or thousandth?
    ``allowed``: would the registry be valid? ``limits``: the lowest and highest number that it
    would be valid with. ``moved``: calls that are predicted differently. ``metrics`` and ``moved``
    are ``None`` where no registry could hold the number.
    """

    percent: int
    number: Fraction
    exact: bool
    allowed: bool
    limits: tuple[Fraction, Fraction]
    moved: int | None
    metrics: Metrics | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """``calls`` rest on the number: the largest error first, last those that were cut off.

    ``count``: how many they are, of all that are ``scored``. ``share``: what would be missing from
    their predictions with 0 tokens or a factor of 1 in its place, ``None`` where there are none.
    ``labelled``: the scored calls that say the number's cell, if it is of one, and how many of
    them the fallback serves instead. ``metrics``: of all scored calls. ``limits``: what the gates
    hold them against.
    """

    value: Value
    scored: CallCount
    count: CallCount
    calls: tuple[ScoredCall, ...]
    labelled: Fallbacks | None
    share: Fraction | None
    metrics: Metrics | None
    nudges: tuple[Nudge, ...]
    limits: Limits


def explanation(registry: Coefficients, key: Key, audited: Sequence[Audited]) -> Explanation:
    """Explain a number on the eligible and censored calls among ``audited``."""
    now = Evidence(audited).predicted(table_of(registry))
    rests = resting_rows(Uses(now.evidence.counts(now.table), registry, now.table), key, now.calls)
    scored = list(scored_calls(now))
    return Explanation(
        value=registry.numbers[key],
        scored=now.calls.count,
        count=now.calls.where(rests).count,
        calls=tuple(sorted((scored[at] for at in rests.tolist()), key=largest_error_first)),
        labelled=None if key.cell is None else _labelled(registry, key.cell, now.evidence),
        share=_share(registry, key, now, rests),
        metrics=now.figures.metrics,
        nudges=tuple(_nudge(registry, key, percent, now) for percent in PERCENTS),
        limits=registry.gates.limits,
    )


def _share(registry: Coefficients, key: Key, now: Predicted, rests: Integers) -> Fraction | None:
    without = moved(registry, {key: Fraction(int(key.is_factor))})
    whole = int(now.calls.predicted[rests].sum())
    lost = whole - int(now.evidence.calls(table_of(without)).predicted[rests].sum())
    return Fraction(lost, whole) if whole else None


def _labelled(registry: Coefficients, cell: tuple[str, str], evidence: Evidence) -> Fallbacks:
    names = registry.canonical_category
    said = [
        one for one in evidence.samples if (names.get(one.category or ""), one.complexity) == cell
    ]
    return fallbacks(said, table_of(registry))


def _nudge(registry: Coefficients, key: Key, percent: int, now: Predicted) -> Nudge:
    wanted = Fraction(registry.numbers[key].steps * (100 + percent), 100)
    steps = rounded_steps(wanted)
    (low, high), (least, most) = limits_of(registry, key), key.ends
    number, limits = key.number(steps), (key.number(low), key.number(high))
    exact, allowed = wanted == steps, low <= steps <= high
    if not least <= steps <= most:
        return Nudge(percent, number, exact, allowed, limits, None, None)
    other = now.evidence.predicted(table_of(moved(registry, {key: number})))
    differing = int((other.calls.predicted != now.calls.predicted).sum())
    return Nudge(percent, number, exact, allowed, limits, differing, other.figures.metrics)
