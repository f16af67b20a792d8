"""The acknowledgements that serve a change: what each is about, the reason, and who asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from coefgate.changes.change import Change, Content
from coefgate.gates.acknowledgements import fresh_answers
from coefgate.gates.gates_loosened import as_set, yank_name
from coefgate.gates.judge import Judge
from coefgate.gates.rules import RULES
from coefgate.registry.files import GATES_FILE
from coefgate.registry.model import Coefficients
from coefgate.registry.yanked import FILE


@dataclass(frozen=True, slots=True)
class GivenReason:
    """One acknowledgement of this change, on the line of what it is about.

    ``base`` and ``head``: the step that it names, ``None`` for nothing; of a list, which names
    samples, both. ``asked_by``: the rules that would object without it; none where it answers
    nobody. ``of_call``: does it name a retirement or a correction, by which the calls of the
    anchor are read from then on?
    """

    name: str
    base: Content | None
    head: Content | None
    reason: str
    file: str
    line: int
    asked_by: tuple[str, ...] = ()
    of_call: bool = False


def given_reasons(judge: Judge) -> tuple[GivenReason, ...]:
    """Every acknowledgement that serves this change."""
    base, head = judge.proposal.base.registry, judge.proposal.head.registry
    given = dict.fromkeys((*_of_changes(judge.changes), *_of_gates(base, head)))
    asking: dict[str, list[str]] = {}  # by what an acknowledgement names
    for rule in (one for one in judge.rules if RULES[one.rule].takes_reasons):
        open_ones = (finding.subject for finding in rule.findings if finding.subject)
        for subject in dict.fromkeys((*rule.answered, *open_ones)):
            asking.setdefault(subject, []).append(rule.rule)
    return tuple(
        replace(one, asked_by=tuple(asking.get(one.name, ())))
        for one in (*given, *_of_samples(judge))
    )


def _of_changes(changes: Iterable[Change]) -> Iterator[GivenReason]:
    for change in changes:
        answer = change.acknowledge
        if answer is not None and (
            change.acknowledged or change.base is None
        ):  # held against another figure
            step = answer.previous, answer.current, answer.reason
            yield GivenReason(change.answered_as, *step, change.file, change.line)


def _of_gates(base: Coefficients, head: Coefficients) -> Iterator[GivenReason]:
    """What no longer fits head is invalid, so base is all that there is to compare with."""
    for name, old in base.thresholds.items():
        new = head.thresholds[name]
        answer = new.acknowledge
        if answer is not None and answer.previous == old.value != new.value:
            yield GivenReason(
                name, answer.previous, answer.current, answer.reason, new.file, new.line
            )
    for one in fresh_answers(base.withdrawn.unyanked, head.withdrawn.unyanked):
        if one.subject in base.withdrawn.altered(head.withdrawn):
            name = yank_name(one.subject)
            yield GivenReason(name, None, None, one.reason, FILE, head.withdrawn.line)
    for name, named in head.gates.acknowledged.items():
        was, now = base.gates.settings[name], head.gates.settings[name]
        if as_set(named.previous) == as_set(was) != as_set(now):
            line = head.gates.lines.get(name, 1)
            yield GivenReason(name, named.previous, named.current, named.reason, GATES_FILE, line)


def _of_samples(judge: Judge) -> Iterator[GivenReason]:
    base, head = judge.proposal.base.registry.gates, judge.proposal.head.registry.gates
    moves = judge.proposal.moves
    calls = {one.subject for one in moves.retired} | {sample.id for sample in moves.added}
    for of_base, of_head in ((base.flattered, head.flattered), (base.corrected, head.corrected)):
        for one in fresh_answers(of_base, of_head):
            place = GATES_FILE, one.line
            of_call = one.subject in calls
            yield GivenReason(one.subject, None, None, one.reason, *place, of_call=of_call)
