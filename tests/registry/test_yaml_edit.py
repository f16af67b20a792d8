"""A YAML file says other data afterwards, and all that need not change is as it was."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.problems import InvalidInput, UsageProblem
from coefgate.registry.wording import ValuePath
from coefgate.registry.yaml_edit import ABSENT, with_data
from coefgate.registry.yaml_reader import strict_document
from tests.registry.yaml_styles import Styled, styled

FILE = "a.yaml"


def _read(content: bytes) -> Any:
    return strict_document(content, FILE).data


# --- For all inputs

_TEXTS = st.sampled_from(["a", "b c", "docs/x-1.md", "ä𝄞"])
_SCALARS = st.one_of(st.integers(0, 20), st.booleans(), st.none(), _TEXTS)
_KEYS = st.sampled_from(["low", "basis", "c d", "é𝄞", "x-1"])
_DATA = st.recursive(
    _SCALARS,
    lambda inside: st.one_of(
        st.dictionaries(_KEYS, inside, max_size=4), st.lists(inside, max_size=4)
    ),
    max_leaves=12,
)
_DOCUMENTS = st.dictionaries(_KEYS, _DATA, min_size=1, max_size=4)


@given(st.data(), _DOCUMENTS, _DOCUMENTS)
def test_every_text_comes_to_say_other_data_and_keeps_its_comments(
    data: st.DataObject, present: dict[str, Any], wanted: dict[str, Any]
) -> None:
    before = data.draw(styled(present))
    content = before.text.encode()
    assert _read(content) == present
    changes: dict[ValuePath, Any] = {(key,): ABSENT for key in present.keys() - wanted.keys()}
    changes |= {(key,): value for key, value in wanted.items()}
    after = with_data(content, FILE, changes)
    assert _read(after) == wanted
    _assert_comments_stay(before, after.decode())
    assert with_data(after, FILE, changes) == after


def _assert_comments_stay(before: Styled, after: str) -> None:
    found = re.findall(r"# c[0-9]+, [^\r\n]*", after)
    assert sorted(one.strip() for one in found) == sorted(before.comments)


@given(st.data(), _DOCUMENTS)
def test_what_is_not_named_stays_to_the_byte(data: st.DataObject, present: dict[str, Any]) -> None:
    before = data.draw(styled(present))
    changed = data.draw(st.sampled_from(sorted(present)))
    wanted = data.draw(_DATA)
    after = with_data(before.text.encode(), FILE, {(changed,): wanted}).decode()
    for path, part in before.parts.items():
        if path and path[0] != changed:
            assert part in after


# --- Forms, by hand

BLOCK = """\
low:  # of docs
  tokens: 1500
  # from calls
  samples: 12  # of them
  # the page
  reference: 'a.md'  # say more
