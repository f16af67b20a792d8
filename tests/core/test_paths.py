"""Path rules: what the specification says, an independent matcher, and paths made to take long."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.paths import (
    MAX_WILDCARDS,
    PathKinds,
    alternatives,
    compiled_path_kinds,
    glob_regex,
)
from coefgate.registry.yaml_reader import strict_document
from tests.globs import is_glob

ROOT = Path(__file__).parents[2]
EXAMPLES = (
    (ROOT / "docs" / "reference" / "path-rules.md").read_text("utf-8").partition("## Examples")[2]
)


def _kinds(rules: Iterable[tuple[str, Iterable[str]]], default: str) -> PathKinds:
    return compiled_path_kinds(tuple((kind, tuple(globs)) for kind, globs in rules), default)


def _matches(glob: str, path: str) -> bool:
    return _kinds([("yes", [glob])], "no")(path) == "yes"


# --- The page of specification is executed

_ROW = re.compile(
    r"^\| `(?P<glob>[^`]+)` \| (?P<matching>[^|]*) \| (?P<other>[^|]*) \|", re.MULTILINE
)
_REFUSED = re.compile(r"^\| `(?P<glob>[^`]+)` \| (?P<reason>[^|`]+) \|$", re.MULTILINE)


def _examples() -> list[tuple[str, str, bool]]:
    return [
        (row["glob"], path, matching)
        for row in _ROW.finditer(EXAMPLES)
        for column, matching in (("matching", True), ("other", False))
        for path in re.findall(r"`([^`]+)`", row[column])
    ]


EXAMPLE_ROWS = _examples()


@pytest.mark.parametrize(("glob", "path", "matching"), EXAMPLE_ROWS)
def test_examples_of_the_specification(glob: str, path: str, matching: bool) -> None:
    assert _matches(glob, path) is matching


def _refused() -> list[tuple[str, str]]:
    return [(row["glob"], row["reason"].strip()) for row in _REFUSED.finditer(EXAMPLES)]


@pytest.mark.parametrize(("glob", "reason"), _refused())
def test_what_the_specification_refuses(glob: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        glob_regex(glob)


def test_the_specification_has_examples() -> None:
    assert len(_examples()) > 60
    assert len(_refused()) >= 10


# --- An independent matcher agrees


def _expand(glob: str) -> list[str]:
    parts = re.split(r"(\{[^{}]*\})", glob)
    options = [part[1:-1].split(",") if part.startswith("{") else [part] for part in parts]
    return ["".join(picked) for picked in product(*options)]


def _oracle(glob: str, path: str) -> bool:
    """Try everything: slow, plain, and written without regular expressions."""
    anchored = glob.startswith("/")
    names = tuple(path.split("/"))
    for plain in _expand(glob.removeprefix("/")):
        pattern = tuple(plain.split("/"))
        if _names_match(pattern if anchored or pattern[0] == "**" else ("**", *pattern), names):
            return True
    return False


def _names_match(pattern: tuple[str, ...], names: tuple[str, ...]) -> bool:
    if pattern == ("**",):
        return "/".join(names) != ""
    if not pattern or not names:
        return not pattern and not names
    if pattern[0] == "**":
        return any(_names_match(pattern[1:], names[skipped:]) for skipped in range(len(names)))
    return (
        names[0] != ""
        and _name_matches(pattern[0], names[0])
        and _names_match(pattern[1:], names[1:])
    )


@cache
def _name_matches(pattern: str, name: str) -> bool:
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(_name_matches(pattern[1:], name[skipped:]) for skipped in range(len(name) + 1))
    return bool(name) and pattern[0] in {"?", name[0]} and _name_matches(pattern[1:], name[1:])


def _expand_says_it(glob: str) -> bool:
    """A star beside a choice that begins with one is ``**`` once the choice is written out."""
    return all(plain.count("**") == glob.count("**") for plain in _expand(glob))


_words = st.text("ab.", max_size=2)
_options = st.builds("".join, st.lists(_words | st.sampled_from("*?"), max_size=2)).filter(
    lambda option: "**" not in option
)
_choices = st.lists(_options, min_size=2, max_size=3).map(
    lambda options: "{" + ",".join(options) + "}"
)
_names = st.builds(
    "".join, st.lists(_words | st.sampled_from("*?") | _choices, min_size=1, max_size=5)
)
globs = st.builds(
    lambda anchor, names: anchor + "/".join(names),
    st.sampled_from(("", "/")),
    st.lists(_names | st.just("**"), min_size=1, max_size=4),
).filter(lambda glob: is_glob(glob) and _expand_says_it(glob))
paths = st.text("ab./", max_size=12)


@given(globs, paths)
def test_agrees_with_an_independent_matcher(glob: str, path: str) -> None:
    assert _matches(glob, path) is _oracle(glob, path), (glob, path)


@given(globs, st.data())
def test_agrees_on_paths_made_from_the_glob(glob: str, data: st.DataObject) -> None:
    plain = data.draw(st.sampled_from(_expand(glob.removeprefix("/"))))
    filled = plain.replace("**", data.draw(st.sampled_from(("a", "a/b", "b/b/a"))))
    filled = "".join(
        data.draw(st.text("ab", max_size=2)) if c == "*" else "b" if c == "?" else c
        for c in filled
    )
    path = (
        data.draw(st.sampled_from(("", "a/", "a/b/")))
        + filled
        + data.draw(st.sampled_from(("", "a", "/a")))
    )
    assert _matches(glob, path) is _oracle(glob, path), (glob, path)


@given(st.text(max_size=30))
def test_any_text_is_a_glob_or_a_reason(text: str) -> None:
    if is_glob(text):
        re.compile(glob_regex(text))


@given(st.text(max_size=200))
def test_any_path_has_a_kind(path: str) -> None:
    assert _kinds([("a", ["*.md", "x/**"]), ("b", ["/y/*"])], "c")(path) in {"a", "b", "c"}


# --- Rules in order


def test_the_first_rule_that_matches_wins() -> None:
    kinds = _kinds(
        [("test", ["tests/**", "test_*.py"]), ("doc", ["*.md"]), ("test", ["spec.md"])], "backend"
    )
    assert [kinds(path) for path in ("tests/a.md", "a/test_b.py", "spec.md", "a.py")] == [
        "test",
        "test",
        "doc",
        "backend",
    ]


def test_a_match_of_a_later_glob_is_not_lost_to_a_shorter_one() -> None:
    kinds = _kinds([("a", ["/x/*", "/x/y", "*.m"]), ("b", ["*.md"])], "c")
    assert [kinds(path) for path in ("x/y", "x/y.md", "z.md", "z.m")] == ["a", "a", "b", "a"]


def test_without_rules_every_path_is_of_the_default() -> None:
    assert _kinds([], "backend")("anything") == "backend"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/app/main.py", "backend"),
        ("src/app/test_main.py", "test"),
        ("pkg/server_test.go", "test"),
        ("web/App.test.tsx", "test"),
        ("tests/data/users.json", "test"),
        ("web/__tests__/App.js", "test"),
        ("conftest.py", "test"),
        ("README.md", "doc"),
        ("LICENSE", "doc"),
        ("docs/notes/a.txt", "doc"),
        ("requirements-dev.txt", "config"),
        ("Dockerfile", "config"),
        ("config/.env", "config"),
        ("web/App.tsx", "frontend"),
        ("web/index.html", "frontend"),
        ("testing/latest.py", "backend"),
        ("notes.txt", "backend"),
        ("", "backend"),
    ],
)
def test_the_shipped_rules(path: str, kind: str) -> None:
    document = strict_document(
        (ROOT / "coefficients" / "file_kinds.yaml").read_bytes(), "file_kinds.yaml"
    )
    rules = [(rule["kind"], rule["paths"]) for rule in document.data["rules"]]
    assert _kinds(rules, document.data["default"])(path) == kind


# --- Hostile paths

LONGEST = 4096
HOSTILE_PATHS = [
    "a" * LONGEST,
    "a/" * (LONGEST // 2),
    "ab/" * (LONGEST // 3) + "c",
    "/" * LONGEST,
    "a" * (LONGEST - 1) + "/",
    "\n" * LONGEST,
]
HOSTILE_GLOBS = [
    "*a*a*a*a*a*b",
    "**/a*/**/a*/**/b",
    "a/**/a/**/a/**/b",
    "{a,aa}*{a,aa}*{a,aa}*{a,aa}b",
    "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}*c",
    "{*a,a*}{a*,*a}b",
    "a*/a*/a*/a*/a*/b",
    "**/a/a/**/a/b/**",
]


@pytest.mark.parametrize("glob", HOSTILE_GLOBS)
@pytest.mark.parametrize("path", HOSTILE_PATHS, ids=range(len(HOSTILE_PATHS)))
def test_a_hostile_path_is_answered(glob: str, path: str) -> None:
    # A matcher that backtracks over three wildcards or more does not come back from these.
    assert _kinds([("yes", [glob])], "no")(path) in {"yes", "no"}


def test_more_wildcards_are_refused() -> None:
    assert glob_regex("a*" * MAX_WILDCARDS)
    with pytest.raises(ValueError, match="has more than 6 wildcards"):
        glob_regex("a*" * (MAX_WILDCARDS + 1))


@pytest.mark.parametrize(
    ("glob", "plain"),
    [
        ("*.md", ["*.md"]),
        ("*.{md,rst}", ["*.md", "*.rst"]),
        ("/{src,lib}/*.{py,pyi}", ["/src/*.py", "/src/*.pyi", "/lib/*.py", "/lib/*.pyi"]),
        ("{,x}*.md", ["{,x}*.md"]),
        ("*{a,*b}", ["*{a,*b}"]),
    ],
)
def test_a_glob_with_its_choices_written_out(glob: str, plain: list[str]) -> None:
    assert list(alternatives(glob)) == plain


PARTS = ("a", "*", "?", ".md", "/", "{b,c}", "{a,*b}", "{,a}", "{/a,b}", "**/")


@given(st.lists(st.sampled_from(PARTS), max_size=5), st.text("abc/.md"))
def test_the_globs_written_out_take_the_same_paths(parts: list[str], path: str) -> None:
    glob = "".join(parts)
    try:
        whole = _kinds([("x", [glob])], "")
    except ValueError:
        return
    assert whole(path) == _kinds([("x", alternatives(glob))], "")(path)
