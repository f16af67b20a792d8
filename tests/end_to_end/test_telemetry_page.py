"""The page of records is run from its first command to its last, and prints what it says."""

from __future__ import annotations

import difflib

import pytest

from tests.end_to_end.on_call import on_path
from tests.end_to_end.pages import TELEMETRY, filled, story_printed


def test_prints_what_the_page_says(tmp_path_factory: pytest.TempPathFactory) -> None:
    page = TELEMETRY.read_text("utf-8")
    with on_path(tmp_path_factory.mktemp("programs")) as programs:
        anew = filled(page, story_printed(TELEMETRY, tmp_path_factory.mktemp("story"), programs))
    difference = difflib.unified_diff(
        page.splitlines(), anew.splitlines(), "page", "printed", lineterm=""
    )
    assert page == anew, "\n".join([*difference, "If what is printed is right: make docs"])
