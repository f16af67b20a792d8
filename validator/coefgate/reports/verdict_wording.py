"""What a verdict says in words: the same sentences in text, Markdown and annotations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from coefgate.changes.change import Change
from coefgate.gates.answer_lines import shown
from coefgate.gates.gates_loosened import UNLIMITED
from coefgate.gates.verdict import RuleResult
from coefgate.replay.figure_text import points
from coefgate.reports.console import count
from coefgate.reports.figures import NOT_MEASURABLE, count_words
from coefgate.reports.from_base_to_head import rule_steps
from coefgate.reports.verdict_figures import RULE_FIGURES
from coefgate.whatif.attribution import Effect
from coefgate.whatif.feasible_margin import FeasibleMargin
from coefgate.whatif.movers import MOST, Moved, Mover, Movers

if TYPE_CHECKING:  # a whole report needs pandas, a difference of two states does not
    from coefgate.replay.state import State
    from coefgate.use_cases.given_reasons import GivenReason
    from coefgate.use_cases.report import Report, SinceAnchor

SAYS: Final = {"pass": "passes", "fail": "fails", "not-measurable": "is not measurable"}
BOTH_ENDS: Final = " / "


_FOUR_LIMITS: Final = "meets the four limits on these calls"


def margin_sentence(margin: FeasibleMargin | None) -> str:
    """Which single safety margin would meet the limits of the four rules that compare figures."""
    if margin is None:
        return f"feasible margin: none; no single safety margin {_FOUR_LIMITS}"
    rest = "" if margin.whole else ", and some others"
    return (
        f"feasible margin: any single safety margin from {margin.low / 1000:g} to "
        f"{margin.high / 1000:g}{rest} {_FOUR_LIMITS}"
    )


def bad_news(report: Report) -> Iterator[tuple[RuleResult, str]]:
    """The metric rules that pass although they are missed, each with what it says of that.

    ``41.3 → 50.8 by new calls`` comes first where the change moves calls.
    """
    for rule in report.missed:
        if rule.rule in RULE_FIGURES:
            yield rule, f"{rule_steps(rule, report)}{rule.message}"


def not_asked(report: Report) -> tuple[str, ...]:
    """The names of the other rules that were not asked because the change is a restore."""
    return tuple(rule.rule for rule in report.missed if rule.rule not in RULE_FIGURES)


def whose_coefficients(report: Report) -> str:
    """Who misses the rules of ``bad_news``."""
    against = report.comparison
    if report.restored:
        return "the restored coefficients miss"
    if against and against.base.digest != report.head.digest:
        return "these coefficients still miss"
    return "today's coefficients miss"


def restore_sentence(commit: str) -> str:
    """What a restore is, and what follows."""
    return (
        f"This change restores the coefficients of {commit[:12]}. Today's figures are shown and "
        "block nothing: the way back is open."
    )


def base_words(base: State, quoted: Callable[[str], str] = str) -> str:
    """``origin/main by GITHUB_BASE_REF``; ``main`` where that is what it was found by."""
    return " by ".join(map(quoted, dict.fromkeys((base.name, base.found_by))))


def since_anchor_words(since: SinceAnchor) -> str:
    """The anchor, and what became of stored calls since."""
    anchor = since.anchor
    return (
        f"anchor {anchor.version} ({anchor.revision}): {count(since.retired, 'call')} retired and "
        f"{since.corrected:,} corrected since"
    )


def step_of(change: Change) -> str:
    """``1500 → 1800``."""
    return f"{shown(change.base)} → {shown(change.head)}"


def answer_words(answer: GivenReason) -> str:
    """``docs.low: 1500 → 700, asked for by swing``."""
    before = UNLIMITED.get(answer.name) if answer.base is None else answer.base
    step = "" if before is answer.head is None else f": {shown(before)} → {shown(answer.head)}"
    asked = (
        f"asked for by {' and '.join(answer.asked_by)}"
        if answer.asked_by
        else "which no rule asks for"
    )
    if answer.of_call:
        asked += "; the calls of the anchor are read by it"
    return f"{answer.name}{step}, {asked}"


def effect_words(effect: Effect) -> str:
    """What changes do by themselves, in one clause."""
    if not effect.calls:
        return "moves no prediction"
    smape, missed, median, p90 = effect_figures(effect)
    if BOTH_ENDS in missed:
        missed = "{} (lower end), {} (upper end)".format(*missed.split(BOTH_ENDS))
    return (
        f"{count_words(effect.counts)} predicted differently: "
        f"SMAPE {smape}, missed {missed}, waste median {median}, waste P90 {p90}"
    )


def effect_figures(effect: Effect) -> tuple[str, str, str, str]:
    """Differences of mean SMAPE and missed calls in points, of median and P90 of waste as they are.

    Of missed calls both ends of the rate, ``+19.0 / +14.3``, where they do not move alike.
    """
    missed, upper = (
        signed(effect.underestimation_rate, 1, 100),
        signed(effect.underestimation_upper, 1, 100),
    )
    if upper != missed:
        missed = f"{missed}{BOTH_ENDS}{upper}"
    return (
        signed(effect.smape_mean, 1),
        missed,
        signed(effect.waste_median, 2),
        signed(effect.waste_p90, 2),
    )


def signed(value: Fraction | None, decimals: int, times: int = 1) -> str:
    """A difference: ``+3.2``, ``±0.0``."""
    if value is None:
        return NOT_MEASURABLE
    text = f"{float(value * times):+.{decimals}f}"
    return f"±{text[1:]}" if not float(text) else text.replace("-", "−")


def mover_lists(found: Movers) -> Iterator[tuple[str, str, Moved]]:
    """Of each list that holds a call: what its calls do, and what is said of those that come first."""
    for what, turned, moved in (
        ("get worse", "newly missed", found.worse),
        ("get better", "no longer missed", found.better),
    ):
        if moved.calls:
            yield what, turned, moved


def movers_title(what: str, turned: str, moved: Moved, most: int = MOST) -> str:
    """``Calls that get worse: 23, of which 5 are shown; the 3 newly missed first, then the largest move``."""
    shown = min(most, len(moved.first))
    cut = f", of which {shown:,} are shown" if shown < moved.calls else ""
    order = "the largest move first"
    if moved.turns == moved.calls:
        order = f"all {turned}, {order}"
    elif moved.turns:
        order = f"the {moved.turns:,} {turned} first, then the largest move"
    return f"Calls that {what}: {moved.calls:,}{cut}; {order}"


def mover_figures(mover: Mover) -> tuple[str, str, str, str, str]:
    """Actual, base, head, SMAPE, missed by: a cell of a table each."""
    base, head = f"{mover.base_predicted:,}", f"{mover.head_predicted:,}"
    return _actual(mover), base, head, _smape(mover), _missed_by(mover)


def _smape(mover: Mover) -> str:
    """SMAPE before and after; of a call that was cut off nobody knows it."""
    if mover.base_smape is None or mover.head_smape is None:
        return NOT_MEASURABLE
    return f"{points(mover.base_smape)} → {points(mover.head_smape)}"


def _missed_by(mover: Mover) -> str:
    """Which side misses it: ``base``, ``head``, ``both``, or nothing where none is sure to."""
    if mover.base_missed and mover.head_missed:
        return "both"
    return "base" if mover.base_missed else "head" if mover.head_missed else ""


def _actual(mover: Mover) -> str:
    """The tokens that a call needed; of one that was cut off, at least."""
    return f"{'≥ ' if mover.censored else ''}{mover.sample.actual_output_tokens:,}"


def mover_call(mover: Mover) -> str:
    """The phase of a call with its attempt."""
    sample = mover.sample
    attempt = "" if sample.attempt is None else f" #{sample.attempt}"
    return f"{sample.phase_id or 'unknown phase'}{attempt}"


def mover_cell(mover: Mover) -> str:
    """The cell of a call, as it was labelled."""
    return f"{mover.sample.category}/{mover.sample.complexity}"
