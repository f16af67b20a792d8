"""Whose doing it is: findings about calls get the place of the changes that move them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from coefgate.changes.change import Change
from coefgate.gates.judge import Judge
from coefgate.gates.metric_rules import figure_harm
from coefgate.gates.rules import RULES
from coefgate.gates.verdict import Finding, Harm, RuleResult, with_findings
from coefgate.registry.wording import listed
from coefgate.replay.evidence import Evidence
from coefgate.whatif.attribution import Attribution, Blame

_NAMED: Final = 3
"""Changes that a message names."""


def blamed_rules(
    judge: Judge, attribution_of: Callable[[Evidence], Attribution]
) -> tuple[RuleResult, ...]:
    """The rules of a proposal, with the changes that make them worse on the judged calls."""

    def blame(harm: Harm) -> Blame | None:
        return attribution_of(harm.evidence).blame(harm)

    def placed(finding: Finding) -> Finding:
        """A finding on the line of the change that does most of its harm."""
        found = blame(finding.harm) if finding.harm else None
        if found is None:
            return finding
        first = found.groups[0][0]
        message = f"{finding.message}, made worse by {_names(found)}"
        return replace(finding, message=message, file=first.file, line=first.line, key=first.key)

    def blamed(rule: RuleResult) -> RuleResult:
        if rule.status == "pass":
            return rule
        if any(one.harm for one in rule.findings):
            return with_findings(rule, list(map(placed, rule.findings)))
        found = None
        if RULES[rule.rule].metrics:
            found = blame(figure_harm(rule.rule, rule.head, judge.evidence, judge.gates.limits))
        if found is None:
            return rule
        rule = replace(rule, said=f"{rule.said}. Made worse by {_names(found)}")
        finding = Finding.about(found.groups[0][0], f"{rule.asks}: {rule.message}")
        return replace(rule, findings=(finding,))

    return tuple(map(blamed, judge.rules))


def _names(blame: Blame) -> str:
    """``docs.low, then margin.default``; ``docs.low and docs.medium, only together``."""
    names = [_name(group) for group in blame.groups[:_NAMED]]
    more = len(blame.groups) - len(names)
    rest = [f"{more} more"] if more else []
    if blame.together:
        return f"{listed([*names, *rest])}, only together"
    return f"{', then '.join(names)}{''.join(f' and {one}' for one in rest)}"


def _name(group: tuple[Change, ...]) -> str:
    first, *others = (change.name for change in group)
    if len(others) > _NAMED:
        return f"{first} with {len(others)} others"
    return f"{first} with {listed(others)}" if others else first
