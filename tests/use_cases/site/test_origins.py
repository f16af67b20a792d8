"""What a page of stored calls says of licences, by origin."""

from __future__ import annotations

import pytest

from coefgate.use_cases.site.origins import licence_of

README = """# Stored calls

## agent

Calls of an agent.

Their licence is MIT,
with a name.

The licenses of others differ.

### more

This licence is of something else.

## Licences

| origin | licence | what follows |
|---|---|---|
| `autopack/`, and its numbers | MIT | keep the line |
| `other` | CC0 | |

| licence | origin |
|---|---|
| `odd` | MIT |
"""


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("autopack", "MIT; keep the line"),
        ("other", "CC0"),
        ("agent", "Their licence is MIT,\nwith a name.\n\nThe licenses of others differ."),
        ("odd", ""),
        ("auto", ""),
        ("a.*k", ""),
    ],
)
def test_a_row_of_a_table_or_a_section_speaks_of_an_origin(origin: str, said: str) -> None:
    assert licence_of(origin, README) == said


def test_a_page_that_says_nothing() -> None:
    assert licence_of("autopack", "") == ""
