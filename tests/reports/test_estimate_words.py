"""Every part of the formula has its words."""

from __future__ import annotations

from typing import get_args

from coefgate.registry.key import Key, Part
from coefgate.reports.estimate_words import PARTS, about_part, unit_words


def test_every_part_is_named() -> None:
    assert set(PARTS) == set(get_args(Part))


def test_what_values_are_ends_with_their_unit() -> None:
    assert about_part("fallback").endswith("is not declared. In tokens.")
    assert about_part("retry").endswith("how the previous one ended.")


def test_units() -> None:
    assert unit_words(Key("overhead", ("docs", "low"))) == "tokens"
    assert unit_words(Key("per_kilobyte", ("modify", "doc"))) == "tokens per kilobyte"
    assert unit_words(Key("margin")) == ""
