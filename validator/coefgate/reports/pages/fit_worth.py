"""What a fit is worth on calls, those that it never saw among them, and at other levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from coefgate.calibration.levels import LevelFigures, best_level
from coefgate.calibration.predictor_figures import PredictorFigures, Seen
from coefgate.registry.numbers import written
from coefgate.replay.figure_text import points, ratio, share, span
from coefgate.reports.figures import NOT_MEASURABLE
from coefgate.reports.page import Cells, Details, Page, Paragraph, TableBlock, plain
from coefgate.reports.pages.baselines import PREDICTORS

_SEEN: Final[Mapping[Seen, str]] = {
    "as-is": "as it is",
    "fitted": "fitted",
    "unseen-phase": "unseen phase",
    "unseen-run": "unseen run",
    "nested-phase": "nested phase",
    "nested-run": "nested run",
}
_OURS: Final = ("registry", "procedure")
"""What predicts as the registry does, or would after the fit."""


def worth_blocks(
    columns: Sequence[PredictorFigures], levels: Sequence[LevelFigures], in_use: Fraction
) -> Page:
    """A row for each column that is measured, why others are not, and the levels, if any."""
    whole = TableBlock(
        (
            *("predictions of", "calls", "n", "SMAPE", "underestimation", "at least–at most"),
            *("waste median", "waste P90", "spread", "loss"),
        ),
        [_column(one) for one in columns if one.calls is not None],
        "What they are worth",
        about="unseen: each call predicted without its phase, or run, at the margin of all calls; "
        "nested: the margin is chosen without it as well. spread: mean pinball loss at 0.9 after "
        "the best single factor; loss: the same as it is",
        figures=range(2, 10),
    )
    yield Details([whole])
    yield _brief_worth(columns)
    yield from map(Paragraph, _not_measured(columns))
    if levels:
        yield Details([_levels(levels, in_use)])


def _brief_worth(columns: Sequence[PredictorFigures]) -> TableBlock:
    """What most is asked of, without what simpler rules would do."""
    kept = (0, 1, 3, 4, 6, 7)
    names = ("predictions of", "calls", "SMAPE", "missed", "waste median", "waste P90")
    measured = [_column(one) for one in columns if one.calls and one.predictor in _OURS]
    rows = [[row[at] for at in kept] for row in measured]
    about = "missed: the share of calls that needed more than was predicted"
    title = "What they are worth"
    return TableBlock(names, rows, title, about, figures=range(2, 6), width="brief")


def _column(one: PredictorFigures) -> Cells:
    figures, calls = one.metrics, one.calls
    if figures is None or calls is None:
        raise ValueError("a column without figures is told in a sentence")
    ends = span(figures.underestimation_rate, figures.underestimation_upper, share)
    texts = (
        f"{figures.samples + figures.censored:,}",
        points(figures.smape_mean),
        share(figures.underestimation_kaplan_meier),
        ends.replace(" to ", "–"),
        ratio(figures.waste_median),
        ratio(figures.waste_p90),
        _thousandths(one.spread),
        _thousandths(one.loss),
    )
    return (PREDICTORS[one.predictor], _SEEN[one.seen], *map(plain, texts))


def _thousandths(value: float | None) -> str:
    return NOT_MEASURABLE if value is None else f"{value:.3f}"


def _not_measured(columns: Sequence[PredictorFigures]) -> Iterator[str]:
    """A sentence for each reason, with all that it keeps from being measured."""
    missing: dict[str, list[str]] = {}
    for one in columns:
        if one.calls is None:
            told = f"{PREDICTORS[one.predictor]} ({_SEEN[one.seen]})"
            missing.setdefault(one.reason, []).append(told)
    for reason, named in missing.items():
        yield f"not measurable: {reason}: {', '.join(named)}"


def _levels(levels: Sequence[LevelFigures], in_use: Fraction) -> TableBlock:
    return TableBlock(
        ("level", "margin", "SMAPE", "underestimation", "waste median", "waste P90", "loss", ""),
        [_level(one, best_level(levels), in_use) for one in levels],
        "Unseen runs by level",
        figures=range(7),
    )


def _level(one: LevelFigures, best: LevelFigures | None, in_use: Fraction) -> Cells:
    marks = []
    if one is best:
        marks.append("least loss")
    if one.level == in_use:
        marks.append("in use")
    column = one.unseen_run
    texts = [NOT_MEASURABLE] * 6
    if column is not None and column.metrics is not None and one.margin is not None:
        texts = [
            written(one.margin),
            points(column.metrics.smape_mean),
            share(column.metrics.underestimation_kaplan_meier),
            ratio(column.metrics.waste_median),
            ratio(column.metrics.waste_p90),
            _thousandths(column.loss),
        ]
    return (*map(plain, (f"{float(one.level):.3f}", *texts)), ", ".join(marks))
