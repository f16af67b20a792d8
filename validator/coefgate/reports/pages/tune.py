"""A fit: each number beside today's, and what the fit is worth on calls that it never saw."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Final

from coefgate.calibration.intervals import NotMeasurable
from coefgate.calibration.levels import best_level
from coefgate.calibration.margins import Unmeasured
from coefgate.calibration.movable import Stays
from coefgate.calibration.tuned_numbers import TunedNumber
from coefgate.registry.intervals import Intervals
from coefgate.registry.numbers import written
from coefgate.registry.wording import count
from coefgate.replay.figure_text import ratio
from coefgate.replay.metrics import count_calls
from coefgate.reports.charts.calibration import asked_sigma
from coefgate.reports.figures import FIGURES, count_words, further, number_words, short
from coefgate.reports.page import (
    GAP,
    Cells,
    Details,
    Item,
    Items,
    Page,
    Paragraph,
    TableBlock,
    Words,
    code,
    plain,
)
from coefgate.reports.pages.drawn_fit import drawn_fit
from coefgate.reports.pages.fit_worth import worth_blocks
from coefgate.reports.pages.live_what_if import live_block
from coefgate.reports.pages.more_calls import more_calls_page
from coefgate.reports.pages.rules import RULE_FIGURES
from coefgate.use_cases.tune import Tuned
from coefgate.use_cases.tuned_files import lacks_page

_MOST_NUMBERS: Final = 12
"""Numbers that move and are shown in the short form."""
_STAYS: Final[Mapping[Stays, str]] = {
    "no-calls": "no call behind it: its prior",
    "correction": "corrected by hand: stays",
    "not-the-prior": "says prior, and is another number than in tuning.yaml: stays",
    "no-prior": "tuning.yaml states no prior of it: stays",
}
_UNMEASURED: Final[Mapping[Unmeasured, str]] = {
    "no-calls": "not measurable: no call takes it: stays",
    "one-phase": "not measurable: all calls are of one phase: stays",
    "cut-off": "not measurable: too many of the largest calls were cut off: stays",
    "default-held": "the default margin is held: stays",
}
_NO_INTERVALS: Final = {
    "no-calls": "no scored call is stored",
    "one-phase": "all calls are of one phase",
    "all-cut-off": "every call was cut off",
    "too-few-calls": "there are too few calls",
}


def tune_page(found: Tuned, repeated: str) -> Page:
    """The numbers, the figures, the levels, and what to do next.

    ``repeated``: the options of the command line, to write what was looked at.
    """
    if not found.procedure.evidence.samples:
        yield from _nothing_to_fit(found)
        return
    yield from _numbers_blocks(found)
    yield from worth_blocks(found.columns, found.levels, found.tuning.level)
    yield from map(Paragraph, _told(found))
    if found.charted is not None:
        limits = found.state.registry.gates.limits
        yield from more_calls_page(found.charted, asked_sigma(limits))
        yield from drawn_fit(found.charted, limits)
    yield GAP
    yield _side(found)
    steps = list(map(Item, _next(found, repeated)))
    yield Items(steps, title="Next", label="next", section=True, unbroken=True)
    yield live_block(found.state, found.procedure.evidence, title="What if, from today's numbers?")


def _numbers_blocks(found: Tuned) -> Page:
    """Every number; the short form shows those that move, and how many do not."""
    far = None if found.is_first else _far(found)
    whole = TableBlock(
        ("number", "today", "prior", "fit", "step", "calls", "95% of draws", ""),
        [_number(one, far) for one in found.numbers],
        f"What {_fitted_on(found)} say of each number",
        figures=range(1, 7),
    )
    yield Details([whole])
    moving = [at for at, one in enumerate(found.numbers) if one.moves]
    if moving:
        shown = [whole.cells[at] for at in moving[:_MOST_NUMBERS]]
        more = further(moving, _MOST_NUMBERS, "coefgate tune --verbose")
        yield replace(whole, rows=shown, further=more, width="brief")
    rest = len(found.numbers) - len(moving)
    if rest:
        stay = f"{count(rest, 'number')} {'stays' if rest == 1 else 'stay'} as they are"
        yield Paragraph(f"{stay} after {_fitted_on(found)}", width="brief")


def _nothing_to_fit(found: Tuned) -> Page:
    stored = len(found.state.store.samples)
    why = f"none of {count(stored, 'stored call')} is scored" if stored else "no call is stored"
    yield Paragraph(f"{why}, so there is nothing to fit on: every number stays as it is")
    yield _side(found)
    step = "coefgate samples audit" if stored else "coefgate samples add FILE"
    yield Items([Item(code(step))], title="Next", label="next", section=True)


def _side(found: Tuned) -> Paragraph:
    version, digest = found.state.version, short(found.state.digest)
    return Paragraph(f"coefficients {version}, digest {digest}")


def _fitted_on(found: Tuned) -> str:
    evidence = found.procedure.evidence
    calls = count_calls(evidence.phase, evidence.censored)
    return f"{count_words(calls)} in {count(len(found.tuning.samples), 'file')}"


def _far(found: Tuned) -> Fraction:
    """How many times make a step a swing, which asks for a reason."""
    return found.state.registry.gates.relative.swing_factor_from


def _number(one: TunedNumber, far: Fraction | None) -> Cells:
    key, before, fit = one.key, one.today, one.proposed.number
    ends = "" if one.interval is None else "–".join(number_words(e, key) for e in one.interval)
    return (
        code(key.name),
        plain("" if before is None else number_words(before.number, key)),
        plain("" if one.prior is None else number_words(one.prior, key)),
        plain(number_words(fit, key)),
        plain(_step(one)),
        plain(f"{one.calls:,}"),
        plain(ends),
        _remark(one, far),
    )


def _step(one: TunedNumber) -> str:
    if one.today is None or not one.moves or not one.today.number:
        return "" if one.today is None or not one.moves else "from 0"
    return f"×{ratio(one.proposed.number / one.today.number)}"


def _remark(one: TunedNumber, far: Fraction | None) -> str:
    if one.stays:
        return _STAYS[one.stays]
    if one.unmeasured:
        return _UNMEASURED[one.unmeasured]
    if one.today is None:
        return "comes in"
    if far is None:
        return ""
    low, high = sorted((one.today.number, one.proposed.number))
    swings = low * far <= high and low != high
    return f"{written(far)}× or more: asks for a reason" if swings else ""


def _told(found: Tuned) -> Iterator[str]:
    tuning, procedure = found.tuning, found.procedure
    if found.margin_is_held:
        yield "the margin is held, so that no level is looked for: its basis does not say fit"
    elif (best := best_level(found.levels)) is not None:
        told = f"unseen runs lose least at level {written(best.level)}"
        yield f"{told}; {written(tuning.level)} is in use (tuning.yaml, or --level)"
    if (asked := procedure.margins.asked) is not None:
        yield (
            f"the level asks for a margin of {asked:,.3f}, and {written(procedure.margin)} is the "
            f"most that one may be: {written(tuning.level)} of unseen calls is not reached"
        )
    if procedure.scale < 1:
        yield f"the level asks for less than the fit gives: all numbers × {procedure.scale:.3f}"
    if tuning.ema is not None:
        where = "the accepted state" if procedure.before else "the priors, as no state is accepted"
        yield (
            f"a number moves {written(tuning.ema)} of the way from {where}, and only with "
            f"{tuning.cell_from} calls or more; what it starts from may know the calls"
        )
    if isinstance(found.intervals, NotMeasurable):
        yield f"intervals: not measurable: {_NO_INTERVALS[found.intervals.reason]}"
    elif found.intervals is not None:
        yield f"intervals: {_scopes(found.intervals)}"


def _scopes(found: Intervals) -> str:
    parts = (
        count(len(found.categories), "category", "categories"),
        count(len(found.cells), "cell"),
    )
    return f"of all calls, {' and '.join(parts)} are measured"


def _next(found: Tuned, repeated: str) -> Iterator[Words]:
    answers, misses = found.written.answers, found.written.misses
    for one in answers:
        step = f"{number_words(one.previous, one.key)} → {number_words(one.current, one.key)}"
        yield plain(f"{one.file}:{one.line} write why {one.key.name} moves so far ({step})")
    for miss in misses:
        form = FIGURES[RULE_FIGURES[miss.rule]][1]
        told = f"write why {miss.rule} lands although it is missed ({form(miss.figure)})"
        yield plain(f"{miss.file}:{miss.line} {told}")
    if answers or misses:
        yield code("coefgate check")
    elif found.written.files:
        yield code("coefgate gate")
    elif any(one.moves for one in found.numbers):
        page = ""
        if "--reference" not in repeated and lacks_page(found.numbers, found.state.registry):
            page = options_words({"--reference": found.tuning.reference})
        yield code(f"coefgate tune --write{repeated}{page}", longest=1000)
    else:
        yield "no number moves"


def options_words(options: Mapping[str, str | None]) -> str:
    """Options as they are typed, each with a space before it."""
    return "".join(f" {name} {shlex.quote(one)}" for name, one in options.items() if one)
