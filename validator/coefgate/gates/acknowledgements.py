"""Answers in the lists of ``gates.yaml``: one holds only in the change that brings what it names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self
from unicodedata import normalize

from coefgate.gates.verdict import Finding
from coefgate.registry.gates_assembly import GATES_FILE
from coefgate.registry.model import ListAnswer

_WORD: Final = re.compile(r"\w+(?:[.,]\w+)*")

TAKE_BACK: Final = (
    "An answer counts in the change that brings what it names. Where a retirement has landed "
    "without one, take it back, and retire the call again with its reason."
)
"""The way on where an answer came without what it names."""


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
        """Answers for what the change does not bring; the reason of one that base has may be worded anew.

        What is answered for is read otherwise from then on, so that is decided where it comes in.
        """
        for one in self.new:
            if one.subject not in brought and one.subject not in self.known:
                told = f"the answer for {one.subject} comes without what it names; take it out"
                yield Finding(told, GATES_FILE, one.line)

    def way_on(self, name: str, form: str) -> str:
        """How a subject is answered for, and why an answer that stands there is none."""
        if name in self.known - self.fresh:
            return (
                f"{form}; the answer that gates.yaml has was there before, and holds only in the "
                "change that brings what it names: give it another reason"
            )
        return form


def fresh_answers(
    base: Sequence[ListAnswer], head: Sequence[ListAnswer]
) -> tuple[ListAnswer, ...]:
    """Those of head that base has not, by subject and what the reason says."""
    known = {(one.subject, said(one.reason)) for one in base}
    return tuple(one for one in head if (one.subject, said(one.reason)) not in known)


def said(reason: str) -> str:
    """The words of a reason: neither case, spaces nor punctuation make another one of it."""
    return "".join(_WORD.findall(normalize("NFKC", reason).casefold()))
