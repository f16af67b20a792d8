"""The acknowledgements that serve a change: what each is about, which rules ask for it, and the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from coefgate.changes.change import Change, Content
from coefgate.gates.acknowledgements import fresh_answers
from coefgate.gates.corrected import corrected
from coefgate.gates.flattered import flattered
from coefgate.gates.gates_loosened import as_set, new_unyanked, yank_name
from coefgate.gates.judge import Judge
from coefgate.gates.rules import RULES
from coefgate.gates.verdict import RuleResult
from coefgate.registry.gates_assembly import GATES_FILE
from coefgate.registry.model import Gates, ListAnswer, Registry
from coefgate.registry.numbers import with_values
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
    found = dict.fromkeys((*_of_changes(judge.changes), *_of_gates(base, head)))
    silent = judge.trial(_without_answers(head)) if found else ()
    asking = _asking(silent)
    of_values = (replace(one, asked_by=tuple(asking.get(one.name, ()))) for one in found)
    return (*of_values, *_of_samples(judge, base.gates, head.gates))


def _asking(silent: Iterable[RuleResult]) -> dict[str | None, dict[str, None]]:
    """By what an acknowledgement would name, the rules that ask for one where nobody gives it."""
    found: dict[str | None, dict[str, None]] = {}
    for rule in silent:
        for finding in rule.findings if RULES[rule.rule].takes_reasons else ():
            found.setdefault(finding.subject, {})[rule.rule] = None
    return found


def _of_changes(changes: Iterable[Change]) -> Iterator[GivenReason]:
    for change in changes:
        answer = change.acknowledge
        if answer is not None and (
            change.acknowledged or change.base is None
        ):  # held against another figure
            step = answer.previous, answer.current, answer.reason
            yield GivenReason(change.answered_as, *step, change.file, change.line)


def _of_gates(base: Registry, head: Registry) -> Iterator[GivenReason]:
    """What no longer fits head is invalid, so base is all that there is to compare with."""
    for name, old in base.thresholds.items():
        new = head.thresholds.get(name)
        answer = new.acknowledge if new else None
        if new and answer is not None and answer.previous == old.value != new.value:
            yield GivenReason(
                name, answer.previous, answer.current, answer.reason, new.file, new.line
            )
    for one in new_unyanked(base, head):
        if one.version in base.withdrawn.altered(head.withdrawn):
            name = yank_name(one.version)
            yield GivenReason(name, None, None, one.reason, FILE, head.withdrawn.line)
    for name, named in head.gates.acknowledged.items():
        was, now = base.gates.settings[name], head.gates.settings[name]
        if as_set(named.previous) == as_set(was) != as_set(now):
            line = head.gates.lines.get(name, 1)
            yield GivenReason(name, named.previous, named.current, named.reason, GATES_FILE, line)


def _of_samples(judge: Judge, base: Gates, head: Gates) -> Iterator[GivenReason]:
    silent = judge.proposal.without_list_answers
    moves = judge.proposal.moves
    calls = {one.subject for one in moves.retired} | {sample.id for sample in moves.added}
    asking: tuple[
        tuple[Sequence[ListAnswer], Sequence[ListAnswer], Callable[[], RuleResult]], ...
    ] = (
        (base.flattered, head.flattered, lambda: flattered(silent, judge.evidence)),
        (base.corrected, head.corrected, lambda: corrected(silent, judge.proposal.corrections)),
    )
    for of_base, of_head, ask in asking:
        if new := fresh_answers(of_base, of_head):
            unanswered = ask()
            asked = {finding.subject for finding in unanswered.findings}
            for one in new:
                rules = (unanswered.rule,) if one.subject in asked else ()
                of_call = one.subject in calls
                yield GivenReason(
                    one.subject, None, None, one.reason, GATES_FILE, one.line, rules, of_call
                )


def _without_answers(head: Registry) -> Registry:
    """``head`` as if nobody had given a reason for any step."""
    answered = {key: value for key, value in head.numbers.items() if value.acknowledge}
    bare = with_values(
        head, {key: replace(value, acknowledge=None) for key, value in answered.items()}
    )
    return replace(
        bare,
        categories={name: replace(one, acknowledge=None) for name, one in bare.categories.items()},
        acknowledge_rules=None,
        acknowledge_applies_to=None,
        guardrails={name: replace(one, acknowledge=None) for name, one in bare.guardrails.items()},
        withdrawn=replace(bare.withdrawn, unyanked=()),
        gates=replace(
            bare.gates,
            thresholds={
                name: replace(one, acknowledge=None) for name, one in bare.gates.thresholds.items()
            },
            acknowledged={},
        ),
    )
