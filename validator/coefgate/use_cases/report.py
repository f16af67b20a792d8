"""The report: one object from which every rendering of a verdict is made.

A verdict on one revision fills the head alone; what compares it with a base stays empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from coefgate.changes.renames import renames
from coefgate.changes.sample_moves import Correction, MovedCalls
from coefgate.gates.answered import Answered, answered
from coefgate.gates.judge import Judge
from coefgate.gates.metric_rules import absolute_rules
from coefgate.gates.proposal import Proposal
from coefgate.gates.proposed_limits import missed_when_landed, note_on
from coefgate.gates.since_anchor import SinceAnchor, since_anchor
from coefgate.gates.verdict import RuleResult, Status, verdict_of
from coefgate.registry.model import Gates
from coefgate.replay.figures import Figures, Stakes
from coefgate.replay.scores import Scores
from coefgate.replay.serving import placed_by
from coefgate.replay.state import State
from coefgate.samples.call_count import CallCount, count_of
from coefgate.samples.coverage import Coverage
from coefgate.samples.model import Retirement
from coefgate.use_cases.headline import Headline, headline_of
from coefgate.use_cases.next_steps import with_next
from coefgate.whatif.attribution import Attribution, Effect
from coefgate.whatif.blame import blamed_rules
from coefgate.whatif.feasible_margin import FeasibleMargin, feasible_margin
from coefgate.whatif.movers import Movers, movers
from coefgate.whatif.renamed_calls import Renamed, renamed_calls

ASKED_FOR: Final = "asked for with --at"
"""Why a state is judged by itself that somebody wanted so."""


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

    @property
    def stakes(self) -> Stakes | None:
        """What these mean for 1,000 calls."""
        return self.figures.stakes


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a report says of base, and of the way from there to head.

    ``scores`` are those of base's coefficients on the calls that head is judged on.
    ``known``: theirs on base's own, ``None`` where these are the same. ``unchanged``: no file of
    coefficients or samples differs. ``behind`` is told by ``base``. ``renames``: what categories
    are called now. ``changes`` with the effect of each; ``lost`` and ``gained`` cells; ``retired``
    and ``corrected``: scored calls that this change takes out, or tells otherwise;
    ``acknowledged``: the reasons that it gives. ``since_anchor``: ``None`` where nothing is added
    up. ``missed_when_landed``: the absolute rules that head misses by limits that the change
    proposes. ``another_split``: the numbers are split otherwise into prices and margins, and
    predict the same.
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
    acknowledged: tuple[Answered, ...]
    since_anchor: SinceAnchor | None = None
    missed_when_landed: tuple[RuleResult, ...] = ()
    another_split: bool = False

    @property
    def stakes(self) -> Stakes | None:
        """What base's figures mean for 1,000 calls."""
        return self.scores.all.stakes


@dataclass(frozen=True, slots=True)
class Report:
    """A verdict with everything that it rests on.

    ``restored``: the commit whose coefficients head brings back, if that is all that the change
    does. ``comparison`` is ``None`` where one state is judged by itself, and ``alone`` then says
    why in a few words (``nothing is committed yet``). ``notes``: what a reader should know about
    how it was judged. ``next``: what to do now, the most useful first.
    """

    verdict: Status
    head: State
    scores: Scores
    rules: tuple[RuleResult, ...]
    feasible_margin: FeasibleMargin | None
    coverage: Coverage
    retired: tuple[Retirement, ...]
    next: tuple[str, ...] = ()
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
        """Rules that pass although head does not meet them: bad news that is known, or a restore."""
        return tuple(rule for rule in self.rules if rule.status == "pass" and not rule.met)

    @property
    def retired_before(self) -> tuple[Retirement, ...]:
        """The retirements that the change does not bring."""
        fresh = {one.id for one in self.comparison.retired} if self.comparison else set()
        return tuple(one for one in self.retired if one.id not in fresh)

    @property
    def headline(self) -> Headline:
        """What the verdict comes to."""
        return headline_of(self)


def judge(
    head: State,
    scores: Scores,
    gates: Gates,
    *,
    alone: str,
    coverage: Coverage,
    retired: Sequence[Retirement],
    notes: Sequence[str] = (),
) -> Report:
    """Judge one revision by the absolute rules; ``alone``: why nothing is compared."""
    figures = scores.all.metrics
    rules = absolute_rules(figures, gates)
    report = Report(
        verdict=verdict_of(rules),
        head=head,
        scores=scores,
        rules=rules,
        feasible_margin=_feasible(scores, gates),
        coverage=coverage,
        retired=tuple(retired),
        alone=alone,
        notes=tuple(notes),
    )
    return with_next(report)


def judge_change(
    judge: Judge, base: Scores, head: Scores, *, coverage: Coverage, notes: Sequence[str] = ()
) -> Report:
    """Judge a proposal; ``base`` and ``head`` are the replays of ``judge.audited`` with both tables."""
    proposal = judge.proposal
    sides = proposal.base.registry, proposal.head.registry
    attribution = Attribution(judge.changes, *sides, judge.evidence)
    rules = blamed_rules(judge, attribution)
    lost, gained = _cell_moves(judge)
    missed = missed_when_landed(proposal)
    report = Report(
        verdict=verdict_of(rules),
        head=proposal.head,
        scores=head,
        rules=rules,
        feasible_margin=_feasible(head, judge.gates),
        coverage=coverage,
        retired=tuple(proposal.head.store.retired.values()),
        comparison=Comparison(
            base=proposal.base,
            scores=base,
            known=_known(proposal),
            unchanged=not proposal.judged_files,
            renames=renamed_calls(
                renames(proposal.base.registry, proposal.head.registry), judge.pair
            ),
            changes=attribution.effects,
            movers=movers(judge.pair),
            lost=lost,
            gained=gained,
            retired=proposal.moves.retired,
            corrected=proposal.corrections,
            acknowledged=answered(judge),
            since_anchor=since_anchor(proposal),
            missed_when_landed=missed,
            another_split=judge.another_split,
        ),
        restored=proposal.restored,
        notes=(
            *notes,
            *([note_on(missed)] if missed else []),
            *([_ANOTHER_SPLIT] if judge.another_split else []),
        ),
    )
    return with_next(report)


_ANOTHER_SPLIT: Final = "The same predictions under another split of prices and margins: for the rules nothing changed."


def _known(proposal: Proposal) -> Known | None:
    moved = proposal.moves.judged
    if moved is None:
        return None
    return Known(moved, proposal.base_alone.figures)


def _feasible(scores: Scores, gates: Gates) -> FeasibleMargin | None:
    if scores.all.metrics is None:
        return None
    return feasible_margin(scores.base_tokens, scores.takes_margin, scores.calls, gates.limits)


def _cell_moves(judge: Judge) -> tuple[tuple[CellMove, ...], tuple[CellMove, ...]]:
    """By what head predicts them with, as its coverage counts them."""
    proposal = judge.proposal
    sides = (proposal.base_audited, proposal.head_audited)
    if sides[0] is sides[1]:
        return (), ()
    before, after = (placed_by(audited, proposal.head.table) for audited in sides)
    moves = [
        CellMove(*cell, *(count_of(side.get(cell, ())) for side in (before, after)))
        for cell in sorted({*before, *after})
    ]
    return (
        tuple(move for move in moves if move.head.samples < move.base.samples),
        tuple(move for move in moves if move.head.samples > move.base.samples),
    )
