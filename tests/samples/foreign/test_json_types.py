"""What is taken of values whose type nobody vouches for."""

from __future__ import annotations

import pytest

from coefgate.samples.foreign.json_types import mapping, sequence, text, whole_number


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, 0),
        (7, 7),
        (7.0, 7),
        (7.5, None),
        (-1, None),
        (10**12, 10**12),
        (1e300, None),
        (True, None),
        ("7", None),
        (None, None),
    ],
)
def test_a_whole_number_is_one_from_zero(value: object, number: int | None) -> None:
    assert whole_number(value) == number


def test_what_is_of_another_type_says_nothing() -> None:
    assert (text("a"), text(""), text(1), text(None)) == ("a", None, None, None)
    assert (mapping({"a": 1}), mapping([1]), mapping(None)) == ({"a": 1}, {}, {})
    assert (sequence([1]), sequence({"a": 1}), sequence("ab")) == ([1], (), ())
