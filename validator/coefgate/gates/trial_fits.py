"""What fits and predictions are made once, while many heads are held against one base."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coefgate.gates.proposal import Compiled
from coefgate.replay.evidence import Evidence, Predicted

if TYPE_CHECKING:
    from coefgate.calibration.unseen import UnseenReader


class TrialFits:
    """What is fitted and predicted once, however many heads are tried."""

    def __init__(self) -> None:
        self._readers: dict[Evidence, UnseenReader] = {}
        self._predicted: dict[tuple[Evidence, str], Predicted] = {}

    def reader(self, evidence: Evidence) -> UnseenReader:
        """The unseen predictions of an evidence."""
        from coefgate.calibration.unseen import UnseenReader  # noqa: PLC0415 (where values change)

        return self._readers.setdefault(evidence, UnseenReader(evidence))

    def predicted(self, evidence: Evidence, name: str, side: Compiled) -> Predicted:
        """What an accepted state of this name predicts."""
        return self._predicted.setdefault((evidence, name), evidence.predicted(side.table))
