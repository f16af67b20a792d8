"""What the page predicts and measures is what Python does, for stored calls and drawn ones."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coefgate.core.vocabulary import MAX_CHARGED_BYTES, MAX_TOKENS, Deliverable
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.numbers import moved
from coefgate.replay.evidence import Evidence
from coefgate.replay.strata import DIMENSIONS, groups
from coefgate.samples.model import Sample
from coefgate.whatif.live_data import live_data
from tests.browser.arithmetic import Arithmetic, Steps, assert_agree, assert_figures
from tests.browser.registries import CALLS, EVERYTHING, STORED, changes, scored, stored
from tests.registry.builders import registry, with_sizes
from tests.replay.builders import sample


@pytest.mark.parametrize("folder", STORED.values(), ids=STORED)
def test_stored_calls(arithmetic: Arithmetic, folder: Path) -> None:
    read, evidence = stored(folder)

    @settings(max_examples=4)
    @given(st.lists(changes(read), min_size=15, max_size=15))
    def agree(several: list[Steps]) -> None:
        assert_agree(arithmetic, read, evidence, [{}, *several])

    agree()


@settings(max_examples=25)
@given(CALLS, st.lists(changes(EVERYTHING), min_size=1, max_size=6))
def test_drawn_calls(arithmetic: Arithmetic, calls: list[Sample], several: list[Steps]) -> None:
    assert_agree(arithmetic, EVERYTHING, scored(calls), several)


def test_no_calls_at_all(arithmetic: Arithmetic) -> None:
    assert_agree(arithmetic, EVERYTHING, Evidence([]), [{}])


def test_calls_that_were_all_cut_off(arithmetic: Arithmetic) -> None:
    calls = [sample(at, 0 if at < 2 else 10_000 * at, truncated=True) for at in range(5)]
    assert_agree(arithmetic, EVERYTHING, scored(calls), [{}])


@pytest.mark.parametrize("undecided", [50, 51, 400])
def test_many_undecided_calls(arithmetic: Arithmetic, undecided: int) -> None:
    calls = [
        sample(at, 1000 + 37 * at % 60_000, truncated=at % 3 > 0 or at < 2)
        for at in range(2 * undecided)
    ]
    key = Key("margin")
    assert_agree(
        arithmetic, EVERYTHING, scored(calls), [{key: steps} for steps in range(1000, 9000, 97)]
    )


@pytest.mark.parametrize("files", [1, 700, 3000])
def test_the_largest_numbers_that_there_may_be(arithmetic: Arithmetic, files: int) -> None:
    """Predictions beyond 2^53 tokens, which no float tells apart."""
    sized = with_sizes(
        EVERYTHING, "doc", MAX_TOKENS, up_to=MAX_CHARGED_BYTES, assumed=MAX_CHARGED_BYTES
    )
    most = {key: key.ends[1] for key in sized.numbers}
    calls = [
        sample(
            at,
            1_000_000 - at,
            category="docs",
            model="gpt-5",
            deliverables=tuple(
                Deliverable(f"{number}.md", "modify", MAX_CHARGED_BYTES - at % 3)
                for number in range(files)
            ),
            truncated=at % 4 == 3,
        )
        for at in range(12)
    ]
    evidence = scored(calls)
    assert (evidence.calls(table_of(moved(sized, _numbers(most)))).predicted.max() > 2**53) == (
        files > 1
    )
    less = {key: high - 1 for key, high in most.items()}
    assert_agree(arithmetic, sized, evidence, [{}, most, less])


def _numbers(steps: Steps) -> Mapping[Key, Fraction]:
    return {key: key.number(one) for key, one in steps.items()}


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_slices(arithmetic: Arithmetic, dimension: str) -> None:
    read, evidence = stored(STORED["shipped"])
    calls = evidence.calls(table_of(read))
    [found] = arithmetic.measured(live_data(read, evidence), [{}], dimension)
    expected = groups(evidence, dimension, read.canonical_category)
    assert [one["label"] for one in found["strata"]] == list(expected)
    for one, rows in zip(found["strata"], expected.values(), strict=True):
        assert_figures(one, calls.where(rows))


def test_figures_are_written_so_that_they_are_on_their_side_of_a_limit(
    arithmetic: Arithmetic,
) -> None:
    """2,999 predicted for 1,000 is 2.999 beside a limit of 3, and not 3.00."""
    read, evidence = registry(), scored([sample(1, 1000, category="docs")])
    steps = {
        Key("overhead", ("docs", "low")): 1959,
        Key("margin", ("docs", "low")): 1500,
    }
    [found] = arithmetic.measured(live_data(read, evidence), [steps])
    assert [one["text"] for one in found["rules"]] == ["100.0", "0.0%", "3.00", "2.999"]
