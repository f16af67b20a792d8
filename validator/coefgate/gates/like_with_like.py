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
from typing import TYPE_CHECKING, Literal

import numpy as np

from coefgate.changes.change import Change
from coefgate.gates.proposal import Compiled, Proposal
from coefgate.gates.unseen import Hidden, Sides
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import StoredWhenSet
from coefgate.replay.evidence import AddedUp, Evidence, Pair, Predicted, pair_of
from coefgate.replay.metrics import Booleans, metrics
from coefgate.replay.uses import Uses

if TYPE_CHECKING:
    from coefgate.calibration.unseen import UnseenCalls, UnseenReader

Alike = Literal["fitted", "unseen", "first-fit"]


class UnseenSides:
    """The calls of one evidence as registries predict them that do not know them."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence

    @cached_property
    def _reader(self) -> UnseenReader:
        from coefgate.calibration.unseen import UnseenReader  # noqa: PLC0415 (where values change)

        return UnseenReader(self.evidence)

    def of(self, side: Compiled, set_by_hand: StoredWhenSet) -> UnseenCalls | None:
        """As the procedure of a registry predicts them; ``None`` where it has none."""
        return None if side.registry.tuning is None else self._reader.of(*side, set_by_hand)

    def pair(self, base: Compiled, head: Compiled, set_by_hand: StoredWhenSet) -> Pair:
        """Per call what neither side knew; what both fit where one has no such prediction."""
        fitted = [self.evidence.calls(side.table) for side in (base, head)]
        sides = [self.of(side, set_by_hand) for side in (base, head)]
        found = [side.phase if side else None for side in sides]
        if sides[0] and sides[1] and found[0] is not None and found[1] is not None:
            has = sides[0].has & sides[1].has
            fitted = [
                replace(known, predicted=np.where(has, one.predicted, known.predicted))
                for one, known in zip(filter(None, found), fitted, strict=True)
            ]
        before, after = fitted
        return Pair(self.evidence, before, after, metrics(before), metrics(after))

    def both(
        self, base: Compiled, head: Compiled, set_by_hand: StoredWhenSet, new: Booleans | None
    ) -> Iterator[Sides]:
        """The same calls by both, none of which head knows.

        ``new``: where base has no procedure, the calls that came in after its values; ``None``
        where nobody knows which, or there are none.
        """
        before, after = self.of(base, set_by_hand), self.of(head, set_by_hand)
        if after is None:
            return
        if before is None:
            if after.phase is not None:
                rows = after.has if new is None else after.has & new
                known = self.evidence.calls(base.table)
                left = "fitted" if new is None else "later"
                yield Sides(left, known.where(rows), after.phase.where(rows))  # type: ignore[arg-type]
            return
        has = before.has & after.has
        if before.phase is not None and after.phase is not None:
            yield Sides("phase", before.phase.where(has), after.phase.where(has))
        if before.run is not None and after.run is not None:
            yield Sides("run", before.run.where(has), after.run.where(has))


class LikeWithLike:
    """What of a proposal is held against what; ``head`` is the proposed side, or one tried."""

    def __init__(self, proposal: Proposal) -> None:
        self._proposal = proposal
        self._base = Compiled(proposal.base.registry, proposal.base.table)
        self._known: dict[tuple[Evidence, str], Predicted] = {}
        self._on: dict[Evidence, UnseenSides] = {}

    def kind(self, head: Coefficients, *, moved: bool) -> Alike:
        """Where a procedure comes in first, nothing is alike."""
        if head.tuning is None or not self.values_change(head, moved=moved):
            return "fitted"
        return "first-fit" if self._base.registry.tuning is None else "unseen"

    def values_change(self, head: Coefficients, *, moved: bool) -> bool:
        """Is any call predicted otherwise (``moved``), or by another procedure?"""
        sides = (one.tuning and one.tuning.gives_by for one in (self._base.registry, head))
        before, after = sides
        return moved or before != after

    def unseen_by(
        self, evidence: Evidence, side: Compiled, found: Sequence[Change] = ()
    ) -> UnseenCalls | None:
        """The calls of an evidence as the procedure of a side predicts them unseen."""
        return self._sides(evidence).of(side, self._set_by_hand(found, side.registry))

    def hidden(self, evidence: Evidence, head: Compiled, found: Sequence[Change]) -> Hidden:
        """How many calls have no unseen prediction, as numbers were set by hand after them."""
        sides = self.unseen_by(evidence, self._base), self.unseen_by(evidence, head, found)
        base, after = (0 if one is None else int((~one.has).sum()) for one in sides)
        return Hidden(base, after, len(evidence.samples))

    def pair(self, evidence: Evidence, head: Compiled, found: Sequence[Change]) -> Pair:
        """The calls of an evidence that neither side knows."""
        set_by_hand = self._set_by_hand(found, head.registry)
        return self._sides(evidence).pair(self._base, head, set_by_hand)

    def both(
        self, evidence: Evidence, head: Compiled, found: Sequence[Change]
    ) -> tuple[Sides, ...]:
        """What the rule ``unseen`` compares."""
        known = self._proposal.known_to_base() if self._base.registry.tuning is None else None
        new = None if known is None else evidence.new_to(known)
        if new is not None and not new.any():
            new = None
        set_by_hand = self._set_by_hand(found, head.registry)
        return tuple(self._sides(evidence).both(self._base, head, set_by_hand, new))

    def added_up(
        self,
        evidence: Evidence,
        head: Compiled,
        accepted: Sequence[tuple[str, Compiled]],
        kind: Alike,
        found: Sequence[Change],
    ) -> AddedUp | None:
        """Head against the ``accepted`` states since the anchor, the last of which is base.

        ``None`` where none of them is like head.
        """
        if kind == "fitted":
            now = evidence.predicted(head.table)
            known = ((name, self._predicted(evidence, name, one)) for name, one in accepted)
            pairs = [(name, pair_of(before, now)) for name, before in known]
        else:
            sides, set_by_hand = (
                self._sides(evidence),
                self._set_by_hand(found, head.registry),
            )
            alike = [one for one in accepted if kind == "unseen" and one[1].registry.tuning]
            pairs = [(name, sides.pair(one, head, set_by_hand)) for name, one in alike]
        if not pairs:
            return None
        *since, (_, last) = pairs
        return AddedUp(tuple(since), last)

    def by_hand(self, found: Sequence[Change], head: Coefficients) -> frozenset[Key]:
        """Numbers that head changes and that its procedure does not give."""
        if head.tuning is None:
            return frozenset()
        return frozenset(
            change.key
            for change in found
            if isinstance(change.key, Key)
            and isinstance(change.head, Fraction)
            and change.base != change.head
            and head.numbers[change.key].basis.kind != "fit"
            and not self._proposal.returned(change)
        )

    def _set_by_hand(self, found: Sequence[Change], head: Coefficients) -> StoredWhenSet:
        """What the proposal changes, and what was changed before it."""
        changed = self.by_hand(found, head)

        def stored(
            numbers: Mapping[Key, Fraction],
        ) -> Mapping[Key, Collection[str] | None]:
            before = {key: number for key, number in numbers.items() if key not in changed}
            known = self._proposal.stored_when_set(before) if before else {}
            return {**known, **{key: None for key in numbers if key in changed}}

        return stored

    def calls_by_hand(
        self, evidence: Evidence, head: Compiled, found: Sequence[Change]
    ) -> tuple[tuple[Change, int], ...]:
        """Those changes, each with how many calls use the number."""
        keys = self.by_hand(found, head.registry)
        if not keys:
            return ()
        uses = Uses(evidence.counts(head.table), head.registry)
        changed = ((one, one.key) for one in found if isinstance(one.key, Key))
        counted = ((one, int(uses.of(key).sum())) for one, key in changed if key in keys)
        return tuple((change, calls) for change, calls in counted if calls and change.base)

    def _predicted(self, evidence: Evidence, name: str, side: Compiled) -> Predicted:
        """What an accepted state predicts, once however many heads are tried."""
        return self._known.setdefault((evidence, name), evidence.predicted(side.table))

    def _sides(self, evidence: Evidence) -> UnseenSides:
        return self._on.setdefault(evidence, UnseenSides(evidence))
