"""YAML changed as text: what is not meant stays as it is, byte for byte."""

from __future__ import annotations

import pytest
import yaml

from coefgate.drill.fileset import dumped, with_text

BLOCK = b"""# first
low:  # comment
  tokens: 1500   # why
  basis: {kind: prior}
high:
  tokens: 2

# last
"""
FLOW = "low: {tokens: 1500, basis: {kind: prior, note: ü}}\r\nhigh: {tokens: 2}\r\n".encode()


def test_a_value_is_exchanged_where_it_stands() -> None:
    assert with_text(BLOCK, ("low", "tokens"), "7") == BLOCK.replace(b"1500", b"7")
    assert with_text(FLOW, ("high", "tokens"), '"x"') == FLOW.replace(b"tokens: 2", b'tokens: "x"')


def test_a_whole_mapping_is_exchanged_and_what_follows_keeps_its_line() -> None:
    found = with_text(BLOCK, ("low",), "{a: 1}")
    assert yaml.safe_load(found) == {"low": {"a": 1}, "high": {"tokens": 2}}
    assert found.endswith(b"\nhigh:\n  tokens: 2\n\n# last\n")


def test_a_value_that_is_not_there_is_an_error() -> None:
    with pytest.raises((KeyError, StopIteration)):
        with_text(BLOCK, ("low", "else"), "1")
    with pytest.raises(KeyError, match=r"low\.tokens\.more"):
        with_text(BLOCK, ("low", "tokens", "more"), "1")


def test_what_stands_in_two_places_is_written_twice() -> None:
    same = {"kind": "prior"}
    assert b"&" not in dumped({"a": same, "b": same})
