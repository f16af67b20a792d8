"""The words that everything shares: how a deliverable is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.vocabulary import OPERATIONS, Deliverable, Operation

NAMES = "(create, modify or unknown)"
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
        ("create:", "'create:' names no path; write one as create:docs/guide.md"),
        ("", "'' names no path; write one as create:docs/guide.md"),
    ],
)
def test_says_what_is_wrong_with_a_text(text: str, said: str) -> None:
    with pytest.raises(ValueError, match="'") as caught:
        Deliverable.parsed(text)
    assert str(caught.value) == said
