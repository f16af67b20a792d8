"""What to do after a verdict: commands about what was judged, the most useful first."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from coefgate.gates.verdict import RuleResult
from coefgate.registry.key import Key
from coefgate.replay.state import State
from coefgate.use_cases.report import Comparison, Report
from coefgate.use_cases.state import WORKTREE
from coefgate.whatif.attribution import Effect


def with_next(report: Report, *, base: str | None = None, tried: Sequence[str] = ()) -> Report:
    """The report with its next steps.

    ``base``: the revision that was asked for, ``None`` for the default. ``tried``: ``NAME=VALUE``
    of numbers that were judged although the files do not hold them.
    """
    against = report.comparison
    steps = _alone(report) if against is None else _compared(report, against, base, tried)
    return replace(report, next=steps)


def _compared(
    report: Report, against: Comparison, base: str | None, tried: Sequence[str]
) -> tuple[str, ...]:
    head, effects = report.head, against.changes
    red = [rule for rule in report.rules if rule.status != "pass"]
    look = f"coefgate diff {_name(against.base)} {_name(head)}"
    if not red:
        return (look,) if effects else ("coefgate coverage",)
    explain = f"coefgate explain {red[0].rule}"
    guilty = _guilty(red, effects)
    if guilty and head.revision == WORKTREE:  # other numbers are tried in the folder only
        of_base = () if base is None else ("--base", base)
        return shlex.join(["coefgate", "try", *tried, "--range", guilty, *of_base]), explain
    return (look, explain) if effects and not tried else (explain,)


def _guilty(red: Iterable[RuleResult], effects: Iterable[Effect]) -> str | None:
    """The first number that a rule objects to, by the name that it has now."""
    numbers = {
        change.key
        for effect in effects
        for change in effect.changes
        if isinstance(change.head, Fraction) and not change.gone
    }
    keys = (finding.key for rule in red for finding in rule.findings)
    return next((key.name for key in keys if isinstance(key, Key) and key in numbers), None)


def _name(side: State) -> str:
    """Twelve digits of a commit; ``index`` and ``worktree`` as they are."""
    return side.revision[:12]


def _alone(report: Report) -> tuple[str, ...]:
    if report.scores.all.metrics is None:
        return "coefgate samples audit", "coefgate coverage"
    if report.verdict == "pass":
        return ("coefgate coverage",)
    at = "" if report.head.revision == WORKTREE else f" --at {_name(report.head)}"
    breakdown = f"coefgate replay --by category,complexity{at}"
    if report.feasible_margin is None:
        return (breakdown,)
    margin = f"{report.feasible_margin.low / 1000:g}"
    return f"set every margin in coefficients/safety_margins.yaml to {margin}", breakdown
