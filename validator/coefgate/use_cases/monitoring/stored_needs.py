"""What stored samples needed of predictions that do not know them: the reference of drift."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from coefgate.calibration.residuals import Residuals, residuals_of
from coefgate.calibration.unseen import UnseenReader
from coefgate.replay.evidence import Evidence
from coefgate.replay.state import State


def stored_needs(state: State) -> Mapping[str, Residuals]:
    """By the digest of a registry, each sample's residual; none where no call was scored.

    With a procedure, each is predicted by a fit without its phase; without one, or where fits know
    all, as the registry predicts it.
    """
    evidence = Evidence(state.audited())
    if not evidence.samples:
        return {}
    unseen = UnseenReader(evidence).of(state.registry, state.table)
    if unseen is not None and unseen.phase is not None:
        return {state.digest: unseen.residuals}
    # A call for which nothing is predicted counts as if it were a token.
    predicted = np.maximum(evidence.calls(state.table).predicted, 1)
    return {state.digest: residuals_of(evidence, predicted, state.table)}
