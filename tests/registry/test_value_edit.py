"""Values as a fitting procedure found them, written into files that people wrote by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.problems import InvalidInput, UsageProblem
from coefgate.core.trees import FolderTree, OverlayTree
from coefgate.registry.key import Key
from coefgate.registry.model import Acknowledgement, Basis, BasisKind, Value
from coefgate.registry.reading import read_registry, registry_problems
from coefgate.registry.value_edit import NewValue, written_values
from coefgate.registry.yaml_reader import strict_document
from tests.frozen_registry import BY_HAND
from tests.registry.builders import key
from tests.registry.yaml_styles import Styled, styled

TREE = FolderTree(BY_HAND)
FILE = "coefficients/overhead/docs.yaml"
FIT = Basis("fit", "docs/a.md", 12, (Fraction(1210), Fraction(1840)))
LOW, HIGH = key("docs.low"), key("docs.high")
FROM_1500 = Acknowledgement(Fraction(1500), Fraction(700), "")


def _written(text: str, values: dict[Key, NewValue]) -> str:
    return written_values(text.encode(), FILE, values).decode()


# --- Forms, by hand

DOCS = """\
category: docs  # and manuals
overhead:
  low:
    tokens: 1500   # of nine calls
    basis: {kind: prior, reference: docs/old.md}  # as published
  # More work:
  high: {tokens: 3500, basis: {kind: fit, samples: 3, interval: [900, 4000], reference: b}}
"""
BLOCK = """\
overhead:
    low:
        # measured
        tokens: 1500
        basis:
            kind: fit  # by hand
            # how many
            samples: 3  # calls
            interval:
                - 900  # low
                - 4000
            reference: "docs/old.md"
        acknowledge:
            from: 700  # before
            to: 1500
            reason: two calls, see run 41
    # the end
"""


def test_a_prior_becomes_a_fit_and_a_fit_a_prior() -> None:
    values = {
        LOW: NewValue(Fraction(700), FIT, FROM_1500),
        HIGH: NewValue(Fraction(3500), Basis("prior", "b")),
    }
    assert (
        _written(DOCS, values)
        == """\
category: docs  # and manuals
overhead:
  low:
    tokens: 700   # of nine calls
    basis: {kind: fit, samples: 12, interval: [1210, 1840], reference: docs/a.md}  # as published
    acknowledge: {from: 1500, to: 700, reason: ""}
  # More work:
  high: {tokens: 3500, basis: {kind: prior, reference: b}}
"""
    )


def test_an_entry_in_braces_gets_its_acknowledgement_there() -> None:
    answer = Acknowledgement(Fraction(3500), Fraction(700), "a: b")
    high = NewValue(Fraction(700), Basis("correction", "b", 3), answer)
    assert _written(DOCS, {HIGH: high}).splitlines()[-1] == (
        "  high: {tokens: 700, basis: {kind: correction, samples: 3, reference: b}, "
        'acknowledge: {from: 3500, to: 700, reason: "a: b"}}'
    )


def test_a_basis_on_lines_keeps_them_and_their_comments() -> None:
    assert (
        _written(BLOCK, {LOW: NewValue(Fraction(1600), FIT)})
        == """\
overhead:
    low:
        # measured
        tokens: 1600
        basis:
            kind: fit  # by hand
            # how many
            samples: 12  # calls
            interval:
                - 1210  # low
                - 1840
            reference: "docs/a.md"
        # before
    # the end
