"""The candidates of protocol.md: from training calls to a snapshot with what was fitted."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from coefgate.core.table import Table, compile_table
from coefgate.replay.counts import base_tokens, counts_matrix
from coefgate.replay.metrics import Calls, Integers, Metrics, metrics
from coefgate.samples.status import Audited

CORNER: Final = 0.05
MARGINS: Final = range(1000, 2001, 50)
GRIDS: Final = (
    ((0.5, 0.7, 0.8, 0.9), (0.1, 0.3, 1.0, 3.0)),  # first round
    ((0.7, 0.8, 0.9, 0.95), (0.003, 0.01, 0.03)),  # second round
)
Floats = npt.NDArray[np.float64]
Column = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One procedure. ``quantile`` is ``None`` where no coefficient moves."""

    name: str
    choose_margin: bool
    quantile: float | None = None
    penalty: float = 0.0
    pooled: bool = False


CANDIDATES: Final = (
    Candidate("published", choose_margin=False),
    Candidate("published-margin", choose_margin=True),
    *(
        Candidate(
            f"{structure} τ={quantile} λ={penalty}", True, quantile, penalty, structure == "pooled"
        )
        for quantiles, penalties in GRIDS
        for quantile in quantiles
        for penalty in penalties
        for structure in ("flat", "pooled")
    ),
)


def calls_of(predicted: Integers, samples: Sequence[Audited]) -> Calls:
    """Predictions for these samples, as columns to be measured."""
    return Calls(
        predicted,
        np.array([a.sample.actual_output_tokens for a in samples]),
        np.zeros(len(samples), dtype=np.intp),  # no interval is asked for, so phases do not matter
        np.array([a.status == "censored" for a in samples]),
    )


def measures(calls: Calls) -> Metrics:
    """The metrics of the registry; there always are eligible calls here."""
    found = metrics(calls)
    assert found is not None
    return found


def distance(calls: Calls) -> tuple[Fraction, Fraction]:
    """Distance to the gates (protocol.md) and mean SMAPE, both exact."""
    found = measures(calls)
    excess = [
        found.smape_mean / 50 - 1,
        found.underestimation_upper * 10 - 1,
        found.waste_median / Fraction(3, 2) - 1,
        1 - found.waste_median,
        found.waste_p90 / 3 - 1,
    ]
    return sum((max(Fraction(0), part) for part in excess), Fraction(0)), found.smape_mean


def carry_out(
    candidate: Candidate, published: Mapping[str, Any], training: Sequence[Audited]
) -> dict[str, Any]:
    """The snapshot that ``candidate`` makes of the published one on these training calls."""
    result = copy.deepcopy(dict(published))
    if candidate.quantile is not None:
        factors = _fit(candidate, published, training)
        _apply(factors, result)
    if candidate.choose_margin:
        result["safety_margins"]["default"] = _margin(result, training)
    return result


def table_of(snapshot: Mapping[str, Any]) -> Table:
    return compile_table(snapshot, registry_version="calibration", digest="")


def _margin(snapshot: Mapping[str, Any], training: Sequence[Audited]) -> int:
    base = base_tokens(
        counts_matrix([a.sample for a in training], table_of(snapshot)), table_of(snapshot)
    )
    return min(MARGINS, key=lambda m: (*distance(calls_of(-(-base * m // 1000), training)), m))


def _fit(
    candidate: Candidate, published: Mapping[str, Any], training: Sequence[Audited]
) -> dict[Column, float]:
    """Factor per coefficient: (category, complexity) and (operation, kind)."""
    columns, design, start = _design(published, training)
    spread, size = _parameters(candidate, columns, design)
    actual = np.log([a.sample.actual_output_tokens for a in training])
    # A call that was cut off says "at least": it adds nothing once the base reaches its tokens.
    above = np.full(len(training), candidate.quantile, dtype=np.float64)
    below = np.where([a.status == "censored" for a in training], 0.0, 1.0 - above)

    def loss(delta: Floats) -> tuple[float, Floats]:
        parts = design * (start * np.exp(spread @ delta))
        base = parts.sum(axis=1)
        residual = (actual - np.log(base)) / CORNER
        value = (
            CORNER * (above * np.logaddexp(0, residual) + below * np.logaddexp(0, -residual)).sum()
        )
        slope = -(above * expit(residual) - below * expit(-residual)) / base
        return (
            float(value + candidate.penalty * delta @ delta),
            spread.T @ (parts.T @ slope) + 2 * candidate.penalty * delta,
        )

    found = minimize(
        loss,
        np.zeros(size),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 5000, "maxfun": 20000},
    )
    return dict(zip(columns, np.exp(spread @ found.x).tolist(), strict=True))


def _design(
    published: Mapping[str, Any], training: Sequence[Audited]
) -> tuple[list[Column], Floats, Floats]:
    """Coefficients, calls × coefficients, published tokens; unknown operations count as create."""
    table = table_of(published)
    counts = counts_matrix([a.sample for a in training], table)
    cells = list(table.cells)
    overhead = np.zeros((len(training), len(cells)))
    for row, index in enumerate(counts.cell):
        overhead[row, cells.index(counts.cells[index])] = 1  # type: ignore[arg-type]
    marginal = {
        (operation, kind): sum(
            counts.matrix[:, index]
            for index, column in enumerate(counts.columns)
            if column == (operation, kind)
            or (operation == "create" and column == ("unknown", kind))
        )
        for operation in ("create", "modify")
        for kind in table.kinds
    }
    design = np.column_stack([overhead, *marginal.values()]).astype(np.float64)
    tokens = [table.cells[cell].overhead.tokens for cell in cells]
    tokens += [table.marginal[operation][kind].tokens for operation, kind in marginal]  # type: ignore[index]
    return [*cells, *marginal], design, np.array(tokens, dtype=np.float64)


def _parameters(candidate: Candidate, columns: list[Column], design: Floats) -> tuple[Floats, int]:
    """Coefficients × parameters: which factors move which coefficient."""
    used = {column: bool(design[:, index].any()) for index, column in enumerate(columns)}
    rows: list[dict[str, int]] = []
    names: list[str] = []
    for column, is_used in used.items():
        first, second = column
        mine = [f"{first} {second}"] if is_used else []
        is_cell = first not in ("create", "modify")
        if candidate.pooled and is_cell and any(used[c] for c in columns if c[0] == first):
            mine.append(first)
        names += [name for name in mine if name not in names]
        rows.append(dict.fromkeys(mine, 1))
    spread = np.array([[float(row.get(name, 0)) for name in names] for row in rows])
    return spread, len(names)


def _apply(factors: Mapping[Column, float], snapshot: dict[str, Any]) -> None:
    """Multiply, round up to tens, and keep each category's complexities in rising order."""
    for category, entry in snapshot["categories"].items():
        highest = 0
        for complexity in snapshot["complexities"]:
            value = entry["overhead"][complexity]
            highest = value["tokens"] = max(
                highest, _scaled(value["tokens"], factors[category, complexity])
            )
    for operation, kinds in snapshot["marginal_costs"].items():
        for kind, value in kinds.items():
            value["tokens"] = _scaled(value["tokens"], factors[operation, kind])


def _scaled(tokens: int, factor: float) -> int:
    """Unmoved figures stay as they were published; the rest goes up to the next 10."""
    return tokens if factor == 1.0 else math.ceil(round(tokens * factor, 3) / 10) * 10
