"""What to collect next: all calls, then each cell, that first which helps most."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from coefgate.calibration.collection_plan import (
    HELPED_BY,
    CellPlan,
    CollectionPlan,
    NumberPlan,
    RatePlan,
    calls_in,
    phase_size,
)
from coefgate.calibration.exact_bounds import MOST
from coefgate.calibration.more_calls import MORE
from coefgate.registry.wording import count, first_of, listed
from coefgate.replay.attainability import COMPARED
from coefgate.replay.figure_text import from_float, ratio, share
from coefgate.replay.figures import ConfidenceInterval
from coefgate.reports.figures import FIGURES, count_figure, count_words
from coefgate.reports.page import GAP, Cells, Page, Paragraph, TableBlock, code, plain
from coefgate.reports.pages.attainability import PREDICTIONS
from coefgate.reports.pages.more_calls import reach_words
from coefgate.use_cases.plan_samples import PlannedSamples

_SHARE: Final = share.beside(Fraction(0))
_SHOWN: Final = 5
"""Cells that a sentence names."""


def _half(width: Fraction) -> str:
    """As exact as it was asked for: 0.001 is ±0.05%."""
    percent = f"{float(50 * width):g}"
    return f"{percent}%" if "." in percent else f"{percent}.0%"


def collection_plan_page(found: PlannedSamples) -> Page:
    """The table of cells, the aims that are not met, then what all calls together say."""
    plan = found.plan
    below, width = f"< {_SHARE(plan.limit)}", f"±{_half(plan.precision.width)}"
    yield TableBlock(
        (
            *("cell", "helps", "calls", "phases", "missed", "95% interval", "not decided"),
            *(below, "at this rate", width),
        ),
        [_rate_row(one) for one in plan.cells],
        "What to collect next, that first which helps most",
        about=_about(plan, below, width),
        figures=(1, 2, 3, 4, 5, 7, 8, 9),
    )
    if any(one.numbers for one in plan.cells):
        factor = f"×{ratio(plan.precision.factor)}"
        sigma = "" if plan.asked is None else f"sigma {plan.asked:.3f}"
        yield TableBlock(
            ("cell", "calls", "known to", factor, "sigma", sigma),
            [_number_row(one, one.numbers) for one in plan.cells if one.numbers],
            "The numbers of each cell",
            about=f"known to: within this factor, at 95%; more calls until it is {factor}, and "
            "until sigma of unseen calls is what limits ask for",
            figures=range(1, 6),
        )
    rows = [
        (code(name), *row)
        for name, rate, per_phase in (
            ("all calls", plan.rate, phase_size(plan.calls)),
            *((_name(one), one.rate, one.calls_per_phase) for one in plan.cells),
        )
        for row in _open_rows(rate, per_phase)
    ]
    if rows:
        yield TableBlock(
            ("calls of", "limit of", "limit", "figure", "95% interval", "more phases (calls)"),
            rows,
            "Limits within the interval of a figure",
            about="about this many more phases take it out of there if the figure stays",
            figures=range(2, 6),
        )
    if aims := [one for one in found.coverage.aims if not one.met]:
        yield TableBlock(
            ("aim", "wanted", "have", "missing"),
            [(one.aim, one.wanted, plain(f"{one.have:,}"), one.missing) for one in aims],
            "Aims of gates.yaml that are not met",
            figures=(2,),
        )
    yield GAP
    yield from map(Paragraph, _told(found))
    yield Paragraph(code("coefgate samples propose SRC"), label="next")


def _about(plan: CollectionPlan, below: str, width: str) -> str:
    told = (
        f"more phases (calls) until underestimation is shown to be {below}, with no other miss "
        f"and at this rate of misses; until its interval is {width}"
    )
    if any(one.numbers for one in plan.cells):
        told += (
            f"; helps: what {HELPED_BY} more calls, each of a phase of its own, take off the "
            "error of the numbers of all cells"
        )
    return told


def _name(one: CellPlan) -> str:
    return f"{one.category}.{one.complexity}"


def _open_rows(rate: RatePlan, per_phase: Fraction) -> Iterator[Cells]:
    for one in rate.open_limits:
        title, form = FIGURES[one.metric]
        written = form.beside(one.limit)
        ends = "–".join(written(from_float(end)) for end in (one.interval.low, one.interval.high))
        yield (
            title,
            *map(plain, (form(one.limit), written(one.figure), ends, _more(one.more, per_phase))),
        )


def _rate_row(one: CellPlan) -> Cells:
    rate = one.rate
    at_rate = [
        _more(phases, one.calls_per_phase) if rate.ahead else "unknown"
        for phases in (rate.below_limit.at_rate, rate.narrow.at_rate)
    ]
    return (
        code(_name(one)),
        *map(
            plain,
            (
                "" if one.numbers is None else share(from_float(one.numbers.helps)),
                count_figure(one.calls),
                f"{one.calls.phases:,}",
                "" if rate.rate is None else share(rate.rate),
                _interval(rate.interval),
                _open(rate),
                _more(rate.below_limit.without_miss, one.calls_per_phase),
                *at_rate,
            ),
        ),
    )


def _number_row(one: CellPlan, found: NumberPlan) -> Cells:
    return (
        code(_name(one)),
        *map(
            plain,
            (
                count_figure(one.calls),
                f"×{ratio(from_float(found.factor))}",
                f"> {MORE[-1]}" if found.enough is None else f"{found.enough}",
                f"{found.sigma:.3f}",
                "" if found.reach is None else reach_words(found.reach),
            ),
        ),
    )


def _interval(found: ConfidenceInterval | None) -> str:
    if found is None:
        return ""
    return "–".join(share(from_float(end)) for end in (found.low, found.high))


def _open(rate: RatePlan) -> str:
    """How many limits are not decided, and how many phases there is no interval without."""
    short = f", {rate.first} phases short" if rate.first else ""
    return f"{len(rate.undecided)} of {len(COMPARED)}{short}"


def _more(phases: int | None, per_phase: Fraction) -> str:
    if phases is None:
        return "no number"
    return f"{phases:,} ({calls_in(phases, per_phase):,})" if phases else "0"


def _told(found: PlannedSamples) -> Iterator[str]:
    plan, rate = found.plan, found.plan.rate
    below = f"underestimation below {_SHARE(plan.limit)}"
    known = [number for number in plan.by_misses if number is not None]
    if known:
        others = "".join(
            f", {number:,} with {misses}" for misses, number in enumerate(known) if misses
        )
        yield f"{count(known[0], 'phase')} without a miss show {below}, at 95%{others}"
    else:
        yield f"no number of phases up to {MOST:,} shows {below}"
    if rate.rate is None or found.measured_on is None:
        yield "no complete call is scored yet, so no rate is known; start with any cell"
        return
    open_ones = ", ".join(FIGURES[name][0] for name in rate.undecided)
    interval = f" ({_interval(rate.interval)})" if rate.interval else ""
    yield (
        f"all calls: {count_words(plan.calls)}; {share(rate.rate)}{interval} missed, by "
        f"{PREDICTIONS[found.measured_on]}; not decided: {open_ones or 'no limit'}; "
        f"{_ways(rate, below)}"
    )
    yield _decided(plan)
    if not any(one.numbers for one in plan.cells):
        yield "nothing is fitted here, so cells stand in the order of their phases"


def _decided(plan: CollectionPlan) -> str:
    """Which limits single cells decide, with the cells."""
    cells: dict[str, list[str]] = {}
    for one in plan.cells:
        decided = [FIGURES[name][0] for name in COMPARED if name not in one.rate.undecided]
        if decided:
            limits = "all limits" if len(decided) == len(COMPARED) else listed(decided)
            cells.setdefault(limits, []).append(_name(one))
    told = [f"{limits} by {first_of(those, _SHOWN)}" for limits, those in cells.items()]
    return f"decided by single cells: {'; '.join(told) or 'no limit'}"


def _ways(rate: RatePlan, below: str) -> str:
    here = rate.below_limit
    if here.without_miss == 0:
        return f"{below} is shown"
    told = f"{below} is shown by {_phases(here.without_miss)} without a miss"
    return f"{told}, at this rate by {_phases(here.at_rate)}" if rate.ahead else told


def _phases(number: int | None) -> str:
    return "no number" if number is None else count(number, "more phase")
