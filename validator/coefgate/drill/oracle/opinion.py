"""Is a change of coefficients a regression? Decided by a replay of the drill's own.

It shares no code with the replay and the rules of the gate: written after
docs/reference/metrics.md and docs/reference/gates.md, in plain Python. Two readings of one
contract that agree are worth more than one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import starmap
from typing import Any

from coefgate.drill.fileset import GATES, REGISTRY, Fileset, StoredLine
from coefgate.drill.oracle import differences, figures
from coefgate.drill.oracle.attempts import TriedBefore, attempts_before
from coefgate.drill.oracle.evidence import counting, scored
from coefgate.drill.oracle.figures import METRIC_RULES, ExactFigures, is_missed, limit
from coefgate.drill.oracle.prediction import predictor_of

_ReplayedLines = tuple[tuple[StoredLine, int], ...]
"""Calls, and what is predicted for each."""


@dataclass(frozen=True)
class Opinion:
    """A proposal beside its base, which has thresholds and scope; head may add samples."""

    base: Fileset
    head: Fileset

    @cached_property
    def _gates(self) -> Any:
        return self.base.document(GATES)

    @cached_property
    def _every_call(self) -> tuple[StoredLine, ...]:
        if self.head.stored == self.base.stored and self.head.retired == self.base.retired:
            return scored(self.base)
        return counting(self.base, (*self.base.stored, *self.head.stored), self.head.retired)

    def _replay(self, side: Fileset, calls: tuple[StoredLine, ...]) -> _ReplayedLines:
        return _replayed(side, calls, self._attempts(calls))

    def _attempts(self, calls: Sequence[StoredLine]) -> tuple[TriedBefore | None, ...]:
        """What was tried before each, among the calls of base or of the whole change."""
        if not any("retry" in side.document(REGISTRY) for side in (self.base, self.head)):
            return (None,) * len(calls)
        alone = tuple(calls) == scored(self.base)
        found = self._known_attempts if alone else self._every_attempt
        return tuple(found.get(call.id) for call in calls)

    @cached_property
    def _known_attempts(self) -> Mapping[str, TriedBefore]:
        return attempts_before(self.base.stored, self.base.retired)

    @cached_property
    def _every_attempt(self) -> Mapping[str, TriedBefore]:
        return attempts_before((*self.base.stored, *self.head.stored), self.head.retired)

    @cached_property
    def broken(self) -> frozenset[str]:
        """The rules that the change breaks, of those that a change of coefficients can break."""
        base, head = predictor_of(self.base), predictor_of(self.head)
        too_far = limit(self._gates["rules"], "swing", "factor_from")
        moved = (
            *differences.moved_numbers(base, head).values(),
            *differences.moved_prices(base, head),
        )
        every, known = self._every_call, scored(self.base)
        finished = [call for call in every if not call.censored]
        before = self._attempts(finished)
        both = (every,) if known is every else (every, known)
        together, *alone = (set(self._metric(of)) for of in both)
        others = {
            "diluted": any(more - together - self._missed(every) for more in alone),
            "unmeasured": any(
                name not in self._given
                for name in differences.unmeasured(base, head, finished, before)
            ),
            "swing": any(differences.factor(*pair) >= too_far for pair in moved)
            or any(differences.left_interval(base, head)),
        }
        if self._by_procedure:
            others["fit-claims"] = any(differences.not_given(base, head))
            used = predictor_of(self.head).used_by(every)
            others["unseen"] = any(name in used for name in differences.by_hand(base, head))
        else:
            others["stratum-regression"] = any(map(self._strata_lose, both))
        return frozenset(together).union(rule for rule, is_broken in others.items() if is_broken)

    @property
    def measured(self) -> frozenset[str]:
        """The rules that the change breaks on stored calls.

        That a number is not the one which they give is among them.
        """
        return self.broken & {*METRIC_RULES, "stratum-regression", "diluted", "fit-claims"}

    @cached_property
    def decided(self) -> bool:
        """Is there no rule of which the drill cannot know what it says?

        Where a procedure answers for numbers, calls are predicted by fits that do not know them,
        and the drill makes none: it knows only that a change which moves no call moves no fit.
        """
        every = self._every_call
        return not self._by_procedure or (
            self._replay(self.base, every) == self._replay(self.head, every)
        )

    @property
    def _by_procedure(self) -> bool:
        """Are unseen predictions held against each other, and not the fitted ones?"""
        return self.base.has_procedure and self.head.has_procedure

    @cached_property
    def _given(self) -> frozenset[str]:
        """The numbers for which a procedure answers, and no call need."""
        if not self.head.has_procedure:
            return frozenset()
        return predictor_of(self.head).fitted

    def _missed(self, of: tuple[StoredLine, ...]) -> set[str]:
        """The metric rules whose limit head misses, where only its procedure knows what follows.

        None without a procedure: then ``_metric`` knows it.
        """
        if not self._by_procedure:
            return set()
        return set(figures.misses(_figures(self._replay(self.head, of)), self._gates["rules"]))

    def figures(self, side: Fileset, *, added: bool) -> ExactFigures | None:
        """The figures of one side's coefficients; ``added``: with the change's samples."""
        return _figures(self._replay(side, self._every_call if added else scored(self.base)))

    @property
    def flattered(self) -> bool:
        """Do the change's samples alone make a figure of base's better, beyond any chance?"""
        return self._flattery > 1

    @property
    def may_flatter(self) -> bool:
        """Do they make one better by so much that it may be more than chance?"""
        return self._flattery > 0

    @cached_property
    def _flattery(self) -> int:
        """1: a figure gains more than chance usually gives; 2: more than it ever gives."""
        known = {one.id for one in self.base.stored}
        every = self._replay(self.base, self._every_call)
        old = tuple(pair for pair in every if known & {pair[0].id, pair[0].fields["supersedes"]})
        most = limit(self._gates["rules"], "flattered", "better_by_above")
        # What is done to known calls is a choice, and none of chance's.
        if any(gain > most for gain in self._gains(old).values()):
            return 2
        more = {figure: gain for figure, gain in self._gains(every).items() if gain > most}
        chance = figures.by_chance(old, len(every) - len(old)) if more else {}
        beyond = (
            sum(gain > luck for luck in chance.get(figure, (0, 0)))
            for figure, gain in more.items()
        )
        return max(beyond, default=0)

    def _gains(self, replay: _ReplayedLines) -> dict[str, Fraction]:
        """What base's figures gain on these; for waste without new ones that are missed."""
        known = {call.id for call in scored(self.base)}
        kept = tuple(pair for pair in replay if pair[0].id in known or not is_missed(*pair))
        return figures.gains(
            self.figures(self.base, added=False), _figures(replay), _figures(kept)
        )

    def _metric(self, of: tuple[StoredLine, ...]) -> Iterable[str]:
        """The metric rules that head breaks; what base misses must not get worse.

        Under a procedure that is asked of unseen predictions, so there it is left out.
        """
        was, now = self._replay(self.base, of), self._replay(self.head, of)
        if was == now:
            return ()
        limits = self._gates["rules"]
        before, after = _figures(was), _figures(now)
        missed, found = figures.misses(before, limits), figures.misses(after, limits)
        strict = self._gates.get("when_base_misses", "require-no-worse") == "require-pass"
        if before is None or after is None or strict or set(found) - set(missed):
            return found
        if self._by_procedure:
            return ()
        old, new = figures.distances(before, limits), figures.distances(after, limits)
        steps = {rule: list(zip(old[rule], new[rule], strict=True)) for rule in missed}
        falls, rises = (
            {
                rule: [was != now and (now > was) is up for was, now in pairs]
                for rule, pairs in steps.items()
            }
            for up in (False, True)
        )
        # Where neither end of a rate rises, no call is cut off that was not before.
        ends_hold = {rule for rule in missed if len(old[rule]) > 1 and not any(rises[rule][1:])}
        no_worse = {rule for rule in missed if not rises[rule][0]} | ends_hold
        is_better = any(
            falls[rule][0] or (rule in ends_hold and any(falls[rule])) for rule in no_worse
        )
        return [rule for rule in found if not is_better or rule not in no_worse]

    def _strata_lose(self, of: tuple[StoredLine, ...]) -> bool:
        was, now = self._replay(self.base, of), self._replay(self.head, of)
        steps = [
            (call, before, after) for (call, before), (_, after) in zip(was, now, strict=True)
        ]
        rules = self._gates["rules"]
        fewest = limit(rules, "stratum-regression", "phases_from")
        slices = (figures.strata(side, of, fewest) for side in (self.base, self.head))
        return any(figures.loses([steps[n] for n in at], rules) for at in set().union(*slices))


@lru_cache(maxsize=256)
def _replayed(
    side: Fileset, calls: tuple[StoredLine, ...], before: tuple[TriedBefore | None, ...]
) -> _ReplayedLines:
    """Many proposals are held against one base, and several rules ask for the same calls."""
    predict = predictor_of(side).of_call
    return tuple(
        (call, predict(call, attempt)[0]) for call, attempt in zip(calls, before, strict=True)
    )


@lru_cache(maxsize=64)
def _figures(replay: _ReplayedLines) -> ExactFigures | None:
    return figures.figures(list(starmap(figures.deviation, replay)))
