"""What the page predicts and measures is what Python does, for stored calls and drawn ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coefgate.core.trees import FolderTree
from coefgate.core.vocabulary import MAX_CHARGED_BYTES, MAX_TOKENS, OPERATIONS, Deliverable
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import limits_of, moved
from coefgate.registry.reading import read_registry
from coefgate.replay.evidence import Evidence
from coefgate.replay.strata import DIMENSIONS, groups
from coefgate.samples.model import Sample
from coefgate.samples.reading import read_samples
from coefgate.samples.status import Audited, audit
from coefgate.whatif.live_data import live_data
from tests.browser.arithmetic import Arithmetic, Steps, assert_agree, assert_figures
from tests.frozen_registry import BY_HAND
from tests.registry.builders import registry, with_sizes
from tests.registry.semantics_2 import large, rule
from tests.replay.builders import sample
from tests.repository_files import ROOT

STORED: Final = {"shipped": ROOT, "by hand": BY_HAND, "airun": ROOT / "examples/airun"}
EVERYTHING: Final = replace(
    with_sizes(large((rule("1.2", "claude-opus-*", "gpt-5"), rule("2", "*-4"))), "doc", 1000),
    output_mode="full_file",
    applies_to=("*",),
)


def stored(folder: Path) -> tuple[Coefficients, Evidence]:
    tree = FolderTree(folder)
    read = read_registry(tree)
    return read, Evidence(audit(read_samples(tree), scope=read.gates.scope, unit=read.unit))


def changes(one: Coefficients) -> st.SearchStrategy[Steps]:
    """Any numbers in the place of some; those of no cell rise with the complexity."""
    return st.dictionaries(st.sampled_from(list(one.numbers)), st.none(), max_size=4).flatmap(
        lambda keys: st.fixed_dictionaries(
            {key: _near(limits_of(one, key), one.numbers[key].steps) for key in keys}
        )
    )


def _near(limits: tuple[int, int], steps: int) -> st.SearchStrategy[int]:
    low, high = limits
    near = st.integers(max(low, steps * 2 // 3), min(high, steps * 3 // 2 + 1))
    return near | st.integers(low, high) | st.sampled_from(limits)


@pytest.mark.parametrize("folder", STORED.values(), ids=STORED)
def test_stored_calls(arithmetic: Arithmetic, folder: Path) -> None:
    read, evidence = stored(folder)

    @settings(max_examples=4)
    @given(st.lists(changes(read), min_size=15, max_size=15))
    def agree(several: list[Steps]) -> None:
        assert_agree(arithmetic, read, evidence, [{}, *several])

    agree()


OTHER_CALLS: Final = st.builds(
    sample,
    st.integers(1, 2**64),
    st.integers(1, 30_000) | st.integers(1, 1_000_000),
    category=st.sampled_from((None, "docs", "documentation", "tests", "database", "unheard-of")),
    complexity=st.sampled_from((None, "low", "high", "unheard-of")),
    deliverables=st.lists(
        st.builds(
            Deliverable,
            st.sampled_from(("README.md", "src/app.py", "test_app.py")),
            st.sampled_from(OPERATIONS),
            st.none() | st.integers(0, 20_000),
        ),
        max_size=3,
        unique_by=lambda one: one.path,
    ).map(tuple),
    model=st.sampled_from((None, "claude-opus-4", "claude-haiku-4", "gpt-5", "other")),
    output_mode=st.sampled_from((None, "full_file", "patch")),
    run_id=st.just("run"),
    phase_id=st.sampled_from(("one", "two", "three")),
    attempt=st.integers(1, 3),
    truncated=st.booleans(),
)


SEVERAL: Final = st.lists(OTHER_CALLS, max_size=12, unique_by=lambda one: one.id)


def scored(calls: list[Sample]) -> Evidence:
    """Evidence of calls that are all scored, those that were truncated as cut off."""
    return Evidence(
        [Audited(one, "censored" if one.truncated else "eligible", "") for one in calls]
    )


@settings(max_examples=25)
@given(SEVERAL, st.lists(changes(EVERYTHING), min_size=1, max_size=6))
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
