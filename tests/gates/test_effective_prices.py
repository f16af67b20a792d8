"""``swing`` in what calls pay: labels that lead elsewhere, other splits, intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

import pytest

from coefgate.gates.verdict import RuleResult
from coefgate.registry.model import Acknowledgement, Coefficients, Value
from tests.gates.builders import swing_of
from tests.registry.builders import (
    category,
    moved,
    registry,
    renamed,
    values_of,
    with_aliases,
    with_margin,
)

ONE: Final = replace(registry(), cell_margins={})
"""The small registry, in which every cell takes the default margin, 1.1."""
BASE: Final = moved(ONE, {"margin.default": Fraction(1)})
Step = Mapping[str, Fraction | int]


def _swing(
    base: Coefficients,
    head: Coefficients,
    *,
    anchor: Coefficients | None = None,
    since: Sequence[Coefficients] = (),
) -> RuleResult:
    states = () if anchor is None else (("0123456789abcdef", anchor), *_numbered(since))
    return swing_of(base, head, since=states)


def _numbered(states: Sequence[Coefficients]) -> Iterator[tuple[str, Coefficients]]:
    yield from ((f"{number:012}cdef", one) for number, one in enumerate(states, 1))


def _red(
    base: Coefficients,
    head: Coefficients,
    *,
    anchor: Coefficients | None = None,
    since: Sequence[Coefficients] = (),
) -> list[str]:
    return [one.message for one in _swing(base, head, anchor=anchor, since=since).findings]


def _at(one: Coefficients, numbers: Step) -> Coefficients:
    return moved(one, {name: Fraction(number) for name, number in numbers.items()})


def _split(one: Coefficients, by: int) -> Coefficients:
    """The same predictions: every margin × ``by``, every price and its interval ÷ ``by``."""
    numbers, intervals = {}, {}
    for name, value in values_of(one).items():
        if name.startswith("no_deliverables."):
            continue
        numbers[name] = value.number * by if name.startswith("margin.") else value.number / by
        if value.basis.interval and not name.startswith("margin."):
            low, high = value.basis.interval
            intervals[name] = (low / by, high / by)
    return _claiming(moved(one, numbers), intervals)


def _claiming(
    one: Coefficients, intervals: Mapping[str, tuple[Fraction, Fraction]]
) -> Coefficients:
    def claims(value: Value) -> Value:
        ends = intervals.get(value.name)
        return value if ends is None else replace(value, basis=replace(value.basis, interval=ends))

    categories = {
        name: replace(each, overhead={at: claims(value) for at, value in each.overhead.items()})
        for name, each in one.categories.items()
    }
    costs = {at: claims(value) for at, value in one.marginal_costs.items()}
    return replace(one, categories=categories, marginal_costs=costs)


# --- Labels


def _with_dear(one: Coefficients, high: int = 855_831) -> Coefficients:
    dear = category("yy", {"low": 100, "medium": 200, "high": high}, kind="prior")
    return replace(one, categories={**one.categories, "yy": dear})


def test_a_label_that_leads_to_other_figures_moves_what_its_calls_pay() -> None:
    base = _with_dear(BASE)
    head = with_aliases(base, "yy", "manual")
    [told] = _red(base, head)
    assert told == (
        "alias.manual moves manual.high from 300 to 855831 with its margin (× 2852.8); "
        'acknowledge it with: acknowledge: {from: [], to: [manual], reason: "…"}'
    )
    answer = Acknowledgement((), ("manual",), "it is other work")
    yy = replace(head.categories["yy"], acknowledge=answer)
    assert not _red(base, replace(head, categories={**head.categories, "yy": yy}))
    near = _with_dear(BASE, 599)
    assert not _red(near, with_aliases(near, "yy", "manual"))


def test_the_main_label_of_a_renamed_category_is_one_of_them() -> None:
    base = _with_dear(renamed(BASE, "docs", "guides"))
    [told] = _red(base, with_aliases(base, "yy", "docs"))
    assert told.startswith("alias.docs moves docs.high from 300 to 855831 with its margin (×")


def test_what_a_label_paid_counts_the_margin_and_the_fallback() -> None:
    base = with_margin(_with_dear(BASE, 301), "yy", "high", Fraction(3))
    assert "manual.high from 300 to 903" in _red(base, with_aliases(base, "yy", "manual"))[0]
    # The fallback, 500, served database.high.
    other = with_aliases(_with_dear(BASE, 1000), "database", "base")
    assert "base.high from 500 to 1000" in _red(other, with_aliases(other, "yy", "base"))[0]


def test_a_label_is_held_against_the_anchor_too_and_may_step_back() -> None:
    dearer = with_aliases(_with_dear(BASE, 500), "yy", "manual")  # 300 → 500
    zz = category("zz", {"low": 100, "medium": 200, "high": 900})
    base = replace(dearer, categories={**dearer.categories, "zz": zz})
    head = with_aliases(base, "zz", "manual")  # 500 → 900
    assert not _red(base, head)
    assert "(× 3.0 since the anchor 0123456789ab)" in _red(base, head, anchor=BASE)[0]
    assert not _red(head, base, anchor=BASE)


# --- Prices


def test_another_split_is_the_same_price_to_the_anchor() -> None:
    half = _split(BASE, 2)
    up = _at(half, {"docs.high": 290})  # 150, which are 300
    assert not _red(half, up, anchor=BASE)
    [told] = _red(up, _at(half, {"docs.high": 301}), anchor=BASE)
    assert told == (
        "docs.high moves from 300 to 602 with its margin (× 2.01 since the anchor 0123456789ab); "
        'acknowledge it with: acknowledge: {from: 290, to: 301, reason: "…"}'
    )
    # The raw number may be far from the anchor's where the price is not.
    tenth = _split(BASE, 10)
    assert not _red(tenth, _at(tenth, {"docs.high": 31, "marginal.create.doc": 5}), anchor=BASE)


STEPS: Final = {
    "overhead, then its own margin": ({"docs.high": 570}, "docs.high", "margin.docs.high"),
    "overhead, then the default margin": ({"docs.high": 570}, None, "margin.default"),
    "marginal cost, then the default margin": (
        {"marginal.create.doc": 79},
        None,
        "margin.default",
    ),
    "fallback, then the default margin": ({"fallback.overhead": 990}, None, "margin.default"),
}


@pytest.mark.parametrize("what", STEPS)
def test_a_price_and_its_margin_add_up_in_either_order(what: str) -> None:
    numbers, cell, name = STEPS[what]

    def with_factor(one: Coefficients) -> Coefficients:
        if cell is None:
            return _at(one, {"margin.default": Fraction("1.9")})
        label, complexity = cell.split(".")
        return with_margin(one, label, complexity, Fraction("1.9"))

    for first, last, told in (
        (_at(BASE, numbers), with_factor(_at(BASE, numbers)), name),
        (with_factor(BASE), _at(with_factor(BASE), numbers), next(iter(numbers))),
    ):
        assert not _red(BASE, first)
        assert not _red(first, last)
        [red] = _red(first, last, anchor=BASE)
        assert red.startswith(f"{told} moves ")
        assert "since the anchor" in red
        # At once they are no nearer.
        assert any("with its margin (× 3." in one for one in _red(BASE, last))
        assert not _red(last, first, anchor=BASE)


def test_a_margin_is_held_to_the_part_that_moves_farthest() -> None:
    base = _at(BASE, {"docs.high": 570, "tests.high": 400})
    [told] = _red(base, _at(base, {"margin.default": Fraction("1.5")}), anchor=BASE)
    assert told == (
        "margin.default moves docs.high from 300 to 855 with its margin (× 2.9 since the anchor "
        '0123456789ab); acknowledge it with: acknowledge: {from: 1, to: 1.5, reason: "…"}'
    )


def test_a_margin_that_makes_up_for_its_overhead_still_moves_the_marginal_costs() -> None:
    first = with_margin(_at(BASE, {"docs.high": 200}), "docs", "high", Fraction("1.5"))
    last = with_margin(_at(first, {"docs.high": 150}), "docs", "high", Fraction(2))
    assert not _red(first, last)
    [told] = _red(first, last, anchor=BASE)
    assert told.startswith(
        "margin.docs.high moves from 1 to 2 (× 2.0 since the anchor 0123456789ab);"
    )


# --- Intervals


def _interval(one: Coefficients, low: int, high: int) -> Coefficients:
    return _claiming(one, {"docs.high": (Fraction(low), Fraction(high))})


def test_an_interval_is_in_the_prices_of_the_state_that_claims_it() -> None:
    anchor = _interval(BASE, 200, 450)
    base = _split(anchor, 10)
    assert not _red(base, _at(base, {"docs.high": 31}), anchor=anchor)
    wide = _interval(base, 20, 90)
    [told] = _red(_at(wide, {"docs.high": 40}), _at(wide, {"docs.high": 46}), anchor=anchor)
    assert (
        "moves to 46, out of the basis.interval 20 to 45 of the anchor 0123456789ab, at head's"
        in told
    )
    assert told.endswith('acknowledge: {from: 40, to: 46, reason: "…"}')


def test_the_sentence_says_whose_interval_it_is() -> None:
    narrow = _interval(BASE, 250, 320)
    head = _at(BASE, {"docs.high": 350})
    assert "out of its basis.interval 250 to 320;" in _red(narrow, _interval(head, 250, 320))[0]
    wide = _interval(head, 200, 500)
    assert "out of the basis.interval 250 to 320 of base;" in _red(narrow, wide)[0]
    base = _interval(_at(BASE, {"docs.high": 310}), 200, 500)
    [told] = _red(base, wide, anchor=narrow)
    assert "out of the basis.interval 250 to 320 of the anchor 0123456789ab;" in told


def test_steps_are_added_up_from_the_last_jump_that_was_accepted() -> None:
    """From 300 to 650, which had a reason; small steps need none until they are far from there."""
    base = _at(BASE, {"docs.high": 650})
    assert not _red(base, _at(base, {"docs.high": 660}), anchor=BASE, since=[base])
    later = _at(base, {"docs.high": 1250})
    assert not _red(base, later, anchor=BASE, since=[base])
    [told] = _red(later, _at(later, {"docs.high": 1310}), anchor=BASE, since=[base, later])
    assert "moves from 650 to 1310 (× 2.02 since 000000000001); acknowledge it with: " in told


def test_a_step_back_towards_an_interval_is_none_out_of_it() -> None:
    anchor = _interval(BASE, 230, 900)
    base = _interval(_at(BASE, {"docs.high": 220}), 150, 400)  # acknowledged
    assert not _red(base, _at(base, {"docs.high": 225}), anchor=anchor)
    assert not _red(
        base, _at(base, {"docs.high": 219}), anchor=anchor
    )  # it was left before, with a reason
    # Nor is it where the number stands beside the interval that it is on its way back to.
    beside = _interval(BASE, 100, 280)
    assert not _red(beside, _at(beside, {"docs.high": 290}))
    assert "its basis.interval" in _red(beside, _at(beside, {"docs.high": 301}))[0]
    assert (
        "its basis.interval" in _red(beside, _interval(_at(BASE, {"docs.high": 290}), 100, 279))[0]
    )
