"""JSON read strictly: what is none, and why, in one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.problems import InvalidDocument
from coefgate.core.strict_json import parsed


def said(call: Any, *arguments: Any) -> str:
    with pytest.raises(InvalidDocument) as error:
        call(*arguments)
    assert error.value.exit_code == 3
    return str(error.value)


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17) + 1, 10**17) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(_json, st.booleans())
def test_what_json_says_is_read(value: object, ascii_only: bool) -> None:
    assert parsed(json.dumps(value, ensure_ascii=ascii_only).encode(), "the file") == value


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
        (b'"\\ud800"', "it holds half of a surrogate pair, which is no character"),
        (b'{"\\uDFFFx": 1}', "it holds half of a surrogate pair, which is no character"),
        (b"NaN", "it holds NaN"),
        (b"[-Infinity]", "it holds -Infinity"),
        (b'{"a": 1, "a": 1}', 'the key "a" stands twice in one object'),
        (
            b'{"\\u001b[31m": 1, "\\u001b[31m": 2}',
            'the key "\\u001b[31m" stands twice in one object',
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
        said(parsed, data, "the file", "Mend it")
        == f"the file is no valid JSON: {reason}. Mend it"
    )
    assert said(parsed, data, "the file") == f"the file is no valid JSON: {reason}"


def test_a_whole_pair_of_surrogates_is_a_character() -> None:
    assert parsed(b'"\\ud83d\\ude00"', "the file") == "\U0001f600"


def test_many_keys_of_which_the_last_stands_twice_take_no_longer() -> None:
    keys = ",".join(f'"{number}":0' for number in range(200_000))
    assert 'the key "7" stands twice' in said(parsed, f'{{{keys},"7":1}}'.encode(), "the file")
