"""What each change does by itself, against the definition: estimate with and without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coefgate.changes.estimate_changes import changes
from coefgate.core.estimate import estimate
from coefgate.core.vocabulary import OPERATIONS, Deliverable
from coefgate.registry.compilation import compiled
from coefgate.registry.model import Coefficients, PathRule
from coefgate.replay.evidence import Evidence
from coefgate.samples.model import Sample
from coefgate.whatif.attribution import Attribution, Effect
from tests.registry.builders import (
    COMPLEXITIES,
    category,
    cost,
    moved,
    registry,
    renamed,
    value,
    values_of,
    with_aliases,
    with_overhead,
)
from tests.replay.brute_force import Row, figures
from tests.replay.builders import audited, sample

BASE: Final = registry()
FIGURES: Final = (
    *("smape_mean", "underestimation_rate", "underestimation_upper", "waste_median", "waste_p90"),
)  # fmt: skip


def _effects(
    base: Coefficients, head: Coefficients, calls: Sequence[Sample]
) -> tuple[Effect, ...]:
    return Attribution(changes(base, head), base, head, Evidence(audited(calls))).effects


def _names(found: Sequence[Effect]) -> list[tuple[str, ...]]:
    return [tuple(change.name for change in one.changes) for one in found]


# --- By brute force


def _predicted(one: Coefficients, calls: Sequence[Sample]) -> list[int]:
    table = compiled(one)
    return [
        estimate(
            table,
            category=call.category,
            complexity=call.complexity,
            deliverables=call.deliverables,
            model=call.model,
        ).tokens
        for call in calls
    ]


def _figures(predicted: Sequence[int], calls: Sequence[Sample]) -> dict[str, Fraction] | None:
    rows = zip(predicted, calls, strict=True)
    return figures(
        [Row(p, call.actual_output_tokens, 0, bool(call.truncated)) for p, call in rows]
    )


LADDERS: Final = (
    *(
        tuple(f"{name}.{at}" for at in COMPLEXITIES)
        for name in ("docs", "tests", "no_deliverables")
    ),
    ("database.low", "database.medium"),
)


def _valid(one: Coefficients) -> bool:
    numbers = values_of(one)
    return all(
        numbers[low].number <= numbers[high].number
        for ladder in LADDERS
        for low, high in pairwise(ladder)
    )


@st.composite
def _numbers(draw: st.DrawFn) -> dict[str, Fraction]:
    """Other numbers for some names; figures of one category stay in order."""
    names = draw(st.lists(st.sampled_from(sorted(values_of(BASE))), max_size=6, unique=True))
    numbers = {
        name: Fraction(draw(st.integers(1000, 3000)), 1000)
        if name.startswith("margin.")
        else Fraction(draw(st.integers(0, 900)))
        for name in names
    }
    present = {name: one.number for name, one in values_of(BASE).items()} | numbers
    for ladder in LADDERS:
        if numbers.keys() & set(ladder):
            numbers |= zip(ladder, sorted(present[name] for name in ladder), strict=True)
    return numbers


PATHS: Final = ("a.py", "test_a.py", "a.md")
CALLS: Final = st.lists(
    st.builds(
        lambda category, complexity, paths, actual, truncated, model: (
            category,
            complexity,
            tuple(Deliverable(path, operation) for path, operation in paths),
            actual,
            truncated,
            model,
        ),
        st.sampled_from(["docs", "manual", "tests", "testing", "database", "unheard-of"]),
        st.sampled_from(COMPLEXITIES),
        st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(OPERATIONS)), max_size=3),
        st.integers(1, 900),
        st.sampled_from([False, False, False, True]),
        st.sampled_from([None, "claude-x", "gpt-x"]),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=80)
@given(_numbers(), CALLS)
def test_an_effect_is_head_minus_head_without_the_change(
    numbers: dict[str, Fraction],
    drawn: list[tuple[str, str, tuple[Deliverable, ...], int, bool, str | None]],
) -> None:
    calls = [
        sample(
            n,
            actual,
            category=at,
            complexity=complexity,
            deliverables=paths,
            truncated=cut,
            model=model,
        )
        for n, (at, complexity, paths, actual, cut, model) in enumerate(drawn, 1)
    ]
    head = moved(BASE, numbers)
    old = {name: one.number for name, one in values_of(BASE).items()}
    differ = {name for name, number in numbers.items() if number != old[name]}

    found = _effects(BASE, head, calls)
    assert sorted(name for names in _names(found) for name in names) == sorted(differ)

    whole = _predicted(head, calls)
    for one in found:
        names = {change.name for change in one.changes}
        without = moved(head, {name: old[name] for name in names})
        assert _valid(without)
        if len(names) > 1:
            ladder = next(ladder for ladder in LADDERS if names <= set(ladder))
            assert names == differ & set(ladder)
            assert not all(_valid(moved(head, {name: old[name]})) for name in names)
        predicted = _predicted(without, calls)
        assert one.calls == sum(a != b for a, b in zip(whole, predicted, strict=True))
        here, there = _figures(whole, calls), _figures(predicted, calls)
        for name in FIGURES:
            expected = None if here is None or there is None else here[name] - there[name]
            assert getattr(one, name) == expected, name


# --- By hand

CALL: Final = sample(1, 165)
"""Tests low with one new backend file: (110 + 40) × 1.1 = 165 tokens, which is what it needed."""


def test_two_changes_each_by_itself() -> None:
    head = moved(BASE, {"tests.low": Fraction(120), "marginal.create.backend": Fraction(50)})
    # (120 + 50) × 1.1 = 187; without either of them 176.
    for one in _effects(BASE, head, [CALL]):
        assert one.waste_median == one.waste_p90 == Fraction(187 - 176, 165)
        assert one.calls == 1
        assert one.underestimation_rate == 0


def test_effects_need_not_add_up() -> None:
    head = moved(BASE, {"tests.low": Fraction(100), "marginal.create.backend": Fraction(50)})
    rates = [one.underestimation_rate for one in _effects(BASE, head, [CALL])]
    # (100 + 50) is as much as before: without the first 176, without the second 154, which is a
    # miss.
    assert rates == [0, -1]


@pytest.mark.parametrize(
    ("low", "medium", "groups"),
    [
        (115, 225, [("tests.low",), ("tests.medium",)]),
        # 230 alone would leave low at 110 as well as at 230; medium at 220 would be below low.
        (230, 240, [("tests.low", "tests.medium")]),
        (220, 230, [("tests.low",), ("tests.medium",)]),
    ],
)
def test_changes_that_are_not_valid_alone_are_taken_together(
    low: int, medium: int, groups: list[tuple[str, ...]]
) -> None:
    head = moved(BASE, {"tests.low": Fraction(low), "tests.medium": Fraction(medium)})
    assert _names(_effects(BASE, head, [CALL])) == groups


def test_another_category_is_not_drawn_into_a_group() -> None:
    numbers = {"tests.low": 230, "tests.medium": 240, "docs.low": 101, "marginal.modify.test": 1}
    head = moved(BASE, {name: Fraction(number) for name, number in numbers.items()})
    groups = [("docs.low",), ("tests.low", "tests.medium"), ("marginal.modify.test",)]
    assert _names(_effects(BASE, head, [CALL])) == groups


def test_a_new_kind_comes_with_its_costs_and_its_rule() -> None:
    head = replace(
        BASE,
        marginal_costs=dict(
            [*BASE.marginal_costs.items(), cost("create", "image", 9), cost("modify", "image", 8)]
        ),
        path_rules=(
            *BASE.path_rules,
            PathRule("image", ("*.png",), "coefficients/file_kinds.yaml", 9),
        ),
    )
    picture = sample(1, 165, deliverables=(Deliverable("a.png", "create"),))
    [found] = _effects(BASE, head, [picture])
    assert _names([found]) == [("marginal.create.image", "marginal.modify.image", "file_kinds")]
    # (110 + 9) × 1.1 = 130.9 instead of 165.
    assert (found.calls, found.waste_median) == (1, Fraction(131 - 165, 165))


def test_both_factors_of_another_attempt_come_together() -> None:
    base = replace(BASE, semantics=2)
    names = ("after_complete", "after_cut_off")
    factors = {name: value(f"retry.{name}", Fraction(3, 2)) for name in names}
    again = {"phase_id": "p", "run_id": "r"}
    calls = [sample(1, 1000, attempt=1, **again), sample(2, 1200, attempt=2, **again)]  # type: ignore[arg-type]
    found = _effects(base, replace(base, retry=factors), calls)
    assert _names(found) == [tuple(f"retry.{name}" for name in names)]
    assert found[0].calls == 1


def test_a_new_alias_takes_calls_from_the_fallback() -> None:
    head = with_aliases(BASE, "tests", "testing", "checks")
    [found] = _effects(BASE, head, [sample(1, 165, category="checks"), CALL])
    assert _names([found]) == [("alias.checks",)]
    # 165 instead of (500 + 40) × 1.1 = 594; the median of 2 calls.
    assert (found.calls, found.waste_median) == (1, Fraction(165 - 594, 2 * 165))


def test_a_category_that_is_there_for_the_first_time() -> None:
    tests = {"low": 10, "medium": 20}
    head = replace(BASE, categories={**BASE.categories, "guides": category("guides", tests)})
    found = _effects(BASE, head, [sample(1, 55, category="guides")])
    assert _names(found) == [("guides.low",), ("guides.medium",)]
    # (10 + 40) × 1.1 = 55 instead of 594.
    assert [(one.calls, one.waste_median) for one in found] == [
        (1, Fraction(55 - 594, 55)),
        (0, 0),
    ]


def test_a_rename_hides_no_effect_and_has_none() -> None:
    assert _effects(BASE, renamed(BASE, "tests", "checks"), [CALL]) == ()
    head = moved(renamed(BASE, "tests", "checks"), {"checks.low": Fraction(120)})
    [found] = _effects(BASE, head, [CALL])
    assert (_names([found]), found.waste_median) == ([("tests.low",)], Fraction(176 - 165, 165))


def test_without_an_eligible_call_no_figure_moves() -> None:
    cut_off = sample(1, 170, truncated=True)
    [found] = _effects(BASE, with_overhead(BASE, "tests", "low", 120), [cut_off])
    assert found.calls == 1
    assert [getattr(found, name) for name in FIGURES] == [None] * 5
