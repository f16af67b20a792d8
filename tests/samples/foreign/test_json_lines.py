"""JSON as Python and JavaScript write it, beyond the standard."""

from __future__ import annotations

import pytest

from coefgate.samples.foreign.json_lines import foreign_json


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (b'{"a":1}', {"a": 1}),
        (b'{"cost":NaN,"low":-Infinity,"a":1}', {"cost": None, "low": None, "a": 1}),
        (rb'{"cut":"x\ud83d","a":1}', {"cut": "x�", "a": 1}),
        (rb'{"cut":"\ude00y\uD83D\uDE00\ud83d","a":1}', {"cut": "�y😀�", "a": 1}),
        (rb'{"said":"\\ud83d","cost":NaN}', {"said": r"\ud83d", "cost": None}),
    ],
)
def test_what_is_beyond_the_standard_spoils_no_record(line: bytes, holds: object) -> None:
    assert foreign_json(line) == holds


@pytest.mark.parametrize(
    "line",
    [
        b"NaN of what",
        b'{"a":NaN',
        rb'{"a":"\ud83d"',
        b'{"a":NaN,"b":"\xff"}',
        b'{"a":NaN,"b":' + b"[" * 100_000,
        b'{"a":NaN,"b":' + b"9" * 10_000 + b"}",
    ],
)
def test_what_is_no_json_stays_none(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (of several kinds)
        foreign_json(line)
