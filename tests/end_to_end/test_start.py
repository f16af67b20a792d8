"""The page for beginners is run from its first command to its last, and prints what it says."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import pytest

from tests.end_to_end.on_call import on_path
from tests.end_to_end.pages import START, Printed, filled, settled, steps, story_printed

SOURCES = ("claude-code", "codex", "litellm", "otlp", "autopack")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Printed]:
    with on_path(tmp_path_factory.mktemp("programs")) as programs:
        return story_printed(START, tmp_path_factory.mktemp("start"), programs)


def test_prints_what_the_page_says(printed: Sequence[Printed]) -> None:
    text = START.read_text("utf-8")
    # A version names a commit, and that holds schemas and templates as well.
    page, anew = (settled(one.splitlines()) for one in (text, filled(text, printed)))
    difference = difflib.unified_diff(page, anew, "page", "printed", lineterm="")
    assert page == anew, "\n".join([*difference, "If what is printed is right: make docs"])


def test_no_command_fails_and_every_source_comes_to_a_verdict(printed: Sequence[Printed]) -> None:
    commands = [step.command for step in steps(START.read_text("utf-8"))]
    assert {done.code for done in printed} == {0}
    judged = [
        done.output[0]
        for command, done in zip(commands, printed, strict=True)
        if re.match("coefgate gate", command)
    ]
    # Two of the table: new calls, and the fit to them.
    assert len(judged) == 2 + len(SOURCES)
    assert all(line.startswith(("PASS", "NO WORSE")) for line in judged)
