"""A replay: which calls are counted where, by hand, on a registry with round predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coefgate.core.problems import INVALID, InvalidInput
from coefgate.replay.evidence import Evidence
from coefgate.replay.figures import Figures
from coefgate.replay.metrics import metrics
from coefgate.replay.scores import Scores, StratumFigures, replay
from coefgate.replay.strata import DIMENSIONS
from coefgate.samples.model import Sample
from coefgate.samples.reading import StoredIds
from tests.replay import brute_force
from tests.replay.builders import audited, predicted, sample, table

NOBODY_KNOWS = "git is not here"
NOTHING = StoredIds((), 0.0)
NEW_YEAR = datetime.fromisoformat("2026-01-01T00:00:00Z").timestamp()
AFTER, BEFORE = "2026-01-01T01:00:01+01:00", "2025-12-31T23:59:59Z"


def _replay(samples: Sequence[Sample], **options: Any) -> Scores:
    return replay(predicted(samples, table()), **options)


def _arrived(scores: Scores) -> tuple[int, int]:
    """How many calls are later found, and how many prospective."""
    later = scores.later
    assert later.later_found is not None
    assert later.prospective is not None
    return len(later.later_found.calls.phase), len(later.prospective.calls.phase)


def _strata(scores: Scores) -> dict[tuple[str, str], tuple[int, int] | None]:
    """Eligible and censored calls by stratum."""

    def counts(stratum: StratumFigures) -> tuple[int, int] | None:
        found = stratum.figures.metrics
        return (found.samples, found.censored) if found else None

    return {(stratum.dimension, stratum.value): counts(stratum) for stratum in scores.strata}


# --- What is scored


def test_every_call_is_predicted_and_scored() -> None:
    scores = _replay(
        [
            sample(1, 1000),  # 1,000 + 100 = 1,100
            sample(2, 550, complexity="medium", creates=0, modifies=4),  # 2,000 + 4 × 50 = 2,200
            sample(3, 1100, truncated=True),
            sample(4, 3300, success=False),
            sample(5, 100, paths="synthetic"),
        ]
    )
    assert [
        (call.audited.sample.id[-1], call.predicted, call.basis) for call in scores.scored
    ] == [
        ("1", 1100, "exact"),
        ("2", 2200, "exact"),
        ("3", 1100, "exact"),
        ("4", 1100, "exact"),
    ]
    assert [call.waste_ratio for call in scores.scored] == [
        Fraction(11, 10),
        4,
        None,
        Fraction(1, 3),
    ]
    # 200 × 100 / 2100 = 9.523810, 200 × 1650 / 2750 = 120, cut off, 200 × 2200 / 4400 = 100
    assert [call.smape for call in scores.scored] == [Fraction(9_523_810, 10**6), 120, None, 100]

    found = scores.all.metrics
    assert found is not None
    assert (found.samples, found.censored, found.phases) == (
        2,
        1,
        3,
    )  # the failed call is not among them
    assert found.smape_mean == Fraction(129_523_810, 2 * 10**6)
    assert (found.misses, found.undecided) == (1, 0)  # predicted 1,100, cut off at 1,100
    rows = brute_force.rows(scores.predicted.calls)
    assert [(row.predicted, row.actual, row.censored) for row in rows] == [
        (1100, 1000, False),
        (2200, 550, False),
        (1100, 1100, True),
    ]
    assert len({row.phase for row in rows}) == 3


def test_predictions_are_taken_after_margin_and_ceiling() -> None:
    scores = replay(predicted([sample(1, 1000, creates=1, modifies=1)], table(margin=1333)))
    # 1,150 × 1.333 = 1,532.95
    assert scores.scored[0].predicted == 1533
    assert scores.by_margin.at(1000).tolist() == [1150]


def test_a_call_without_deliverables_takes_no_margin() -> None:
    scores = replay(predicted([sample(1, 1000), sample(2, 1000, creates=0)], table(margin=2000)))
    assert [call.predicted for call in scores.scored] == [2200, 8000]
    assert scores.by_margin.at(1000).tolist() == [1100, 8000]
    assert scores.by_margin.at(3000).tolist() == [3300, 8000]


def test_what_cannot_be_looked_up_is_predicted_by_the_fallback() -> None:
    scores = _replay([sample(1, 1000, category="testing"), sample(2, 1000, category="music")])
    assert [(call.predicted, call.basis) for call in scores.scored] == [
        (1100, "alias"),
        (3100, "fallback"),
    ]


def test_without_a_sample_nothing_is_measured() -> None:
    scores = _replay([], by=DIMENSIONS, known=NOTHING)
    assert scores.all.metrics is None
    assert scores.without_differs.metrics is None
    assert not scores.all.intervals
    assert (scores.strata, scores.predictors, scores.scored) == ((), (), ())
    assert _arrived(scores) == (0, 0)


def test_where_git_cannot_tell_nobody_counts_what_came_in_later() -> None:
    later = _replay([sample(1, 1000)], known=None).later
    assert (later.parts, later.measurable) == ({"later_found": None, "prospective": None}, {})


def test_failed_calls_alone_are_nothing_to_measure() -> None:
    scores = _replay([sample(1, 1000, success=False)])
    assert scores.all.metrics is None
    assert len(scores.scored) == 1


# --- What cannot be scored


def test_an_eligible_call_without_tokens_is_an_error_that_names_it() -> None:
    # Reading refuses such a line; whoever makes samples in another way gets the same answer.
    samples = [sample(1, 1000), sample(12, 0), sample(11, 0, file="samples/here/other.jsonl")]
    with pytest.raises(InvalidInput) as caught:
        _replay(samples)
    assert caught.value.exit_code == INVALID
    rest = (
        "; a call that is scored has at least one output token. "
        "Retire it in samples/retired.yaml, or supersede it by a line with the tokens "
        "billed."
    )
    assert str(caught.value).splitlines() == [
        f"{samples[at].file}:{line}:1  actual_output_tokens is 0 in sample {samples[at].id}{rest}"
        for at, line in ((2, 11), (1, 12))
    ]


def test_a_failed_call_without_tokens_is_shown_and_harms_nobody() -> None:
    samples = [sample(1, 1000), sample(2, 2000, success=False), sample(3, 0, success=False)]
    scores = _replay(samples, by=("success",))
    assert (scores.scored[2].predicted, scores.scored[2].smape, scores.scored[2].waste_ratio) == (
        1100,
        None,
        None,
    )
    assert _strata(scores) == {
        ("success", "failed"): (1, 0),
        ("success", "failed without a token"): None,
        ("success", "succeeded"): (1, 0),
    }


def test_a_cut_off_call_without_tokens_is_undecided() -> None:
    found = _replay([sample(1, 1000), sample(2, 0, truncated=True)]).all.metrics
    assert found is not None
    assert (found.misses, found.undecided) == (0, 1)


# --- The order of the samples

ANY_CALL = st.builds(
    sample,
    st.integers(1, 10**6),
    st.integers(1, 5000),
    creates=st.integers(0, 6),
    modifies=st.integers(0, 3),
    category=st.sampled_from(["tests", "testing", "docs", "music"]),
    complexity=st.sampled_from(["low", "medium", "high"]),
    phase_id=st.one_of(st.none(), st.integers(0, 20).map(str)),
    success=st.booleans(),
    truncated=st.sampled_from([False, False, False, True]),
    reply_matches=st.sampled_from(["same_files", "differs"]),
    predicted_output_tokens=st.one_of(st.none(), st.integers(0, 5000)),
    predicted_by=st.sampled_from([None, "A", "B"]),
)
ANY_CALLS = st.lists(ANY_CALL, max_size=30, unique_by=lambda one: one.id)


@settings(max_examples=25)
@given(ANY_CALLS, st.randoms(use_true_random=False))
def test_the_order_of_the_samples_changes_no_figure_and_no_interval(
    samples: list[Sample], random: Any
) -> None:
    stored = audited(samples)
    shuffled = list(stored)
    random.shuffle(shuffled)
    first, second = (
        replay(Evidence(each).predicted(table()), by=DIMENSIONS, known=NOTHING)
        for each in (stored, shuffled)
    )
    for name in ("all", "without_differs", "later", "strata", "predictors"):
        assert getattr(first, name) == getattr(second, name)
    assert [one.intervals for one in _all_figures(first)] == [
        one.intervals for one in _all_figures(second)
    ]
    assert set(first.scored) == set(second.scored)


def _all_figures(scores: Scores) -> list[Figures]:
    strata = (stratum.figures for stratum in scores.strata)
    return [scores.all, scores.without_differs, *scores.later.measurable.values(), *strata]


@settings(max_examples=25)
@given(ANY_CALLS)
def test_the_strata_of_a_dimension_share_out_the_calls(samples: list[Sample]) -> None:
    stored = audited(samples)
    scores = replay(Evidence(stored).predicted(table()), by=DIMENSIONS)
    statuses = [one.status for one in stored]
    for dimension in DIMENSIONS:
        found = [counts for (name, _), counts in _strata(scores).items() if name == dimension]
        eligible = sum(counts[0] for counts in found if counts)
        assert eligible == statuses.count("eligible") + (dimension == "success") * statuses.count(
            "failed"
        )


def test_calls_of_one_phase_have_its_number_whatever_other_phases_there_are() -> None:
    samples = [
        sample(1, 10, phase_id="b"),
        sample(2, 10, phase_id="a"),
        sample(3, 10, phase_id="b"),
    ]
    first, other, again = Evidence(audited(samples)).phase.tolist()
    assert first == again != other
    assert Evidence(audited(samples[:1])).phase.tolist() == [first]


def test_calls_of_unknown_phase_are_phases_of_their_own_and_origins_are_kept_apart() -> None:
    samples = [
        *(sample(1, 10, phase_id=None), sample(2, 10, phase_id=None)),
        *(sample(3, 10, phase_id="a"), sample(4, 10, phase_id="a", origin="there")),
    ]
    found = _replay(samples).all.metrics
    assert found is not None
    assert found.phases == 4


# --- Strata


def test_success_and_failure_are_never_mixed() -> None:
    samples = [
        *(sample(1, 1000), sample(2, 500, truncated=True, success=False)),
        *(sample(3, 2000, success=False), sample(4, 2000, category="docs", success=False)),
    ]
    scores = _replay(samples, by=("category", "success"))
    assert _strata(scores) == {
        ("category", "tests"): (1, 1),  # docs has failed calls only, and no stratum
        ("success", "cut off"): None,  # its reply failed, so it may not stand among the successes
        ("success", "failed"): (2, 0),
        ("success", "succeeded"): (1, 0),
    }
    failed = scores.strata[2].figures.metrics
    assert failed is not None
    assert failed.underestimation_rate == 1  # 1,100 predicted, 2,000 needed


def test_aliases_are_one_category_and_unknown_labels_keep_their_name() -> None:
    samples = [
        *(sample(1, 10), sample(2, 10, category="testing"), sample(3, 10, category="music")),
        sample(4, 10, category="testing", truncated=True),
    ]
    expected = {("category", "music"): (1, 0), ("category", "tests"): (2, 1)}
    assert _strata(_replay(samples, by=("category",))) == expected


@pytest.mark.parametrize(
    ("files", "value"),
    [(0, "0"), (1, "1"), (2, "2"), (3, "3–4"), (4, "3–4"), (5, "5+"), (6, "5+"), (100, "5+")],
)
def test_numbers_of_deliverables(files: int, value: str) -> None:
    scores = _replay([sample(1, 10, creates=files)], by=("deliverables",))
    assert _strata(scores) == {("deliverables", value): (1, 0)}


@pytest.mark.parametrize(
    ("creates", "modifies", "value"),
    [(2, 0, "create"), (0, 2, "modify"), (1, 1, "mixed"), (0, 0, "none")],
)
def test_operations(creates: int, modifies: int, value: str) -> None:
    scores = _replay([sample(1, 10, creates=creates, modifies=modifies)], by=("operation",))
    assert _strata(scores) == {("operation", value): (1, 0)}


def test_strata_come_in_the_order_asked_for_and_complexity_rises() -> None:
    samples = [sample(n, 10, complexity=name) for n, name in enumerate(("high", "low", "medium"))]
    strata = _strata(_replay(samples, by=("model", "complexity")))
    assert list(strata) == [
        ("model", "unknown"),
        *(("complexity", "low"), ("complexity", "medium"), ("complexity", "high")),
    ]


def test_a_stratum_of_cut_off_calls_is_shown_and_has_no_figures() -> None:
    samples = [sample(1, 10), sample(2, 10, category="docs", truncated=True)]
    assert _strata(_replay(samples, by=("category",))) == {
        ("category", "docs"): None,
        ("category", "tests"): (1, 0),
    }


def test_figures_are_given_without_replies_that_differ() -> None:
    samples = [
        *(sample(1, 1100), sample(2, 1100, reply_matches="unknown")),
        *(
            sample(3, 100, reply_matches="differs"),
            sample(4, 100, reply_matches="differs", truncated=True),
        ),
    ]
    scores = _replay(samples)
    assert scores.all.metrics is not None
    assert (scores.all.metrics.samples, scores.all.metrics.censored) == (3, 1)
    without = scores.without_differs.metrics
    assert without is not None
    assert (without.samples, without.censored, float(without.smape_mean)) == (2, 0, 0.0)


# --- Old against new


def test_stored_predictions_against_these_coefficients() -> None:
    samples = [
        # predicted 1,100 today: SMAPE 0; 3,300 then: 200 × 2200 / 4400 = 100
        sample(1, 1100, predicted_output_tokens=3300, predicted_by="B"),
        # 200 × 200 / 2000 = 20 today; 300 then: 200 × 600 / 1200 = 100, a miss
        sample(2, 900, predicted_output_tokens=300, predicted_by="B"),
        # 0 today; nothing predicted then: 200, a miss
        sample(3, 1100, predicted_output_tokens=0, predicted_by="A"),
        sample(4, 1100),  # no prediction stored
        sample(5, 1100, predicted_output_tokens=1, predicted_by="A", success=False),
        sample(6, 1100, predicted_output_tokens=1, predicted_by="A", truncated=True),
    ]
    comparison = _replay(samples).predictors
    assert [(one.predicted_by, one.new.samples) for one in comparison] == [
        ("A", 1),
        ("B", 2),
        ("all", 3),
    ]
    assert [(one.old.smape_mean, one.new.smape_mean) for one in comparison] == [
        (200, 0),
        (100, 10),
        (Fraction(400, 3), Fraction(20, 3)),
    ]
    assert [one.old.underestimation_rate for one in comparison] == [
        1,
        Fraction(1, 2),
        Fraction(2, 3),
    ]
    assert [one.old.waste_median for one in comparison] == [0, Fraction(5, 3), Fraction(1, 3)]


def test_a_prediction_of_nobody_knows_whom() -> None:
    comparison = _replay([sample(1, 1100, predicted_output_tokens=1100)]).predictors
    assert [one.predicted_by for one in comparison] == ["unknown", "all"]


def test_without_stored_predictions_there_is_no_comparison() -> None:
    assert _replay([sample(1, 1100)]).predictors == ()


# --- What came in later


def test_nobody_knows_what_came_in_later() -> None:
    later = _replay([sample(1, 10)], unknown_because=NOBODY_KNOWS).later
    assert (later.later_found, later.prospective, later.reason) == (None, None, NOBODY_KNOWS)


def test_a_prospective_call_is_newer_than_every_call_that_was_known() -> None:
    first, *later = (
        sample(n, 1100, observed_at=at)
        for n, at in enumerate((BEFORE, BEFORE, "2026-01-01T00:00:00Z", None, AFTER))
    )
    scores = _replay([first, *later], known=StoredIds({first.id}, NEW_YEAR))
    assert _arrived(scores) == (3, 1)


def test_no_call_that_was_known_is_prospective() -> None:
    known = sample(1, 1100, observed_at=AFTER)
    assert _arrived(_replay([known], known=StoredIds({known.id}, NEW_YEAR))) == (0, 0)


def test_nine_phases_are_not_enough() -> None:
    samples = [sample(n, 1100, observed_at=AFTER, phase_id=f"phase-{n % 9}") for n in range(100)]
    scores = _replay(samples, known=NOTHING)
    assert _arrived(scores) == (0, 100)
    assert scores.later.measurable == {}


def test_ten_phases_have_figures_of_their_own() -> None:
    numbers = count(1)
    before = [sample(next(numbers), 550) for _ in range(5)]  # SMAPE 200 × 550 / 1650 = 66.7
    later = [sample(next(numbers), 1100, observed_at=AFTER) for _ in range(9)]
    cut_off = [sample(next(numbers), 2000, observed_at=AFTER, truncated=True) for _ in range(2)]
    failed = [sample(next(numbers), 2000, observed_at=AFTER, success=False) for _ in range(3)]
    known = StoredIds({one.id for one in before}, NEW_YEAR)
    measurable = _replay([*before, *later, *cut_off, *failed], known=known).later.measurable
    assert set(measurable) == {"prospective"}
    found = measurable["prospective"].metrics
    assert found is not None
    assert (found.samples, found.censored, float(found.smape_mean)) == (9, 2, 0.0)
    assert found.underestimation_rate == Fraction(2, 11)
    assert measurable["prospective"].intervals["smape_mean"] is not None


def test_calls_that_are_found_later_have_figures_apart() -> None:
    found = [sample(n, 550, observed_at=BEFORE) for n in range(10)]
    new = [sample(n, 1100, observed_at=AFTER) for n in range(10, 20)]
    scores = _replay([*found, *new], known=StoredIds((), NEW_YEAR))
    figures = {name: part.metrics for name, part in scores.later.measurable.items()}
    assert {name: one and round(float(one.smape_mean), 1) for name, one in figures.items()} == {
        "later_found": 66.7,
        "prospective": 0.0,
    }


def test_a_call_arrives_with_its_first_line() -> None:
    first, told_again, other = (sample(n, 1100) for n in (1, 2, 3))
    copied = replace(told_again, duplicate_of=first.id)
    corrections = [
        replace(sample(n, 1100), supersedes=of.id) for n, of in ((4, first), (5, copied))
    ]
    chain = replace(sample(6, 1100), supersedes=corrections[0].id)
    given = [first, copied, *corrections, chain, other]
    assert _arrived(_replay(given, known=StoredIds({first.id}, NEW_YEAR))) == (1, 0)
    assert _arrived(_replay(given, known=StoredIds({corrections[0].id}, NEW_YEAR))) == (2, 0)


def test_an_id_that_is_no_longer_stored_changes_nothing() -> None:
    samples = [sample(n, 1100) for n in range(1, 11)]
    scores = _replay(samples, known=StoredIds(["gone"], NEW_YEAR))
    assert scores.later.measurable["later_found"].metrics == metrics(scores.predicted.calls)
