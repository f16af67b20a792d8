"""docs/how-to/upgrading.md: two programs judge the last changes, and what differs is said."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.checkouts import committed_registry, git
from tests.end_to_end.conftest import SHIPPED

PAGE = SHIPPED / "docs/how-to/upgrading.md"
MARGINS = "coefficients/safety_margins.yaml"
Ran = tuple[int, list[str]]


def _program(path: Path, words: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{words}\n", "utf-8")
    path.chmod(0o755)


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A registry with a harmless change on its first state, beside which Coefgate lies."""
    root = tmp_path / "registry"
    committed_registry(root)
    margins = root / MARGINS
    margins.write_text(f"{margins.read_text('utf-8')}# a remark\n", "utf-8")
    git(root, "commit", "-qam", "Say more of the margins")
    (root / "notes").write_text("not of the registry\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "elsewhere")
    (tmp_path / "coefgate").symlink_to(SHIPPED)
    return root


def _compared(registry: Path, *more: str) -> Ran:
    """What the line of the page says, as somebody types it there."""
    [line] = re.findall(r"^python3 (.*) --last 20$", PAGE.read_text("utf-8"), re.MULTILINE)
    done = subprocess.run(
        [sys.executable, *line.split(), *more],
        cwd=registry,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


def _report(verdict: str, **rules: tuple[str, bool]) -> str:
    asked = [
        {"rule": name.replace("_", "-"), "status": status, "met": met}
        for name, (status, met) in rules.items()
    ]
    return f"printf '%s' '{json.dumps({'verdict': verdict, 'rules': asked})}'"


def test_a_real_gate_is_understood(registry: Path, tmp_path: Path) -> None:
    _program(tmp_path / "old/bin/coefgate", f'exec "{sys.executable}" -m coefgate "$@"')
    _program(tmp_path / "new/bin/coefgate", _report("pass"))
    commit = git(registry, "rev-parse", "--short", "HEAD~1")
    assert _compared(registry, "--last", "1") == (
        0,
        [
            f"{commit} Say more of the margins",
            f"  gate --base {commit}^ --head {commit}: pass",
            f"  gate --at {commit}: pass",
            "0 of 2 verdicts differ",
        ],
    )


def test_what_differs_is_shown_with_the_rules_that_decide(registry: Path, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    missed = _report("pass", smape=("pass", True), waste_p90=("pass", False))
    _program(tmp_path / "old/bin/coefgate", f'echo "$*" >> {asked}\n{missed}')
    stricter = _report("fail", smape=("fail", False), swing=("fail", True))
    _program(tmp_path / "new/bin/coefgate", stricter)
    code, lines = _compared(registry)
    second, first = git(registry, "log", "--format=%h", "--", "coefficients").split()
    assert code == 1
    assert lines == [
        f"{second} Say more of the margins",
        f"  gate --base {second}^ --head {second}: pass misses waste-p90  →  fail by smape, swing",
        f"  gate --at {second}: pass misses waste-p90  →  fail by smape, swing",
        f"{first} first",
        f"  gate --base {first}^ --head {first}: pass misses waste-p90  →  fail by smape, swing",
        f"  gate --at {first}: pass misses waste-p90  →  fail by smape, swing",
        "4 of 4 verdicts differ",
    ]
    assert asked.read_text("utf-8").splitlines()[1] == f"gate --at {second} --format json"


def test_a_judge_that_cannot_read_it_gives_no_verdict(registry: Path, tmp_path: Path) -> None:
    _program(tmp_path / "old/bin/coefgate", _report("pass"))
    _program(tmp_path / "new/bin/coefgate", "exit 3")
    code, lines = _compared(registry, "--last", "1")
    assert (code, lines[2].partition(": ")[2]) == (1, "pass  →  no verdict, exit code 3")


def test_what_cannot_be_run_is_said(registry: Path, tmp_path: Path) -> None:
    code, lines = _compared(registry)
    assert code == 2
    assert lines[-1].startswith("../old/bin/coefgate cannot be started: ")
    assert _compared(tmp_path)[0] == 2
