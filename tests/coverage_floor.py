"""``python -m tests.coverage_floor``: the coverage that tests must reach, and that never falls.

The floor is ``fail_under`` in ``pyproject.toml``. After a whole run this reports what it measured,
and asks for the floor, and for two things more: that the floor is no lower than any that the
history of this commit had, and that it follows what is measured, so that coverage cannot sag back
to an old floor."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from coverage import Coverage

SLACK = 1.0
"""Points that may lie between floor and coverage: versions of Python differ by some tenths."""
_SETTING = "pyproject.toml"


def floor_of(settings: str) -> float:
    """``fail_under`` of a ``pyproject.toml``; 0 where it has none."""
    report = tomllib.loads(settings).get("tool", {}).get("coverage", {}).get("report", {})
    return float(report.get("fail_under", 0))


def highest_floor(root: Path) -> float:
    """The highest floor in the history of the present commit; 0 without git or without a floor."""
    listing = _git(root, "log", "--format=%H", "-Gfail_under", "--", _SETTING)
    return max(
        (floor_of(_git(root, "show", f"{commit}:./{_SETTING}")) for commit in listing.split()),
        default=0.0,
    )


def complaint(root: Path, measured: float) -> str:
    """What is wrong with the floor in ``root``, if ``measured`` is covered; empty if nothing."""
    floor, highest = floor_of((root / _SETTING).read_text("utf-8")), highest_floor(root)
    if floor < highest:
        return (
            f"{_SETTING} asks for {floor}%, and {highest}% was asked before. "
            f"Write: fail_under = {highest}"
        )
    if measured < floor:
        return f"{measured}% is covered, and {_SETTING} asks for {floor}%"
    if measured > floor + SLACK:
        reached = int(measured * 2) / 2
        return (
            f"{measured}% is covered, and {_SETTING} asks for {floor}% only. "
            f"Write: fail_under = {reached}"
        )
    return ""


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def main() -> int:
    """Report the coverage that the last run left behind, and print what is wrong."""
    root = Path(__file__).parents[1]
    found = Coverage(config_file=root / _SETTING)
    found.load()
    measured = round(found.report(), 2)
    wrong = complaint(root, measured)
    sys.stdout.write(f"{wrong or f'coverage {measured}%, which is no less than before'}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
