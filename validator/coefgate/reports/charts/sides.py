"""Who predicts the calls of a report: the registry, its base where that differs, unseen runs."""

from __future__ import annotations

import numpy as np

from coefgate.replay.figures import Figures
from coefgate.replay.scores import Scores


def other_base(scores: Scores, base: Scores | None) -> Scores | None:
    """The base, if it predicts any of the same calls otherwise."""
    if base is None:
        return None
    same = np.array_equal(base.predicted.calls.predicted, scores.predicted.calls.predicted)
    return None if same else base


def sides(scores: Scores, base: Scores | None = None) -> tuple[tuple[str, Figures], ...]:
    """The registry first, then ``base`` and calls of unseen runs, where there are any."""
    base = other_base(scores, base)
    run = None if scores.unseen is None else scores.unseen.run
    found = (
        ("today" if base is None else "head", scores.all),
        ("base", None if base is None else base.all),
        ("unseen runs", run),
    )
    return tuple((name, figures) for name, figures in found if figures is not None)
