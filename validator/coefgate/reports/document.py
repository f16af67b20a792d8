"""The document of a report, for programs: objects that several have in common.

Their schemas, in schemas/, describe each field.
"""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from typing import Any

from coefgate.changes.change import Content
from coefgate.changes.renames import Renamed
from coefgate.replay.fallbacks import Fallbacks
from coefgate.replay.figures import Figures
from coefgate.replay.intervals import FEWEST_PHASES, ConfidenceInterval
from coefgate.replay.metrics import Metrics
from coefgate.replay.scores import Later
from coefgate.replay.state import State
from coefgate.reports.figures import FIGURES
from coefgate.reports.render.json import fields, figures, number_json, rounded
from coefgate.samples.model import Sample, moment
from coefgate.whatif.movers import Mover, Movers


def side_dict(side: State) -> dict[str, Any]:
    """One of the two states."""
    return fields(side, "revision", "version", "digest")


def content_json(content: Content | None) -> int | float | str | list[str] | None:
    """What stands under a name."""
    if isinstance(content, Fraction):
        return number_json(content)
    return list(content) if isinstance(content, tuple) else content


def metrics_dict(metrics: Metrics | None) -> dict[str, Any] | None:
    """The metrics of one set of calls, without intervals; ``None`` where nothing is measurable."""
    if metrics is None:
        return None
    counts = fields(metrics, "samples", "censored", "phases", "misses", "undecided")
    return counts | figures(metrics, *FIGURES)


def figures_dict(measured: Figures | None) -> dict[str, Any] | None:
    """The metrics of one set of calls with intervals, ``None`` where nothing is measurable."""
    metrics = None if measured is None else metrics_dict(measured.metrics)
    if measured is None or metrics is None:
        return None
    found = {name: measured.intervals.get(name) for name in FIGURES}
    return {
        **metrics,
        "intervals": {name: _pair(one) for name, one in found.items()},
        "interval_methods": {name: one and one.method for name, one in found.items()},
    }


def later_metrics(later: Later) -> dict[str, Any]:
    """Those of both parts of what came in later, ``None`` where an interval needs more phases."""
    return {name: figures_dict(later.measurable.get(name)) for name in later.parts}


def later_dict(later: Later) -> dict[str, Any]:
    """How many calls came in after the coefficients did, and how many metrics of them need."""
    return {
        **{name: part and asdict(part.calls.count) for name, part in later.parts.items()},
        "needed_phases": FEWEST_PHASES,
        "newest_known": None if later.newest is None else moment(later.newest),
        "reason": later.reason or None,
    }


def _pair(interval: ConfidenceInterval | None) -> list[float | None] | None:
    return None if interval is None else [rounded(interval.low), rounded(interval.high)]


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
        **fields(sample, "id", "phase_id", "category", "complexity"),
        "deliverables": len(sample.deliverables),
        "censored": mover.censored,
        "actual": sample.actual_output_tokens,
        **fields(mover, "base_predicted", "head_predicted", "base_missed", "head_missed"),
        **figures(mover, "base_smape", "head_smape"),
    }


def call_dict(
    sample: Sample, status: str, predicted: int, smape: Fraction | None
) -> dict[str, Any]:
    """A call with what is predicted for it."""
    return {
        **fields(sample, "id", "phase_id", "attempt"),
        "status": status,
        "predicted": predicted,
        "actual": sample.actual_output_tokens,
        "smape": rounded(smape),
    }


def fallbacks_dict(found: Fallbacks) -> dict[str, Any]:
    """What the fallback serves, and why."""
    return {
        "calls": found.calls,
        "of": found.of,
        "reasons": [
            {"reason": one.kind, "value": one.value, "calls": one.calls, "closest": one.closest}
            for one in found.reasons
        ],
        "further_reasons": found.further,
    }


def renamed_dict(one: Renamed) -> dict[str, Any]:
    """One rename of a category."""
    rename = asdict(one.rename)
    return rename | {
        "names": list(one.rename.names),
        "calls": one.calls.scored,
        "moved": one.moved.scored,
        "counts": {"calls": asdict(one.calls), "moved": asdict(one.moved)},
    }
