"""Metrics with their intervals, of all calls and of those that came in later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from coefgate.replay.e_value import LOUD_FROM, SHARE
from coefgate.replay.figure_text import Bounds, Written, from_float, points
from coefgate.replay.figures import FEWEST_PHASES, NO_MISS, ConfidenceInterval, Figures
from coefgate.replay.scores import Later, Scores, StratumFigures, Unseen
from coefgate.reports.figures import (
    NOT_MEASURABLE,
    count_figure,
    count_words,
    figure,
    figures_beside,
)
from coefgate.reports.page import Cells, Paragraph, Span, TableBlock, code, plain
from coefgate.reports.shade import shade_of


def later_lines(later: Later) -> Iterator[str]:
    """What is known of calls that came in after the coefficients did."""
    if later.later_found is None or later.prospective is None:
        unknown = "not known which calls came in after these coefficients"
        yield f"prospective: {unknown}: {later.reason}"
        return
    newest, limit = "the newest call stored then", "that call"
    if not later.dated:
        newest, limit = "they did, as no call with a time was stored then", "they are"
    yield _arrived("prospective", later.prospective, f"made after {newest}")
    if later.e_value is not None:
        yield e_value_words(later.e_value)
    if len(later.later_found.calls.phase):
        told = f"no newer than {limit} or of unknown time"
        yield _arrived("later found", later.later_found, told)


def e_value_words(value: float) -> str:
    """``e-value 0.4: …``, and from 20 on what that means."""
    against = f"of prospective calls against one missed in {1 / SHARE:.0f} or fewer"
    if value < LOUD_FROM:
        return f"e-value {value:.3g} {against}; {LOUD_FROM:.0f} would be strong"
    return f"e-value {value:.3g} {against}: more of them are missed, and chance is no excuse"


def _arrived(name: str, part: Figures, told: str) -> str:
    count = part.calls.count
    missing = f"; {FEWEST_PHASES} phases are needed" if count.phases < FEWEST_PHASES else ""
    return f"{name}: {count_words(count)} came in after these coefficients, {told}{missing}"


def figure_columns(scores: Scores) -> dict[str, Figures]:
    """The sets of calls whose figures reports show; the gates enforce those of ``fitted``."""
    measurable = {name.replace("_", " "): part for name, part in scores.later.measurable.items()}
    unseen = scores.unseen
    columns = {
        "unseen run": unseen and unseen.run,
        "unseen phase": unseen and unseen.phase,
        "fitted": scores.all,
        "as asked": scores.without_differs,
        **measurable,
    }
    return {name: figures for name, figures in columns.items() if figures and figures.metrics}


def unseen_lines(unseen: Unseen | None) -> Iterator[str]:
    """What of the calls that the procedure does not know cannot be said, and why."""
    if unseen is None:
        return
    for unit, why in unseen.reasons.items():
        yield f"unseen {unit}: not measurable: {why}"
    if unseen.without:
        told = "use a number that was changed by hand after they were stored"
        yield f"unseen: {unseen.without:,} calls {told}, so they have no such prediction"


def figures_table(
    columns: Mapping[str, Figures], bounds: Bounds, title: str = ""
) -> Paragraph | TableBlock:
    """How many calls and phases each set has, then one row per metric with its 95% interval.

    ``bounds``: what the metrics are held against, so that no figure is taken for its limit.
    """
    if not columns:
        return Paragraph(
            "not measurable: no eligible call is stored. See why with: coefgate samples audit"
        )
    return TableBlock(
        ("metric", *columns),
        partial(_figure_rows, tuple(columns.values()), bounds),
        title,
        about="Figures, each with its 95% interval; “as asked”: where the reply held the asked "
        f"files{_no_miss_words(columns.values())}",
        figures=range(1, 1 + len(columns)),
    )


def _no_miss_words(sets: Iterable[Figures]) -> str:
    found = (one for figures in sets for one in figures.intervals.values())
    seen = any(one is not None and one.method == NO_MISS for one in found)
    return "; “≤”: none was missed, at most this many are" if seen else ""


def brief_figures_table(columns: Mapping[str, Figures], bounds: Bounds) -> TableBlock:
    """The same without intervals, for the short form."""
    return TableBlock(
        ("metric", *columns),
        partial(_figure_rows, tuple(columns.values()), bounds, intervals=False),
        figures=range(1, 1 + len(columns)),
        width="brief",
    )


def _figure_rows(
    sets: Sequence[Figures], bounds: Bounds, *, intervals: bool = True
) -> Sequence[Cells]:
    counts = [figures.calls.count for figures in sets]
    calls = [
        f"{count_figure(one)}{' cut off' if intervals and one.censored else ''}" for one in counts
    ]
    shown = _with_interval if intervals else _figure
    rows = [
        ("calls", *calls),
        ("phases", *(f"{one.phases:,}" for one in counts)),
        *(
            (title, *(shown(figures, name, written) for figures in sets))
            for name, (title, written) in figures_beside(bounds).items()
        ),
        ("spread", *map(spread_words if intervals else _spread, sets)),
    ]
    return [tuple(map(plain, row)) for row in rows]


def _figure(figures: Figures, name: str, written: Written) -> str:
    return NOT_MEASURABLE if figures.metrics is None else written(getattr(figures.metrics, name))


def _with_interval(figures: Figures, name: str, written: Written) -> str:
    """``41.3  [33.1–44.0]``; either may be not available."""
    if figures.metrics is None:
        return NOT_MEASURABLE
    found = interval_words(figures.intervals.get(name), written)
    return f"{_figure(figures, name, written)}  [{found}]"


def interval_words(found: ConfidenceInterval | None, written: Written) -> str:
    """``33.1–44.0``, or ``≤25.9%`` where no miss was seen; it may be not available."""
    if found is None:
        return NOT_MEASURABLE
    low, high = (written(from_float(end)) for end in (found.low, found.high))
    return f"≤{high}" if found.method == NO_MISS else f"{low}–{high}"


def spread_words(figures: Figures) -> str:
    """``0.095  [0.080–0.110]``: the spread with its interval."""
    if figures.spread is None:
        return NOT_MEASURABLE
    found = figures.intervals.get("spread")
    interval = f"{found.low:.3f}–{found.high:.3f}" if found else NOT_MEASURABLE
    return f"{_spread(figures)}  [{interval}]"


def _spread(figures: Figures) -> str:
    return NOT_MEASURABLE if figures.spread is None else f"{figures.spread:.3f}"


def strata_table(
    strata: Sequence[StratumFigures], bounds: Bounds, shaded_from: int = FEWEST_PHASES
) -> TableBlock:
    """One row per stratum; where it has less than ten phases no interval is given.

    A call that says a cell may be served by the fallback all the same. ``bounds``: what the
    figures of all calls are held against, for a shade from so many phases on.
    """
    names = ("underestimation_kaplan_meier", "waste_median", "waste_p90")

    def shaded(text: str, of: Figures, name: str) -> Span:
        tells = of.metrics is not None and of.metrics.phases >= shaded_from
        shade = shade_of(getattr(of.metrics, name), bounds[name]) if tells else None
        return replace(plain(text), shade=shade)

    return TableBlock(
        ("by", "value", "n", "SMAPE mean", "missed", "waste median", "waste P90"),
        lambda: [
            (
                one.dimension,
                code(one.value),
                plain(count_words(one.figures.calls.count)),
                shaded(
                    _with_interval(one.figures, "smape_mean", points), one.figures, "smape_mean"
                ),
                *(shaded(figure(one.figures.metrics, name), one.figures, name) for name in names),
            )
            for one in strata
        ],
        "Strata, by what calls say of themselves",
        figures=range(3, 7),
    )
