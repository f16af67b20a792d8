"""A proposal: the accepted state and the proposed one, and what lies between them. Data only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, NamedTuple

from coefgate.changes.change import Change, Content
from coefgate.changes.sample_moves import (
    Correction,
    SampleMoves,
    corrections,
    judged_store,
    sample_moves,
)
from coefgate.core.table import Table
from coefgate.gates.erasures import Erasures
from coefgate.registry.compilation import digest_of, table_of
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import StoredWhenSet
from coefgate.replay.evidence import Evidence, Predicted
from coefgate.replay.state import State
from coefgate.samples.links import corrected_lines, leads_to
from coefgate.samples.model import SampleStore, order_key
from coefgate.samples.status import SCORED, Audited, audit, ever_scored

JUDGED: Final = ("coefficients/", "samples/")
"""Folders of what is judged."""


class Compiled(NamedTuple):
    """A registry, and the table that is made of it."""

    registry: Coefficients
    table: Table


@dataclass(frozen=True)
class Anchor:
    """What several changes together are held against, so that small steps do not add up unseen.

    ``state``: the older of the last release and the state before the last 20 accepted changes.
    ``registries``: commit and registry of every accepted state from there to base.
    """

    state: State
    registries: tuple[tuple[str, Coefficients], ...]

    @cached_property
    def sides(self) -> tuple[tuple[str, Compiled], ...]:
        """Their coefficients and procedures, the oldest first and equal ones once."""
        found = {
            (digest_of(one), one.tuning and one.tuning.gives_by): (
                name,
                Compiled(one, table_of(one)),
            )
            for name, one in reversed(self.registries)
        }
        return tuple(reversed(found.values()))

    @cached_property
    def first_procedure(self) -> tuple[str, Compiled] | None:
        """The oldest of them that has a procedure, with its commit."""
        known = ((name, one) for name, one in self.registries if one.tuning is not None)
        name, registry = next(known, (None, None))
        if name is None or registry is None:
            return None
        return name, Compiled(registry, table_of(registry))


@dataclass(frozen=True)
class Proposal:
    """Head against base.

    ``changed_files``: paths that differ, from the registry's root; ``../…`` outside of it.
    ``anchor``: ``None`` where it would be base itself. ``returned``: did the target branch once
    hold head's value? ``last``: what did it hold last under a name that base does not know?
    ``takes_back``: are these changes one accepted change as a whole, taken back? ``restored``: the
    commit whose digest head brings back, if that is all that it does. ``has_page``, ``had_page``:
    has head, had base such a file, from the registry's root or the top of its repository?
    ``untagged``: which of these versions have no tag here? ``stored_at``: when head was committed,
    or now, in seconds since 1970 UTC.
    ``stored_when_set``: the samples that were stored when base got each of these numbers.
    ``known_to_base``: the samples that were stored when base's values came in, ``None`` where
    nobody knows. ``misnamed``: files of samples that head adds without the hash of their content
    in the name, each with the right name. ``altered``: stored files that are gone or hold anything
    else. ``erasures``: the lines of base that head erases; where they are such, base holds those
    that stand in their place. ``base_without_calls``: was no call ever stored to be scored,
    neither at base nor before it?
    """

    base: State
    head: State
    changed_files: frozenset[str]
    anchor: Callable[[], Anchor | None]
    returned: Callable[[Change], bool]
    last: Callable[[Change], Content | None]
    takes_back: Callable[[Sequence[Change]], bool]
    restored: str | None
    has_page: Callable[[str], bool]
    had_page: Callable[[str], bool]
    untagged: Callable[[frozenset[str]], Sequence[str]]
    stored_at: Callable[[], float]
    stored_when_set: StoredWhenSet = lambda _: {}
    known_to_base: Callable[[], Collection[str] | None] = lambda: None
    misnamed: Mapping[str, str] = field(default_factory=dict)
    altered: frozenset[str] = frozenset()
    base_without_calls: Callable[[], bool] = lambda: False
    erasures: Erasures = field(default_factory=Erasures)

    @cached_property
    def moves(self) -> SampleMoves:
        """What happens to the stored samples."""
        return sample_moves(self.base.store, self.head.store)

    @cached_property
    def base_audited(self) -> tuple[Audited, ...]:
        """Base's samples, each with its status."""
        return self.base.audited()

    @cached_property
    def head_audited(self) -> tuple[Audited, ...]:
        """Head's samples, each with its status under base's scope."""
        return self._audited(self.head.store, self.head.registry.unit)

    @cached_property
    def judged_audited(self) -> tuple[Audited, ...]:
        """The samples that the change is judged on, each with its status under base's scope."""
        return self._audited(judged_store(self.base.store, self.head.store))

    @cached_property
    def corrections(self) -> tuple[Correction, ...]:
        """The calls of base that the change tells otherwise."""
        return corrections(self.moves, self.base_audited, self.head_audited)

    @cached_property
    def no_calls_yet(self) -> bool:
        """Was there never a call to be scored, neither here nor at base nor before it?"""
        head = self.head
        had_calls = ever_scored(head.store) or head.registry.is_measured
        return not had_calls and self.base_without_calls()

    @cached_property
    def base_alone(self) -> Predicted:
        """Base's samples without those that head adds, as base predicts them."""
        return Evidence(self.base_audited).predicted(self.base.table)

    @cached_property
    def anchor_audited(self) -> tuple[Audited, ...]:
        """The anchor's samples as they were told then, each with its status under base's scope."""
        anchor = self.anchor()
        return () if anchor is None else self._audited(anchor.state.store)

    @cached_property
    def anchored_audited(self) -> tuple[Audited, ...]:
        """The calls that the anchor scored, as they were told then, each with its status.

        What retires or corrects them since counts if it, and all before it, has a reason by name.
        """
        anchor = self.anchor()
        if anchor is None:
            return ()
        known, head = anchor.state.store, self.head.store
        gates = (self.base.registry.gates, self.head.registry.gates)
        answered = {one.subject for side in gates for one in (*side.corrected, *side.flattered)}
        ids = {sample.id: sample for sample in head.samples}
        scored = {one.sample.id for one in self.anchor_audited if one.status in SCORED}
        samples = {sample.id: sample for sample in known.samples}
        for name in sorted(answered & ids.keys()):
            since = [line for line in corrected_lines(ids[name], ids) if line.id not in samples]
            if leads_to(ids[name], scored, ids) and all(line.id in answered for line in since):
                samples |= {line.id: line for line in since}
        retired = {
            name: one
            for name, one in head.retired.items()
            if name in known.retired or one.subject in answered
        }
        store = SampleStore(tuple(sorted(samples.values(), key=order_key)), retired, head.erased)
        return tuple(
            one
            for one in self._audited(store)
            if one.status in SCORED
            and (one.sample.id in scored or one.sample.supersedes in samples)
        )

    def _audited(
        self, store: SampleStore, unit: Literal["call", "turn"] | None = None
    ) -> tuple[Audited, ...]:
        registry = self.base.registry
        if store is self.base.store and unit in {None, registry.unit}:
            return self.base_audited
        return audit(store, scope=registry.gates.scope, unit=unit or registry.unit)

    @property
    def judged_files(self) -> tuple[str, ...]:
        """The files of coefficients and samples that differ from base."""
        return tuple(sorted(file for file in self.changed_files if file.startswith(JUDGED)))

    @property
    def touches_values(self) -> bool:
        """Does the change touch anything that can change an estimate?"""
        return self.base.digest != self.head.digest
