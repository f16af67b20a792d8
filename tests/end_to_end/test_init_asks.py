"""`coefgate init` asks where somebody can answer, and nobody else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from coefgate.use_cases.new_registry.program_source import installed_from
from tests.end_to_end.conftest import run_coefgate

COMMIT = "0123456789" * 4


knows = pytest.mark.skipif(
    installed_from() is not None, reason="this program knows where others get it"
)


def on_a_terminal(folder: Path, answers: str, *arguments: str) -> tuple[int, str]:
    """The exit code and the result of a command whose questions get these answers."""
    ours, theirs = pty.openpty()
    os.write(ours, answers.encode())
    done = subprocess.run(
        [sys.executable, "-m", "coefgate", "init", *arguments],
        cwd=folder,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        check=False,
    )
    os.close(theirs)
    os.close(ours)
    return done.returncode, done.stdout


@knows
def test_on_a_terminal_it_asks_where_the_program_is_and_who_owns(tmp_path: Path) -> None:
    answers = f"https://github.com/ours/coefgate\n{COMMIT}\n@ours/team\n"
    code, told = on_a_terminal(tmp_path, answers)
    assert code == 0, told
    assert COMMIT in (tmp_path / ".github/workflows/coefgate.yml").read_text("utf-8")
    assert "/samples  @ours/team" in (tmp_path / ".github/CODEOWNERS").read_text("utf-8")
    assert "Who owns" not in told


@knows
def test_no_answer_is_one_too(tmp_path: Path) -> None:
    code, told = on_a_terminal(tmp_path, "\n\n", "--dry-run")
    assert code == 0, told
    assert "coefgate.yml is not written" in told
    assert "replace @OWNER with your team" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--program-url", "https://x.example/y"), "belong together"),
        (("--program-rev", COMMIT), "belong together"),
        (("--program-url", "x", "--program-rev", COMMIT), "not an address that others can reach"),
        (("--owner", "nobody"), "is not an owner"),
        (("--format", "csv"), "Add it"),
        (("--from", "there.csv"), "is not there"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    (tmp_path / "here").mkdir()
    told = run_coefgate(tmp_path / "here", "init", *arguments, scratch=tmp_path)
    assert told.code == 2, told.text
    assert why in told.err
    assert list((tmp_path / "here").iterdir()) == []
