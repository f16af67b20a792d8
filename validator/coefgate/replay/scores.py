"""A replay and its scores: the whole, what came in later, the strata, and old against new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import compress

import numpy as np

from coefgate.core.problems import InvalidInput, Problem
from coefgate.registry.document import Fault
from coefgate.replay.by_margin import ByMargin
from coefgate.replay.e_value import e_value
from coefgate.replay.evidence import Predicted
from coefgate.replay.fallback import Fallbacks, fallbacks
from coefgate.replay.figures import FEWEST_PHASES, Figures
from coefgate.replay.metrics import MILLION, Booleans, Calls, Metrics, metrics, smape_200
from coefgate.replay.strata import UNKNOWN, WITHOUT_TOKENS, CategoryNames, groups, indices
from coefgate.samples.model import Sample, instant
from coefgate.samples.reading import StoredIds
from coefgate.samples.status import Audited


@dataclass(frozen=True, slots=True)
class Later:
    """Calls that came in after the coefficients did, in two parts that share no call.

    ``prospective``: made after the newest call that was stored by then, so that nobody knew them
    when the values were chosen; ``later_found``: the others. ``newest``: when that call was made,
    in seconds since 1970 UTC; when the coefficients came in where no call was ``dated`` then. All
    are ``None`` where git cannot tell, and ``reason`` says why. ``e_value``: of the prospective
    calls, ``None`` where there are none.
    """

    later_found: Figures | None
    prospective: Figures | None
    newest: float | None
    reason: str
    dated: bool = True
    e_value: float | None = None

    @property
    def parts(self) -> dict[str, Figures | None]:
        """Both, by name."""
        return {"later_found": self.later_found, "prospective": self.prospective}

    @property
    def measurable(self) -> dict[str, Figures]:
        """Those that have the phases which an interval takes, by name."""
        return {
            name: part
            for name, part in self.parts.items()
            if part and part.calls.count.phases >= FEWEST_PHASES
        }


@dataclass(frozen=True, slots=True)
class Unseen:
    """The calls as fits predict them that do not know their ``phase``, or their ``run``.

    Each is ``None`` where it cannot be measured, and ``reasons`` says why. ``has``: which of the
    scored calls have such a prediction; the others use a number that was changed by hand after
    they were stored.
    """

    phase: Figures | None
    run: Figures | None
    has: Booleans = field(compare=False, repr=False)
    reasons: Mapping[str, str]

    @property
    def without(self) -> int:
        """How many scored calls have no such prediction."""
        return int((~self.has).sum())


@dataclass(frozen=True, slots=True)
class StratumFigures:
    """One slice: the dimension it was cut by, its value, and its figures."""

    dimension: str
    value: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class PredictorComparison:
    """Stored predictions against today's; of the estimator ``predicted_by``, or of ``all``."""

    predicted_by: str
    old: Metrics
    new: Metrics


@dataclass(frozen=True, slots=True)
class ScoredCall:
    """One call: SMAPE in percent; no figures of one that was cut off, or that has no tokens."""

    audited: Audited
    predicted: int
    basis: str
    smape: Fraction | None
    waste_ratio: Fraction | None


@dataclass(frozen=True)
class Scores:
    """Everything that a replay gives of ``predicted``, the eligible and censored calls.

    ``without_differs``: of those whose reply is not known to differ from what was stored.
    ``unseen``: ``None`` where no procedure stands behind the numbers, or nobody asked.
    """

    predicted: Predicted
    all: Figures
    without_differs: Figures
    later: Later
    strata: tuple[StratumFigures, ...]
    unseen: Unseen | None = None

    @cached_property
    def by_margin(self) -> ByMargin:
        """Their predictions with any single margin."""
        table = self.predicted.table
        return ByMargin.of(self.predicted.evidence.counts(table), table)

    @cached_property
    def fallback(self) -> Fallbacks:
        """How many of them the fallback predicts, and why."""
        return fallbacks(self.predicted.evidence.samples, self.predicted.table)

    @cached_property
    def predictors(self) -> tuple[PredictorComparison, ...]:
        """By who predicted at the time, and all together."""
        return tuple(_comparisons(self.predicted))

    @cached_property
    def scored(self) -> tuple[ScoredCall, ...]:
        """Every eligible, censored and failed call, in the order given."""
        sides = (self.predicted, self.predicted.failed)
        scored = {call.audited.sample.id: call for side in sides for call in scored_calls(side)}
        given = (one.sample.id for one in self.predicted.evidence.given)
        return tuple(scored[identity] for identity in given if identity in scored)


