"""The report: one object from which every rendering of a verdict is made.

A verdict on one revision fills the head alone; what compares it with a base stays empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from coefgate.calibration.baseline_figures import Baselines
from coefgate.changes.renames import Renamed
from coefgate.changes.sample_moves import Correction, MovedCalls
from coefgate.gates.verdict import RuleResult, Verdict
from coefgate.replay.figures import Figures, Stakes
from coefgate.replay.scores import Scores
from coefgate.replay.state import State
from coefgate.samples.coverage import Coverage
from coefgate.samples.model import Erasure, Retirement
from coefgate.samples.status import CallCount
from coefgate.use_cases.given_reasons import GivenReason
from coefgate.whatif.attribution import Effect
from coefgate.whatif.feasible_margin import FeasibleMargin
from coefgate.whatif.movers import Movers

ASKED_FOR: Final = "asked for with --at"
"""Why a state is judged by itself that somebody wanted so."""
ASKED_BASE: Final = "--base"
"""What has found a base that somebody named."""


Headline = Literal[
    "pass", "alone", "unchanged", "no-worse", "no-calls", "restore", "fail", "not-measurable"
]
"""What a report says first, exactly: ``pass`` alone says that every limit is met.

``alone``: every limit is met, and nothing was compared. ``no-calls``: no call was ever stored to
be scored, and what can be asked without is well. Why not every green verdict is a PASS:
docs/decisions/0039-headlines-are-exact.md
"""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do now: a command to type, or an edit in words."""

    words: str
    is_command: bool = True


@dataclass(frozen=True, slots=True)
class SinceAnchor:
    """The ``anchor``, and how many stored calls are ``retired`` or ``corrected`` since.

    The proposal's own retirements and corrections are among them, and those of calls that came in
    since.
    """

    anchor: State
    retired: int
    corrected: int


@dataclass(frozen=True, slots=True)
class CellMove:
    """A cell that predicts another number of eligible calls."""

    category: str
    complexity: str
    base: CallCount
    head: CallCount


@dataclass(frozen=True, slots=True)
class Known:
    """Base's coefficients on base's own calls, where the change is judged on others.

    ``moved``: what the change does to them.
    """

    moved: MovedCalls
    figures: Figures


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a report says of base, and of the way from there to head.

    ``scores`` are those of base's coefficients on the calls that head is judged on.
    ``known``: theirs on base's own, ``None`` where these are the same. ``unchanged``: no file of
    coefficients or samples differs. ``behind`` is told by ``base``. ``renames``: what categories
    are called now. ``changes`` with the effect of each; ``lost`` and ``gained`` cells; ``retired``
    and ``corrected``: scored calls that this change takes out, or tells otherwise;
    ``erased``: lines that it gives salted names; ``acknowledged``: the reasons that it gives.
    ``since_anchor``: ``None`` where nothing is added up. ``missed_when_landed``: the absolute
    rules that head misses by limits that the change proposes. ``another_split``: the numbers are
    split otherwise into prices and margins, and predict the same.
    """

    base: State
    scores: Scores
    known: Known | None
    unchanged: bool
    renames: tuple[Renamed, ...]
    changes: tuple[Effect, ...]
    movers: Movers
    lost: tuple[CellMove, ...]
    gained: tuple[CellMove, ...]
    retired: tuple[Retirement, ...]
    corrected: tuple[Correction, ...]
    erased: tuple[Erasure, ...]
    acknowledged: tuple[GivenReason, ...]
    since_anchor: SinceAnchor | None = None
    missed_when_landed: tuple[RuleResult, ...] = ()
    another_split: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A verdict with everything that it rests on.

    ``restored``: the commit whose coefficients head brings back, if that is all that the change
    does. ``comparison`` is ``None`` where one state is judged by itself, and ``alone`` then says
    why in a few words (``nothing is committed yet``). ``notes``: what a reader should know about
    how it was judged. ``next``: what to do now, the most useful first.
    """

    verdict: Verdict
    head: State
    scores: Scores
    baselines: Baselines
    rules: tuple[RuleResult, ...]
    feasible_margin: FeasibleMargin | None
    coverage: Coverage
    retired: tuple[Retirement, ...]
    next: tuple[NextStep, ...] = ()
    comparison: Comparison | None = None
    alone: str | None = None
    restored: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def stakes(self) -> Stakes | None:
        """What head's figures mean for 1,000 calls."""
        return self.scores.all.stakes

    @property
    def missed(self) -> tuple[RuleResult, ...]:
        """Rules that pass although head misses them: bad news that is known, or a restore."""
        return tuple(rule for rule in self.rules if rule.missed)

    @property
    def retired_before(self) -> tuple[Retirement, ...]:
        """The retirements that the change does not bring."""
        fresh = {one.id for one in self.comparison.retired} if self.comparison else set()
        return tuple(one for one in self.retired if one.id not in fresh)

    @property
    def erased_before(self) -> tuple[Erasure, ...]:
        """The erasures that the change does not bring."""
        fresh = {one.id for one in self.comparison.erased} if self.comparison else set()
        return tuple(one for one in self.head.store.erased.values() if one.id not in fresh)

    @property
    def missed_now_or_then(self) -> tuple[str, ...]:
        """Those in ``missed``, and those that head will miss by the limits that it proposes."""
        landed = self.comparison.missed_when_landed if self.comparison else ()
        names = {rule.rule for rule in (*self.missed, *landed)}
        return tuple(rule.rule for rule in self.rules if rule.rule in names)

    @property
    def headline(self) -> Headline:
        """What the verdict comes to."""
        if self.verdict != "pass":
            return self.verdict
        if self.restored is not None:
            return "restore"
        if any(rule.unasked == "no-calls" for rule in self.rules):
            return "no-calls"
        if self.missed_now_or_then:
            return "no-worse"
        if self.comparison is None:
            return "alone"
        return "unchanged" if self.comparison.unchanged else "pass"
