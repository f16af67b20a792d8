"""The history of one number, as data: found in git, shown by reports."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from coefgate.core.problems import Problem


@dataclass(frozen=True, slots=True)
class Trailer:
    """A trailer of a commit that names a person: ``Reviewed-by``, ``Grace <grace@…>``."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: its tree, who wrote it and when, when it was committed, and who stood by.

    Times are ISO 8601 with their offset. ``trailers``: those whose key ends with ``-by``.
    """

    id: str
    tree: str
    parents: tuple[str, ...]
    author: str
    authored_at: str
    committed_at: str
    subject: str
    trailers: tuple[Trailer, ...]

    @property
    def is_merge(self) -> bool:
        """Does it join several lines of history?"""
        return len(self.parents) > 1


@dataclass(frozen=True, slots=True)
class NumberState:
    """What one state of a registry holds of a number, under the ``name`` that it has there.

    ``number``: tokens or a factor, ``None`` where none can be read. ``problem``: the first thing
    that is wrong with the registry there, ``None`` where it is valid.
    """

    name: str | None = None
    number: Fraction | None = None
    basis: str | None = None
    file: str | None = None
    line: int | None = None
    problem: Problem | None = None

    def differs(self, other: NumberState) -> bool:
        """Another number, another name for it, or valid on one side only?"""
        mine, others = ((one.name, one.number, one.problem is None) for one in (self, other))
        return mine != others


ABSENT: Final = NumberState()


@dataclass(frozen=True, slots=True)
class Step:
    """One moment at which the number changed, or whether its registry can be read.

    ``commit``: the commit on the first-parent history with which it arrived; ``None`` for the
    files in the folder. ``merged``: the commits that this merge brought in and that set the
    number, newest first. ``before`` and ``after``: what was there until then, and from then on.
    """

    commit: Commit | None
    merged: tuple[Commit, ...]
    before: NumberState
    after: NumberState

    @property
    def written(self) -> Commit | None:
        """The commit that set the number: the newest of a merge, or the commit itself."""
        return self.merged[0] if self.merged else self.commit

    @property
    def people(self) -> tuple[Trailer, ...]:
        """Everybody whom a trailer of these commits names, once each."""
        commits = (*((self.commit,) if self.commit else ()), *self.merged)
        return tuple(dict.fromkeys(trailer for one in commits for trailer in one.trailers))


@dataclass(frozen=True, slots=True)
class NumberHistory:
    """All steps, newest first. ``cut``: the clone is shallow, so the oldest may be older."""

    name: str
    steps: tuple[Step, ...]
    cut: bool
