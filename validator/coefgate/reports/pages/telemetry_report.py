"""What recorded calls say: weeks, strata, what cut-off replies cost, what to collect next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from coefgate.registry.guardrails import guardrails_of
from coefgate.registry.wording import count
from coefgate.replay.figure_text import Written, points, ratio, share
from coefgate.replay.figures import FEWEST_PHASES
from coefgate.reports.document import metrics_dict, side_dict
from coefgate.reports.figures import (
    FIGURES,
    NOT_MEASURABLE,
    count_figure,
    figure,
    further,
    short,
)
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
    Width,
    Words,
    code,
    plain,
)
from coefgate.reports.pages.cut_off_cost import cut_off_blocks, cut_off_dict
from coefgate.reports.pages.drawn_weeks import drawn_weeks
from coefgate.reports.pages.metrics import interval_words
from coefgate.reports.pages.telemetry_status import waiting_items
from coefgate.reports.render.json import as_json, picked
from coefgate.samples.status import CallCount
from coefgate.telemetry.counted import Standing
from coefgate.telemetry.thin_cells import ThinCell
from coefgate.telemetry.times import week_name
from coefgate.telemetry.weeks import Rate, StratumWeek
from coefgate.use_cases.telemetry_report import TelemetryReport

_SHOWN_ROWS: Final = 30
_BRIEF_ROWS: Final = 6
_SHOWN_CELLS: Final = 5
_RowFigures: TypeAlias = Callable[[StratumWeek], Sequence[str]]
_REASONS: Final[Mapping[Standing, str]] = {
    "failed": "failed",
    "failed-without-tokens": "failed without a token",
    "unfinished": "never ended",
    "faulty": "faulty",
    "turn": "sums over several requests",
    "tokens-unknown": "without their tokens",
    "ending-unknown": "whose ending is not known",
    "no-tokens": "succeeded without a token",
    "same-ceiling": "cut off like another of their phase, at the same ceiling",
}
_FIGURE_COLUMNS: Final = (
    *("calls", "phases", "SMAPE", "missed", "waste P50", "P75", "P90", "cut off"),
)
_BRIEF_COLUMNS: Final = ("calls", "SMAPE", "missed", "waste P50", "cut off")
_WIDE_COLUMNS: Final = (
    *("calls", "phases", "SMAPE mean", "SMAPE median", "SMAPE P90", "missed"),
    *("waste P50", "waste P75", "waste P90", "cut off"),
)


def telemetry_report_page(report: TelemetryReport) -> Page:
    """The records that count, then their figures, then what follows from them."""
    yield Paragraph(_what(report))
    yield from waiting_items(report.waiting, report.address)
    if not report.recorded:
        return
    yield from _tables(report, "week", "Weeks", report.weeks)
    rails = guardrails_of(report.state.registry) if report.state else None
    yield from drawn_weeks(report.weeks, rails)
    for dimension in dict.fromkeys(one.dimension for one in report.strata):
        yield from _tables(report, dimension, f"By {dimension}", _ordered(report, dimension))
    yield GAP
    yield from cut_off_blocks(report.cut_off, report.price_source)
    yield from _thin(report)


def _what(report: TelemetryReport) -> Words:
    time = "" if report.week is None else f" in {week_name(report.week)}"
    where: Sequence[str | Span] = (plain(f"{time} in "), code(report.address.shown))
    if not report.recorded:
        return [plain("no call was recorded"), *where]
    left = ", ".join(
        f"{number:,} {_REASONS[one]}" for one, number in sorted(report.left_out.items())
    )
    told = f": {report.scored:,} count" + (f"; left out: {left}" if left else "")
    return [plain(count(report.recorded, "record")), *where, plain(told)]


def _tables(report: TelemetryReport, first: str, title: str, rows: Sequence[StratumWeek]) -> Page:
    """A row for each stratum, in a narrow and in a wide form; digests where there are several."""
    several = len({one.digest for one in report.weeks}) > 1
    widths: tuple[tuple[Width, Sequence[str], _RowFigures], ...] = (
        ("brief", _BRIEF_COLUMNS, _brief_figures),
        ("narrow", _FIGURE_COLUMNS, _figures),
        ("wide", _WIDE_COLUMNS, _all_figures),
    )
    weeks = first == "week"
    for width, columns, figures_of in widths:
        brief = width == "brief"
        most, whole = (_BRIEF_ROWS, "--verbose") if brief else (_SHOWN_ROWS, "--format json")
        shown = rows[-most:] if weeks else rows[:most]
        about = "" if brief else "with 95% intervals over phases; "
        table = TableBlock(
            (first, "digest", *columns),
            [
                (
                    plain(week_name(one.week)) if one.week is not None else code(one.value),
                    Span(short(one.digest or ""), "code") if several else plain(""),
                    *map(plain, figures_of(one)),
                )
                for one in shown
            ],
            title,
            about=f"{about}missed: needed more than was predicted" if weeks else "",
            figures=range(2, 12),
            width=width,
            further=further(rows, most, f"coefgate telemetry report {whole}"),
        )
        yield Details([table]) if width == "narrow" else table


def _ordered(report: TelemetryReport, dimension: str) -> Sequence[StratumWeek]:
    """Complexities as the registry declares them, all else by its name."""
    declared = report.state.registry.complexities if report.state else ()
    rank = {name: at for at, name in enumerate(declared)} if dimension == "complexity" else {}
    found = [one for one in report.strata if one.dimension == dimension]
    return sorted(found, key=lambda one: (rank.get(one.value, len(rank)), one.value))


def _figures(one: StratumWeek) -> Sequence[str]:
    """What stands under ``_FIGURE_COLUMNS``."""
    found = one.metrics
    return (
        f"{one.scored:,}",
        f"{found.phases:,}" if found else NOT_MEASURABLE,
        figure(found, "smape_mean"),
        _told(one, "underestimation_kaplan_meier", share),
        *(figure(found, name) for name in ("waste_median", "waste_p75", "waste_p90")),
        _rate(one.truncation),
    )


def _brief_figures(one: StratumWeek) -> Sequence[str]:
    """What stands under ``_BRIEF_COLUMNS``."""
    names = ("smape_mean", "underestimation_kaplan_meier", "waste_median")
    cut_off = share(one.truncation.share) if one.truncation else NOT_MEASURABLE
    return f"{one.scored:,}", *(figure(one.metrics, name) for name in names), cut_off


def _all_figures(one: StratumWeek) -> Sequence[str]:
    """What stands under ``_WIDE_COLUMNS``: each with its interval."""
    found = one.metrics
    calls = CallCount(found.samples, found.censored, found.phases) if found else None
    return (
        count_figure(calls) if calls else f"{one.scored:,}",
        f"{calls.phases:,}" if calls else NOT_MEASURABLE,
        *(_told(one, f"smape_{name}", points) for name in ("mean", "median", "p90")),
        _told(one, "underestimation_kaplan_meier", share),
        *(_told(one, f"waste_{name}", ratio) for name in ("median", "p75", "p90")),
        _rate(one.truncation),
    )


def _told(one: StratumWeek, name: str, written: Written) -> str:
    if one.metrics is None:
        return NOT_MEASURABLE
    value = written(getattr(one.metrics, name))
    return f"{value} [{interval_words(one.intervals.get(name), written)}]"


def _rate(rate: Rate | None) -> str:
    if rate is None:
        return NOT_MEASURABLE
    return f"{share(rate.share)} [{interval_words(rate.interval, share)}]"


def _thin(report: TelemetryReport) -> Page:
    rows = report.thin[:_SHOWN_CELLS]
    if not rows:
        return
    of = "stored phases" if report.state else "recorded phases"
    yield TableBlock(
        ("cell", "recorded", "in phases", "stored", "in phases", "first interval"),
        [_thin_row(one, stored=report.state is not None) for one in rows],
        "What to collect next",
        about=f"Recorded cells with the fewest {of}; an interval takes {FEWEST_PHASES}",
        figures=range(1, 5),
    )
    command = report.address.command("samples propose --from-store")
    yield Items([Item(code(command if report.state else "coefgate init"))], label="next")


def _thin_row(one: ThinCell, *, stored: bool) -> Cells:
    kept = _counted(one.stored) if one.stored else ("not declared" if stored else "", "")
    lacks = f"{count(one.lacks, 'more phase')}" if one.lacks else ""
    return code(one.cell), *map(plain, (*_counted(one.recorded), *kept, lacks))


def _counted(found: CallCount) -> tuple[str, str]:
    return count_figure(found), f"{found.phases:,}"


def telemetry_report_document(report: TelemetryReport) -> dict[str, Any]:
    """The same with every week and every figure."""
    return {
        "store": report.address.shown,
        "waiting_records": report.waiting,
        "week": None if report.week is None else week_name(report.week),
        "registry": None if report.state is None else side_dict(report.state),
        **picked(report, "recorded", "scored"),
        "left_out": _left_out(report.left_out),
        "weeks": list(map(_stratum_dict, report.weeks)),
        "strata": list(map(_stratum_dict, report.strata)),
        "cut_off": cut_off_dict(report.cut_off, report.price_source),
        "collect": list(map(as_json, report.thin)),
    }


def _left_out(found: Mapping[Standing, int]) -> dict[str, int]:
    return {one: found.get(one, 0) for one in _REASONS}


def _stratum_dict(one: StratumWeek) -> dict[str, Any]:
    return {
        "week": None if one.week is None else week_name(one.week),
        **picked(one, "digest", "dimension", "value", "recorded", "scored"),
        "left_out": _left_out(one.left_out),
        "metrics": metrics_dict(one.metrics),
        "intervals": {name: _interval_dict(one.intervals.get(name)) for name in FIGURES},
        "truncation": one.truncation
        and {
            **picked(one.truncation, "hits", "calls", "phases", "share"),
            "interval": _interval_dict(one.truncation.interval),
        },
    }


def _interval_dict(found: Any) -> dict[str, Any] | None:
    return None if found is None else picked(found, "low", "high", "method")
