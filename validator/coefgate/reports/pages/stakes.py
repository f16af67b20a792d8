"""The way from base's figures to head's: what moved calls do, and what values do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Final

from coefgate.changes.sample_moves import MovedCalls
from coefgate.gates.verdict import RuleResult
from coefgate.replay.figures import Stakes
from coefgate.reports.figures import tokens
from coefgate.reports.pages.rule_figures import (
    RULE_FIGURES,
    base_figure,
    head_figure,
    known_figure,
)
from coefgate.use_cases.report import Comparison, Report

BY_CALLS: Final[Mapping[MovedCalls, str]] = {
    "new": "by new calls",
    "corrected": "by corrected calls",
    "retired": "by retired calls",
    "changed": "by changed calls",
}
BY_VALUES: Final = "by values"


def side_titles(report: Report) -> tuple[str, ...]:
    """The columns that lead from base to head; ``side_figures`` says what stands in them."""
    against = report.comparison
    if against is None:
        return ("figure",)
    return (
        ("base", "head")
        if against.known is None
        else ("base", BY_CALLS[against.known.moved], BY_VALUES)
    )


def side_figures(rule: RuleResult, report: Report) -> tuple[str, ...]:
    """``41.3`` and ``50.8``; where calls move, what they do and then what values do.

    An arrow marks a move: ``41.3``, ``→ 50.8``, ``50.8``.
    """
    against = report.comparison
    if against is None:
        return (head_figure(rule),)
    if against.known is None:
        return base_figure(rule), head_figure(rule)
    figures = _figures(rule)
    moved = (new if new == old else f"→ {new}" for old, new in pairwise(figures))
    return figures[0], *moved


def bad_news(report: Report) -> Iterator[tuple[RuleResult, str, str]]:
    """The metric rules that pass although they are missed, each with what it says and who misses it.

    ``41.3 → 50.8 by new calls`` comes first where the change moves calls.
    """
    for rule in report.missed:
        if rule.rule in RULE_FIGURES:
            steps = _rule_steps(rule, report)
            yield rule, f"{steps}{rule.message}", _whose_coefficients(report)


def not_asked(report: Report) -> tuple[str, ...]:
    """The names of the other rules that were not asked because the change is a restore."""
    return tuple(rule.rule for rule in report.missed if rule.rule not in RULE_FIGURES)


def _whose_coefficients(report: Report) -> str:
    against = report.comparison
    if report.restored:
        return "the restored coefficients miss"
    if against and against.base.digest != report.head.digest:
        return "these coefficients still miss"
    return "today's coefficients miss"


def _rule_steps(rule: RuleResult, report: Report) -> str:
    """``41.3 → 50.8 by new calls → 48.2 by values. ``; empty where no call moves, or the figure stays."""
    known = report.comparison.known if report.comparison else None
    figures = _figures(rule)
    if known is None or len(set(figures)) == 1:
        return ""
    return f"{_steps(figures, known.moved, '{} {}')}. "


def _figures(rule: RuleResult) -> tuple[str, str, str]:
    return known_figure(rule), base_figure(rule), head_figure(rule)


def stakes_sentence(head: Stakes, against: Comparison | None = None) -> str:
    """What the figures mean for 1,000 calls, in plain words; from base to head where there is a base.

    ``16 → 48 (by new calls) → 32 (by values)`` where the change moves calls.
    """
    cut_off, unused = (_way(shown, head, against) for shown in (_cut_off, _unused))
    return (
        f"Per 1,000 calls like these: {cut_off} replies would be cut off, "
        f"{unused} tokens would be reserved and not used."
    )


def _way(shown: Callable[[Stakes], str], head: Stakes, against: Comparison | None) -> str:
    if against is None or against.stakes is None:
        return shown(head)
    before, after = shown(against.stakes), shown(head)
    if against.known is None or against.known.stakes is None:
        return " → ".join(dict.fromkeys((before, after)))
    first = shown(against.known.stakes)
    return _steps((first, before, after), against.known.moved, "{} ({})")


def _steps(figures: tuple[str, str, str], moved: MovedCalls, form: str) -> str:
    """``figures``: base on its own calls, base, and head; what does not move is left out."""
    parts = [figures[0]]
    for (old, new), by in zip(pairwise(figures), (BY_CALLS[moved], BY_VALUES), strict=True):
        if new != old:
            parts.append(form.format(new, by))
    return " → ".join(parts)


def _cut_off(stakes: Stakes) -> str:
    low, high = (round(end) for end in stakes.cut_off)
    return f"{low}" if low == high else f"{low} to {high}"


def _unused(stakes: Stakes) -> str:
    low, high = (round(end) for end in stakes.cut_off)
    # What is predicted above the tokens that a cut-off call had reached may have been needed after
    # all.
    at_most = "" if low == high else "at most "
    return at_most + tokens(stakes.reserved_unused_tokens)
