"""Simulated calls: the same to the byte, as the model says, and never taken for stored ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.calibration.noise import Noise
from coefgate.calibration.simulation import (
    CallModel,
    CallRequest,
    draw,
    drawn_samples,
    lines_of,
)
from coefgate.core.vocabulary import MAX_TOKENS, Deliverable
from coefgate.registry.compilation import table_of
from coefgate.registry.numbers import rises
from coefgate.replay.evidence import Evidence
from coefgate.samples.acceptance import accepted_fields, content_faults
from coefgate.samples.attempts import previous_attempts
from tests.calibration.builders import OVERHEAD, cut_off, free
from tests.calibration.hindsight import moved_to_hit
from tests.calibration.simulations import model
from tests.registry.builders import moved
from tests.replay.builders import audited, sample

ONE = (CallRequest("tests", "low", (Deliverable("a.py", "create"),)),)  # 110 + 40


def _lines(of: CallModel, calls: int, seed: int) -> bytes:
    return lines_of(drawn_samples(of, draw(of, calls, seed), seed=seed))


def test_the_same_seed_gives_the_same_bytes_and_others_give_others() -> None:
    noisy = model(Noise(0.4, tail=3, phase_effect=0.2), ceiling=400, calls_per_phase=2)
    assert _lines(noisy, 50, 7) == _lines(noisy, 50, 7)
    assert _lines(noisy, 50, 7) != _lines(noisy, 50, 8)
    assert (draw(noisy, 9, 7).need != draw(noisy, 9, 7, stream=1).need).any()


def test_needs_are_those_of_numpys_frozen_generator() -> None:
    # 150 × exp(0.5 × the third to fifth normal of this generator: after one run and one phase).
    drawn = draw(replace(model(Noise(0.5), calls_per_phase=3), mix=ONE), 3, 7)
    random = np.random.RandomState([7, 0])
    random.standard_normal(2)
    random.randint(0, 1, 1)
    assert drawn.need.tolist() == np.rint(150 * np.exp(0.5 * random.standard_normal(3))).tolist()
    assert drawn.need.tolist() == [84, 131, 101]


def test_a_truth_without_noise_needs_what_it_predicts_before_its_margin() -> None:
    of = model(Noise(0))
    for call in drawn_samples(of, draw(of, 40, 3), seed=3, paths="real"):
        (predicted,) = Evidence(audited([call])).calls(table_of(of.truth)).predicted
        assert call.actual_output_tokens == predicted  # whose margins are 1


def test_calls_of_a_phase_and_of_a_run_share_their_effects() -> None:
    by_phase = replace(model(Noise(0, phase_effect=1), calls_per_phase=4), mix=ONE)
    drawn = draw(by_phase, 40, 1)
    assert [len(set(drawn.need[drawn.phase == at].tolist())) for at in range(10)] == [1] * 10
    assert len(set(drawn.need.tolist())) > 5
    by_run = replace(by_phase, noise=Noise(0, run_effect=1), phases_per_run=5)
    assert [*Counter(draw(by_run, 40, 1).need.tolist()).values()] == [20, 20]
    names = {
        one.run_id: one.phase_id for one in drawn_samples(by_run, draw(by_run, 40, 1), seed=1)
    }
    assert names == {"run-1": "run-1-phase-5", "run-2": "run-2-phase-5"}


def test_calls_of_a_phase_ask_for_the_same_and_every_sort_is_asked_for() -> None:
    of = model(Noise(0.1), calls_per_phase=3)
    drawn = draw(of, 600, 1)
    assert all(len(set(drawn.asked[drawn.phase == at].tolist())) == 1 for at in range(200))
    assert set(drawn.asked.tolist()) == set(range(len(of.mix)))


def test_a_call_above_its_ceiling_is_cut_off_there() -> None:
    free_of = model(Noise(0.8))
    limited = replace(free_of, ceiling=300)
    samples = drawn_samples(limited, draw(limited, 80, 2), seed=2)
    needs = draw(free_of, 80, 2).need.tolist()
    assert [one.actual_output_tokens for one in samples] == [min(need, 300) for need in needs]
    assert [one.truncated for one in samples] == [need > 300 for need in needs]
    assert {(one.truncated, one.success, one.stop_reason) for one in samples} == {
        (True, False, "max_tokens"),
        (False, True, "end_turn"),
    }


def test_no_call_is_larger_than_calls_can_be() -> None:
    beyond = replace(model(Noise(10, tail=2.1)), mix=ONE)
    samples = drawn_samples(beyond, draw(beyond, 300, 1), seed=1)
    tokens = [one.actual_output_tokens for one in samples]
    assert (min(tokens), max(tokens)) == (1, MAX_TOKENS)
    assert all(one.truncated for one in samples if one.actual_output_tokens == MAX_TOKENS)


def test_lines_are_valid_and_not_scored_unless_they_are_said_to_be_real() -> None:
    of = model(Noise(0.5), ceiling=300, calls_per_phase=2)
    drawn = draw(of, 60, 4)
    for line in _lines(of, 60, 4).splitlines(keepends=True):
        fields = accepted_fields(line)
        assert fields is not None
        assert content_faults(fields, "simulated") == []
    marked = audited(drawn_samples(of, drawn, seed=4))
    assert {one.status for one in marked} == {"synthetic"}
    real = audited(drawn_samples(of, drawn, seed=4, paths="real"))
    assert {one.status for one in real} == {"eligible", "censored", "duplicate"}
    assert previous_attempts(real) == {}  # none is a second try


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mix": ()}, "the mix is empty"),
        ({"ceiling": 0}, "ceiling is 0; it must be from 1 to 1,000,000"),
        ({"calls_per_phase": 0}, "calls_per_phase is 0; it must be at least one"),
        ({"phases_per_run": -1}, "phases_per_run is -1"),
    ],
)
def test_what_no_call_can_be_drawn_from_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(model(Noise(0.4)), **fields)


# --- A registry that is moved by hand


def test_an_overhead_moves_until_its_calls_are_hit() -> None:
    # One new file is 40: of 140, 240 … 1,040 nine in ten are within the overhead 900.
    calls = [sample(n, 40 + 100 * n) for n in range(1, 11)]
    found = moved_to_hit(free(), Evidence(audited(calls)))
    assert found.numbers[OVERHEAD].number == 900
    assert (
        moved_to_hit(free(), Evidence(audited(calls)), Fraction(1, 2)).numbers[OVERHEAD].number
        == 500
    )
    # The next complexities rise with it, and nothing else moves.
    numbers = {key.name: int(one.number) for key, one in found.numbers.items()}
    assert (numbers["tests.medium"], numbers["tests.high"]) == (900, 900)
    assert (numbers["docs.low"], numbers["marginal.create.backend"]) == (100, 40)


def test_a_margin_is_taken_into_account_and_a_call_that_was_cut_off_asks_for_more() -> None:
    # × 1.5: 300 are predicted by a base of 200, so that the overhead is 160.
    by_margin = moved(free(), {"margin.default": Fraction(3, 2)})
    found = moved_to_hit(by_margin, Evidence(audited([sample(1, 300)])))
    assert found.numbers[OVERHEAD].number == 160
    cut = moved_to_hit(by_margin, Evidence(audited([cut_off(1, 300)])))
    assert cut.numbers[OVERHEAD].number == 161


@given(
    st.lists(
        st.tuples(
            st.integers(1, 30_000),
            st.sampled_from(["tests", "docs"]),
            st.sampled_from(["low", "medium", "high"]),
            st.integers(1, 4),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_with_a_share_of_one_no_call_is_missed(rows: list[tuple[int, str, str, int]]) -> None:
    calls = [
        sample(n, actual, category=category, complexity=at, creates=files)
        for n, (actual, category, at, files) in enumerate(rows)
    ]
    evidence = Evidence(audited(calls))
    found = moved_to_hit(free(), evidence, Fraction(1))
    assert rises(found)
    assert (evidence.calls(table_of(found)).predicted >= evidence.actual).all()
