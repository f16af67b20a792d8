"""What predicts the same calls with less than a registry, beside the registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from coefgate.calibration.baseline_figures import Baselines
from coefgate.calibration.predictor_figures import PredictorFigures, PredictorName, Seen
from coefgate.replay.figure_text import Bounds
from coefgate.replay.figures import Figures
from coefgate.replay.metrics import Metrics
from coefgate.replay.scores import Scores
from coefgate.reports.figures import NOT_MEASURABLE, figures_beside
from coefgate.reports.page import Span, TableBlock, plain

PREDICTORS: Final[Mapping[PredictorName, str]] = {
    "registry": "this registry",
    "procedure": "the fit",
    "constant": "one number for all",
    "category-p95": "P95 × 1.15 of a category",
    "published": "as published",
}
_SHOWN: Final = {
    "smape_mean": "SMAPE",
    "underestimation_kaplan_meier": "missed",
    "waste_median": "waste",
}
_SomeFigures = Figures | PredictorFigures


def baselines_blocks(baselines: Baselines, scores: Scores, bounds: Bounds) -> Iterator[TableBlock]:
    """A line for the registry and one for each baseline; none where nothing is measurable.

    On unseen calls, by run or else by phase, where the report has such, and on known ones.
    ``bounds``: what the metrics are held against.
    """
    sets = _sets(scores)
    if "fitted" not in sets:
        return
    lines: dict[PredictorName, dict[Seen, _SomeFigures]] = {"registry": {**sets}}
    for one in baselines.figures:
        lines.setdefault(one.predictor, {})[one.seen] = one
    unseen = next((seen for seen in sets if seen != "fitted"), None)
    others = f"; unseen: from other {unseen.removeprefix('unseen-')}s" if unseen else ""
    columns = [name for seen in sets for name in _columns(seen if unseen else None)]
    yield TableBlock(
        ("predictions of", *columns),
        [
            (
                PREDICTORS[name],
                *(cell for seen in sets for cell in _cells(line, seen, sets, bounds)),
            )
            for name, line in lines.items()
        ],
        about=f"Baselines on the same calls, computed from them{others}",
        figures=range(1, 1 + len(columns)),
    )


def _sets(scores: Scores) -> dict[Seen, Figures]:
    """The calls that are shown, as the registry predicts them; those first that say most."""
    run, phase = (scores.unseen.run, scores.unseen.phase) if scores.unseen else (None, None)
    sets: dict[Seen, Figures | None] = {
        "unseen-run": run,
        "unseen-phase": phase,
        "fitted": scores.all,
    }
    measured = {seen: one for seen, one in sets.items() if one and one.metrics}
    shown = {*list(measured)[:1], "fitted"}
    return {seen: one for seen, one in measured.items() if seen in shown}


def _columns(seen: Seen | None) -> Iterator[str]:
    """``unseen run: SMAPE``, ``missed`` …; without a name where there is one set alone."""
    first, *rest = _SHOWN.values()
    yield f"{seen.replace('-', ' ')}: {first}" if seen else first
    yield from (*rest, "spread")


def _cells(
    line: Mapping[Seen, _SomeFigures], seen: Seen, sets: Mapping[Seen, Figures], bounds: Bounds
) -> Iterator[Span]:
    found = line.get(seen, line.get("as-is"))  # what was published has seen none of them
    if found is None or found.metrics is None or not _same(found.metrics, sets[seen].metrics):
        yield from (plain(NOT_MEASURABLE) for _ in (*_SHOWN, "spread"))
        return
    forms = figures_beside(bounds)
    yield from (plain(forms[name][1](getattr(found.metrics, name))) for name in _SHOWN)
    yield plain(NOT_MEASURABLE if found.spread is None else f"{found.spread:.3f}")


def _same(one: Metrics, other: Metrics | None) -> bool:
    """Are they of as many calls?"""
    return other is not None and (one.samples, one.censored) == (other.samples, other.censored)
