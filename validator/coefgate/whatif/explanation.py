"""What one number does: the calls that rest on it, its share, and ten percent either way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from coefgate.registry.compilation import table_of
from coefgate.registry.key import LEAST_FACTOR, Key
from coefgate.registry.model import Coefficients, Limits, Value
from coefgate.registry.numbers import limits_of, moved, rounded_steps
from coefgate.replay.evidence import Evidence
from coefgate.replay.fallbacks import Fallbacks, fallbacks
from coefgate.replay.metrics import MILLION, Calls, Integers, Metrics, metrics, smape_200
from coefgate.replay.uses import Uses
from coefgate.samples.model import Sample
from coefgate.samples.status import Audited, CallCount

PERCENTS: Final = (-10, 10)


@dataclass(frozen=True, slots=True)
class Exercised:
    """A stored call that rests on the number. SMAPE in percent, ``None`` of a censored call."""

    sample: Sample
    censored: bool
    predicted: int
    smape: Fraction | None


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
    """``scored``: all calls; ``count``: those that rest on it, which are ``calls``.

    ``share``: what would be missing from the predictions of ``calls`` without the number.

    ``cell``: category and complexity, of a number that is of one cell. ``labelled``: the scored
    calls that say this cell, and how many of them the fallback serves instead. Both are ``None``
    of other numbers. Without the number means 0 tokens, or a margin of 1; ``share`` is ``None``
    where no call rests on it. ``metrics``: of all scored calls, as the number is, ``None`` where
    nothing is measurable. ``limits``: what the gates hold them against.
    """

    value: Value
    scored: CallCount
    count: CallCount
    calls: tuple[Exercised, ...]
    cell: tuple[str, str] | None
    labelled: Fallbacks | None
    share: Fraction | None
    metrics: Metrics | None
    nudges: tuple[Nudge, ...]
    limits: Limits


def explanation(registry: Coefficients, key: Key, audited: Sequence[Audited]) -> Explanation:
    """Explain a number on the eligible and censored calls among ``audited``."""
    evidence = Evidence(audited)
    calls = evidence.calls(table_of(registry))
    rests = _rests(registry, key, evidence, calls)
    return Explanation(
        value=registry.numbers[key],
        scored=calls.count,
        count=calls.where(rests).count,
        calls=_exercised(evidence, calls, rests),
        cell=key.cell,
        labelled=None if key.cell is None else _labelled(registry, key.cell, evidence),
        share=_share(registry, key, evidence, calls.where(rests), rests),
        metrics=metrics(calls),
        nudges=tuple(_nudge(registry, key, percent, evidence, calls) for percent in PERCENTS),
        limits=registry.gates.limits,
    )


def _rests(registry: Coefficients, key: Key, evidence: Evidence, calls: Calls) -> Integers:
    """Indices of the calls whose prediction rises with the number; 0 tokens have no margin."""
    uses = Uses(evidence.counts(table_of(registry)), registry).of(key)
    found: Integers = np.flatnonzero(uses & (calls.predicted > 0) if key.is_factor else uses)
    return found


def _share(
    registry: Coefficients, key: Key, evidence: Evidence, now: Calls, rests: Integers
) -> Fraction | None:
    without = moved(registry, {key: key.number(LEAST_FACTOR if key.is_factor else 0)})
    whole = int(now.predicted.sum())
    lost = whole - int(evidence.calls(table_of(without)).predicted[rests].sum())
    return Fraction(lost, whole) if whole else None


def _labelled(registry: Coefficients, cell: tuple[str, str], evidence: Evidence) -> Fallbacks:
    names = registry.canonical_category
    said = [
        one for one in evidence.samples if (names.get(one.category or ""), one.complexity) == cell
    ]
    return fallbacks(said, table_of(registry))


def _exercised(evidence: Evidence, calls: Calls, rests: Integers) -> tuple[Exercised, ...]:
    """The largest error first; calls that were cut off, whose error nobody knows, last."""
    known = rests[~calls.censored[rests]]
    smape = dict(
        zip(
            known.tolist(),
            smape_200(calls.predicted[known], calls.actual[known]).tolist(),
            strict=True,
        )
    )
    found = [
        Exercised(
            evidence.samples[at],
            at not in smape,
            int(calls.predicted[at]),
            Fraction(smape[at], MILLION) if at in smape else None,
        )
        for at in rests.tolist()
    ]
    return tuple(sorted(found, key=lambda one: (one.censored, -(one.smape or 0), one.sample.id)))


def _nudge(
    registry: Coefficients, key: Key, percent: int, evidence: Evidence, calls: Calls
) -> Nudge:
    wanted = Fraction(registry.numbers[key].steps * (100 + percent), 100)
    steps = rounded_steps(wanted)
    (low, high), (least, most) = limits_of(registry, key), key.ends
    number, limits = key.number(steps), (key.number(low), key.number(high))
    exact, allowed = wanted == steps, low <= steps <= high
    if not least <= steps <= most:
        return Nudge(percent, number, exact, allowed, limits, None, None)
    other = evidence.calls(table_of(moved(registry, {key: number})))
    differing = int((other.predicted != calls.predicted).sum())
    return Nudge(percent, number, exact, allowed, limits, differing, metrics(other))
