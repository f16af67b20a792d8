"""Baselines beside the scores of a registry: by hand, and against the plain definition."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coefgate.calibration.baseline_figures import (
    NO_MARGIN,
    NO_PRIOR,
    NO_UNSEEN,
    Baselines,
    baselines_of,
)
from coefgate.calibration.baselines import category_p95
from coefgate.calibration.unseen import UnseenReader
from coefgate.registry.compilation import table_of
from coefgate.replay.evidence import Evidence
from coefgate.replay.scores import replay
from coefgate.samples.model import Sample
from tests.calibration.builders import free, tuning
from tests.registry.builders import value
from tests.replay.builders import audited, sample


def _evidence(samples: list[Sample]) -> Evidence:
    return Evidence(audited(samples))


def _told(found: Baselines) -> dict[tuple[str, str], list[int] | str]:
    return {
        (one.predictor, one.seen): one.reason
        if one.calls is None
        else one.calls.predicted.tolist()
        for one in found.figures
    }


def test_without_a_procedure_one_number_covers_what_the_limit_leaves() -> None:
    calls = [sample(n, 100 * n) for n in range(1, 11)]
    found = baselines_of(replay(_evidence(calls).predicted(table_of(free()))), free())
    # 0.9 lies halfway between the middles of the ninth and the tenth call: √(900 × 1,000). The
    # 95th percentile is the tenth: 1,000 × 1.15.
    assert _told(found) == {
        ("constant", "fitted"): [949] * 10,
        ("category-p95", "fitted"): [1150] * 10,
    }


def test_under_a_procedure_they_predict_unseen_calls_and_know_its_files_alone() -> None:
    calls = [
        *(sample(n, 100 * n, run_id=f"r{n}", phase_id=f"p{n}") for n in (1, 2, 3)),
        sample(4, 900, run_id="r4", phase_id="p4", file="samples/other/undated-00000000.jsonl"),
    ]
    one = replace(free(), tuning=tuning({}, level=Fraction(1, 2), prior_margin=Fraction(2)))
    scores = replay(_evidence(calls).predicted(table_of(one)))
    reader = UnseenReader(scores.predicted.evidence).of(one, table_of(one))
    assert reader is not None
    told = _told(baselines_of(replace(scores, unseen=reader.figures), one))
    # Halfway between the other two, as logarithms; all three are known where the fourth is out.
    out = [245, 174, 142, 200]
    by_hand = [345, 345, 230, 345]
    assert told == {
        ("constant", "fitted"): [200] * 4,
        ("constant", "unseen-phase"): out,
        ("constant", "unseen-run"): out,
        ("category-p95", "fitted"): [345] * 4,
        ("category-p95", "unseen-phase"): by_hand,
        ("category-p95", "unseen-run"): by_hand,
        ("published", "as-is"): [2 * 150] * 4,
    }


def test_unseen_ones_are_of_the_calls_that_have_such_a_prediction() -> None:
    calls = [sample(n, 100 * n, phase_id=f"p{n}") for n in (1, 2, 3)]
    given = replace(free(), tuning=tuning({}))
    for rows, expected in (([True, False, True], 2), ([False] * 3, NO_UNSEEN)):
        found = _told(Baselines(_evidence(calls), given, given.tuning, np.array(rows)))
        predicted = found["category-p95", "unseen-phase"]
        assert (predicted if isinstance(predicted, str) else len(predicted)) == expected
        assert found["published", "as-is"] == NO_MARGIN


def test_another_attempt_was_published_as_a_call_like_any_other() -> None:
    attempts = [sample(n, 500 * n, run_id="r", phase_id="p", attempt=n) for n in (1, 2)]
    given = replace(
        free(),
        semantics=2,
        retry={
            "after_complete": value("retry.after_complete", 3),
            "after_cut_off": value("retry.after_cut_off", 3),
        },
        tuning=tuning({}, prior_margin=Fraction(2)),
    )
    found = _told(Baselines(_evidence(attempts), given, given.tuning))
    assert found["published", "as-is"] == [2 * 150] * 2


def test_numbers_without_a_prior_were_not_published() -> None:
    stated = replace(tuning({}, prior_margin=Fraction(1)), prior={})
    found = Baselines(_evidence([sample(1, 100)]), free(), stated)
    assert _told(found)["published", "as-is"] == NO_PRIOR


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3000), st.sampled_from(["tests", "testing", "docs", "x"]), st.booleans()
        ),
        min_size=1,
        max_size=40,
    )
)
def test_the_95th_percentile_of_each_category_is_that_of_its_known_calls(
    rows: list[tuple[int, str, bool]],
) -> None:
    evidence = _evidence([sample(n, row[0], category=row[1]) for n, row in enumerate(rows)])
    known = np.array([row[2] for row in rows])
    found = category_p95(evidence, free())(known)
    if not known.any():
        assert found is None
        return
    assert found is not None
    names = free().canonical_category
    for at, (_, label, _) in enumerate(rows):
        those = [
            tokens
            for tokens, other, is_known in rows
            if is_known and names.get(other, other) == names.get(label, label)
        ]
        most = sorted(those or [tokens for tokens, _, is_known in rows if is_known])
        assert found[at] == ceil(
            most[ceil(Fraction(95, 100) * len(most)) - 1] * Fraction(115, 100)
        )
