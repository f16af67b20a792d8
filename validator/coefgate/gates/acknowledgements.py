"""How an author answers a rule: beside what it objects to, and in the lists of ``gates.yaml``.

An answer holds only in the change that brings what it names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final, Self
from unicodedata import normalize

from coefgate.changes.change import UNKNOWN, Change, Content, ordered_models
from coefgate.gates.verdict import Finding
from coefgate.registry.files import GATES_FILE
from coefgate.registry.model import Acknowledgement, Coefficients, ListAnswer
from coefgate.registry.numbers import written
from coefgate.registry.yaml_scalars import listed_scalar

_WORD: Final = re.compile(r"\w+(?:[.,]\w+)*")

TAKE_BACK: Final = (
    "An answer counts only in the change that brings what it names. If a retirement has "
    "landed without one, revert it, and retire the call again with its reason."
)
"""The remedy where an answer came without what it names."""


@dataclass(frozen=True, slots=True)
class ListAnswers:
    """The answers of head that a proposal brings, and the subjects of those that base has."""

    new: tuple[ListAnswer, ...]
    known: frozenset[str]

    @classmethod
    def of(cls, base: Sequence[ListAnswer], head: Sequence[ListAnswer]) -> Self:
        """Those in a list of base, and of head."""
        return cls(fresh_answers(base, head), frozenset(one.subject for one in base))

    @property
    def fresh(self) -> frozenset[str]:
        """The subjects that the proposal answers for."""
        return frozenset(one.subject for one in self.new)

    def misplaced(self, brought: Collection[str]) -> Iterator[Finding]:
        """Answers for what the change does not bring; the reason of an old one may change."""
        for one in self.new:
            if one.subject not in brought and one.subject not in self.known:
                said = f"the answer for {one.subject} names nothing that this change brings"
                yield Finding(said, GATES_FILE, one.line, remedy="remove it")

    def asked_for(self, finding: Finding, answer: str) -> Finding:
        """With how its subject is answered for, and why an answer that stands there is none."""
        answered, form = finding.subject in self.fresh, answer
        if finding.subject in self.known and not answered:
            form += (
                "; the answer in gates.yaml was there before, and counts only in the change that "
                "brings what it names: give it another reason"
            )
        said, fact = f"{finding.said} ({form})", finding.said
        return replace(finding, said=said, fact=fact, answer=answer, answered=answered)


def fresh_answers(
    base: Sequence[ListAnswer], head: Sequence[ListAnswer]
) -> tuple[ListAnswer, ...]:
    """Those of head that base has not, by subject and what the reason says."""
    known = {(one.subject, said(one.reason)) for one in base}
    return tuple(one for one in head if (one.subject, said(one.reason)) not in known)


def is_answered(answer: Acknowledgement[Any] | None, before: object, after: object) -> bool:
    """Does an acknowledgement name exactly this step?"""
    return answer is not None and (answer.previous, answer.current) == (before, after)


def said(reason: str) -> str:
    """The words of a reason: neither case, spaces nor punctuation make another one of it."""
    return "".join(_WORD.findall(normalize("NFKC", reason).casefold()))


def as_it_was(before: Content | None) -> str:
    """The remedy for a name that comes back with another figure; empty for a new one."""
    if before is None:
        return ""
    was = f"it was {shown(before)} before it was removed"
    return f"{was}: restore it as it was, and change it afterwards"


def step(before: Content | None, after: Content | None) -> str:
    """The line of YAML that acknowledges a step from one number to another."""
    return _answer(shown(before), shown(after))


def _answer(before: str, after: str) -> str:
    return f'acknowledge: {{from: {before}, to: {after}, reason: "…"}}'


def answer_to(change: Change, base: Coefficients, head: Coefficients) -> str:
    """The line of YAML that acknowledges a change of any kind."""
    if change.kind == "alias":
        sides = (side.categories.get(str(change.head)) for side in (base, head))
        return _answer(*(_list(one.aliases if one else ()) for one in sides))
    if change.kind == "path-rules":
        return _answer(f'"{change.base}"', f'"{change.head}"')
    if change.kind == "model-rules":
        lists = _list(ordered_models(base)), _list(ordered_models(head))
        return f'acknowledge: {{factors: {{from: {lists[0]}, to: {lists[1]}, reason: "…"}}}}'
    if change.kind == "applies-to":
        lists = _list(base.applies_to), _list(head.applies_to)
        return f'acknowledge: {{applies_to: {{from: {lists[0]}, to: {lists[1]}, reason: "…"}}}}'
    if change.charges_sizes:
        return _of_setting(change)
    return step(change.before, change.head)


def _of_setting(change: Change) -> str:
    """Of how files are written, or charged for their size."""
    name = change.name.rpartition(".")[2]
    key = "acknowledge" if name == change.name else "acknowledge_settings"
    sides = str(change.base), str(change.head)
    if name == "output_modes":
        before, after = (_list(one.split(", ")) for one in sides)
    else:
        before, after = ("null" if one == UNKNOWN else one for one in sides)
    return f'{key}: {{{name}: {{from: {before}, to: {after}, reason: "…"}}}}'


def _list(names: Sequence[str]) -> str:
    return f"[{', '.join(map(listed_scalar, names))}]"


def shown(content: object) -> str:
    """A value as it stands in YAML."""
    if content is None:
        return "nothing"
    if isinstance(content, Fraction):
        return written(content)
    return ", ".join(content) if isinstance(content, tuple) else str(content)