"""
    )
    prior = NewValue(
        Fraction(1500),
        Basis("prior", "docs/old.md"),
        Acknowledgement(Fraction(700), Fraction(1500), "two calls, see run 41"),
    )
    assert _written(BLOCK, {LOW: prior}) == BLOCK.replace("kind: fit", "kind: prior").replace(
        "            samples: 3  # calls\n            interval:\n                - 900  # low\n"
        "                - 4000\n",
        "            # calls\n            # low\n",
    )


def test_a_cell_gets_a_margin_of_its_own() -> None:
    before = "default:\n  factor: 1.30\n  basis: {kind: prior, reference: b}\ncells: {}\n# end\n"
    margins = {
        key("margin.default"): NewValue(Fraction(13, 10), Basis("prior", "b")),
        key("margin.docs.low"): NewValue(Fraction(5, 4), Basis("fit", "b", 2)),
    }
    assert _written(before, margins) == before.replace(
        " {}\n",
        "\n  docs:\n    low:\n      factor: 1.25\n"
        "      basis: {kind: fit, samples: 2, reference: b}\n",
    )


def test_a_value_that_holds_another_keeps_it_or_both_are_written() -> None:
    before = """\
marginal_costs:
  modify:
    doc:
      tokens: 5
      basis: {kind: prior, reference: b}
      per_kilobyte: {tokens: 7, up_to: 65536, basis: {kind: prior, reference: b}}  # more
"""
    cost, size = key("marginal.modify.doc"), key("marginal.modify.doc.per_kilobyte")
    fit = Basis("fit", "b", 2)
    answer = Acknowledgement(Fraction(5), Fraction(50), "")
    after = before.replace("5\n", "50\n", 1).replace(
        "{kind: prior, reference: b}\n",
        "{kind: fit, samples: 2, reference: b}\n"
        '      acknowledge: {from: 5, to: 50, reason: ""}\n',
    )
    values = {cost: NewValue(Fraction(50), fit, answer)}
    assert _written(before, values) == after
    values = {size: NewValue(Fraction(8), fit), **values}
    assert _written(before, values) == after.replace(
        "tokens: 7, up_to: 65536, basis: {kind: prior,",
        "tokens: 8, up_to: 65536, basis: {kind: fit, samples: 2,",
    )


def test_a_factor_of_a_rule_is_written_where_its_rule_stands() -> None:
    before = """\
factors:
  - models: ["claude-opus-*"]  # the large ones
    factor: 1.12
    basis: {kind: prior, reference: b}
  - {models: [b], factor: 1, basis: {kind: prior, reference: b}}
