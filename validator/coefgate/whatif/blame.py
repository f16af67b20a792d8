"""Whose doing it is: findings about calls get the place of the changes that move them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from coefgate.changes.change import Change
from coefgate.gates.harm import Harm, figure
from coefgate.gates.judge import Judge
from coefgate.gates.rules import RULES
from coefgate.gates.verdict import Finding, RuleResult, with_findings
from coefgate.registry.wording import listed
from coefgate.whatif.attribution import Attribution, Blame

_NAMED: Final = 3
"""Changes that a message names."""


def blamed_rules(judge: Judge, attribution: Attribution) -> tuple[RuleResult, ...]:
    """The rules of a proposal, with the changes that make them worse on the judged calls."""
    blamer = _Blamer(judge, attribution)
    return tuple(blamer.blamed(rule) for rule in judge.rules)


class _Blamer:
    def __init__(self, judge: Judge, attribution: Attribution) -> None:
        self._judge = judge
        self._attributions = {id(judge.evidence): attribution}

    def blamed(self, rule: RuleResult) -> RuleResult:
        if rule.status == "pass":
            return rule
        if any(one.harm for one in rule.findings):
            return with_findings(rule, [self._placed(one) for one in rule.findings])
        return self._of_figure(rule) if RULES[rule.rule].metrics else rule

    def _placed(self, finding: Finding) -> Finding:
        """A finding on the line of the change that does most of its harm."""
        blame = self._blame(finding.harm) if finding.harm else None
        if blame is None:
            return finding
        first = blame.groups[0][0]
        message = f"{finding.message}, made worse by {_names(blame)}"
        return replace(finding, message=message, file=first.file, line=first.line, key=first.key)

    def _of_figure(self, rule: RuleResult) -> RuleResult:
        judge = self._judge
        blame = self._blame(figure(rule.rule, rule.head, judge.evidence, judge.gates.limits))
        if blame is None:
            return rule
        first = blame.groups[0][0]
        rule = replace(rule, said=f"{rule.said}. Made worse by {_names(blame)}")
        finding = Finding.about(first, f"{rule.asks}: {rule.message}")
        return replace(rule, findings=(finding,))

    def _blame(self, harm: Harm) -> Blame | None:
        key = id(harm.evidence)
        if key not in self._attributions:
            base, head = self._judge.proposal.base.registry, self._judge.proposal.head.registry
            self._attributions[key] = Attribution(self._judge.changes, base, head, harm.evidence)
        return self._attributions[key].blame(harm)


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
