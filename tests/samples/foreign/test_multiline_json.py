"""Objects of lists and of files that are printed for readers are records like those of lines."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.samples.foreign.multiline_json import json_pieces
from coefgate.samples.foreign.source import ForeignSource

Found = tuple[list[tuple[int, dict[str, Any]]], dict[str, list[str]]]


def _records(content: str) -> Found:
    source = ForeignSource("f", BytesIO(content.encode()))
    records = list(source.records())
    return records, {reason: one.places for reason, one in source.unreadable.items()}


@pytest.mark.parametrize(
    ("content", "records", "unreadable"),
    [
        ('{"a":1}\n[{"b":2},3]\n', [(1, {"a": 1}), (2, {"b": 2})], {"no-object": ["f:2"]}),
        ('\n[\n{"a":1},\n{"b":\n2}\n]\n', [(3, {"a": 1}), (4, {"b": 2})], {}),
        ('[{"a":1},\n{"b":2}]\n', [(1, {"a": 1}), (2, {"b": 2})], {}),
        ('{\n"a":1\n}\n{\n"b":[{}]\n}\n', [(1, {"a": 1}), (4, {"b": [{}]})], {}),
        ('[\n{"a":1},\n"x", 7,\n[1]\n]\n', [(2, {"a": 1})], {"no-object": ["f:3", "f:3", "f:4"]}),
        ('[\n{"a":1},\n{bad},\n{"b":2}\n]', [(2, {"a": 1}), (4, {"b": 2})], {"no-json": ["f:3"]}),
        ('[\n{"a":1},\n{"b":2,\n', [(2, {"a": 1})], {"cut-off": ["f:3"]}),
        # A broken first line of JSON lines is one broken line.
        ('{"a":\n{"b":2}\n', [(2, {"b": 2})], {"no-json": ["f:1"]}),
        ("[]\n", [], {}),
        ("[\n]\n", [], {}),
    ],
)
def test_lists_and_printed_objects(content: str, records: Any, unreadable: Any) -> None:
    assert _records(content) == (records, unreadable)


_TEXTS = st.text(max_size=5)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=4,
)
_ROWS = st.lists(st.dictionaries(_TEXTS, _VALUES, max_size=3), min_size=1, max_size=4)


@given(_ROWS, st.integers(0, 3))
def test_however_it_is_printed_a_list_holds_the_same(rows: Any, indent: int) -> None:
    for text in (json.dumps(rows, indent=indent), "\n".join(map(json.dumps, rows))):
        records, unreadable = _records(text)
        assert [record for _, record in records] == rows
        assert unreadable == {}
    apart = "\n".join(json.dumps(row, indent=indent) for row in rows if row)
    if apart:
        assert [record for _, record in _records(apart)[0]] == [row for row in rows if row]


def test_an_object_that_is_too_long_is_passed_by() -> None:
    lines = enumerate([b"[\n", b'{"a": "', b"x" * 50, b'"},\n', b'{"b": 2}\n', b"]"], 1)
    assert list(json_pieces(lines, 20)) == [(2, None), (5, b'{"b": 2}\n')]
