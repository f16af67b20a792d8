"""Numbers tried in files of every style: what no longer fits goes, and all else stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.problems import Problem, UsageProblem
from coefgate.core.trees import FolderTree, OverlayTree, Tree
from coefgate.registry.model import Coefficients, Value
from coefgate.registry.numbers import moved
from coefgate.registry.reading import Memo, read_registry
from coefgate.registry.yaml_reader import strict_document
from coefgate.use_cases.tried_files import TriedFiles, tried_files
from tests.frozen_registry import BY_HAND
from tests.registry.builders import key
from tests.registry.yaml_styles import Styled, styled

TREE = FolderTree(BY_HAND)
MEMO: Memo = {}
DOCS = "coefficients/overhead/docs.yaml"
SIZES = ("low", "medium", "high")


def _with_docs(text: str) -> tuple[Tree, Coefficients]:
    tree = OverlayTree(TREE, {DOCS: text.encode()})
    return tree, read_registry(tree, MEMO)


def _tried(text: str, numbers: Mapping[str, int]) -> TriedFiles:
    tree, registry = _with_docs(text)
    return tried_files(tree, registry, {key(name): str(one) for name, one in numbers.items()})


def _as_it_stands(value: Value) -> object:
    return value.key, value.number, value.basis, value.acknowledge


_SORTED = st.lists(st.integers(0, 9), min_size=3, max_size=3).map(sorted)


@given(st.data(), _SORTED, _SORTED, st.sets(st.sampled_from(SIZES)), st.booleans())
def test_in_every_style_the_files_hold_the_moved_registry_and_all_else(
    data: st.DataObject,
    present: list[int],
    wanted: list[int],
    answered: set[str],
    first: bool,
) -> None:
    entries: dict[str, Any] = {}
    for name, number in zip(SIZES, present, strict=True):
        basis = {"kind": "prior", "reference": "docs/old.md"}
        answer = {"acknowledge": {"from": 70, "to": number, "reason": "it's #1: so"}}
        answer = answer if name in answered else {}
        last = {} if first else answer
        entries[name] = {**(answer if first else {}), "tokens": number, "basis": basis, **last}
    before: Styled = data.draw(styled({"category": "docs", "aliases": [], "overhead": entries}))
    tree, registry = _with_docs(before.text)
    names = data.draw(st.permutations(SIZES))
    numbers = dict(zip(SIZES, wanted, strict=True))
    keys = {name: key(f"docs.{name}") for name in names}
    tried = tried_files(tree, registry, {keys[name]: str(numbers[name]) for name in names})
    changed = [name for name in names if entries[name]["tokens"] != numbers[name]]
    assert [one.name for one in tried.numbers] == [f"docs.{name}" for name in changed]
    if not changed:
        assert not tried.overlay
        return
    # Valid, and what a search in memory looks at.
    read = read_registry(OverlayTree(tree, tried.overlay), MEMO)
    other = moved(registry, {keys[name]: Fraction(numbers[name]) for name in changed})
    assert list(map(_as_it_stands, read.numbers.values())) == list(
        map(_as_it_stands, other.numbers.values())
    )
    after = tried.overlay[DOCS].decode()
    comments = re.findall(r"# c[0-9]+, [^\r\n]*", after)
    assert sorted(map(str.strip, comments)) == sorted(before.comments)
    for name in set(SIZES) - set(changed):
        assert before.parts["overhead", name] in after
    for one in tried.numbers:
        assert (one.taken_out is not None) == (one.key.of[-1] in answered)
        marks = (strict_document(text, DOCS).mark(one.path) for text in tried.changed[DOCS])
        assert (one.line, one.written_line) == tuple(line for line, _ in marks)


# --- Forms, by hand

FORMS = """\
category: docs  # and manuals
aliases: []
overhead:
  low:
    acknowledge:
      from: 70  # as published
      to: 4
      reason: two calls, see run 41
    tokens: 4
    basis: {kind: prior, reference: b}
  medium: {acknowledge: {from: 7, to: 5, reason: a}, tokens: 5, basis: {kind: prior, reference: b}}
  high:
    tokens: 6
    basis: {kind: prior, reference: b}
    acknowledge: {from: 70, to: 6, reason: a}
