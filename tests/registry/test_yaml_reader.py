"""YAML is read strictly, exactly and with places; no file makes reading fail or grow."""

from __future__ import annotations

import tracemalloc
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from coefgate.core.problems import Problem
from coefgate.registry import yaml_reader
from coefgate.registry.document import UNREADABLE, Document
from coefgate.registry.files import MAX_BYTES
from coefgate.registry.yaml_reader import read_document, strict_document


def _document(text: str) -> Document:
    return strict_document(text.encode(), "a.yaml")


def _problems(content: str | bytes) -> tuple[Problem, ...]:
    encoded = content if isinstance(content, bytes) else content.encode()
    _, problems = read_document(encoded, "a.yaml")
    assert problems
    return problems


def _places(content: str | bytes) -> list[tuple[int, int, str]]:
    return [(problem.line, problem.column, problem.code) for problem in _problems(content)]


# --- Values


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0", 0),
        ("-40", -40),
        ("+5", 5),
        ("1.25", Decimal("1.25")),
        ("-0.10", Decimal("-0.10")),
        ("true", True),
        ("false", False),
        ("null", None),
        ("text", "text"),
        ("1.4.0", "1.4.0"),
        ("10k", "10k"),
        ("no way", "no way"),
        ("a-b", "a-b"),
        ('"yes"', "yes"),
        ("'2026-01-01'", "2026-01-01"),
        ('"0x10"', "0x10"),
        ('""', ""),
        ("[1, a]", [1, "a"]),
        ("{}", {}),
    ],
)
def test_values(written: str, value: object) -> None:
    found = _document(f"key: {written}").data["key"]
    assert found == value
    assert type(found) is type(value)


def test_a_decimal_keeps_its_digits() -> None:
    assert str(_document("key: 40.0").data["key"]) == "40.0"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *(
            (text, "unclear-boolean")
            for text in ("yes", "No", "ON", "off", "y", "N", "True", "FALSE")
        ),
        *((text, "unclear-null") for text in ("~", "Null", "NULL")),
        *(
            (text, "unclear-number")
            for text in ("0x1F", "0o17", "0b1", "017", "00", "1_0", "1e5", "1.5E-3")
        ),
        *(
            (text, "unclear-number")
            for text in (".5", "1.", "-.5", "12:30", "1:20:30.5", ".inf", "-.INF", ".NaN")
        ),
        *((text, "unquoted-date") for text in ("2026-01-01", "2026-1-1", "2026-01-01T10:00:00Z")),
        ("9" * 21, "number-too-long"),
        ("", "no-value"),
    ],
)
def test_what_readers_could_take_differently_is_refused(written: str, code: str) -> None:
    assert _places(f"key: {written}\n")[0][2] == code
    if written:
        assert _document(f'key: "{written}"').data == {"key": written}


@given(st.text("0123456789+-.:_eExob", max_size=12))
def test_a_plain_scalar_is_exactly_its_text_or_refused(text: str) -> None:
    document, problems = read_document(f"- {text}".encode(), "a.yaml")
    value = document.data[0] if document and isinstance(document.data, list) else None
    if problems or value is None:
        return
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        assert yaml.safe_load(text) == (value if isinstance(value, int) else float(value))
    elif isinstance(value, str):
        assert isinstance(yaml.load(text, yaml.BaseLoader), str)  # noqa: S506 (BaseLoader makes only texts)


# --- Places


def test_marks_of_values_and_keys() -> None:
    document = _document("a:\n  b: 1\n  c: [x,  yy]\nü: é\n")
    assert document.mark(()) == (1, 1)
    assert document.mark(("a",)) == (2, 3)
    assert document.mark(("a",), key=True) == (1, 1)
    assert document.mark(("a", "b")) == (2, 6)
    assert document.mark(("a", "c", 1)) == (3, 11)
    assert document.mark(("a", "c", 1), key=True) == (3, 11)
    assert document.mark(("ü",)) == (4, 4)


def test_a_path_to_nothing_is_placed_on_the_nearest_value_above() -> None:
    document = _document("a:\n  b: 1\n")
    assert document.mark(("a", "x", "y")) == (2, 3)
    assert document.mark(("a", "b", 0)) == (2, 6)


def test_windows_line_ends_move_no_place() -> None:
    assert _document("a: 1\r\nb: 2\r\n").mark(("b",)) == (2, 4)


# --- Refusals


def test_all_problems_of_a_file_are_found_at_once() -> None:
    content = "a: yes\nb: &x 1\nc: *x\na: 2\nd: !t 3\n<<: {}\n1: x\n"
    assert _places(content) == [
        (1, 4, "unclear-boolean"),
        (2, 4, "anchor"),
        (3, 4, "alias"),
        (4, 1, "duplicate-key"),
        (5, 4, "tag"),
        (6, 1, "merge-key"),
        (7, 1, "key-not-text"),
    ]


def test_what_could_be_read_is_there_beside_the_problems() -> None:
    document, problems = read_document(b"a: yes\nb: 2\n", "a.yaml")
    assert document
    assert document.data == {"a": UNREADABLE, "b": 2}
    assert len(problems) == 1


def test_a_duplicate_key_names_the_line_of_the_first() -> None:
    (problem,) = _problems("low:\n  tokens: 1\n  tokens: 2\n")
    assert str(problem) == (
        "a.yaml:3:3  low.tokens is written twice, first in line 2; a key appears once. Keep one "
        "of the two."
    )


