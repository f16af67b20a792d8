"""What ``try`` looks for around a judged registry: the range of one number, the smallest change."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from coefgate.gates.judge import Judge
from coefgate.registry.compiled import table_of
from coefgate.registry.model import Registry, Value
from coefgate.registry.moving import limits_of, moved, number_of, steps_in, steps_of
from coefgate.registry.values import values_of
from coefgate.replay.strata import StrataOf, Stratum
from coefgate.reports.what_ifs import Ranged
from coefgate.use_cases.judge import Judgement
from coefgate.whatif.candidates import exercised_names, may_pass, predictions
from coefgate.whatif.ranges import Span, Statuses, turning
from coefgate.whatif.smallest_change import NoChange, SmallestChange, smallest_change

GRID: Final = 200
"""Numbers that a range is asked at before its turns are narrowed."""


def ranged_of(judgement: Judgement, name: str) -> Ranged:
    """Which numbers of this value pass while all others stay, and where each rule turns."""
    registry = judgement.head

    def statuses(steps: int) -> Statuses:
        rules = judgement.trial(moved(registry, {name: number_of(name, steps)}))
        return {rule.rule: rule.status for rule in rules}

    present = steps_of(values_of(registry)[name])
    known = [int(number * steps_in(name)) for number in _known_numbers(judgement).get(name, ())]
    found = turning(
        statuses, Span(*limits_of(registry, name)), start=present, points=GRID, also=known
    )
    return Ranged(name, present, found, acknowledged(registry, name))


def acknowledged(registry: Registry, name: str) -> Value | None:
    """The value, if an acknowledgement stands beside it."""
    value = values_of(registry)[name]
    return None if value.acknowledge is None else value


def smallest_of(judgement: Judgement) -> SmallestChange | NoChange:
    """The smallest change of one number with which the judged registry would pass."""
    registry, evidence, judge = judgement.head, judgement.evidence, judgement.judge
    counts = evidence.counts(table_of(registry))
    gates = registry.gates if judge is None else judge.gates
    before = None if judge is None else judge.pair.base.predicted
    strata = () if judge is None else _strata(judge)
    return smallest_change(
        registry,
        judgement.report.rules,
        exercised_names(registry, counts),
        ask=judgement.trial,
        sieve=lambda candidates: may_pass(
            predictions(candidates, registry, counts), evidence, gates, base=before, strata=strata
        ),
        also=_known_numbers(judgement),
    )


def _strata(judge: Judge) -> tuple[Stratum, ...]:
    base, head = judge.proposal.base.registry, judge.proposal.head.registry
    strata_of = StrataOf(judge.gates.relative.stratum_phases_from)
    return strata_of(judge.evidence, head.canonical_category, base.canonical_category)


def _known_numbers(judgement: Judgement) -> dict[str, tuple[Fraction, ...]]:
    """Numbers that a rule may turn for alone: those of base where head has others, and acknowledged ones."""
    base = {} if judgement.judge is None else values_of(judgement.judge.proposal.base.registry)
    known: dict[str, tuple[Fraction, ...]] = {}
    for name, value in values_of(judgement.head).items():
        before, answer = base.get(name), value.acknowledge
        numbers = {before.number} if before else set()
        numbers |= {answer.current} if answer else set()
        if numbers - {value.number}:
            known[name] = tuple(sorted(numbers - {value.number}))
    return known
