"""What to do after a verdict: commands that answer about what was judged, the most useful first."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from coefgate.changes.registry_changes import Change
from coefgate.gates.verdict import RuleResult
from coefgate.replay.state import State
from coefgate.whatif.attribution import Effect

if TYPE_CHECKING:  # which imports this module
    from coefgate.use_cases.report import Comparison, Report

WORKTREE = "worktree"


def with_next(report: Report, *, base: str | None = None, tried: Sequence[str] = ()) -> Report:
    """The report with its next steps.

    ``base``: the revision that was asked for, ``None`` for the default. ``tried``: ``NAME=VALUE``
    of numbers that were judged although the files do not hold them.
    """
    if report.comparison is None:
        return replace(report, next=tuple(_of_one_state(report)))
    return replace(report, next=tuple(_of_change(report, report.comparison, base, tried)))


def _of_change(
    report: Report, against: Comparison, base: str | None, tried: Sequence[str]
) -> Iterable[str]:
    look = f"coefgate diff {_name(against.base)} {_name(report.head)}"
    if report.verdict == "pass":
        return [look] if against.changes else ["coefgate coverage"]
    red = [rule for rule in report.rules if rule.status != "pass"]
    steps = [f"coefgate explain {red[0].rule}"]
    guilty = _guilty(red, against.changes)
    if (
        guilty is not None and report.head.revision == WORKTREE
    ):  # other numbers are tried in the folder only
        of_base = () if base is None else ("--base", base)
        return [shlex.join(["coefgate", "try", *tried, "--range", guilty, *of_base]), *steps]
    return [look, *steps] if against.changes and not tried else steps


def _guilty(red: Iterable[RuleResult], effects: Iterable[Effect]) -> str | None:
    """The first number that a rule objects to."""
    changes = (change for effect in effects for change in effect.changes)
    numbers = {change.key: change for change in changes if _is_number(change)}
    keys = (finding.key for rule in red for finding in rule.findings)
    return next((_name_in_head(numbers[key]) for key in keys if key in numbers), None)


def _name_in_head(change: Change) -> str:
    """The name that a number has now, where its category was renamed."""
    match change.key:
        case ("overhead", category, complexity):
            return f"{category}.{complexity}"
        case ("margin", category, complexity):
            return f"margin.{category}.{complexity}"
    return change.name


def _is_number(change: Change) -> bool:
    return isinstance(change.head, Fraction) and not change.gone


def _name(side: State) -> str:
    """Twelve digits of a commit; ``index`` and ``worktree`` as they are."""
    return side.revision[:12]


def _of_one_state(report: Report) -> Iterable[str]:
    if report.scores.all.metrics is None:
        return ["coefgate samples audit", "coefgate coverage"]
    if report.verdict == "pass":
        return ["coefgate coverage"]
    at = "" if report.head.revision == WORKTREE else f" --at {_name(report.head)}"
    steps = [f"coefgate replay --by category,complexity{at}"]
    if feasible := report.feasible_margin:
        steps.insert(
            0, f"set every margin in coefficients/safety_margins.yaml to {feasible.low / 1000:g}"
        )
    return steps
