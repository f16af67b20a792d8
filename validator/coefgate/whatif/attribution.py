"""What each change does by itself: head against head without it; and whose doing a finding is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np

from coefgate.changes.change import Change
from coefgate.changes.undo import excerpt, taken_back, touched_names
from coefgate.gates.judge import Judge
from coefgate.gates.metric_rules import figure_harm
from coefgate.gates.rules import RULES
from coefgate.gates.verdict import Amounts, Finding, Harm, RuleResult, with_findings
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import rises
from coefgate.registry.wording import and_more, listed
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Calls, Indices, Integers, metrics
from coefgate.replay.strata import indices
from coefgate.samples.status import CallCount


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes that were taken back together do; differences, head minus head without them.

    ``changes`` has one member unless one alone would leave an invalid registry. ``counts``: the
    calls that are predicted differently. SMAPE in points; rates and ratios as they are; ``None``
    where nothing is measurable.
    """

    changes: tuple[Change, ...]
    counts: CallCount
    smape_mean: Fraction | None
    underestimation_kaplan_meier: Fraction | None
    underestimation_rate: Fraction | None
    underestimation_upper: Fraction | None
    waste_median: Fraction | None
    waste_p90: Fraction | None

    @property
    def calls(self) -> int:
        """How many calls are predicted differently."""
        return self.counts.scored


@dataclass(frozen=True, slots=True)
class Blame:
    """The changes that do some harm, the largest part first; each group as in an ``Effect``.

    ``together``: to take back one of them would mend nothing; no smaller set was found that does.
    """

    groups: tuple[tuple[Change, ...], ...]
    together: bool


class Attribution:
    """The changes from base to head, each taken back in the part of a registry that it touches."""

    def __init__(
        self, changes: Sequence[Change], base: Coefficients, head: Coefficients, evidence: Evidence
    ) -> None:
        self._base, self._head = base, head
        self._evidence = evidence
        self._whole = evidence.calls(table_of(head))
        self._rows = indices([sample.category or "" for sample in evidence.samples])
        self._groups = tuple(_groups(changes, lambda group: _is_whole(self._taken_back(group))))

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """The effect of every change, in order; those not valid alone are taken together."""
        figures = metrics(self._whole)
        found = []
        for group, moved in zip(self._groups, self._moved_by_each, strict=True):
            other = metrics(self._with(moved)) if len(moved.at) else figures
            differences = (
                getattr(figures, name) - getattr(other, name) if figures and other else None
                for name in _NAMES
            )
            found.append(Effect(group, self._evidence.count(moved.at), *differences))
        return tuple(found)

    def blame(self, harm: Harm) -> Blame | None:
        """Which changes do this harm to calls of the evidence, ``None`` where they do none."""
        head = harm.measure(self._whole.where(harm.calls))

        def part(moved: _Shift) -> Amounts:
            """How much more harm head does than it would without what moves these calls."""
            if not np.isin(moved.at, harm.calls, assume_unique=True).any():
                return ()
            other = harm.measure(self._with(moved).where(harm.calls))
            return tuple(now - then for now, then in zip(head, other, strict=True))

        parts = zip(self._groups, map(part, self._moved_by_each), strict=True)
        ordered = sorted(parts, key=lambda one: one[1], reverse=True)
        if alone := tuple(group for group, amounts in ordered if _is_harm(amounts)):
            return Blame(alone, together=False)
        several = self._smallest(lambda groups: _is_harm(part(self._moved(sum(groups, ())))))
        return Blame(several, together=True) if several else None

    def _smallest(self, harmful: Callable[[Groups], bool]) -> Groups:
        """Groups that are harmful together, each of them needed; none if all of them are not."""
        left = self._groups
        if not harmful(left):
            return ()
        size = len(left)
        while size := size // 2:
            start = 0
            while start < len(left):
                rest = left[:start] + left[start + size :]
                if rest and harmful(rest):
                    left = rest
                else:
                    start += size
        return left

    def _with(self, moved: _Shift) -> Calls:
        predicted = self._whole.predicted.copy()
        predicted[moved.at] = moved.predicted
        return replace(self._whole, predicted=predicted)

    @cached_property
    def _moved_by_each(self) -> tuple[_Shift, ...]:
        return tuple(map(self._moved, self._groups))

    def _moved(self, group: tuple[Change, ...]) -> _Shift:
        """What some changes move together."""
        names = touched_names(group, self._base, self._head)
        if names is None:
            predicted = self._evidence.calls(table_of(self._taken_back(group))).predicted
            at = np.arange(len(predicted))
        else:
            rows = [self._rows[name] for name in sorted(names & self._rows.keys())]
            if not rows:
                return _Shift(np.array([], dtype=np.intp), np.array([], dtype=np.int64))
            at = np.sort(np.concatenate(rows))
            predicted = self._evidence.predicted_at(at, table_of(self._taken_back(group, names)))
        differs = predicted != self._whole.predicted[at]
        return _Shift(at[differs], predicted[differs])

    def _taken_back(
        self, group: Sequence[Change], names: frozenset[str] | None = None
    ) -> Coefficients:
        """As much of head as some changes touch, as it would be without them."""
        if names is None:
            names = touched_names(group, self._base, self._head)
        if names is None:  # some of the changes may move any call, and lead to no other category
            each = (touched_names((change,), self._base, self._head) for change in group)
            names = frozenset(self._rows).union(*(one or () for one in each))
        return taken_back(excerpt(self._head, names), excerpt(self._base, names), group)


