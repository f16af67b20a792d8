"""What make says where the command it ran is not found by its name."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.repository_files import ROOT

HINT = 'Type the command as .venv/bin/coefgate, or first: export PATH="$PWD/.venv/bin:$PATH"'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone after its first ``make``, with a stand-in for the command that says 4."""
    (tmp_path / "requirements").mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements/cli.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    programs = tmp_path / ".venv/bin"
    programs.mkdir(parents=True)
    (programs.parent / ".made-for").write_text(str(tmp_path), "utf-8")
    for program in ("python", "coefgate"):
        (programs / program).write_text(
            "#!/bin/sh\necho next: coefgate coverage\nexit 4\n", "utf-8"
        )
        (programs / program).chmod(0o755)
    (programs.parent / ".cli").touch()
    return tmp_path


def _made(clone: Path, target: str, *before: Path) -> tuple[str, list[str]]:
    without = (
        one for one in os.environ["PATH"].split(os.pathsep) if not Path(one, "coefgate").exists()
    )
    path = os.pathsep.join([*map(str, before), *without])
    done = subprocess.run(
        ["make", target],
        cwd=clone,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout, done.stderr.splitlines()


@pytest.mark.parametrize("target", ["gate", "drill"])
def test_make_says_how_to_type_what_the_report_ends_with(clone: Path, target: str) -> None:
    out, err = _made(clone, target)
    assert (out, err[0]) == ("next: coefgate coverage\n", HINT)
    assert err[-1].endswith("Error 4")


def test_a_command_that_is_found_needs_no_word(clone: Path) -> None:
    out, err = _made(clone, "gate", clone / ".venv/bin")
    assert (out, len(err)) == ("next: coefgate coverage\n", 1)
    assert err[0].endswith("Error 4")


def test_the_command_that_make_says_can_be_typed(clone: Path) -> None:
    command = HINT.partition("first: ")[2]
    done = subprocess.run(
        ["sh", "-c", f"{command}; coefgate"],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("next: coefgate coverage\n", 4)
