"""Which calls rest on a number: just those whose price, or whose margin, moves with it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.vocabulary import OPERATIONS, Deliverable
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import moved, with_values
from coefgate.replay.counts import Counts, base_parts, counts_matrix, margins_thousandths
from coefgate.replay.uses import Uses
from coefgate.samples.model import Sample
from tests.registry.builders import key, registry, with_sizes
from tests.replay.builders import sample

BASE: Final = replace(
    with_sizes(with_sizes(registry(), assumed=1024), "doc", 1, assumed=0), output_mode="full_file"
)
OWN: Final = Key("margin", ("tests", "low"))
"""A margin that ``BASE`` does not declare."""
PATHS: Final = ("README.md", "src/app.py", "test_app.py")

deliverables = st.lists(
    st.builds(
        Deliverable,
        st.sampled_from(PATHS),
        st.sampled_from(OPERATIONS),
        st.none() | st.sampled_from((0, 1, 1024, 9000)),
    ),
    max_size=4,
).map(tuple)
calls = st.builds(
    sample,
    st.just(1),
    st.just(1),
    category=st.sampled_from((None, "docs", "manual", "tests", "database", "unheard-of")),
    complexity=st.sampled_from((None, "low", "medium", "high", "extreme")),
    deliverables=deliverables,
    model=st.sampled_from((None, "claude-opus", "gpt-5")),
    output_mode=st.sampled_from((None, "full_file", "patch")),
)
_DRAWN: Final = {"marginal", "per_kilobyte", "no_deliverables"}
registries = st.fixed_dictionaries(
    {one: st.integers(0, 3) for one in BASE.numbers if one.part in _DRAWN}
).map(lambda numbers: moved(BASE, {at: Fraction(number) for at, number in numbers.items()}))


def _paid(counts: Counts, one: Coefficients) -> list[tuple[int, int]]:
    table = table_of(one)
    columns = base_parts(counts, table), margins_thousandths(counts, table)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _with_more(one: Coefficients, at: Key) -> Coefficients:
    """The number one step larger; a margin that is not declared is declared so."""
    value = one.numbers.get(at, replace(one.default_margin, key=at))
    return with_values(one, {at: replace(value, number=value.number + at.number(1))})


@given(st.lists(calls, min_size=1, max_size=6), registries)
def test_a_call_uses_the_numbers_with_which_its_price_or_margin_moves(
    found: list[Sample], one: Coefficients
) -> None:
    counts = counts_matrix(found, table_of(one))
    uses, now = Uses(counts, one, table_of(one)), _paid(counts, one)
    for at in (*one.numbers, OWN):
        then = _paid(counts, _with_more(one, at))
        moves = [before != after for before, after in zip(now, then, strict=True)]
        assert uses.of(at).tolist() == moves, at


@given(st.lists(calls, min_size=1, max_size=6), registries, st.integers(0, 4))
def test_it_would_use_what_another_number_would_make_the_dearest(
    found: list[Sample], one: Coefficients, number: int
) -> None:
    counts = counts_matrix(found, table_of(one))
    for at in one.numbers:
        if not at.is_factor:
            other = moved(one, {at: Fraction(number)})
            told = Uses(counts, one, table_of(one)).of(at, Fraction(number))
            assert told.tolist() == Uses(counts, other, table_of(other)).of(at).tolist(), at


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (["docs.low", "docs.high"], 2),
        (["marginal.create.doc", "marginal.modify.doc"], 2),
        (["fallback.overhead"], 0),
        ([], 0),
    ],
)
def test_several_numbers_are_used_by_whoever_uses_one(names: list[str], count: int) -> None:
    found = [
        sample(1, 1, category="docs", deliverables=(Deliverable("a.md", "unknown"),)),
        sample(2, 1, category="manual", complexity="high", deliverables=(Deliverable("b.md"),)),
        sample(3, 1, category="tests"),
    ]
    uses = Uses(counts_matrix(found, table_of(BASE)), BASE, table_of(BASE))
    assert int(uses.any_of(map(key, names)).sum()) == count
