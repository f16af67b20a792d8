"""What a verdict comes to: its headline, what that rests on, what it means for 1,000 calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Final

from coefgate.changes.sample_moves import MovedCalls
from coefgate.registry.wording import count, listed
from coefgate.replay.figure_text import points, rate_words, ratio, share
from coefgate.replay.figures import Figures, Stakes
from coefgate.replay.scores import Scores
from coefgate.reports.figures import count_words, tokens
from coefgate.samples.status import counts_by_status
from coefgate.use_cases.report import Comparison, Headline, Report

_WORDS: Final[Mapping[Headline, str]] = {
    "pass": "PASS",
    "alone": "PASS",
    "unchanged": "PASS – nothing changed",
    "no-worse": "NO WORSE",
    "no-calls": "NO CALLS YET",
    "restore": "RESTORE",
    "fail": "FAIL",
    "not-measurable": "NOT MEASURABLE",
}
HEADLINES: Final = tuple(dict.fromkeys(_WORDS.values()))
"""What a report may begin with; docs/reference/glossary.md explains each."""
_GREEN: Final[frozenset[Headline]] = frozenset({"pass", "alone", "no-worse"})
"""Headlines that go on with what is known of calls that were not seen."""
BY_VALUES: Final = "by values"


def headline_words(report: Report) -> str:
    """``PASS``, ``NO WORSE – the registry misses smape and waste-band``."""
    words = _WORDS[report.headline]
    strongest = strongest_evidence(report.scores)
    if strongest and report.headline in {"pass", "alone"}:
        words = f"{words} (fitted)"
    if report.headline == "no-worse":
        misses = f"misses {listed(report.missed_now_or_then)}"
        measured = report.scores.all.metrics is not None
        what = misses if measured else "has no call to be measured on"
        words = f"{words} – the registry {what}"
    if report.headline == "no-calls":
        words = no_calls_words(report.scores)
    if report.alone is None:
        return words
    return f"{words} – judged by itself, nothing was compared ({report.alone})"


def no_calls_words(scores: Scores) -> str:
    """``NO CALLS YET``, and why those that are stored are not scored, if any are.

    ``NO CALLS YET – none of 3 stored calls is scored: 2 undeclared and 1 partial``
    """
    words, audited = _WORDS["no-calls"], scores.predicted.evidence.given
    if not audited:
        return words
    counts = counts_by_status(audited).items()
    reasons = listed(f"{number:,} {status}" for status, number in counts if number)
    return f"{words} – none of {count(len(audited), 'stored call')} is scored: {reasons}"


def strongest_evidence(scores: Scores) -> str:
    """What is known of calls that the coefficients did not know, by the strongest such figures.

    ``on runs that it has not seen: 12.0% underestimated, SMAPE 54.1, waste 1.67``; empty where
    nothing is.
    """
    later, unseen = scores.later.measurable, scores.unseen
    run, phase = (unseen.run, unseen.phase) if unseen else (None, None)
    known: tuple[tuple[str, Figures | None], ...] = (
        ("on calls made after it", later.get("prospective")),
        ("on runs that it has not seen", run),
        ("on phases that it has not seen", phase),
        ("on calls found later", later.get("later_found")),
    )
    for where, figures in known:
        if figures is not None and (found := figures.metrics) is not None:
            missed = share(found.underestimation_kaplan_meier)
            shown = f"SMAPE {points(found.smape_mean)}, waste {ratio(found.waste_median)}"
            without = unseen.without if unseen and (figures is run or figures is phase) else 0
            more = f" ({without:,} calls have no such figure)" if without else ""
            return f"{where}: {missed} underestimated, {shown}{more}"
    return ""


def measured_on(report: Report) -> str:
    """``12 calls + 3 cut off, 9 phases``, then what is known of calls that were not seen.

    Empty for a headline that says that there are none.
    """
    nothing = report.headline == "no-worse" and report.scores.all.metrics is None
    if nothing or report.headline == "no-calls":
        return ""
    strongest = strongest_evidence(report.scores) if report.headline in _GREEN else ""
    return "; ".join(filter(None, (count_words(report.scores.all.calls.count), strongest)))


def stakes_sentence(head: Stakes, against: Comparison | None = None) -> str:
    """What the figures mean for 1,000 calls, in plain words; from base to head if there is a base.

    ``16 → 48 (by new calls) → 32 (by values)`` where the change moves calls.
    """
    cut_off, unused = (_way(shown, head, against) for shown in (_cut_off, _unused))
    return (
        f"Per 1,000 calls like these: {cut_off} replies would be cut off, "
        f"{unused} tokens would be reserved and not used."
    )


def _way(shown: Callable[[Stakes], str], head: Stakes, against: Comparison | None) -> str:
    if against is None or against.scores.all.stakes is None:
        return shown(head)
    before, after = shown(against.scores.all.stakes), shown(head)
    if against.known is None or against.known.figures.stakes is None:
        return " → ".join(dict.fromkeys((before, after)))
    first = shown(against.known.figures.stakes)
    return steps((first, before, after), against.known.moved, "{} ({})")


def steps(figures: tuple[str, str, str], moved: MovedCalls, form: str) -> str:
    """``41.3 → 50.8 by new calls``: base on its own calls, base, and head; what moves is shown."""
    moves = zip(pairwise(figures), (by_calls(moved), BY_VALUES), strict=True)
    told = [form.format(new, by) for (old, new), by in moves if new != old]
    return " → ".join([figures[0], *told])


def by_calls(moved: MovedCalls) -> str:
    """What moves a figure from base's own calls to those of head."""
    return f"by {moved} calls"


def _cut_off(stakes: Stakes) -> str:
    return rate_words(stakes.cut_off_kaplan_meier, stakes.cut_off, lambda one: f"{round(one)}")


def _unused(stakes: Stakes) -> str:
    low, high = map(round, stakes.cut_off)
    # What is predicted above the tokens that a cut-off call had reached may have been needed after
    # all.
    return ("" if low == high else "at most ") + tokens(stakes.reserved_unused_tokens)
