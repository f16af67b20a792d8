"""What a verdict comes to, exactly: ``pass`` alone says that every limit is met. Data; words come last.

Why not every green verdict is a PASS: docs/decisions/0039-headlines-are-exact.md
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # which imports this module
    from coefgate.use_cases.report import Report

HeadlineKind = Literal[
    "pass", "alone", "unchanged", "no-worse", "restore", "fail", "not-measurable"
]
"""``alone``: every limit is met, and nothing was compared."""


@dataclass(frozen=True, slots=True)
class Headline:
    """What a report says first.

    ``missed``: where the kind is ``no-worse``, the rules that head does not meet and that let it
    through all the same, and those that it will not meet by the limits that it proposes.
    ``measured``: is there any call to measure on? ``alone``: why the state was judged by itself,
    ``None`` where it was compared.
    """

    kind: HeadlineKind
    missed: tuple[str, ...]
    measured: bool
    alone: str | None


def headline_of(report: Report) -> Headline:
    """The headline of a report."""
    missed = _missed(report)
    kind = _kind(report, missed)
    return Headline(
        kind=kind,
        missed=missed if kind == "no-worse" else (),
        measured=report.scores.all.metrics is not None,
        alone=report.alone,
    )


def _missed(report: Report) -> tuple[str, ...]:
    """By the limits that judge, and by those that will once the change has landed."""
    landed = report.comparison.missed_when_landed if report.comparison else ()
    names = {rule.rule for rule in (*report.missed, *landed)}
    return tuple(rule.rule for rule in report.rules if rule.rule in names)


def _kind(report: Report, missed: tuple[str, ...]) -> HeadlineKind:
    if report.verdict != "pass":
        return report.verdict
    if report.restored is not None:
        return "restore"
    if missed:
        return "no-worse"
    if report.comparison is None:
        return "alone"
    return "unchanged" if report.comparison.unchanged else "pass"
