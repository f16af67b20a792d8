"""Answers in the lists of ``gates.yaml``: one holds only in the change that brings what it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self
from unicodedata import normalize

from coefgate.registry.model import ListAnswer

_WORD: Final = re.compile(r"\w+(?:[.,]\w+)*")


@dataclass(frozen=True, slots=True)
class ListAnswers:
    """Subjects that a proposal answers for, and those of an answer that base has already."""

    fresh: frozenset[str]
    held: frozenset[str]

    @classmethod
    def of(cls, base: Sequence[ListAnswer], head: Sequence[ListAnswer]) -> Self:
        """Those in a list of head, which may be that of base."""
        fresh = frozenset(one.subject for one in fresh_answers(base, head))
        return cls(fresh, frozenset(one.subject for one in head) - fresh)

    def way_on(self, name: str, form: str) -> str:
        """How a subject is answered for, and why an answer that stands there is none."""
        if name in self.held:
            return (
                f"{form}; the answer that gates.yaml has was there before, and holds only in the change that "
                "brings what it names: give it another reason"
            )
        return form


def fresh_answers(base: Sequence[ListAnswer], head: Sequence[ListAnswer]) -> tuple[ListAnswer, ...]:
    """Those of head that base has not, by subject and what the reason says."""
    known = {(one.subject, said(one.reason)) for one in base}
    return tuple(one for one in head if (one.subject, said(one.reason)) not in known)


def said(reason: str) -> str:
    """The words of a reason: neither case, spaces nor punctuation make another one of it."""
    return "".join(_WORD.findall(normalize("NFKC", reason).casefold()))
