"""What fits and predictions are made once, while many heads are held against one base."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from coefgate.gates.proposal import Compiled
from coefgate.registry.key import Key
from coefgate.registry.numbers import StoredWhenSet
from coefgate.replay.evidence import Evidence, Predicted

if TYPE_CHECKING:
    from coefgate.calibration.unseen import UnseenCalls, UnseenReader

_KEPT: Final = 100
"""Sides whose unseen predictions are kept: a search tries thousands."""


class TrialFits:
    """What is fitted and predicted once, however many heads are tried."""

    def __init__(self) -> None:
        self._readers: dict[Evidence, UnseenReader] = {}
        self._predicted: dict[tuple[Evidence, str], Predicted] = {}
        self._unseen: dict[object, tuple[Compiled, UnseenCalls | None]] = {}

    def _reader(self, evidence: Evidence) -> UnseenReader:
        """The unseen predictions of an evidence."""
        from coefgate.calibration.unseen import UnseenReader  # noqa: PLC0415 (where values change)

        return self._readers.setdefault(evidence, UnseenReader(evidence))

    def unseen(
        self,
        evidence: Evidence,
        side: Compiled,
        stored_when_set: StoredWhenSet,
        *,
        by_hand: frozenset[Key],
        priors: tuple[Key, ...] = (),
    ) -> UnseenCalls | None:
        """Those of one side: every rule asks for them. ``by_hand``: what decides when it was set.

        The sides that are kept stay alive, so that no other one has their identity.
        """
        asked = evidence, id(side.registry), id(side.table), by_hand, priors
        if asked not in self._unseen:
            found = self._reader(evidence).of(*side, stored_when_set, priors)
            if len(self._unseen) >= _KEPT:
                self._unseen.clear()
            self._unseen[asked] = side, found
        return self._unseen[asked][1]

    def predicted(self, evidence: Evidence, name: str, side: Compiled) -> Predicted:
        """What an accepted state of this name predicts."""
        return self._predicted.setdefault((evidence, name), evidence.predicted(side.table))
