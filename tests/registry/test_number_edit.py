"""A number is exchanged where it stands; nothing else moves, however the file is laid out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.problems import InvalidInput
from coefgate.core.trees import FolderTree, OverlayTree
from coefgate.registry.document import Document
from coefgate.registry.key import Key
from coefgate.registry.number_edit import edited
from coefgate.registry.numbers import limits_of, written
from coefgate.registry.reading import Memo, read_registry, registry_problems
from coefgate.registry.wording import ValuePath
from coefgate.registry.yaml_reader import strict_document
from tests.frozen_registry import BY_HAND
from tests.registry.builders import key, moved, values_of

PLACE = ("overhead", "low", "tokens")
BASIS = "{kind: prior, reference: docs/calibrations/baseline.md}"


def _document(content: bytes) -> Document:
    return strict_document(content, "a.yaml")


def _read(content: bytes) -> Any:
    return _document(content).data


def _edited(text: str, after: str = "1800") -> str:
    content, edits = edited(text.encode(), "a.yaml", {PLACE: after})
    assert len(edits) == 1
    return content.decode()


# --- Layouts


@pytest.mark.parametrize(
    "layout",
    [
        f"overhead:\n  low:\n    tokens: @\n    basis: {BASIS}\n",
        f"overhead: {{low: {{tokens: @, basis: {BASIS}}}}}",
        '{"overhead":{"low":{"tokens":@}}}',
        "overhead:\n  low: {tokens: @}   # 1500 calls said so\n",
        "overhead:\n  'low':\n    \"tokens\": @  # was 1500",
        "overhead:\r\n  low:\r\n    tokens: @\r\n    # 1500\r\n",
        "overhead:\n  low:\n    tokens:\n      @\n",
        "overhead:\n  low:\n    ? tokens\n    : @\n",
        "overhead:\n  low:\n    basis: 1500\n    tokens: @\n  high:\n    tokens: 1500\n",
        "# 1500 — ä 𝄞\noverhead: {low: {note: '𝄞é 1500', tokens: @, more: 1500}}\n",
        "overhead:\n  low: {tokens:\n    @\n    ,more: [1500, 1500]}\n",
        "---\noverhead: {low: {tokens: @}}\n...\n",
        "\n\n\noverhead: {low: {tokens: @}}",
        "overhead:\n    low :\n        tokens : @ \n",
    ],
)
def test_every_layout_keeps_all_but_the_number(layout: str) -> None:
    assert _edited(layout.replace("@", "1500")) == layout.replace("@", "1800")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("+1500", "1800"),
        ("-0", "7"),
        ("0", "1000000"),
        ("1000000", "0"),
        ("1.30", "1.25"),
        ("1.250", "2"),
    ],
)
def test_a_number_is_exchanged_with_its_sign_and_its_decimals(before: str, after: str) -> None:
    assert _edited(f"overhead: {{low: {{tokens: {before}}}}}", after) == (
        f"overhead: {{low: {{tokens: {after}}}}}"
    )


@pytest.mark.parametrize(
    ("stands", "said"), [("1500", "1500"), ("+1500", "1500"), ("1.30", "1.3"), ("1", "1.0")]
)
def test_a_number_that_says_the_same_stays_as_it_is_written(stands: str, said: str) -> None:
    content = f"overhead: {{low: {{tokens: {stands}}}}}".encode()
    assert edited(content, "a.yaml", {PLACE: said}) == (content, ())


def test_several_numbers_of_one_line_are_exchanged_at_once() -> None:
    text = (
        "overhead: {low: {tokens: 5}, medium: {tokens: 77}, high: {tokens: 1000}} # 5 77 1000\r\n"
    )
    places: dict[ValuePath, str] = {("overhead", "high", "tokens"): "2", PLACE: "12345"}
    content, edits = edited(text.encode(), "a.yaml", places)
    assert content.decode() == text.replace(" 5}", " 12345}").replace(" 1000}", " 2}")
    assert [(edit.line, edit.column, edit.before, edit.after) for edit in edits] == [
        (1, text.index("5") + 1, "5", "12345"),
        (1, text.index("1000") + 1, "1000", "2"),
    ]


def test_an_edit_says_the_line_of_the_number() -> None:
    _, (edit,) = edited(b"# a\r\noverhead:\r\n  low:\r\n    tokens: 1\r\n", "a.yaml", {PLACE: "2"})
    assert (edit.line, edit.column) == (4, 13)


# --- What is refused


@pytest.mark.parametrize(
    "stands", ['"1500"', "true", "null", "[1500]", "1500 tokens", "1.5.0", "text"]
)
def test_a_place_that_holds_no_number_is_an_error(stands: str) -> None:
    with pytest.raises(ValueError, match=r"a\.yaml: there is no number at overhead\.low\.tokens"):
        edited(f"overhead: {{low: {{tokens: {stands}}}}}".encode(), "a.yaml", {PLACE: "1800"})


def test_a_place_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="there is no number at"):
        edited(b"overhead: 1500", "a.yaml", {PLACE: "1800"})


def test_a_file_that_cannot_be_read_is_not_edited() -> None:
    with pytest.raises(InvalidInput):
        edited(b"\xef\xbb\xbfoverhead: {low: {tokens: 1500}}", "a.yaml", {PLACE: "1800"})


# --- For all inputs

_VISIBLE = st.characters(exclude_categories=("C", "Z"), exclude_characters="\"'\\")
_KEYS = st.text(_VISIBLE, min_size=1, max_size=5)
_NUMBERS = st.one_of(
    st.integers(-1_000_000, 1_000_000).map(str),
    st.decimals(0, 10, places=3).map(lambda number: f"{number:f}"),
)


@st.composite
def _documents(draw: st.DrawFn) -> tuple[str, list[ValuePath]]:
    """YAML in mixed layouts, and the places of its numbers."""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    places: list[ValuePath] = []

    def scalar(path: ValuePath) -> str:
        if draw(st.booleans()):
            places.append(path)
            return draw(_NUMBERS)
        return f"'{draw(_KEYS)} {draw(_NUMBERS)}'"

    def keys() -> list[tuple[str, str]]:
        quotes = st.sampled_from("'\"")
        names = draw(st.lists(_KEYS, min_size=1, max_size=3, unique=True))
        return [(name, f"{quote}{name}{quote}") for name in names for quote in [draw(quotes)]]

    def flow(path: ValuePath, depth: int) -> str:
        inside = [
            f"{shown}:{' ' * draw(st.integers(1, 2))}"
            + (
                flow((*path, name), depth - 1)
                if depth and draw(st.booleans())
                else scalar((*path, name))
            )
            for name, shown in keys()
        ]
        return f"{{{draw(st.sampled_from([',', ', ', f' ,{end}      '])).join(inside)}}}"

    def block(path: ValuePath, depth: int, indent: str) -> str:
        lines = []
        for name, shown in keys():
            comment = draw(st.sampled_from(["", "  # 1500 ä𝄞", f"{end}{indent}# 12"]))
            if depth and draw(st.booleans()):
                lines.append(
                    f"{indent}{shown}:{end}{block((*path, name), depth - 1, indent + '  ')}"
                )
            elif draw(st.booleans()):
                lines.append(f"{indent}{shown}: {flow((*path, name), 1)}{comment}")
            else:
                lines.append(f"{indent}{shown}: {scalar((*path, name))}{comment}")
        return end.join(lines)

    text = block((), 2, "")
    return text + draw(st.sampled_from(["", end])), places


@given(_documents(), st.data())
def test_edited_then_read_gives_the_new_number_and_the_same_everything_else(
    made: tuple[str, list[ValuePath]], data: st.DataObject
) -> None:
    text, places = made
    chosen = data.draw(st.lists(st.sampled_from(places), unique=True) if places else st.just([]))
    numbers = {place: data.draw(_NUMBERS) for place in chosen}
    content, edits = edited(text.encode(), "a.yaml", numbers)
    expected = _read(text.encode())
    for place, number in numbers.items():
        above = expected
        for word in place[:-1]:
            above = above[word]
        above[place[-1]] = Decimal(number) if "." in number else int(number)
    assert _read(content) == expected
    # Put back one by one where the edits say that they stood: not a byte differs.
    lines = content.decode().split("\n")
    for edit in sorted(edits, key=lambda edit: (edit.line, edit.column)):
        line, begin = lines[edit.line - 1], edit.column - 1
        assert line.startswith(edit.after, begin)
        lines[edit.line - 1] = line[:begin] + edit.before + line[begin + len(edit.after) :]
    assert "\n".join(lines) == text


# --- A real registry's files

TREE = FolderTree(BY_HAND)
NAMES = sorted(values_of(read_registry(TREE)))


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_the_registry_is_found_by_its_name(name: str) -> None:
    at, value = key(name), values_of(read_registry(TREE))[name]
    assert (at, f"coefficients/{at.file}") == (value.key, value.file)
    before = TREE.read(value.file)
    after = written(value.number + at.number(1))
    path = at.path_in(_document(before).data)
    content, (edit,) = edited(before, value.file, {path: after})
    assert edit.line == value.line
    numbers = [_document(text).at(path) for text in (before, content)]
    assert list(map(str, numbers)) == [written(value.number), after]
    assert [
        number
        for number, pair in enumerate(
            zip(before.splitlines(), content.splitlines(), strict=True), 1
        )
        if pair[0] != pair[1]
    ] == [value.line]


def test_the_edited_registry_is_the_moved_one() -> None:
    registry = read_registry(TREE)
    value = values_of(registry)["docs.low"]
    before = TREE.read(value.file)
    path = value.key.path_in(_document(before).data)
    content, _ = edited(before, value.file, {path: "1234"})
    laid_over = OverlayTree(TREE, {value.file: content})
    assert read_registry(laid_over) == moved(registry, {"docs.low": Fraction(1234)})


@pytest.mark.thorough
def test_limits_are_where_the_strict_reader_begins_to_refuse() -> None:
    memo: Memo = {}
    registry = read_registry(TREE, memo)
    for at, value in registry.numbers.items():
        low, high = limits_of(registry, at)
        assert low <= value.steps <= high
        for steps, valid in ((low - 1, False), (low, True), (high, True), (high + 1, False)):
            before = TREE.read(value.file)
            path = at.path_in(_document(before).data)
            content, edits = edited(before, value.file, {path: written(at.number(steps))})
            read, _ = registry_problems(OverlayTree(TREE, {value.file: content}), memo)
            assert (read is not None) == valid, (at, steps)
            assert len(edits) == (steps != value.steps)


@pytest.mark.parametrize("name", ["docs", "margin", ""])
def test_what_is_no_name_has_no_key(name: str) -> None:
    assert Key.named(name) is None


def test_an_alias_in_a_name_may_hold_dots() -> None:
    assert Key.named("margin.a.b.low") == Key("margin", ("a.b", "low"))
    assert Key.named("a.b.low") == Key("overhead", ("a.b", "low"))


# --- Laid over, and written


def test_an_overlay_replaces_contents_and_nothing_else() -> None:
    file = "coefficients/overhead/docs.yaml"
    tree = OverlayTree(TREE, {file: b"one\ntwo two\n"})
    sizes = {entry.path: entry.size for entry in tree.entries("coefficients")}
    assert sizes == {entry.path: entry.size for entry in TREE.entries("coefficients")} | {file: 12}
    assert tree.read(file) == b"one\ntwo two\n"
    assert list(tree.lines(file, 5)) == [b"one\n", b"two t", b"wo\n"]
    other = "coefficients/registry.yaml"
    assert tree.read(other) == TREE.read(other)
    assert b"".join(tree.lines(other, 80)) == TREE.read(other)