# end
"""
LINES = """\
low: {
  # from calls
  tokens: 1500,  # each
  samples: 12,  # of them
  reference: "a.md"  # say more
}
"""
Change = dict[ValuePath, Any]


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        # Values keep their quotes, and what is the same stays as it is written.
        (
            BLOCK,
            {("low", "reference"): "it's.md", ("low", "tokens"): Decimal("1500.0")},
            BLOCK.replace("'a.md'", "'it''s.md'"),
        ),
        (LINES, {("low", "reference"): "b.md"}, LINES.replace("a.md", "b.md")),
        ("a: 1.30\nb: b\n", {("b",): "1.30"}, 'a: 1.30\nb: "1.30"\n'),
        ("a: >-  # why\n  b\n  c\n# d\n", {("a",): "e: f"}, 'a: "e: f"  # why\n# d\n'),
        # A key goes; comments stay, that of its line on one of their own.
        (
            BLOCK,
            {("low", "samples"): ABSENT},
            BLOCK.replace("  samples: 12  # of them", "  # of them"),
        ),
        (
            LINES,
            {("low", "samples"): ABSENT},
            LINES.replace("  samples: 12,  # of them", "  # of them"),
        ),
        ("{a: 1, b: 2, c: 3}", {("a",): ABSENT, ("c",): ABSENT}, "{b: 2}"),
        ("a: 1\nb: 2", {("b",): ABSENT}, "a: 1\n"),
        ("- a: 1\n  b: 2\n", {(0, "a"): ABSENT}, "- b: 2\n"),
        ("a:\n  b: 1  # c\nd: 2\n", {("a", "b"): ABSENT}, "a: {}  # c\nd: 2\n"),
        # A key comes in, behind the one before it, in the style of its neighbours.
        (
            BLOCK,
            {("low",): {"tokens": 1500, "more": [1, 2], "samples": 12, "reference": "a.md"}},
            BLOCK.replace("1500\n", "1500\n  more: [1, 2]\n"),
        ),
        (
            LINES,
            {("low",): {"tokens": 1500, "more": [1, 2], "samples": 12, "reference": "a.md"}},
            LINES.replace("# each\n", "# each\n  more: [1, 2],\n"),
        ),
        (
            LINES,
            {("low", "more"): {"b": "c"}},
            LINES.replace('"a.md"  # say more\n', '"a.md",  # say more\n  more: {b: c}\n'),
        ),
        ("{a: 1}", {("b c",): None, ("1",): True}, '{a: 1, b c: null, "1": true}'),
        ("a: {}  # none\nb: 1\n", {("a", "c", "d"): 2}, "a:  # none\n  c: {d: 2}\nb: 1\n"),
        ("a: {}\n", {("a",): {"b": 1}}, "a: {b: 1}\n"),
        ("a: 1  # one", {("b",): 2}, "a: 1  # one\nb: 2"),
        # One that takes another's place stands below the comments of that one.
        (
            "a: 1\n\n# How wide\nb: {c: 2}  # c\nd: 3\n",
            {("b",): ABSENT, ("e",): {"f": {"g": Decimal("0.31")}}},
            "a: 1\n\n# How wide\n# c\nd: 3\ne:\n  f: {g: 0.31}\n",
        ),
        (
            "a: 1\n\n# How wide\nb: {c: 2}  # c\n",
            {("b",): ABSENT, ("e",): {"f": {"g": Decimal("0.31")}}},
            "a: 1\n\n# How wide\n# c\ne:\n  f: {g: 0.31}\n",
        ),
        # Items of a list.
        (
            "s:\n- a  # first\n- c\n# end\n",
            {("s",): ["a", "b", "d"]},
            "s:\n- a  # first\n- b\n- d\n# end\n",
        ),
        (
            "s:\n  - a  # first\n  # of c\n  - c\n",
            {("s",): ["x", "c", "d: 1"]},
            's:\n  - x  # first\n  # of c\n  - c\n  - "d: 1"\n',
        ),
        ("s: [a, b,c]\n", {("s",): ["b", "c", "e"]}, "s: [b,c, e]\n"),
        ("s: []  # none\n", {("s",): ["a", "b"]}, "s: [a, b]  # none\n"),
        (
            "s: [a]  # few\nt: 1\n",
            {("s",): ["a", "b" * 90]},
            f"s:  # few\n  - a\n  - {'b' * 90}\nt: 1\n",
        ),
        (
            "s:  # all\n  - a  # one\n",
            {("s",): []},
            "s: []  # all\n    # one\n",
        ),
        (
            "w: []\n",
            {("w",): [{"v": "1.5.0", "why": "x"}, {"v": "1.4.0", "why": None}]},
            "w:\n  - v: 1.5.0\n    why: x\n  - v: 1.4.0\n    why: null\n",
        ),
    ],
)
def test_forms_by_hand(before: str, change: Change, after: str) -> None:
    assert with_data(before.encode(), FILE, change).decode() == after
    with_crlf = before.replace("\n", "\r\n").encode()
    if "\n" in before:
        assert with_data(with_crlf, FILE, change).decode() == after.replace("\n", "\r\n")


# --- Files that a procedure writes

VALID = Path(__file__).parents[2] / "schemas" / "fixtures" / "valid"
CALLS = "samples/autopack/2025-12-17-17275740.jsonl"


def test_samples_that_were_fitted_on_come_in_one_by_one() -> None:
    before = (VALID / "tuning" / "full.yaml").read_text("utf-8")
    before = before.replace(f"{CALLS}\n", f"{CALLS}  # the first import\n")
    samples = ["samples/a/2025-11-01-00000000.jsonl", CALLS, "samples/b/undated-11111111.jsonl"]
    assert with_data(before.encode(), FILE, {("samples",): samples}).decode() == before.replace(
        f"  - {CALLS}  # the first import\n",
        f"  - {samples[0]}\n  - {CALLS}  # the first import\n  - {samples[2]}\n",
    )


def test_intervals_take_the_place_of_one_interval() -> None:
    before = (VALID / "safety_margins" / "full.yaml").read_text("utf-8")
    stated = (VALID / "safety_margins" / "intervals.yaml").read_text("utf-8")
    intervals = _read(stated.encode())["intervals"]
    change: Change = {("interval",): ABSENT, ("intervals",): intervals}
    after = with_data(before.encode(), FILE, change).decode()
    block = stated[stated.index("intervals:") :]
    (line,) = (line for line in before.splitlines() if line.startswith("interval:"))
    assert after == before.replace(f"{line}\n", block)
    # Other figures change in their places, and a scope comes in or goes as a block.
    low = intervals["cells"]["docs"].pop("low")
    intervals["cells"]["docs"]["high"] = low
    intervals["all"]["quantiles"][2]["factor"] = Decimal("1.3")
    again = with_data(after.encode(), FILE, {("intervals",): intervals}).decode()
    assert again == after.replace("factor: 1.22", "factor: 1.3").replace(
        "low:\n        samples: 8", "high:\n        samples: 8"
    )


# --- What is refused


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({("a", "b"): "hidden \u200b"}, r"3:6  a\.b cannot be written there"),
        ({("a", "d"): "hidden \u200b"}, r"3:3  a cannot be written there"),
        ({("a", "b", "c"): 1}, r"3:6  a\.b is an integer and holds no c\."),
        ({("a", 0): 1}, r"3:3  a is a mapping and holds no \[0\]\."),
    ],
)
def test_what_cannot_be_written_is_told_with_its_place(change: Change, place: str) -> None:
    with pytest.raises(UsageProblem, match=rf"^a\.yaml:{place}"):
        with_data(b"# a\na:\n  b: 1\nc: 2\n", FILE, {("c",): 3, **change})


def test_a_file_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(InvalidInput, match=FILE):
        with_data(b"a: &b {c: 1}", FILE, {("a",): 1})
