"""Who predicts the calls of a report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coefgate.replay.scores import Scores, Unseen, replay
from coefgate.reports.charts.sides import sides
from tests.replay.builders import predicted, sample, table


def _scores(margin: int = 1000) -> Scores:
    return replay(predicted([sample(1, 550), sample(2, 1100)], table(margin)))


def _names(scores: Scores, base: Scores | None = None) -> list[str]:
    return [name for name, _ in sides(scores, base)]


def test_a_base_counts_where_it_predicts_otherwise() -> None:
    assert _names(_scores()) == _names(_scores(), _scores()) == ["today"]
    assert _names(_scores(), _scores(1200)) == ["head", "base"]
    (_, head), (_, base) = sides(_scores(), _scores(1200))
    assert (head.calls.predicted.tolist(), base.calls.predicted.tolist()) == (
        [1100, 1100],
        [1320, 1320],
    )


def test_unseen_runs_come_last() -> None:
    scores = _scores()
    unseen = Unseen(None, scores.all, np.array([True, True]), {})
    assert _names(replace(scores, unseen=unseen), _scores(1200)) == ["head", "base", "unseen runs"]
    assert _names(replace(scores, unseen=replace(unseen, run=None))) == ["today"]
