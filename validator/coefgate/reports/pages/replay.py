"""A replay: every call, by stratum, old predictions against new ones, and the whole."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from coefgate.calibration.baseline_figures import Baselines
from coefgate.core.table import Table
from coefgate.registry.model import Limits
from coefgate.replay.attainability import attainability
from coefgate.replay.figure_text import Bounds, bounds_of, points, ratio, share
from coefgate.replay.scores import PredictorComparison, ScoredCall, Scores
from coefgate.reports.document import (
    call_dict,
    figures_dict,
    later_dict,
    later_metrics,
    predictor_dict,
    unseen_dict,
    unseen_metrics,
)
from coefgate.reports.figures import NOT_MEASURABLE, call_words, short
from coefgate.reports.page import (
    GAP,
    Cells,
    Details,
    Item,
    Items,
    Page,
    Paragraph,
    Span,
    TableBlock,
    Title,
    code,
    plain,
)
from coefgate.reports.pages.attainability import attainability_dict, attainability_lines
from coefgate.reports.pages.baselines import baselines_blocks
from coefgate.reports.pages.drawn_scores import drawn_scores
from coefgate.reports.pages.fallback import fallback_lines, fallbacks_dict
from coefgate.reports.pages.headline import no_calls_words
from coefgate.reports.pages.metrics import (
    brief_figures_table,
    figure_columns,
    figures_table,
    later_lines,
    strata_table,
    unseen_lines,
)
from coefgate.reports.pages.movers import actual_tokens
from coefgate.reports.render.json import picked, rounded

CALL_COLUMNS: Final = (
    *("sample", "call", "status", "predicted", "actual", "SMAPE", "waste", "basis"),
)


def replay_page(
    scores: Scores, baselines: Baselines, registry: Table, revision: str, limits: Limits
) -> Page:
    """Per call, by stratum, old against new, and the whole, which a terminal shows last."""
    columns, bounds = figure_columns(scores), bounds_of(limits)
    yield Details(partial(_parts, scores, bounds))
    if columns:
        yield Details(lambda: [figures_table(columns, bounds)])
        yield brief_figures_table(columns, bounds)
    else:
        yield figures_table(columns, bounds)
    yield Details(partial(baselines_blocks, baselines, scores, bounds))
    yield from drawn_scores(scores, limits)
    yield GAP
    yield _side(registry, revision)
    yield from fallback_lines(scores.fallback)
    yield Details(lambda: map(Paragraph, attainability_lines(attainability(scores, bounds))))
    yield from map(Paragraph, unseen_lines(scores.unseen))
    yield from map(Paragraph, later_lines(scores.later))


def _parts(scores: Scores, bounds: Bounds) -> Page:
    """The calls one by one, by stratum, and by what predicted them on the day."""
    yield TableBlock(
        CALL_COLUMNS, list(map(call_row, scores.scored)), "Calls", figures=range(3, 7)
    )
    if scores.strata:
        yield strata_table(scores.strata, bounds)
    if scores.predictors:
        columns = ("predicted then by", "calls", "old SMAPE", "new SMAPE", "improvement")
        yield TableBlock(
            (*columns, "missed", "waste median"),
            [(code(one.predicted_by), *map(plain, _compared(one))) for one in scores.predictors],
            "Predictions of that day against these coefficients",
            figures=range(1, 7),
        )


def no_calls_page(scores: Scores, registry: Table, revision: str) -> Page:
    """In the place of a replay where no call was ever stored to be scored."""
    yield Title(no_calls_words(scores), "no-calls")
    yield _side(registry, revision)
    yield Items([Item(code("coefgate samples add FILE"))], label="next")


def _side(registry: Table, revision: str) -> Paragraph:
    version, digest = registry.registry_version, short(registry.digest)
    return Paragraph(f"coefficients {version} ({short(revision)}), digest {digest}")


def call_row(call: ScoredCall) -> Cells:
    """A scored call under ``CALL_COLUMNS``."""
    sample, status = call.audited.sample, call.audited.status
    figures = (
        f"{call.predicted:,}",
        actual_tokens(sample, at_least=status == "censored"),
        NOT_MEASURABLE if call.smape is None else points(call.smape),
        NOT_MEASURABLE if call.waste_ratio is None else ratio(call.waste_ratio),
    )
    name = code(call_words(sample))
    return (Span(sample.id, "id"), name, status, *map(plain, figures), call.basis)


def _compared(one: PredictorComparison) -> Sequence[str]:
    old, new = one.old, one.new
    return (
        f"{new.samples:,}",
        points(old.smape_mean),
        points(new.smape_mean),
        f"{float(old.smape_mean - new.smape_mean):+.1f}",
        f"{share(old.underestimation_rate)} → {share(new.underestimation_rate)}",
        f"{ratio(old.waste_median)} → {ratio(new.waste_median)}",
    )


def replay_dict(
    scores: Scores, baselines: Baselines, registry: Table, revision: str, limits: Limits
) -> dict[str, Any]:
    """Figures of all calls, of what came in later, by stratum, and every call."""
    return {
        "registry": picked(registry, version="registry_version")
        | {"revision": revision, "digest": registry.digest},
        "metrics": {
            "all": figures_dict(scores.all),
            "without_differs": figures_dict(scores.without_differs),
            **unseen_metrics(scores.unseen),
            **later_metrics(scores.later),
        },
        "unseen": unseen_dict(scores.unseen),
        "later": later_dict(scores.later),
        "baselines": list(map(predictor_dict, baselines.figures)),
        "attainability": attainability_dict(attainability(scores, bounds_of(limits))),
        "fallback": fallbacks_dict(scores.fallback),
        "strata": [
            picked(one, "dimension", "value") | {"metrics": figures_dict(one.figures)}
            for one in scores.strata
        ],
        "comparison": list(map(_comparison_dict, scores.predictors)),
        "samples": [
            call_dict(call) | picked(call, "waste_ratio", "basis") for call in scores.scored
        ],
    }


def _comparison_dict(comparison: PredictorComparison) -> dict[str, Any]:
    def sides(name: str) -> dict[str, Any]:
        return {name: picked(comparison, old=f"old.{name}", new=f"new.{name}")}

    return {
        **picked(comparison, "predicted_by", samples="new.samples", phases="new.phases"),
        **sides("smape_mean"),
        "improvement": rounded(comparison.old.smape_mean - comparison.new.smape_mean),
        **sides("underestimation_rate"),
        **sides("waste_median"),
    }
