"""What a change brings back: each number, glob, model and order that an earlier state held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Final

import pytest

from coefgate.changes.earlier_states import Earlier
from coefgate.changes.estimate_changes import changes
from coefgate.registry.model import Coefficients, PathRule
from tests.registry.builders import moved, registry, removed, renamed

BASE: Final = registry()


def _rules(*rules: tuple[str, str], default: str = "backend") -> Coefficients:
    path_rules = tuple(PathRule(kind, tuple(globs.split()), "", 1) for kind, globs in rules)
    return replace(BASE, path_rules=path_rules, default_kind=default)


def _returned(
    base: Coefficients, head: Coefficients, earlier: Sequence[Coefficients]
) -> list[str]:
    asked = Earlier(lambda: earlier, base, head)
    return [change.name for change in changes(base, head) if asked.returned(change)]


def _low(tokens: int) -> Coefficients:
    return moved(BASE, {"docs.low": Fraction(tokens)})


def test_a_number_that_was_there() -> None:
    assert _returned(_low(120), _low(110), [_low(120), _low(110), _low(100)]) == ["docs.low"]
    assert _returned(_low(120), _low(111), [_low(120), _low(110), _low(100)]) == []


def test_a_number_of_a_category_that_was_renamed() -> None:
    before, after = renamed(_low(120), "docs", "guides"), renamed(_low(110), "docs", "guides")
    assert _returned(before, after, [before, _low(110)]) == ["guides.low"]


def test_what_was_not_there_before() -> None:
    without = removed(BASE, "database")
    assert _returned(BASE, without, [BASE, without]) == ["database.low", "database.medium"]
    assert _returned(BASE, without, [BASE]) == []


@pytest.mark.parametrize(
    ("head", "back"),
    [("a b", True), ("a c", True), ("a", True), ("b c", False), ("a b d", False), ("a d", False)],
)
def test_models_one_by_one(head: str, back: bool) -> None:
    """First there was ``a``, then ``a b``, now ``a b c``."""
    one, two, three, now = (
        replace(BASE, applies_to=tuple(globs.split())) for globs in ("a", "a b", "a b c", head)
    )
    assert _returned(three, now, [three, two, one]) == (["applies_to"] if back else [])


ONE: Final = _rules(("test", "a"), ("doc", "b"))
TWO: Final = _rules(("doc", "b"), ("test", "a"))
THREE: Final = _rules(("doc", "b"), ("test", "a c.{x,y}"))


@pytest.mark.parametrize(
    ("head", "back"),
    [
        (ONE, True),
        (TWO, True),
        (
            _rules(("test", "a c.{x,y}"), ("doc", "b")),
            True,
        ),  # the order of the first, the globs of the last
        (_rules(("doc", "b"), ("test", "a c.x")), True),  # a part of what came in
        (_rules(("doc", "b"), ("test", "a c.{x,y,z}")), False),
        (_rules(("doc", "b a"), ("test", "c.{x,y}")), False),
        (_rules(("doc", "b"), ("test", "c.{x,y}")), False),
        (_rules(("doc", "b"), ("test", "a"), default="test"), False),
    ],
)
def test_path_rules_glob_by_glob(head: Coefficients, back: bool) -> None:
    assert _returned(THREE, head, [THREE, TWO, ONE]) == (["file_kinds"] if back else [])


def test_a_default_kind_that_was_there() -> None:
    other = _rules(("test", "a"), ("doc", "b"), default="doc")
    assert _returned(ONE, other, [ONE, other]) == ["file_kinds"]
    assert _returned(ONE, other, [ONE]) == []


def test_the_last_number_under_a_name() -> None:
    without = removed(BASE, "docs")
    asked = Earlier(lambda: [without, _low(120), _low(110)], without, BASE)
    found = {
        change.name: asked.last(change)
        for change in changes(without, BASE)
        if change.kind == "overhead"
    }
    assert found == {"docs.low": 120, "docs.medium": 200, "docs.high": 300}
    nothing = Earlier(lambda: [without], without, BASE)
    assert {nothing.last(change) for change in changes(without, BASE)} == {None}


def _takes_back(base: Coefficients, head: Coefficients, *states: Coefficients) -> bool:
    """``states``: those that were accepted, the oldest first."""
    steps = [*pairwise(states)][::-1]
    return Earlier(lambda: states, base, head, steps=lambda: steps).takes_back(changes(base, head))


def test_one_accepted_change_is_taken_back_as_a_whole() -> None:
    without, both = removed(BASE, "database"), moved(BASE, {"docs.low": Fraction(110)})
    lower = moved(without, {"docs.low": Fraction(90)})
    assert _takes_back(BASE, without, without, BASE)
    assert _takes_back(both, moved(without, {"docs.low": Fraction(110)}), without, BASE, both)
    # It came with another number, or another number goes with it, or two changes go.
    assert not _takes_back(BASE, without, lower, BASE)
    assert not _takes_back(BASE, lower, without, BASE)
    assert not _takes_back(both, without, without, BASE, both)
    assert not _takes_back(BASE, without, BASE)


def test_what_was_changed_since_is_not_taken_back() -> None:
    without, dearer = removed(BASE, "database"), moved(BASE, {"database.low": Fraction(121)})
    assert not _takes_back(dearer, without, without, BASE, dearer)


def test_a_rename_is_taken_back() -> None:
    other = moved(BASE, {"tests.low": Fraction(111)})
    assert _takes_back(
        renamed(other, "docs", "guides"), other, BASE, renamed(BASE, "docs", "guides")
    )


def test_one_model_of_several_is_taken_back() -> None:
    one, two, three, now = (
        replace(BASE, applies_to=tuple(globs.split())) for globs in ("a", "a b", "a b c", "a c")
    )
    assert _takes_back(three, now, one, two, three)
    assert not _takes_back(three, replace(BASE, applies_to=("a",)), one, two, three)
