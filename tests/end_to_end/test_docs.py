"""Commands that the docs show are run, and print what the docs say they print."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import SHIPPED, run_coefgate
from tests.end_to_end.pages import (
    ALONE,
    COLUMNS,
    Step,
    anew,
    judges_a_change,
    settled,
    shortened,
    steps,
    young_clone,
)


def _shown() -> Iterator[tuple[str, Step]]:
    for page in ALONE:
        for step in steps(page.read_text("utf-8")):
            yield page.relative_to(SHIPPED).as_posix(), step


def test_the_first_pages_show_real_commands() -> None:
    first = "README.md", "docs/start/verdict.md"
    shown = [step.command for page, step in _shown() if page in first]
    assert [command.split()[1] for command in shown] == ["replay", "gate", "replay"]


def test_no_page_shows_what_would_change_the_repository_in_which_the_tests_run() -> None:
    shown = [(page, step.command) for page, step in _shown()]
    writing = re.compile(r"^(?!coefgate )|^coefgate (release|rollback|pin|update|import|init)\b")
    assert [one for one in shown if writing.search(one[1])] == []


@pytest.fixture(scope="module")
def young(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of a registry with one commit: all that is shipped."""
    return young_clone(SHIPPED, tmp_path_factory.mktemp("young"))


@pytest.mark.parametrize(
    "step", [pytest.param(step, id=f"{page}: {step.command}") for page, step in _shown()]
)
def test_prints_what_the_page_says(step: Step, young: Path, tmp_path: Path) -> None:
    program, *arguments = shlex.split(step.command)
    assert program == "coefgate"
    # A change is judged in what looks like a clone where nothing else has changed; anything older
    # is only known here.
    outcome = run_coefgate(
        young if judges_a_change(step) else SHIPPED,
        *arguments,
        scratch=tmp_path,
        environment={"COLUMNS": COLUMNS, "COEFGATE_VERBOSE": ""},
    )
    shown = settled(step.output)
    printed = shortened(settled(outcome.out.splitlines()), like=shown)
    assert printed == shown, f"{outcome.err}If what is printed is right: make docs"


def test_a_page_is_written_anew_where_a_command_prints_something_else(
    registry: Path, tmp_path: Path
) -> None:
    audit = "```console\n$ coefgate samples audit\n7 stored calls\n…\n```\n"
    page = f"{audit}\n```console\n$ coefgate check\n…\n```\n"
    calls = sum(
        len(one.read_bytes().splitlines()) for one in (registry / "samples").rglob("*.jsonl")
    )
    assert anew(page, young=registry, whole=registry, home=tmp_path) == page.replace(
        "7 stored", f"{calls} stored"
    )
