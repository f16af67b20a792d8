"""A syntax error is told at the line to mend, also where the parser goes on for lines."""

from __future__ import annotations

import pytest

from coefgate.registry.yaml_reader import read_document

INDENTATION = "Begin the keys of one mapping, and the items of one list, in one column."
COLON = "Write key: value, with a space after the colon."
OPEN = "Close the quote or the bracket that begins here."
KEY = "Check the indentation, and quote a text that holds a colon."
ANY = "Check the indentation, and that quotes and brackets are closed."

CASES: dict[str, tuple[str, tuple[int, int], str]] = {
    "first key too far": ("a:\n  b:\n     c: 1\n    d: 2\n  e:\n    f: 3\n", (3, 6), INDENTATION),
    "first key too near": (
        "a:\n  b:\n   c: 1\n   d: 2\n  e:\n    f: 3\n g: 1\n",
        (7, 2),
        INDENTATION,
    ),
    "second key too near": ("a:\n  b:\n    c: 1\n   d: 2\n  e:\n    f: 3\n", (4, 4), INDENTATION),
    "second key too far": ("a:\n  b: 1\n   c: 2\n", (3, 5), KEY),
    "first block too far": ("a:\n   b:\n    c: 1\n  d:\n    e: 1\n  f: 1\n", (2, 4), INDENTATION),
    "two keys too far": (
        "a:\n  b:\n      c: 1\n      d: 1\n    e: 1\n  f:\n    g: 1\n",
        (3, 7),
        INDENTATION,
    ),
    "block too near": ("a:\n  b:\n    c: 1\n d:\n    e: 1\n  f: 1\n", (4, 2), INDENTATION),
    "whole file in": ("# why\n  a: 1\nb: 2\nc: 3\n", (2, 3), INDENTATION),
    "key after a list": ("a: [b]\n c: 1\n", (2, 2), ANY),
    "item too near": ("a:\n    - b\n  - c\n  - d\n", (2, 5), INDENTATION),
    "comments and empty lines": ("a:\n     b: 1\n# c\n\n  d: 2\n  e: 3\n", (2, 6), INDENTATION),
    "no colon": ("a:\n  b 1\n  c: 2\n", (2, 3), COLON),
    "no colon before a block": ("a:\n  b\n    c: 1\n", (2, 3), COLON),
    "no space after the colon": ("a:\n  b:1\n  c: 2\n", (2, 3), COLON),
    "no colon at the top": ("a: 1\nb\nc: 2\n", (2, 1), COLON),
    "colon in a text": ("a:\n  b: c: d\n", (2, 7), KEY),
    "colon in a text of lines": ("a:\n  b: it is\n    long and\n    goes: on\n", (4, 9), KEY),
    "key under a text": ("a: b\n  c: 1\n", (2, 4), KEY),
    "open list": ("a: [b, c\nd: 1\ne: 2\n", (1, 4), OPEN),
    "open mapping": ("a:\n  b: {c: 1\n  d: 2\n", (2, 6), OPEN),
    "open list at the end": ("a: [b\n", (1, 4), OPEN),
    "no comma": ("a: {\n  b: 1\n  c: 2\n}\n", (2, 7), "Write a comma here."),
    "open quote": ('a: "b\nc: d\ne: f\n', (1, 4), OPEN),
    "quote that ends at the next one": ('a: "b\nc: "d"\n', (1, 4), OPEN),
    "half a pair": (
        'a: 1\nb: "x\\ud800y"\n',
        (2, 6),
        r"Write \\ for a backslash, or put the text in single quotes.",
    ),
    "list in a mapping": ("a: 1\n- b\n", (2, 1), ANY),
}


@pytest.mark.parametrize("name", CASES)
def test_it_stands_where_it_is_mended(name: str) -> None:
    content, place, fix = CASES[name]
    document, [problem] = read_document(content.encode(), "a.yaml")
    assert document is None
    assert (problem.line, problem.column, problem.fix) == (*place, fix), problem


def test_an_odd_column_is_told_beside_the_other() -> None:
    _, [problem] = read_document(b"a:\n   b:\n    c: 1\n  d: 1\n  e: 1\n", "a.yaml")
    assert (
        problem.found
        == "cannot be read from here on (the line begins in column 4, line 4 in column 3)"
    )


def test_half_a_surrogate_pair_is_called_so() -> None:
    _, [problem] = read_document(rb'a: "x\ud800"', "a.yaml")
    assert problem.found == r"cannot be read from here on (\ud800, half of a surrogate pair)"


def test_a_large_file_with_an_odd_column_takes_no_longer_than_it_is_long() -> None:
    far, near = ("".join(f"{' ' * column}k{n}: 1\n" for n in range(9_000)) for column in (4, 2))
    _, [problem] = read_document(f"a:\n{far}{near}".encode(), "a.yaml")
    assert problem.line == 9_002
