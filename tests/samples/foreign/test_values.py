"""Numbers, and yes and no, in the words of other programs; nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.samples.foreign.file_lists import FileForm, files_of
from coefgate.samples.foreign.values import (
    ABSENT,
    NotUnderstood,
    boolean_of,
    is_nothing,
    number_of,
    text_of,
    value_at,
)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("1234", 1234),
        (" 1,234 ", 1234),
        ("1 234 567", 1234567),
        ("1\u202f234", 1234),
        ("1'234", 1234),
        ("1_234", 1234),
        ("1234.0", 1234),
        ("-5", -5),
        (1234.0, 1234),
        (0, 0),
        ("", None),
        ("n/a", None),
        (None, None),
        (float("nan"), None),
    ],
)
def test_whole_numbers(value: Any, number: int | None) -> None:
    assert number_of(value) == number


@pytest.mark.parametrize(
    "value",
    [
        "1.234",
        "1.2k",
        "12 tokens",
        "1,23",
        "1,234 567",
        "1.5",
        1.5,
        True,
        [],
        "1e3",
        "0x10",
        2**64,
        1e300,
    ],
)
def test_what_is_no_whole_number(value: Any) -> None:
    if value == []:
        assert number_of(value) is None
        return
    with pytest.raises(NotUnderstood):
        number_of(value)


def test_the_separator_of_thousands_may_be_stated() -> None:
    assert number_of("1.234.567", thousands=".") == 1234567
    assert number_of("820", thousands=".") == 820
    with pytest.raises(NotUnderstood):
        number_of("1,234", thousands=".")


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        *((one, True) for one in (True, 1, "1", "Yes", " OK ", "succeeded", "done", 200, "204")),
        *((one, False) for one in (False, 0, "n", "FAILED", "error", "429", 500)),
        *((one, None) for one in (None, "", "-", "null", {}, ABSENT)),
    ],
)
def test_yes_and_no(value: Any, meaning: bool | None) -> None:
    assert boolean_of(value) is meaning


@pytest.mark.parametrize("value", ["maybe", 7, "302", [True], 1.0])
def test_what_says_neither_yes_nor_no(value: Any) -> None:
    with pytest.raises(NotUnderstood):
        boolean_of(value)


def test_texts() -> None:
    found = [text_of(one) for one in (" a ", 12, ["stop"], "None", [])]
    assert found == ["a", "12", "stop", None, None]
    for value in (True, ["a", "b"], {"a": 1}):
        with pytest.raises(NotUnderstood):
            text_of(value)


RECORD = {
    "a.b": 1,
    "usage": {"out": {"n": 5}, "gen_ai.usage": {"output_tokens": 7}},
    "text": '{"list": [10, {"n": 11}]}',
    "broken": "{",
}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("a.b", 1),
        ("usage.out.n", 5),
        ("usage.gen_ai.usage.output_tokens", 7),
        ("text.list.0", 10),
        ("text.list.1.n", 11),
        *((one, ABSENT) for one in ("a", "usage.n", "text.list.2", "text.list.x", "broken.a")),
        ("usage.out.n.m", ABSENT),
    ],
)
def test_columns_lead_into_objects_lists_and_texts(column: str, value: Any) -> None:
    assert value_at(RECORD, column) == value


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(_JSON, st.text())
def test_any_value_is_understood_or_not(value: Any, column: str) -> None:
    is_nothing(value)
    value_at(value, column)
    for read in (text_of, number_of, boolean_of, lambda one: files_of(one, FileForm())):
        try:
            read(value)
        except NotUnderstood:
            continue