"""
    values = {
        key("model.b"): NewValue(Fraction(9, 10), Basis("fit", "c", 3)),
        key("model.claude-opus-*"): NewValue(Fraction(5, 4), Basis("prior", "b")),
    }
    assert _written(before, values) == before.replace("1.12", "1.25").replace(
        "factor: 1, basis: {kind: prior, reference: b}",
        "factor: 0.9, basis: {kind: fit, samples: 3, reference: c}",
    )
    with pytest.raises(UsageProblem, match=r":2:3  factors is a list and holds no \[2\]"):
        _written(before, {key("model.c"): NewValue(Fraction(1), FIT)})


def test_line_ends_stay() -> None:
    values = {LOW: NewValue(Fraction(700), FIT, FROM_1500)}
    for text in (DOCS, BLOCK):
        after = _written(text.replace("\n", "\r\n"), values)
        assert after == _written(text, values).replace("\n", "\r\n")


# --- What is refused


def test_a_number_without_an_exact_form_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"^overhead\.low\.tokens cannot be 1/3; round it"):
        _written(DOCS, {LOW: NewValue(Fraction(1, 3), FIT)})


def test_a_file_that_cannot_be_read_is_not_edited() -> None:
    with pytest.raises(InvalidInput):
        _written("overhead: {low: {tokens: 1, tokens: 2}}", {LOW: NewValue(Fraction(1), FIT)})


# --- For all inputs

_NUMBERS = st.integers(0, 1_000_000)
_TEXTS = st.sampled_from(["docs/a.md", "docs/c d.md", "ä𝄞", "a: b", "it's #1"])
_KINDS: st.SearchStrategy[BasisKind] = st.sampled_from(get_args(BasisKind))
_ENDS = st.none() | st.tuples(_NUMBERS.map(Fraction), _NUMBERS.map(Fraction))
_BASES = st.builds(Basis, _KINDS, _TEXTS, st.none() | _NUMBERS, _ENDS)
_ANSWERS = st.builds(
    Acknowledgement, _NUMBERS.map(Fraction), _NUMBERS.map(Fraction), st.just("") | _TEXTS
)
_VALUES = st.builds(NewValue, _NUMBERS.map(Fraction), _BASES, st.none() | _ANSWERS)


def _data(value: NewValue) -> dict[str, Any]:
    basis: dict[str, Any] = {"kind": value.basis.kind, "reference": value.basis.reference}
    if value.basis.samples is not None:
        basis["samples"] = value.basis.samples
    if value.basis.interval is not None:
        basis["interval"] = [int(end) for end in value.basis.interval]
    data: dict[str, Any] = {"basis": basis, "tokens": int(value.number)}
    if (answer := value.acknowledge) is not None:
        numbers = {"from": int(answer.previous), "to": int(answer.current)}
        data["acknowledge"] = {"reason": answer.reason, **numbers}
    return data


@given(
    st.data(),
    st.dictionaries(st.sampled_from(["low", "medium", "high"]), _VALUES, min_size=1),
    st.dictionaries(st.sampled_from(["low", "medium", "high"]), _VALUES),
)
def test_every_style_takes_every_value_and_keeps_its_comments(
    data: st.DataObject, present: dict[str, NewValue], new: dict[str, NewValue]
) -> None:
    entries = {name: _data(value) for name, value in present.items()}
    before: Styled = data.draw(styled({"category": "docs", "overhead": entries}))
    values = {key(f"docs.{name}"): value for name, value in new.items()}
    after = _written(before.text, values)
    read = strict_document(after.encode(), FILE).data
    wanted = entries | {name: _data(value) for name, value in new.items()}
    assert read == {"category": "docs", "overhead": wanted}
    comments = re.findall(r"# c[0-9]+, [^\r\n]*", after)
    assert sorted(map(str.strip, comments)) == sorted(before.comments)
    assert _written(after, values) == after
    for name in present.keys() - new.keys():
        assert before.parts["overhead", name] in after


# --- The registry's own files


def _as_it_stands(value: Value) -> NewValue:
    return NewValue(value.number, value.basis, value.acknowledge)


def test_writing_what_stands_changes_no_byte() -> None:
    registry = read_registry(TREE)
    for file in {value.file for value in registry.numbers.values()}:
        numbers = {
            at: _as_it_stands(value)
            for at, value in registry.numbers.items()
            if value.file == file
        }
        assert written_values(TREE.read(file), file, numbers) == TREE.read(file)


@pytest.mark.parametrize(
    "name", ["docs.low", "marginal.create.frontend", "margin.default", "fallback.overhead"]
)
def test_a_written_registry_is_read_with_these_values(name: str) -> None:
    registry = read_registry(TREE)
    at: Key = key(name)
    value = registry.numbers[at]
    number = value.number + at.number(1)
    answer = Acknowledgement(value.number, number, "seen in later calls")
    new = NewValue(number, replace(FIT, interval=(Fraction(0), Fraction(5))), answer)
    content = written_values(TREE.read(value.file), value.file, {at: new})
    read, problems = registry_problems(OverlayTree(TREE, {value.file: content}))
    if name == "docs.low":  # above docs.medium now, which says the same tokens
        assert [problem.code for problem in problems] == ["not-rising"]
        return
    assert read is not None
    assert _as_it_stands(read.numbers[at]) == new
    others = {key: one for key, one in registry.numbers.items() if key != at}
    assert {key: _as_it_stands(one) for key, one in others.items()} == {
        key: _as_it_stands(read.numbers[key]) for key in others
    }
    assert content.count(b"\n") == TREE.read(value.file).count(b"\n") + 1


def test_a_factor_keeps_its_exact_thousandths() -> None:
    before = "default: {factor: 1, basis: {kind: prior, reference: b}}"
    factor = NewValue(Fraction(1117, 1000), Basis("prior", "b"))
    after = written_values(before.encode(), FILE, {key("margin.default"): factor})
    assert strict_document(after, FILE).at(("default", "factor")) == Decimal("1.117")
