"""In which encoding a command prints."""

from __future__ import annotations

import pytest

from coefgate.runner.exit_code import encoding_of


@pytest.mark.parametrize(
    ("platform", "environment", "terminal", "found"),
    [
        ("win32", {}, False, "utf-8"),
        ("win32", {}, True, None),
        ("win32", {"PYTHONIOENCODING": "cp1252"}, False, None),
        ("linux", {}, False, None),
        ("darwin", {}, False, None),
    ],
)
def test_windows_has_another_encoding_for_pipes_which_no_reader_expects(
    platform: str, environment: dict[str, str], terminal: bool, found: str | None
) -> None:
    assert encoding_of(platform, environment, terminal=terminal) == found
