"""Two registries that predict the same, however prices and margins share the work."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.changes.same_predictions import same_predictions
from coefgate.core.estimate import estimate
from coefgate.core.vocabulary import OPERATIONS, Deliverable
from coefgate.registry.compilation import table_of
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import moved as numbers_moved
from coefgate.registry.numbers import with_values
from tests.registry.builders import (
    merged,
    moved,
    registry,
    renamed,
    values_of,
    with_aliases,
    with_sizes,
)

FACTORS: Final = ("margin.", "no_deliverables.")
SIZED: Final = replace(with_sizes(registry()), output_mode="full_file")
BASE: Final = moved(
    SIZED,
    {
        name: 10 * value.number
        for name, value in values_of(SIZED).items()
        if not name.startswith(FACTORS)
    },
)
PATHS: Final = ("README.md", "src/app.py", "test_app.py")


def _split(one: Coefficients, times: Fraction) -> Coefficients:
    """Every margin × ``times``, every price ÷ ``times``; what has no margin stays."""
    return numbers_moved(
        one,
        {
            key: value.number * times if key.is_factor else value.number / times
            for key, value in one.numbers.items()
            if key.part != "no_deliverables"
        },
    )


SIZES: Final = st.integers(0, 9000)
calls = st.tuples(
    st.sampled_from((None, "docs", "manual", "tests", "testing", "database", "unheard-of")),
    st.sampled_from((None, "low", "medium", "high", "extreme")),
    st.lists(
        st.builds(
            Deliverable, st.sampled_from(PATHS), st.sampled_from(OPERATIONS), st.none() | SIZES
        ),
        max_size=5,
    ),
    st.sampled_from((None, "claude-opus", "gpt-5")),
)


def _tokens(
    one: Coefficients, call: tuple[str | None, str | None, list[Deliverable], str | None]
) -> int:
    category, complexity, deliverables, model = call
    return estimate(
        table_of(one),
        category=category,
        complexity=complexity,
        deliverables=deliverables,
        model=model,
    ).tokens


@given(calls)
def test_another_split_predicts_the_same_for_every_call(
    call: tuple[str | None, str | None, list[Deliverable], str | None],
) -> None:
    other = _split(BASE, Fraction(5, 4))
    assert same_predictions(BASE, other)
    assert _tokens(BASE, call) == _tokens(other, call)


# Few numbers, so that equal products are met by chance.
numbers = st.fixed_dictionaries(
    {
        name: st.sampled_from((Fraction(1), Fraction(2)))
        for name in ("margin.default", "margin.docs.low")
    }
    | {
        name: st.sampled_from((Fraction(0), Fraction(100), Fraction(200)))
        for name in ("fallback.overhead", "docs.low", "docs.medium", "marginal.create.doc")
    }
)


@given(numbers, numbers, st.lists(calls, min_size=1, max_size=5))
def test_whatever_counts_as_the_same_predicts_the_same(
    first: dict[str, Fraction],
    second: dict[str, Fraction],
    several: list[tuple[str | None, str | None, list[Deliverable], str | None]],
) -> None:
    nothing = moved(BASE, dict.fromkeys(values_of(BASE), Fraction(0)))
    base, head = moved(nothing, first), moved(nothing, second)
    if same_predictions(base, head):
        assert [_tokens(base, call) for call in several] == [
            _tokens(head, call) for call in several
        ]


@pytest.mark.parametrize("name", values_of(BASE))
def test_one_other_number_is_another_prediction(name: str) -> None:
    number = values_of(BASE)[name].number
    for other in (
        moved(BASE, {name: number + 1}),
        moved(_split(BASE, Fraction(5, 4)), {name: number + 1}),
    ):
        assert not same_predictions(BASE, other)


def test_a_margin_of_a_cell_that_says_what_the_default_says_is_no_difference() -> None:
    plain = replace(BASE, cell_margins={})
    explicit = replace(BASE, cell_margins={("tests", "low"): BASE.default_margin})
    assert same_predictions(plain, explicit)
    assert not same_predictions(plain, BASE)


def test_other_names_paths_models_or_bases_are_not_the_same() -> None:
    other = with_values(
        BASE,
        {
            key: replace(value, basis=replace(value.basis, kind="prior"))
            for key, value in BASE.numbers.items()
        },
    )
    assert not same_predictions(BASE, other)
    assert not same_predictions(BASE, replace(BASE, applies_to=("claude-*", "gpt-*")))
    assert not same_predictions(BASE, replace(BASE, default_kind="test"))
    assert not same_predictions(BASE, replace(BASE, unit="turn"))
    assert not same_predictions(BASE, replace(BASE, output_mode=None))
    assert not same_predictions(BASE, with_sizes(BASE, tokens=3000, assumed=2049))
    assert not same_predictions(BASE, replace(BASE, per_kilobyte={}))
    docs = BASE.categories["docs"]
    fewer = {**BASE.categories, "docs": replace(docs, aliases=("documentation",))}
    assert not same_predictions(BASE, replace(BASE, categories=fewer))


def test_a_price_that_only_one_of_them_has_is_a_difference() -> None:
    docs = BASE.categories["docs"]
    cells = {
        **BASE.categories,
        "docs": replace(docs, overhead=dict(list(docs.overhead.items())[1:])),
    }
    lacking = (
        replace(BASE, marginal_costs=dict(list(BASE.marginal_costs.items())[1:])),
        replace(BASE, no_deliverables=dict(list(BASE.no_deliverables.items())[1:])),
        replace(BASE, categories=cells),
    )
    for other in lacking:
        assert not same_predictions(BASE, other)
        assert not same_predictions(other, BASE)


def test_a_category_may_be_called_otherwise_as_long_as_every_name_leads_on() -> None:
    other = _split(BASE, Fraction(5, 4))
    for name in ("guides", "manual"):
        assert same_predictions(BASE, renamed(other, "docs", name))
    assert not same_predictions(BASE, renamed(other, "docs", "guides", alias=False))
    assert not same_predictions(BASE, merged(other, "tests", "docs"))
    assert not same_predictions(
        BASE, with_aliases(other, "docs", "documentation", "manual", "new")
    )
