"""The standing audit of false alarms: how often the gate stops what it should let through.

In a trial where both sides get the same treatment, an A/A test, any difference is noise. So are
identical proposals, harmless ones, and imports of calls that are drawn from real ones. Beside them
stand calls that are predicted to the token: a gate that stops nothing raises no false alarm
either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds import files, margins
from coefgate.drill.kinds.flattering import easy
from coefgate.drill.kinds.new_calls import honest
from coefgate.drill.oracle.evidence import CountedCall
from coefgate.drill.oracle.exact_interval import exact_interval
from coefgate.drill.plant import Kind, Plant, passes, stopped
from coefgate.drill.run import Gate, Row, Scratch, rows

Group = Literal["identical", "harmless", "honest", "easy"]
TOLERATED: Final = 0.05
"""The share of honest imports that may be stopped."""
ALWAYS_STOPPED_FROM: Final = 30
"""So many calls that are predicted to the token must never pass."""
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
        """The exact 95 % interval of the share that is stopped."""
        return exact_interval(self.stopped, self.tries)

    @property
    def complaint(self) -> str | None:
        """What is wrong with it, if anything is."""
        if self.group in ("identical", "harmless"):
            return "it must always pass" if self.stopped else None
        if self.group == "honest":
            too_many = self.interval[0] > TOLERATED
            return (
                f"more than {TOLERATED:.0%} are stopped, whatever chance did" if too_many else None
            )
        must_stop = self.calls is not None and self.calls >= ALWAYS_STOPPED_FROM
        return "it must never pass" if must_stop and self.stopped < self.tries else None


def trials(real: Sequence[CountedCall] | None) -> tuple[Trial, ...]:
    """What is tried; honest imports are drawn from ``real`` calls, or from stored ones."""
    return (
        *(
            Trial("harmless" if one.name in _CHANGE_SOMETHING else "identical", None, one)
            for one in (passes("no-change", "nothing at all", _nothing), *files.HARMLESS)
        ),
        *(Trial("harmless", None, one) for one in margins.HARMLESS),
        *(
            Trial("honest", count, passes(f"honest-import-{count}", "", honest(count, real)))
            for count in _HONEST
        ),
        *(Trial("easy", count, stopped(f"easy-{count}", "", easy(count))) for count in _EASY),
    )


def tried(
    state: Fileset, which: Sequence[Trial], *, seed: int, times: int, gate: Gate, scratch: Scratch
) -> Iterator[Row]:
    """What came of each try; the same ``seed`` plants the same."""
    for number in range(times):
        yield from rows(
            state, [one.kind for one in which], seed=seed + number, gate=gate, scratch=scratch
        )


def measured(found: Iterable[Tally]) -> bool:
    """Was any honest import tried? Without one nobody knows how often they are stopped."""
    return any(one.tries for one in found if one.group == "honest")


def tallies(which: Iterable[Trial], found: Sequence[Row]) -> tuple[Tally, ...]:
    """The tries of each kind, counted."""
    return tuple(_tally(one, [row for row in found if row.kind == one.kind.name]) for one in which)


def _tally(trial: Trial, found: Sequence[Row]) -> Tally:
    planted = [row for row in found if row.status != "not-planted"]
    stopped = [row for row in planted if row.exit_code != 0]
    objecting = Counter(rule for row in stopped for rule in row.rules)
    notes = [row.note for row in found if row.note]
    return Tally(
        kind=trial.kind.name,
        group=trial.group,
        calls=trial.calls,
        tries=len(planted),
        stopped=len(stopped),
        rules=tuple(objecting.most_common()),
        note=notes[0] if notes else "",
    )


def _nothing(_state: Fileset, _rng: Random) -> Plant:
    return Plant("nothing at all", {})
