"""The README takes a runner from nothing to an estimate in three lines."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.end_to_end.conftest import SHIPPED


def test_three_lines_from_a_fresh_clone_to_an_estimate(tmp_path: Path) -> None:
    section = (SHIPPED / "README.md").read_text("utf-8").partition("**Runner:")[2]
    block = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert block is not None
    first, *others = block[1].splitlines()
    assert first == "make gate"  # which installs; here what is installed already serves
    assert len(others) == 2
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--shared", SHIPPED, clone], check=True)
    (clone / ".venv").symlink_to(Path(sys.executable).parents[1])
    done = subprocess.run(
        ["sh", "-eu", "-c", "\n".join(others)],
        cwd=clone,
        env={**os.environ, "COEFGATE_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.splitlines()[-1]) > 0
    assert (clone / "coefgate.lock").is_file()