def test_the_place_of_a_bad_byte_counts_characters() -> None:
    assert _places("ok: 1\nüü: ".encode() + b"\xff") == [(2, 5, "not-utf-8")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_refused(encoding: str) -> None:
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff", "utf-32": b""}
    content = marks[encoding] + "a: 1\n".encode(encoding)
    assert _places(content)[0] == (1, 1, "not-utf-8")


def test_every_line_with_a_tab_is_named_once() -> None:
    assert _places("a:\n\tb:\t1\n c: 1\n\t\td: 2") == [(2, 1, "tab"), (4, 1, "tab")]


@pytest.mark.parametrize(
    ("content", "place", "fix"),
    [
        ("a: *.md", (1, 4), "Quote a text that begins with *."),
        ("a: {b,c}/**", (1, 9), "Quote a text that begins with {."),
        ("a: [b]c", (1, 7), "Quote a text that begins with [."),
        ("a: @b", (1, 4), "Quote a text that begins with @."),
        ('a: "b', (1, 4), "Close the quote or the bracket that begins here."),
        ("a: b: c", (1, 5), "Check the indentation, and quote a text that holds a colon."),
    ],
)
def test_a_syntax_error_says_what_to_do(content: str, place: tuple[int, int], fix: str) -> None:
    (problem,) = _problems(content)
    assert (problem.line, problem.column, problem.fix) == (*place, fix)


def test_an_unquoted_comma_is_explained() -> None:
    assert (
        "quote a text that holds a comma"
        in _problems("{reason: two calls at 1,900 tokens}")[0].fix
    )


# --- Whatever the bytes

_pieces = st.sampled_from(
    (
        *(
            "a",
            "1",
            ": ",
            ":\n",
            "- ",
            "\n",
            " ",
            "  ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "&a ",
            "*a",
            "!t ",
            "!!int ",
            "? ",
        ),
        *(
            "<<: ",
            "'",
            '"',
            "|\n",
            ">-\n",
            "#",
            "---\n",
            "...\n",
            "%YAML 1.1\n",
            "\t",
            "\r",
            "\u2028",
            "é",
            "😀",
        ),
        *('"\\ud800"', "\\"),
    )
)
_yaml_like = st.lists(_pieces, max_size=40).map("".join)


@given(st.binary(max_size=200) | _yaml_like.map(str.encode))
@example(b"")
@example(b"\xef\xbb\xbf\xef\xbb\xbf")
@example(b"%TAG ! tag:x,2000:\n---\na: !b c")
@example(b'"\\x00\\U0010FFFF"')
def test_any_bytes_give_a_document_or_problems_with_places_inside(content: bytes) -> None:
    _assert_read(content)


@given(_yaml_like)
def test_the_reader_without_the_c_library_is_as_strict(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_reader, "_Loader", yaml.SafeLoader)
        _assert_read(text.encode())


def _assert_read(content: bytes) -> None:
    document, problems = read_document(content, "a.yaml")
    if not problems:
        assert document is not None
        _assert_plain(document.data)
        return
    lines = content.decode("utf-8", "replace").split("\n")
    for problem in problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert str(problem).isprintable()


def _assert_plain(value: Any) -> None:
    if isinstance(value, dict):
        assert all(type(key) is str for key in value)
        for item in value.values():
            _assert_plain(item)
    elif isinstance(value, list):
        for item in value:
            _assert_plain(item)
    else:
        assert type(value) in {str, int, bool, Decimal, type(None)}
        if isinstance(value, str):
            value.encode("utf-8")


# --- Hostile files

_BILLION_LAUGHS = "a0: &a0 [x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 40)
)
HOSTILE = {
    "brackets": "[" * MAX_BYTES,
    "braces": "{" * MAX_BYTES,
    "dashes": "- " * (MAX_BYTES // 2),
    "questions": "? " * (MAX_BYTES // 2),
    "indentation": "\n".join(" " * depth + "a:" for depth in range(1400)),
    "many keys": "".join(f"{i:x}: 1\n" for i in range(90_000)),
    "many duplicate keys": "a: 1\n" * (MAX_BYTES // 5),
    "many items": "[" + "1," * (MAX_BYTES // 2 - 1) + "]",
    "many anchors": "- &a 1\n" * (MAX_BYTES // 7),
    "many tabs": "\t\n" * (MAX_BYTES // 2),
    "many line ends": "a:\r" * (MAX_BYTES // 3),
    "tabs in one line": "\tx" * (MAX_BYTES // 2),
    "many documents": "---\n" * (MAX_BYTES // 4),
    "one long text": "a: " + "x" * (MAX_BYTES - 3),
    "one long key": "x" * (MAX_BYTES - 3) + ": 1",
    "one long number": "a: " + "9" * (MAX_BYTES - 3),
    "one long decimal": "a: 0." + "9" * (MAX_BYTES - 5),
    "digits and underscores": "a: " + "1_" * (MAX_BYTES // 2 - 3),
    "many blank lines": "\n" * MAX_BYTES,
    "many comments": "#\n" * (MAX_BYTES // 2),
    "one long block": "a: |\n" + " x\n" * (MAX_BYTES // 3 - 2),
    "alias bomb": _BILLION_LAUGHS,
}


@pytest.mark.thorough
@pytest.mark.no_cover
@pytest.mark.parametrize("name", HOSTILE)
def test_memory_stays_bounded(name: str) -> None:
    content = HOSTILE[name].encode()
    assert len(content) <= MAX_BYTES
    tracemalloc.start()
    try:
        document, problems = read_document(content, "a.yaml")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64 * MAX_BYTES
    assert (document is not None and not problems) or 1 <= len(problems) <= 101
