"""The pages of records and alarms are run from first to last, and print what they say."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from tests.end_to_end.on_call import on_path
from tests.end_to_end.pages import MONITORING, TELEMETRY, filled, story_printed


@pytest.mark.parametrize("story", [TELEMETRY, MONITORING], ids=lambda page: page.stem)
def test_prints_what_the_page_says(story: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    page = story.read_text("utf-8")
    with on_path(tmp_path_factory.mktemp("programs")) as programs:
        anew = filled(page, story_printed(story, tmp_path_factory.mktemp("story"), programs))
    difference = difflib.unified_diff(
        page.splitlines(), anew.splitlines(), "page", "printed", lineterm=""
    )
    assert page == anew, "\n".join([*difference, "If what is printed is right: make docs"])
