"""Globs mean in a page what they mean in Python: of paths, and of models."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase, translate
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from coefgate.core.paths import compiled_path_kinds, glob_regex, rule_regex
from coefgate.whatif.js_regex import js_regex
from tests.browser.arithmetic import Arithmetic
from tests.core.test_paths import EXAMPLE_ROWS
from tests.globs import is_glob

MATCH: Final = """(rows) => rows.map(([source, texts]) => {
    const expression = new RegExp(source, "su");
    return texts.map((text) => expression.test(text));
})"""
_TEXT: Final = st.text(st.sampled_from("ab.-_ +$^()#&~|\t\nü📄😀"), min_size=1, max_size=3)
_PIECE: Final = st.one_of(
    _TEXT,
    st.sampled_from(("*", "?", "a", "b", "{a,b}", "{a*,b}", "{,x}", "{?,ab}")),
)
_NAME: Final = st.lists(_PIECE, min_size=1, max_size=4).map("".join)
_GLOB: Final = st.builds(
    lambda start, names: start + "/".join(names),
    st.sampled_from(("", "/", "**/")),
    st.lists(_NAME | st.just("**"), min_size=1, max_size=4),
)
_PATHS: Final = st.lists(
    st.text(st.sampled_from("ab./x- ü📄😀\n"), max_size=9), min_size=1, max_size=8
)


def _globs_of(texts: list[str]) -> list[str]:
    return [text for text in texts if is_glob(text)] or ["a*.{b,ü}"]


@settings(max_examples=8)
@given(
    st.lists(
        st.tuples(st.lists(_GLOB, min_size=4, max_size=6).map(_globs_of), _PATHS),
        min_size=25,
        max_size=25,
    )
)
def test_paths(arithmetic: Arithmetic, rows: list[tuple[list[str], list[str]]]) -> None:
    asked = [(js_regex(rule_regex(globs)), paths) for globs, paths in rows]
    for (globs, paths), found in zip(rows, arithmetic.ask(MATCH, asked), strict=True):
        kind_of = compiled_path_kinds((("yes", tuple(globs)),), "no")
        assert found == [kind_of(path) == "yes" for path in paths], (globs, paths)


def test_examples_of_the_specification(arithmetic: Arithmetic) -> None:
    asked = [(js_regex(glob_regex(glob)), [path]) for glob, path, _ in EXAMPLE_ROWS]
    assert [row for [row] in arithmetic.ask(MATCH, asked)] == [one for *_, one in EXAMPLE_ROWS]


def test_a_path_made_to_take_long(arithmetic: Arithmetic) -> None:
    """Atomic groups stay what they are: each part is matched at its first place."""
    source = js_regex(glob_regex("**/a*a*a*a*a*/b"))
    assert arithmetic.ask(MATCH, [(source, ["a/" * 20_000 + "a" * 20_000])]) == [[False]]


_MODEL: Final = st.text(st.sampled_from("ab-*?[]!^\\&~|.z{}()$+ #📄"), min_size=1, max_size=8)


@settings(max_examples=8)
@given(st.lists(st.tuples(_MODEL, st.lists(_MODEL, min_size=1)), min_size=25, max_size=25))
def test_models(arithmetic: Arithmetic, rows: Sequence[tuple[str, list[str]]]) -> None:
    asked = [(js_regex(translate(glob)), [*models, glob]) for glob, models in rows]
    for (glob, models), found in zip(rows, arithmetic.ask(MATCH, asked), strict=True):
        assert found == [fnmatchcase(model, glob) for model in [*models, glob]], glob
