"""What lies between two states, as JSON: the fields that a verdict and a difference have in common."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from coefgate.changes.change import Content
from coefgate.replay.metrics import Metrics
from coefgate.replay.state import State
from coefgate.reports.figures import FIGURES, rounded
from coefgate.reports.histories import number_json
from coefgate.whatif.movers import Mover, Movers


def side_dict(side: State) -> dict[str, Any]:
    """One of the two states."""
    return {"revision": side.revision, "version": side.version, "digest": side.digest}


def content_json(content: Content | None) -> int | float | str | list[str] | None:
    """What stands under a name."""
    if isinstance(content, Fraction):
        return number_json(content)
    return list(content) if isinstance(content, tuple) else content


def metrics_dict(metrics: Metrics | None) -> dict[str, Any] | None:
    """The metrics of one set of calls, without intervals, for JSON; ``None`` where nothing is measurable."""
    if metrics is None:
        return None
    counts = {
        name: getattr(metrics, name)
        for name in ("samples", "censored", "phases", "misses", "undecided")
    }
    return {**counts, **{name: rounded(getattr(metrics, name)) for name in FIGURES}}


def movers_dict(found: Movers) -> dict[str, Any]:
    """The calls that move most, and how many there are in all."""
    return {
        "worse": [_mover_dict(mover) for mover in found.worse.first],
        "better": [_mover_dict(mover) for mover in found.better.first],
        "calls": {"worse": found.worse.calls, "better": found.better.calls},
        "newly_missed": found.worse.turns,
        "no_longer_missed": found.better.turns,
    }


def _mover_dict(mover: Mover) -> dict[str, Any]:
    sample = mover.sample
    return {
        "id": sample.id,
        "phase_id": sample.phase_id,
        "category": sample.category,
        "complexity": sample.complexity,
        "deliverables": len(sample.deliverables),
        "censored": mover.censored,
        "actual": sample.actual_output_tokens,
        "base_predicted": mover.base_predicted,
        "head_predicted": mover.head_predicted,
        "base_missed": mover.base_missed,
        "head_missed": mover.head_missed,
        "base_smape": rounded(mover.base_smape),
        "head_smape": rounded(mover.head_smape),
    }