Groups = tuple[tuple[Change, ...], ...]


@dataclass(frozen=True, slots=True)
class _Shift:
    """Indices of the calls that some changes move, and their predictions without these."""

    at: Indices
    predicted: Integers


def _is_whole(registry: Coefficients) -> bool:
    """Do its ladders rise, and has it a factor for both ends of an attempt, or for none?"""
    return rises(registry) and len(registry.retry) != 1


def _is_harm(part: Amounts) -> bool:
    return part > (0,) * len(part)


_NAMES: Final = (
    *("smape_mean", "underestimation_kaplan_meier"),
    *("underestimation_rate", "underestimation_upper"),
    *("waste_median", "waste_p90"),
)


def _groups(
    changes: Sequence[Change], valid_without: Callable[[tuple[Change, ...]], bool]
) -> Iterator[tuple[Change, ...]]:
    """Each alone, but for those that may be valid only together: the steps of one ladder."""
    kinds = "file kinds that come or go, with their costs and their path rules"
    on_one_side = {change.key for change in changes if None in (change.base, change.head)}

    def brings_a_kind(change: Change) -> bool:
        key = change.key
        if not isinstance(key, Key) or key not in on_one_side:
            return False
        modify = Key("marginal", ("modify", *key.of))
        return key.part == "marginal" or (key.part == "per_kilobyte" and modify in on_one_side)

    any_kind = any(map(brings_a_kind, changes))
    ladders: dict[object, list[Change]] = {}
    for change in changes:
        key = change.key
        if brings_a_kind(change) or (change.kind == "path-rules" and any_kind):
            ladder: object = kinds
        elif isinstance(key, Key):
            ladder = key.part, key.of[:-1], change.label
        else:
            ladder = change.kind
        ladders.setdefault(ladder, []).append(change)
    for ladder, steps in ladders.items():
        tied = ladder == kinds or not all(valid_without((step,)) for step in steps)
        yield from [tuple(steps)] if tied else [(step,) for step in steps]


_NAMED: Final = 3
"""Changes that a message names."""
_BRIEFLY: Final = (2, 1)
"""Changes that its fact names, and of one that was tied to others how many of these."""


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
        fact = f"{finding.fact}, made worse by {_names(found, *_BRIEFLY)}"
        return replace(
            finding,
            said=f"{finding.said}, made worse by {_names(found)}",
            file=first.file,
            line=first.line,
            key=first.key,
            fact=fact if finding.fact else "",
        )

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
        rule = replace(
            rule,
            said=f"{rule.said}. Made worse by {_names(found)}",
            fact=f"{rule.fact}. Made worse by {_names(found, *_BRIEFLY)}",
        )
        finding = Finding.about(found.groups[0][0], f"{rule.asks}: {rule.message}")
        return replace(rule, findings=(finding,))

    return tuple(map(blamed, judge.rules))


def _names(blame: Blame, most: int = _NAMED, tied: int = _NAMED) -> str:
    """``docs.low, then margin.default``; ``docs.low and docs.medium, only together``."""
    names = [_name(group, tied) for group in blame.groups[:most]]
    more = and_more(blame.groups, most)
    if not blame.together:
        return f"{', then '.join(names)}{more}"
    return f"{', '.join(names) + more if more else listed(names)}, only together"


def _name(group: tuple[Change, ...], most: int) -> str:
    first, *others = (change.name for change in group)
    if len(others) > most:
        return f"{first} with {len(others)} others"
    return f"{first} with {listed(others)}" if others else first
