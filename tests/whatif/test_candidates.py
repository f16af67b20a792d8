"""Candidates are predicted together as each is by itself, with sizes of files in the sums too."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.vocabulary import OPERATIONS, Deliverable
from coefgate.registry.compilation import table_of
from coefgate.registry.numbers import limits_of, moved
from coefgate.replay.counts import counts_matrix, predict
from coefgate.samples.model import Sample
from coefgate.whatif.candidates import Candidate, predictions
from tests.registry.builders import registry, with_sizes
from tests.replay.builders import sample

SIZED: Final = replace(
    with_sizes(with_sizes(registry()), "doc", 1000, assumed=999), output_mode="full_file"
)

calls = st.builds(
    sample,
    st.just(1),
    st.just(1),
    category=st.sampled_from((None, "docs", "tests", "unheard-of")),
    complexity=st.sampled_from(("low", "high")),
    deliverables=st.lists(
        st.builds(
            Deliverable,
            st.sampled_from(("a.md", "a.py", "test_a.py")),
            st.sampled_from(OPERATIONS),
            st.none() | st.integers(0, 10_000),
        ),
        max_size=4,
    ).map(tuple),
    output_mode=st.sampled_from((None, "full_file", "patch")),
)


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    key = draw(st.sampled_from(list(SIZED.numbers)))
    return Candidate(key, draw(st.integers(*limits_of(SIZED, key))))


@given(st.lists(candidates(), min_size=1, max_size=5), st.lists(calls, max_size=4))
def test_together_as_each_by_itself(several: list[Candidate], found: list[Sample]) -> None:
    counts = counts_matrix(found, table_of(SIZED))
    together = predictions(several, SIZED, counts)
    for row, one in zip(together.tolist(), several, strict=True):
        table = table_of(moved(SIZED, {one.key: one.number}))
        assert row == predict(counts_matrix(found, table), table).tolist()