"""


def test_lines_and_braces_go_and_a_comment_stays() -> None:
    tried = _tried(FORMS, {"docs.high": 9, "docs.low": 3, "docs.medium": 7})
    assert (
        tried.overlay[DOCS].decode()
        == """\
category: docs  # and manuals
aliases: []
overhead:
  low:
    # as published
    tokens: 3
    basis: {kind: prior, reference: b}
  medium: {tokens: 7, basis: {kind: prior, reference: b}}
  high:
    tokens: 9
    basis: {kind: prior, reference: b}
"""
    )
    lines = [(one.name, one.line, one.written_line) for one in tried.numbers]
    assert lines == [("docs.high", 13, 10), ("docs.low", 9, 6), ("docs.medium", 11, 8)]


def test_what_answers_for_no_number_stays() -> None:
    costs, about, margins = (
        f"coefficients/{name}.yaml" for name in ("marginal_costs", "registry", "safety_margins")
    )
    gone = "        acknowledge: {from: 0, to: 7, reason: a}\n"
    size = f"""\
      per_kilobyte:
        tokens: 7
        up_to: 65536
        assumed: 2048
        output_modes: [full_file]
{gone}\
        basis: {{kind: prior, reference: b}}
        acknowledge_settings: {{assumed: {{from: 4096, to: 2048, reason: b}}}}
"""
    answer = 'acknowledge: {applies_to: {from: ["x"], to: ["claude-*"], reason: a}}\n'
    stands = {file: TREE.read(file).decode() for file in (costs, about, margins)}
    before = {
        costs: re.sub(r"(  modify:\n    \w+:\n(?:      .*\n)+)", rf"\1{size}", stands[costs]),
        about: stands[about].replace("semantics: 1", "semantics: 2") + answer,
        margins: re.sub(r"(?m)^interval:.*\n", "", stands[margins]),
    }
    tree = OverlayTree(TREE, {file: text.encode() for file, text in before.items()})
    registry = read_registry(tree)
    (at,) = (one for one in registry.numbers if one.part == "per_kilobyte")
    tried = tried_files(tree, registry, {at: "8", key("fallback.overhead"): "2100"})
    assert {file: content.decode() for file, content in tried.overlay.items()} == {
        costs: before[costs].replace(gone, "").replace("tokens: 7\n", "tokens: 8\n"),
        about: before[about].replace("tokens: 2000\n", "tokens: 2100\n"),
    }
    assert [one.taken_out is None for one in tried.numbers] == [False, True]


def test_a_number_that_stands_there_keeps_its_acknowledgement() -> None:
    tried = _tried(FORMS, {"docs.low": 4})
    assert (tried.numbers, tried.files) == ((), {})


def test_a_problem_is_told_on_the_line_where_the_file_has_it() -> None:
    tried = _tried(FORMS, {"docs.low": 9, "docs.high": 3})
    rises = "tokens rise", "Write at least 9."
    path = "overhead.medium.tokens"
    found = tried.told(Problem(DOCS, 8, 20, path, "not-rising", "is 5", *rises))
    assert (found.line, found.found) == (11, "is 5 (tried here: docs.low 9, docs.high 3)")
    found = tried.told(Problem(DOCS, 10, 13, "overhead.high.tokens", "not-rising", "is 3", *rises))
    assert (found.line, found.found) == (13, "is 3 (tried here; the file says 6)")
    other = Problem("coefficients/registry.yaml", 10, 13, path, "not-rising", "is 3", *rises)
    assert tried.told(other) == other


def test_a_form_that_cannot_be_taken_out_is_told() -> None:
    text = FORMS.replace("    acknowledge:\n", "    ? acknowledge\n    :\n", 1)
    with pytest.raises(UsageProblem, match=r"docs\.yaml:5:.* cannot be written there"):
        _tried(text, {"docs.low": 3})
