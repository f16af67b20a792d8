"""Intervals of two registries: what differs is told scope by scope, under any category name."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from coefgate.changes.change import content_of
from coefgate.changes.estimate_changes import changes
from coefgate.changes.interval_changes import interval_changes
from coefgate.changes.same_predictions import same_predictions
from coefgate.registry.compilation import digest_of
from coefgate.registry.intervals import Held, Intervals, Quantiles
from coefgate.registry.model import Coefficients
from tests.registry.builders import registry, removed, renamed


def quantiles(*factors: str, samples: int = 9, held: Held | None = None) -> Quantiles:
    """The shares 0.5 and 0.9."""
    shares = dict(zip((Fraction(1, 2), Fraction(9, 10)), map(Fraction, factors), strict=False))
    return Quantiles(samples, 4, shares, held or Held())


ALL, DOCS, CELL = quantiles("0.7", "1.2"), quantiles("0.8", "1.3"), quantiles("1", "2")
STATED = Intervals(ALL, {"docs": DOCS}, {("docs", "low"): CELL})
BASE = replace(registry(), semantics=2, interval=None, intervals=STATED)


def stating(**scopes: object) -> Coefficients:
    return replace(BASE, intervals=replace(STATED, **scopes))  # type: ignore[arg-type]


def told(base: Coefficients, head: Coefficients) -> dict[str, tuple[object, object]]:
    return {one.name: (one.base, one.head) for one in changes(base, head)}


def test_a_scope_that_says_something_else_is_told_in_words() -> None:
    other = stating(cells={("docs", "low"): quantiles("1", "2.5", held=Held(Fraction("0.81")))})
    assert told(BASE, other) == {
        "intervals.cells.docs.low": (
            "0.5: 1, 0.9: 2; held not measured; 9 calls, 4 phases",
            "0.5: 1, 0.9: 2.5; held 80% 0.81; 9 calls, 4 phases",
        )
    }
    assert not same_predictions(BASE, other)
    assert digest_of(other) != digest_of(BASE)


def test_a_scope_that_comes_or_goes_is_told() -> None:
    fewer = stating(categories={})
    assert told(BASE, fewer)["intervals.categories.docs"][1] == "none of its own"
    assert told(fewer, BASE)["intervals.categories.docs"][0] == "none of its own"
    nothing = replace(BASE, intervals=Intervals())
    assert set(told(BASE, nothing)) == {
        *("intervals.all", "intervals.categories.docs", "intervals.cells.docs.low"),
    }


def test_what_is_only_said_of_quantiles_changes_no_estimate() -> None:
    other = stating(all_calls=quantiles("0.7", "1.2", samples=10))
    assert digest_of(other) == digest_of(BASE)
    assert changes(BASE, other) == ()
    assert same_predictions(BASE, other)
    [claim] = interval_changes(BASE, other)
    assert claim.change.name == "intervals.all"


def test_a_category_takes_its_intervals_with_it_under_another_name() -> None:
    scopes = Intervals(ALL, {"guides": DOCS}, {("guides", "low"): CELL})
    other = replace(renamed(BASE, "docs", "guides"), intervals=scopes)
    assert list(interval_changes(BASE, other)) == []
    assert same_predictions(BASE, other)
    assert list(interval_changes(other, BASE)) == []


def test_a_category_that_is_gone_takes_its_intervals_along() -> None:
    other = replace(removed(BASE, "docs"), intervals=Intervals(ALL))
    assert list(interval_changes(BASE, other)) == []


def test_a_change_knows_where_it_stands() -> None:
    lines = {"intervals": 7, "intervals.all": 8, "intervals.cells.docs.low": 30}
    other = replace(stating(cells={("docs", "low"): DOCS}, categories={}), lines=lines)
    places = {one.name: (one.file, one.line) for one in changes(BASE, other)}
    assert places == {
        "intervals.cells.docs.low": ("coefficients/safety_margins.yaml", 30),
        "intervals.categories.docs": ("coefficients/safety_margins.yaml", 7),
    }


def test_what_a_state_holds_is_compared_with_the_sides_of_a_change() -> None:
    [change] = changes(BASE, stating(all_calls=DOCS))
    assert content_of(BASE, change.kind, change.key) == change.base
    assert content_of(stating(all_calls=DOCS), change.kind, change.key) == change.head
    assert content_of(replace(BASE, intervals=Intervals()), change.kind, change.key) is None