def replay(
    predicted: Predicted,
    *,
    by: Sequence[str] = (),
    names: CategoryNames | None = None,
    known: StoredIds | None = None,
    unknown_because: str = "",
) -> Scores:
    """Measure predictions.

    ``by``: dimensions to break down by; ``names``: of categories there, the table's unless given.
    ``known``: what was stored when the coefficients came in; ``None`` where nobody knows, and
    ``unknown_because`` says why. Raises ``InvalidInput`` for eligible calls without tokens.
    """
    table, evidence = predicted.table, predicted.evidence
    if problems := [_no_tokens(one) for one in evidence.eligible if one.actual_output_tokens < 1]:
        raise InvalidInput(problems)
    same = np.array([one.reply_matches != "differs" for one in evidence.samples], dtype=np.bool_)
    return Scores(
        predicted=predicted,
        all=predicted.figures,
        without_differs=Figures.of(predicted.calls.where(same)),
        later=_later(predicted, known, unknown_because),
        strata=tuple(
            stratum
            for dimension in by
            for stratum in _strata(predicted, dimension, names or table.canonical_category)
        ),
    )


def _no_tokens(sample: Sample) -> Problem:
    found = f"is {sample.actual_output_tokens} in sample {sample.id}"
    allowed = "a call that is scored has at least one output token"
    fix = "Retire it in samples/retired.yaml, or supersede it by a line with the tokens billed."
    fault = Fault("success-without-tokens", found, allowed, fix, ("actual_output_tokens",))
    return fault.placed(sample.file, sample.line)


def _later(predicted: Predicted, known: StoredIds | None, unknown_because: str) -> Later:
    if known is None:
        return Later(None, None, None, unknown_because)
    arrived = predicted.evidence.new_to(known.ids)  # a call arrives with its first line
    after = predicted.evidence.made_after(known.newest)
    new = arrived & after
    found, prospective = (
        Figures.of(predicted.calls.where(part)) for part in (arrived & ~after, new)
    )
    made = compress((instant(one.observed_at) for one in predicted.evidence.samples), new.tolist())
    bet = e_value(prospective.calls, list(made))
    return Later(found, prospective, known.newest, "", known.dated, bet)


def _strata(
    predicted: Predicted, dimension: str, names: CategoryNames
) -> Iterator[StratumFigures]:
    # Success and failure are never mixed: failed calls are seen in the stratum that names them.
    sides = (predicted, predicted.failed) if dimension == "success" else (predicted,)
    found: dict[str, Calls] = {}
    for side in sides:
        for value, at in groups(side.evidence, dimension, names).items():
            found[value] = side.calls.where(at[:0] if value == WITHOUT_TOKENS else at)
    order = {one: rank for rank, one in enumerate(predicted.table.complexities)}
    for value in sorted(found, key=lambda value: (order.get(value, len(order)), value)):
        yield StratumFigures(dimension, value, Figures.of(found[value]))


def _comparisons(predicted: Predicted) -> Iterator[PredictorComparison]:
    audited = predicted.evidence.audited
    stored = {
        at: (one.sample.predicted_output_tokens, one.sample.predicted_by or UNKNOWN)
        for at, one in enumerate(audited)
        if one.status == "eligible" and one.sample.predicted_output_tokens is not None
    }
    now = predicted.calls.where(np.array(list(stored), dtype=np.intp))
    then = replace(
        now, predicted=np.array([tokens for tokens, _ in stored.values()], dtype=np.int64)
    )
    parts = indices([who for _, who in stored.values()])
    for name, at in (*parts.items(), ("all", np.arange(len(stored)))):
        old, new = metrics(then.where(at)), metrics(now.where(at))
        if old and new:
            yield PredictorComparison(name, old, new)


def scored_calls(predicted: Predicted) -> Iterator[ScoredCall]:
    """Every call by itself, in the order of the evidence."""
    calls, evidence = predicted.calls, predicted.evidence
    bases = evidence.counts(predicted.table).bases
    measured = ~calls.censored & (calls.actual > 0)
    smape = iter(smape_200(calls.predicted[measured], calls.actual[measured]).tolist())
    columns = (evidence.audited, bases, calls.predicted.tolist(), calls.actual.tolist(), measured)
    for audited, basis, tokens, needed, known in zip(*columns, strict=True):
        yield ScoredCall(
            audited,
            tokens,
            basis,
            Fraction(next(smape), MILLION) if known else None,
            Fraction(tokens, needed) if known else None,
        )
