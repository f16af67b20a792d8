"""JSON read strictly: what is none, and why; each error has its place and a remedy."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.characters import INVISIBLE
from coefgate.core.json_shapes import (
    JsonPlace,
    anything,
    form,
    is_line,
    known_number,
    mapping,
    number,
    parsed,
    several,
    shown,
)
from coefgate.core.problems import InvalidDocument

PLACE = JsonPlace("the file", "a", "Mend it with: x")


def said(call: Any, *arguments: Any) -> str:
    with pytest.raises(InvalidDocument) as error:
        call(*arguments)
    assert error.value.exit_code == 3
    return str(error.value)


# --- Places


def test_a_place_is_written_as_in_a_program() -> None:
    place = JsonPlace("the file").at("a").at(0).at("b-c").at("d e")
    assert place.path == 'a[0].b-c["d e"]'
    assert JsonPlace("the file").at(2).path == "[2]"


def test_a_hostile_key_is_shown_short_and_plain() -> None:
    assert JsonPlace("f").at("\x1b[31m\u202ex\n").path == '["\\u001b[31m\\u202ex\\n"]'
    assert len(JsonPlace("f").at("k" * 1_000_000).path) == 62


def test_an_error_ends_with_what_mends_it() -> None:
    assert said(PLACE.refuse, "is 1", "it is 2") == "the file: a is 1; it is 2. Mend it with: x"
    assert said(JsonPlace("the file").refuse, "is 1", "it is 2") == "the file is 1; it is 2"


# --- Values


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        ("a\nb\x1b\u202e", '"a\\nb\\u001b\\u202e"'),
        ({"a": 1}, "an object"),
        ([1, 2], "a list"),
        ("x" * 100, '"' + "x" * 56 + "..."),
    ],
)
def test_a_value_is_shown_short(value: Any, written: str) -> None:
    assert shown(value) == written


def test_what_is_nested_just_so_that_it_can_be_read_is_shown_as_well() -> None:
    for depth in range(300, 1200, 50):
        try:
            value = parsed(b"[" * depth + b"]" * depth, JsonPlace("the file"))
        except InvalidDocument:
            break
        assert said(mapping, value, JsonPlace("the file")) == "the file is a list; it is an object"


def test_an_object_has_its_keys_and_no_other() -> None:
    assert mapping({"a": 1}, PLACE) == {"a": 1}
    assert mapping({"b": 1, "a": 2}, PLACE, ("a", "b")) == {"a": 2, "b": 1}
    assert said(mapping, [], PLACE) == "the file: a is a list; it is an object. Mend it with: x"
    assert said(mapping, {"c": 1, "a": 1}, PLACE, ("a", "b")) == (
        "the file: a.c is not known here; the keys are a, b. Mend it with: x"
    )
    assert said(mapping, {"a": 1}, PLACE, ("a", "b")) == (
        "the file: a.b is missing; the keys are a, b. Mend it with: x"
    )


def test_a_list() -> None:
    assert several(anything)([1], PLACE) == [1]
    assert (
        said(several(anything), {"x": 1}, PLACE)
        == "the file: a is an object; it is a list. Mend it with: x"
    )


def test_a_text() -> None:
    assert form("it is b", bool)("b", PLACE) == "b"
    assert form("it is anything", lambda _: True)("", PLACE) == ""
    for value, found in (("", '""'), (7, "7"), (None, "null")):
        assert (
            said(form("it is b", bool), value, PLACE)
            == f"the file: a is {found}; it is b. Mend it with: x"
        )


def test_a_whole_number() -> None:
    assert number(0, 1000)(1000, PLACE) == 1000
    for value, found in ((-1, "-1"), (1001, "1001"), (1.0, "1.0"), (True, "true"), ("1", '"1"')):
        assert said(number(0, 1000), value, PLACE) == (
            f"the file: a is {found}; it is a whole number from 0 to 1,000. Mend it with: x"
        )


def test_a_number_that_says_who_can_read_the_rest() -> None:
    place = JsonPlace("the file", mend="Mend it with: x")
    known_number({"format": 2}, "format", 2, place)
    assert said(known_number, {"format": 3}, "format", 2, place) == (
        "the file has the format 3, and this program reads up to 2. "
        "Get a newer one from where this one came from (README, Installation) with: "
        "python -m pip install --force-reinstall 'coefgate @ git+https://HOST/OWNER/REPOSITORY'"
    )
    for document, found in (
        ({}, "is missing"),
        ({"format": None}, "is null"),
        ({"format": True}, "is true"),
        ({"format": 1}, "is 1"),
        ({"format": 2.0}, "is 2.0"),
        ({"format": "3"}, 'is "3"'),
    ):
        assert said(known_number, document, "format", 2, place) == (
            f"the file: format {found}; it is 2. Mend it with: x"
        )


@given(st.text(st.characters(), max_size=12))
def test_a_line_is_one_that_a_yaml_file_may_hold(value: str) -> None:
    hidden = any(0x200B <= ord(c) <= 0x200F or 0x202A <= ord(c) <= 0x202E for c in value)
    if is_line(value, 12):
        assert value.split() != []
        assert value == value.lstrip()
        assert not hidden
        assert not set(value) & set("\t\n\r\x00\x1b\x7f\x85\u2028\u2029\ufeff")


@pytest.mark.parametrize(
    "value", ["a", "a b ", "caf\u00e9\u00a0au lait", "\u201chalf\u201d", "\U0001f600"]
)
def test_lines(value: str) -> None:
    assert is_line(value, len(value))
    assert not is_line(value, len(value) - 1)


def test_every_invisible_character_is_refused() -> None:
    assert INVISIBLE
    for character in "\x00\x08\x0b\x1f\x7f\x9f\u200b\u202e\u2066\ufeff\uffff\t\n\r":
        assert not is_line(f"a{character}b", 9)


# --- Bytes

_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17) + 1, 10**17) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(_json, st.booleans())
def test_what_json_says_is_read(value: object, ascii_only: bool) -> None:
    assert (
        parsed(json.dumps(value, ensure_ascii=ascii_only).encode(), JsonPlace("the file")) == value
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b"  ", "it is empty"),
        ("{}".encode("utf-16"), "it is written in UTF-16"),
        (b"[1e400]", "it holds 1e400, which is too large"),
        (b'{"a": 1', "Expecting ',' delimiter: line 1 column 8 (char 7)"),
        (b"{} {}", "Extra data: line 1 column 4 (char 3)"),
        (b"\xef\xbb\xbf{}", "it begins with a byte order mark"),
        (b"ab\xff", "byte 2 is 0xff, which is not UTF-8"),
        (b"\xed\xa0\x80", "byte 0 is 0xed, which is not UTF-8"),
        (b'"\\ud800"', "it holds half of a surrogate pair, which is not a character"),
        (b'{"\\uDFFFx": 1}', "it holds half of a surrogate pair, which is not a character"),
        (b"NaN", "it holds NaN"),
        (b"[-Infinity]", "it holds -Infinity"),
        (b'{"a": 1, "a": 1}', 'the key "a" appears twice in one object'),
        (
            b'{"\\u001b[31m": 1, "\\u001b[31m": 2}',
            'the key "\\u001b[31m" appears twice in one object',
        ),
        (b"[" + b"7" * 19 + b"]", "it holds a number of 19 digits"),
        (b"7" * 100_000, "it holds a number of 100,000 digits"),
        (b"[" * 200_000, "it is nested too deep"),
        (b'{"a":' * 200_000, "it is nested too deep"),
        (b"[" * 200_000 + b"]" * 200_000, "it is nested too deep"),
    ],
)
def test_what_is_no_json(data: bytes, reason: str) -> None:
    assert (
        said(parsed, data, JsonPlace("the file", mend="Mend it"))
        == f"the file is not valid JSON: {reason}. Mend it"
    )
    assert said(parsed, data, JsonPlace("the file")) == f"the file is not valid JSON: {reason}"


def test_a_whole_pair_of_surrogates_is_a_character() -> None:
    assert parsed(b'"\\ud83d\\ude00"', JsonPlace("the file")) == "\U0001f600"


def test_many_keys_of_which_the_last_stands_twice_take_no_longer() -> None:
    keys = ",".join(f'"{number}":0' for number in range(200_000))
    assert 'the key "7" appears twice' in said(
        parsed, f'{{{keys},"7":1}}'.encode(), JsonPlace("the file")
    )
