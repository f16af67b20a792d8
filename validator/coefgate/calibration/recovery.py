"""What a fit to simulated calls recovers of the truth that they were drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np

from coefgate.calibration.procedure import Procedure
from coefgate.calibration.simulation import PLACE, CallModel, DrawnCalls, typical_tokens
from coefgate.calibration.unseen import UnseenCalls
from coefgate.core.vocabulary import MAX_TOKENS
from coefgate.registry.compilation import table_of
from coefgate.registry.intervals import Intervals
from coefgate.registry.model import Scope
from coefgate.registry.tuning import Tuning
from coefgate.replay.counts import predict
from coefgate.replay.evidence import Evidence
from coefgate.replay.fallback import CellKey
from coefgate.replay.metrics import Calls, Integers, Metrics, metrics
from coefgate.samples.model import Sample, SampleStore
from coefgate.samples.status import CallCount, audit

SHARE: Final = Fraction(9, 10)
"""The quantile that a fit is held against."""


@dataclass(frozen=True, slots=True)
class CellRecovery:
    """A cell of the mix: tokens within which 9 in 10 of its unseen calls stay, on average.

    ``fitted`` by the procedure with the margin that covers 0.9 of calls left out, ``None`` where
    too many were cut off to tell; ``true`` by the model. ``calls``: those that were fitted on.
    """

    category: str
    complexity: str
    calls: CallCount
    fitted: float | None
    true: float


@dataclass(frozen=True, slots=True)
class Recovery:
    """One fit, and fresh calls as it predicts them, none of which is cut off.

    ``interval_80``, ``interval_90`` and ``budget_90``: shares of fresh calls within what the
    measured intervals say; ``None`` where they do not state it for every call. ``figures``: of
    fresh calls by the proposed registry at the level of ``tuning.yaml``.
    """

    cells: tuple[CellRecovery, ...]
    interval_80: float | None
    interval_90: float | None
    budget_90: float | None
    figures: Metrics


def procedure_on(model: CallModel, samples: Sequence[Sample], tuning: Tuning) -> Procedure:
    """The procedure on drawn calls, for the numbers that the truth says are fitted.

    The calls are to have real paths: those of others are not scored.
    """
    store, scope = SampleStore(tuple(samples), {}), Scope(None, None)
    evidence = Evidence(audit(store, scope=scope, unit=model.truth.unit))
    return Procedure(model.truth, evidence, replace(tuning, samples=(PLACE,)))


def recovery(model: CallModel, procedure: Procedure, fresh: DrawnCalls) -> Recovery:
    """What ``procedure``, on calls of ``model``, recovers; ``fresh``: other calls of it.

    Raises ``ValueError`` where there is no fresh call.
    """
    predicted = predict(model.counts, table_of(procedure.proposed))[fresh.asked]
    need = np.minimum(fresh.need, MAX_TOKENS)
    nobody = np.zeros(len(need), dtype=np.bool_)
    figures = metrics(Calls(predicted, need, fresh.phase, nobody))
    if figures is None:
        raise ValueError("no fresh call is given; a fit is compared with at least one")
    held = _FreshCalls(model, procedure, fresh, predicted)
    return Recovery(
        cells=_cells(model, procedure),
        interval_80=held.between(0.1, 0.9),
        interval_90=held.between(0.05, 0.95),
        budget_90=held.between(None, 0.9),
        figures=figures,
    )


def _cells(model: CallModel, procedure: Procedure) -> tuple[CellRecovery, ...]:
    evidence, counts = procedure.evidence, model.counts
    covers = procedure.needs(procedure.residuals).factor(SHARE)
    fitted = typical_tokens(counts, procedure.with_tokens(procedure.whole.numbers[0]))
    true = model.typical * model.noise.factor(float(SHARE))
    of_calls = evidence.counts(table_of(procedure.registry))
    found = []
    for at, cell in enumerate(counts.cells):
        declared = _declared(cell)
        if declared is None:
            continue
        its = counts.cell == at
        there = of_calls.cells.index(cell) if cell in of_calls.cells else -1
        tokens = None if covers is None else float(fitted[its].mean()) * covers
        count = evidence.count(np.flatnonzero(of_calls.cell == there))
        found.append(CellRecovery(*declared, count, tokens, float(true[its].mean())))
    return tuple(sorted(found, key=lambda one: (one.category, one.complexity)))


class _FreshCalls:
    """Fresh calls, and what measured intervals say of each."""

    def __init__(
        self, model: CallModel, procedure: Procedure, fresh: DrawnCalls, predicted: Integers
    ) -> None:
        self._need, self._predicted, self._asked = fresh.need, predicted, fresh.asked
        self._cell = model.counts.cell
        everyone = np.ones(len(procedure.evidence.samples), dtype=np.bool_)
        intervals = UnseenCalls(procedure, everyone, procedure.margins.factors).intervals
        stated = intervals if isinstance(intervals, Intervals) else Intervals()
        table = table_of(replace(procedure.proposed, semantics=2, intervals=stated))
        cells = [table.cells.get(_declared(cell) or ("", "")) for cell in model.counts.cells]
        self._served = [dict((one or table.fallback).uncertainty.quantiles) for one in cells]

    def between(self, low: float | None, high: float) -> float | None:
        """The share of calls between the quantiles of these shares; without ``low``, up to one."""
        least, most = (0 if low is None else self._factors(low)), self._factors(high)
        if least is None or most is None:
            return None
        above = self._need >= self._predicted * least // 1000
        below = self._need <= -(-self._predicted * most // 1000)
        return float((above & below).mean())

    def _factors(self, share: float) -> Integers | None:
        """In thousandths, per call; ``None`` where one has none."""
        factors = [each.get(share) for each in self._served]
        used = set(self._cell[self._asked].tolist())
        if any(factors[at] is None for at in used):
            return None
        known = np.array([round(1000 * (one or 0)) for one in factors], dtype=np.int64)
        found: Integers = known[self._cell][self._asked]
        return found


def _declared(cell: CellKey) -> tuple[str, str] | None:
    """A declared cell; ``None`` of calls that the fallback serves, or without deliverables."""
    if cell is None or cell[0] is None:
        return None
    return cell[0], str(cell[1])
