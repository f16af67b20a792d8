"""What the README and the page of roles have a newcomer type works in a fresh clone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.conftest import SHIPPED
from tests.end_to_end.picture import PICTURE, picture

README = (SHIPPED / "README.md").read_text("utf-8")


def _block(text: str, language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--shared", SHIPPED, folder], check=True)
    (folder / ".venv").symlink_to(Path(sys.executable).parents[1])
    return folder


def _shell(script: str, clone: Path) -> str:
    programs = f"{clone / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=clone,
        env={**os.environ, "COEFGATE_CACHE": str(clone.parent / "cache"), "PATH": programs},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_five_lines_of_python_print_what_the_readme_says(clone: Path) -> None:
    build = re.search(r"`(coefgate build -o snapshot\.json)`", README)
    assert build is not None
    program = _block(README, "python")
    assert len([line for line in program.splitlines() if line]) == 5
    (clone / "five.py").write_text(program, encoding="utf-8")
    printed = _shell(f"{build[1]} >&2\npython five.py", clone)
    assert printed.strip() == program.strip().rpartition("# ")[2]


def test_three_lines_from_a_fresh_clone_to_an_estimate(clone: Path) -> None:
    roles = (SHIPPED / "docs/start/roles.md").read_text("utf-8")
    first, *others = _block(roles, "sh").splitlines()
    assert first == "make gate"  # which installs; here what is installed already serves
    assert len(others) == 2
    assert int(_shell("\n".join(others), clone).splitlines()[-1]) > 0
    assert (clone / "coefgate.lock").is_file()


def test_the_picture_is_what_the_gate_says(tmp_path: Path) -> None:
    # A commit holds the pages beside the samples as well.
    commit = re.compile(r"\+(\d)\.g[0-9a-f]{7}</code> \(<code>[0-9a-f]{12}<")
    drawn, anew = (
        commit.sub(r"+\1<", one) for one in (PICTURE.read_text("utf-8"), picture(tmp_path))
    )
    assert drawn == anew, "run: make docs"
    assert str(PICTURE.relative_to(SHIPPED)) in README


def test_the_readme_is_short() -> None:
    """Two screens of 50 lines before the details."""
    before, _, _ = README.partition("## Where things are")
    assert len(before.splitlines()) <= 100
