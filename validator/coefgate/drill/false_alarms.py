"""The standing audit of false alarms: how often the gate stops what it should let through.

In a trial where both sides get the same treatment, an A/A test, any difference is noise. So are
identical proposals, harmless ones, and imports of calls that are drawn from real ones. Beside them
stand calls that are predicted to the token: a gate that stops nothing raises no false alarm
either.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import exp, fsum, lgamma, log
from typing import Final, Literal

from coefgate.drill.fileset import Fileset, StoredLine
from coefgate.drill.kinds import files, margins
from coefgate.drill.kinds.calls import easy
from coefgate.drill.kinds.new_calls import honest
from coefgate.drill.plant import Kind, Plant, passes, stopped
from coefgate.drill.run import Gate, Row, Scratch, rows

Group = Literal["identical", "harmless", "honest", "easy"]
TOLERATED: Final = 0.05
"""The share of honest imports that may be stopped."""
ALWAYS_STOPPED_FROM: Final = 30
"""So many calls that are predicted to the token must never pass."""
_TAIL: Final = 0.025
"""The chance that is left on either side of an interval."""
_PARTS: Final = 2**60
"""Into so many a share is parted to find it."""
_HONEST: Final = (3, 10, 30, 80)
_EASY: Final = (5, 10, 20, 30, 80)
_CHANGE_SOMETHING: Final = ("documents-only", "judge-alone")


@dataclass(frozen=True, slots=True)
class Trial:
    """A kind of proposal that is tried again and again; ``calls``: how many it brings."""

    group: Group
    calls: int | None
    kind: Kind


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of a kind: how many tries were ``stopped``, that is: did not pass.

    ``rules``: how often each objected. ``note``: why nothing was planted, or what went wrong
    first.
    """

    kind: str
    group: Group
    calls: int | None
    tries: int
    stopped: int
    rules: tuple[tuple[str, int], ...]
    note: str

    @property
    def interval(self) -> tuple[float, float]:
        return exact_interval(self.stopped, self.tries)

    @property
    def complaint(self) -> str | None:
        """What is wrong with it, if anything is."""
        if self.group in ("identical", "harmless"):
            return "it must always pass" if self.stopped else None
        if self.group == "honest" and self.interval[0] > TOLERATED:
            return f"more than {TOLERATED:.0%} are stopped, whatever chance did"
        must_stop = self.group == "easy" and (self.calls or 0) >= ALWAYS_STOPPED_FROM
        return "it must never pass" if must_stop and self.stopped < self.tries else None


def trials(real: Sequence[StoredLine] | None) -> tuple[Trial, ...]:
    """What is tried; honest imports are drawn from ``real`` calls, or from stored ones."""
    nothing = passes("no-change", "nothing at all", lambda *_: Plant("nothing at all", {}))
    found = []
    for one in (nothing, *files.HARMLESS):
        group: Group = "harmless" if one.name in _CHANGE_SOMETHING else "identical"
        found.append(Trial(group, None, one))
    found += [Trial("harmless", None, one) for one in margins.HARMLESS]
    for count in _HONEST:
        plant = partial(honest, count=count, real=real)
        found.append(Trial("honest", count, passes(f"honest-import-{count}", "", plant)))
    for count in _EASY:
        kind = stopped(f"easy-{count}", "", partial(easy, count=count))
        found.append(Trial("easy", count, kind))
    return tuple(found)


def tried(
    state: Fileset, which: Sequence[Trial], *, seed: int, times: int, gate: Gate, scratch: Scratch
) -> Iterator[Row]:
    """What came of each try; the same ``seed`` plants the same."""
    kinds = [one.kind for one in which]
    for number in range(times):
        yield from rows(state, kinds, seed=seed + number, gate=gate, scratch=scratch)


def measured(found: Iterable[Tally]) -> bool:
    """Was any honest import tried? Without one nobody knows how often they are stopped."""
    return any(one.tries for one in found if one.group == "honest")


def tallies(which: Iterable[Trial], found: Sequence[Row]) -> tuple[Tally, ...]:
    """The tries of each kind, counted."""
    return tuple(_tally(one, [row for row in found if row.kind == one.kind.name]) for one in which)


def _tally(trial: Trial, found: Sequence[Row]) -> Tally:
    tries = [row for row in found if row.status != "not-planted"]
    stopped = [row for row in tries if row.exit_code != 0]
    rules = tuple(Counter(rule for row in stopped for rule in row.rules).most_common())
    note = next((row.note for row in found if row.note), "")
    about = (trial.kind.name, trial.group, trial.calls)
    return Tally(*about, len(tries), len(stopped), rules, note)


def exact_interval(hits: int, tries: int) -> tuple[float, float]:
    """The ends of the exact 95 % interval of a share, seen ``hits`` times in ``tries``.

    Clopper and Pearson, 1934: the smallest share of which so many hits or more are still seen once
    in forty times, and the largest of which so few or fewer are. Of no tries every share may be
    true.
    """
    if not 0 <= hits <= tries:
        raise ValueError(f"{hits} of {tries} is not a share; hits are between 0 and tries")
    low = 0.0 if hits == 0 else _share(hits, tries)
    high = 1.0 if hits == tries else 1.0 - _share(tries - hits, tries)
    return low, high


def _share(hits: int, tries: int) -> float:
    """The share with which ``hits`` or more are seen with the chance of one tail, by bisection."""
    found = bisect_left(
        range(_PARTS), _TAIL, key=lambda part: _at_least(hits, tries, part / _PARTS)
    )
    return found / _PARTS


def _at_least(hits: int, tries: int, share: float) -> float:
    whole = lgamma(tries + 1)
    return fsum(
        exp(
            whole
            - lgamma(seen + 1)
            - lgamma(tries - seen + 1)
            + seen * log(share)
            + (tries - seen) * log(1.0 - share)
        )
        for seen in range(hits, tries + 1)
    )
