"""The report: one object from which every rendering of a verdict is made.

A verdict on one revision fills the head alone; what compares it with a base stays empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coefgate.gates.feasible import FeasibleMargin, feasible_margin
from coefgate.gates.rules import RuleResult, Status, absolute_rules, verdict_of
from coefgate.gates.stakes import Stakes, stakes
from coefgate.registry.model import Gates
from coefgate.replay.scores import Scores
from coefgate.samples.coverage import Coverage
from coefgate.samples.model import Retirement


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two states that are compared: ``revision`` is a full commit, or ``worktree``."""

    revision: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Report:
    """A verdict with everything that it rests on. ``next``: what to do now, the most useful first."""

    verdict: Status
    head: Side
    scores: Scores
    stakes: Stakes | None
    rules: tuple[RuleResult, ...]
    feasible_margin: FeasibleMargin | None
    coverage: Coverage
    retired: tuple[Retirement, ...]
    next: tuple[str, ...]


def judge(
    head: Side, scores: Scores, gates: Gates, *, coverage: Coverage, retired: Sequence[Retirement]
) -> Report:
    """Judge one revision by the absolute rules."""
    figures = scores.all.metrics
    rules = absolute_rules(figures, gates)
    verdict = verdict_of(rules)
    feasible = (
        feasible_margin(scores.base_tokens, scores.takes_margin, scores.calls, gates.limits)
        if figures
        else None
    )
    return Report(
        verdict=verdict,
        head=head,
        scores=scores,
        stakes=stakes(scores.calls, figures) if figures else None,
        rules=rules,
        feasible_margin=feasible,
        coverage=coverage,
        retired=tuple(retired),
        next=tuple(_next(verdict, feasible, measured=figures is not None)),
    )


def _next(verdict: Status, feasible: FeasibleMargin | None, *, measured: bool) -> list[str]:
    if not measured:
        return ["coefgate samples audit", "coefgate coverage"]
    if verdict == "pass":
        return ["coefgate coverage"]
    steps = ["coefgate replay --by category,complexity"]
    if feasible:
        steps.insert(0, f"set every margin in coefficients/safety_margins.yaml to {feasible.low / 1000:g}")
    return steps
