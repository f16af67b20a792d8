"""The floor of the coverage is enforced, follows what is measured, and never falls."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.coverage_floor import complaint, floor_of

ROOT = Path(__file__).parents[1]


def _settings(floor: float) -> str:
    return f"[tool.coverage.report]\nfail_under = {floor}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose floor once was 90 and then 92."""
    people = {
        f"GIT_{who}_{what}": "t@example.org"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "90"), ("commit", "-qam", "92")):
        (tmp_path / "pyproject.toml").write_text(
            _settings(92 if words[-1] == "92" else 90), "utf-8"
        )
        subprocess.run(["git", *words], cwd=tmp_path, env={**os.environ, **people}, check=True)
    return tmp_path


@pytest.mark.parametrize(
    ("floor", "measured", "wrong"),
    [
        (92, 92.4, ""),
        (92.5, 92.6, ""),
        (92, 91.96, "91.96% is covered, and pyproject.toml asks for 92.0%"),
        (92, 93.1, "Write: fail_under = 93.0"),
        (91.9, 92.4, "Write: fail_under = 92.0"),
        (0, 92.4, "Write: fail_under = 92.0"),
    ],
)
def test_a_floor_holds_and_rises(root: Path, floor: float, measured: float, wrong: str) -> None:
    (root / "pyproject.toml").write_text(_settings(floor), "utf-8")
    found = complaint(root, measured)
    assert found.endswith(wrong)
    assert bool(found) == bool(wrong)


def test_without_git_only_what_is_measured_counts(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(_settings(92), "utf-8")
    assert complaint(tmp_path, 92.5) == ""
    assert complaint(tmp_path, 94.0) != ""


def test_this_repository_has_a_floor_that_a_whole_run_enforces() -> None:
    assert floor_of((ROOT / "pyproject.toml").read_text("utf-8")) >= 90
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "python -m tests.coverage_floor" in makefile
