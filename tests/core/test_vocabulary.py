"""The words that everything shares: how a deliverable is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.vocabulary import OPERATIONS, Deliverable, Operation

NAMES = "(create, modify or unknown)"
NO_SIZE = (
    "states no size: write the bytes that a file has before the call as in modify@2048:README.md; "
    "one that is created has none"
)
COLON = "A path that holds a colon is written unknown:PATH."


@pytest.mark.parametrize(
    ("text", "path", "operation"),
    [
        ("create:docs/guide.md", "docs/guide.md", "create"),
        ("modify:README.md", "README.md", "modify"),
        ("unknown:a:b.md", "a:b.md", "unknown"),
        ("create:a:b.md", "a:b.md", "create"),
        ("docs/guide.md", "docs/guide.md", "unknown"),
    ],
)
def test_a_text_spells_a_deliverable(text: str, path: str, operation: Operation) -> None:
    assert Deliverable.parsed(text) == Deliverable(path, operation)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("modify@2048:README.md", Deliverable("README.md", "modify", 2048)),
        ("unknown@0:a:b.md", Deliverable("a:b.md", "unknown", 0)),
        ("modify@2048", Deliverable("modify@2048")),
    ],
)
def test_a_size_stands_behind_the_operation(text: str, found: Deliverable) -> None:
    assert Deliverable.parsed(text) == found


@given(st.text(min_size=1), st.sampled_from(OPERATIONS))
def test_every_path_can_be_written(path: str, operation: Operation) -> None:
    assert Deliverable.parsed(f"{operation}:{path}") == Deliverable(path, operation)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "craete:docs/guide.md",
            (
                f"'craete:docs/guide.md' begins with no operation {NAMES}; did you mean create. "
                f"{COLON}"
            ),
        ),
        ("C:guide.md", f"'C:guide.md' begins with no operation {NAMES}. {COLON}"),
        *(
            (f"{text}:a.md", f"'{text}:a.md' {NO_SIZE}")
            for text in ("modify@", "modify@-1", "modify@2k", "create@2048", f"modify@{'9' * 16}")
        ),
        ("create:", "'create:' names no path; write one as create:docs/guide.md"),
        ("", "'' names no path; write one as create:docs/guide.md"),
    ],
)
def test_says_what_is_wrong_with_a_text(text: str, said: str) -> None:
    with pytest.raises(ValueError, match="'") as caught:
        Deliverable.parsed(text)
    assert str(caught.value) == said
