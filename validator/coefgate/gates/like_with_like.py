"""Like is compared with like: both sides as they fit the calls, or both as they do not know them.

A procedure's fit is flattered by the calls that it knows, the more so the closer it follows them.
So where both states have a procedure, relative rules hold their unseen predictions against each
other; calls that have none are held against each other as both sides fit them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from coefgate.changes.change import Change
from coefgate.gates.moved_priors import MovedPrior, moved_priors
from coefgate.gates.proposal import Compiled, Proposal
from coefgate.gates.refits import Refit, is_given_first, refit_of
from coefgate.gates.trial_fits import TrialFits
from coefgate.gates.unseen import Hidden, Left, Sides, ThreeSides
from coefgate.registry.intervals import Intervals
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.replay.evidence import AddedUp, Evidence, Pair, pair_of
from coefgate.replay.metrics import Calls, metrics
from coefgate.replay.uses import Uses

if TYPE_CHECKING:
    from coefgate.calibration.unseen import UnseenCalls

Alike = Literal["fitted", "unseen", "first-fit", "refit"]
BY_FIT: Final[frozenset[Alike]] = frozenset(("first-fit", "refit"))
"""Where rules about fits decide, and metric rules are shown, with the misses that head states."""


class LikeWithLike:
    """What of a proposal is held against what.

    ``head``: the proposed side, or one tried, which differs from base in ``found``.
    """

    def __init__(
        self, proposal: Proposal, head: Compiled, found: Sequence[Change], fits: TrialFits
    ) -> None:
        self._proposal, self._head, self._found, self._fits = proposal, head, found, fits
        self._base = Compiled(proposal.base.registry, proposal.base.table)

    def kind(self, *, moved: bool) -> Alike:
        """Where a procedure comes in first, nothing is alike; in a refit calls choose it all."""
        if self._head.registry.tuning is None or not self.values_change(moved=moved):
            return "fitted"
        if self._base.registry.tuning is None:
            return "first-fit"
        return "refit" if self.refit else "unseen"

    @cached_property
    def refit(self) -> Refit | None:
        """Do calls choose every number, by base's procedure?"""
        head, by_hand = self._head.registry, self._by_hand
        return refit_of(self._proposal, head, self._found, by_hand)

    @property
    def steps(self) -> tuple[Change, ...]:
        """The changes that are steps from something: not the numbers that a first fit gives."""
        sides = self._base.registry, self._head.registry
        given = (self.refit == "first" and is_given_first(one, *sides) for one in self._found)
        return tuple(one for one, its in zip(self._found, given, strict=True) if not its)

    def values_change(self, *, moved: bool) -> bool:
        """Is any call predicted otherwise (``moved``), or by another procedure?"""
        sides = (one.registry.tuning for one in (self._base, self._head))
        before, after = (one and one.gives_by for one in sides)
        return moved or before != after

    def unseen(self, evidence: Evidence, side: Compiled | None = None) -> UnseenCalls | None:
        """The calls as the procedure of head, or of another ``side``, predicts them unseen."""
        side = self._head if side is None else side
        if side.registry.tuning is None:
            return None
        priors = self._priors if side is self._head else ()
        return self._unseen(evidence, side, priors)

    def _unseen(
        self, evidence: Evidence, side: Compiled, priors: tuple[Key, ...] = ()
    ) -> UnseenCalls | None:
        stored = self._stored_when_set
        return self._fits.unseen(evidence, side, stored, by_hand=self._by_hand, priors=priors)

    def intervals(self, evidence: Evidence) -> Intervals | None:
        """What head's procedure measures on the samples that it names, whatever priors changed.

        ``tune`` states them, and does not know what the proposal is held against.
        """
        found = self._unseen(evidence, self._head)
        measured = found and found.intervals
        return measured if isinstance(measured, Intervals) else None

    def given(self, evidence: Evidence) -> tuple[Coefficients, ...]:
        """What head's procedure gives on the samples that it names, then on other machines."""
        found = self.unseen(evidence)
        if found is None:
            return ()
        from coefgate.calibration.edges import beside_edges  # noqa: PLC0415 (where values change)

        procedure = found.procedure.moving_from(self._base.registry)
        return procedure.proposed, *beside_edges(procedure)

    def hidden(self, evidence: Evidence) -> Hidden:
        """How many calls have no unseen prediction, as numbers were set by hand after them."""
        alone = LikeWithLike(self._proposal, self._base, (), self._fits)
        sides = alone.unseen(evidence), self.unseen(evidence)
        base, head = (0 if one is None else int((~one.has).sum()) for one in sides)
        return Hidden(base, head, len(evidence.samples))

    def pair(self, evidence: Evidence, base: Compiled | None = None) -> Pair:
        """Per call what neither side knew; what both fit where one has no such prediction."""
        base = self._base if base is None else base
        fitted = [evidence.calls(side.table) for side in (base, self._head)]
        sides = [self.unseen(evidence, side) for side in (base, self._head)]
        found = [side.phase if side else None for side in sides]
        if sides[0] and sides[1] and found[0] is not None and found[1] is not None:
            has = sides[0].has & sides[1].has
            fitted = [
                replace(known, predicted=np.where(has, one.predicted, known.predicted))
                for one, known in zip(filter(None, found), fitted, strict=True)
            ]
        before, after = fitted
        return Pair(evidence, before, after, metrics(before), metrics(after))

    def both(self, evidence: Evidence) -> Iterator[Sides]:
        """The same calls by both, none of which head knows: what the rule ``unseen`` compares.

        Where base has no procedure, those that came in after its values; all where there are none,
        or nobody knows which.
        """
        before, after = self.unseen(evidence, self._base), self.unseen(evidence)
        if after is None:
            return
        if before is None:
            if after.phase is not None:
                known = self._proposal.known_to_base()
                new = None if known is None else evidence.new_to(known)
                later = new is not None and bool(new.any())
                rows = after.has & new if later and new is not None else after.has
                of_base = evidence.calls(self._base.table).where(rows)
                yield Sides("later" if later else "fitted", of_base, after.phase.where(rows))
            return
        has = before.has & after.has
        if before.phase is not None and after.phase is not None:
            yield Sides("phase", before.phase.where(has), after.phase.where(has))
        if before.run is not None and after.run is not None:
            yield Sides("run", before.run.where(has), after.run.where(has))

    def both_since(
        self, evidence: Evidence, accepted: tuple[str, Compiled]
    ) -> Iterator[ThreeSides]:
        """The same calls by an ``accepted`` state, by base and by head, none of which head knows.

        None where base has no procedure, or is that state.
        """
        name, first = accepted
        before = self.unseen(evidence, first)
        base, head = self.unseen(evidence, self._base), self.unseen(evidence)
        if before is None or base is None or head is None or before is base:
            return
        has = before.has & base.has & head.has
        by_unit: tuple[tuple[Left, Sequence[Calls | None]], ...] = (
            ("phase", [one.phase for one in (before, base, head)]),
            ("run", [one.run for one in (before, base, head)]),
        )
        for left, calls in by_unit:
            known = [one.where(has) for one in calls if one is not None]
            if has.any() and len(known) == len(calls):
                yield ThreeSides(name, left, *known)

    def added_up(
        self, evidence: Evidence, accepted: Sequence[tuple[str, Compiled]], kind: Alike
    ) -> AddedUp | None:
        """Head against the ``accepted`` states since the anchor, the last of which is base.

        ``None`` where none of them is like head.
        """
        if kind == "fitted":
            now = evidence.predicted(self._head.table)
            known = ((name, self._fits.predicted(evidence, name, one)) for name, one in accepted)
            pairs = [(name, pair_of(before, now)) for name, before in known]
        else:
            alike = [one for one in accepted if kind == "unseen" and one[1].registry.tuning]
            pairs = [(name, self.pair(evidence, one)) for name, one in alike]
        if not pairs:
            return None
        *since, (_, last) = pairs
        return AddedUp(tuple(since), last)

    @cached_property
    def _by_hand(self) -> frozenset[Key]:
        """Numbers that head changes and that its procedure does not give."""
        head = self._head.registry
        if head.tuning is None:
            return frozenset()
        return frozenset(
            change.key
            for change in self._found
            if isinstance(change.key, Key)
            and isinstance(change.head, Fraction)
            and change.base != change.head
            and head.numbers[change.key].basis.kind != "fit"
            and not self._proposal.returned(change)
        )

    @cached_property
    def _priors(self) -> tuple[Key, ...]:
        """Fitted numbers that start from another prior than base's."""
        return moved_priors(self._base.registry, self._head.registry)

    def _stored_when_set(
        self, numbers: Mapping[Key, Fraction]
    ) -> Mapping[Key, Collection[str] | None]:
        """What the proposal changes, and what was changed before it."""
        before = {key: number for key, number in numbers.items() if key not in self._by_hand}
        known = self._proposal.stored_when_set(before) if before else {}
        return {**known, **{key: None for key in numbers if key in self._by_hand}}

    def calls_by_hand(self, evidence: Evidence) -> tuple[tuple[Change, int], ...]:
        """Changes of such numbers, each with how many calls use the number."""
        if not self._by_hand:
            return ()
        uses = Uses(evidence.counts(self._head.table), *self._head)
        changed = ((one, one.key) for one in self._found if isinstance(one.key, Key))
        counted = ((one, int(uses.of(key).sum())) for one, key in changed if key in self._by_hand)
        return tuple((change, calls) for change, calls in counted if calls and change.base)

    def priors(self, evidence: Evidence) -> tuple[MovedPrior, ...]:
        """Numbers with another prior that calls use."""
        if not self._priors:
            return ()
        uses = Uses(evidence.counts(self._head.table), *self._head)
        numbers = (one for one in self._found if isinstance(one.head, Fraction))
        changed = {one.key: one for one in numbers if one.base != one.head}
        counted = ((key, int(uses.of(key).sum())) for key in self._priors)
        return tuple(MovedPrior(key, n, changed.get(key)) for key, n in counted if n)
