"""The real command on a copy of the shipped registry, in a scratch git repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

SHIPPED = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of the command left behind; ``peak`` is its largest memory in bytes."""

    code: int
    out: str
    err: str
    peak: int

    @property
    def text(self) -> str:
        return self.out + self.err


Coefgate = Callable[..., Outcome]

# What the system says of a child's memory includes its parent's at the time of the fork, so the child
# itself leaves behind the peak of its own address space.
_MEASURED = """
import atexit, pathlib, sys
report = pathlib.Path(sys.argv.pop(1))
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: report.write_text(next(l for l in status.read_text().splitlines() if "VmHWM" in l)))
from coefgate.__main__ import main
main()
"""


def run_coefgate(
    cwd: Path, *arguments: str, scratch: Path, environment: Mapping[str, str] | None = None
) -> Outcome:
    """Run ``coefgate`` as a process of its own; memory is that of this one process."""
    peak = scratch / "peak"
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(peak), *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env={**os.environ, "COLUMNS": "200", **(environment or {})},
    )
    printed, said = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
    assert "Traceback" not in printed + said, said
    return Outcome(done.returncode, printed, said, int(peak.read_text().split()[1]) * 1024)


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A copy of the shipped coefficients and samples, without git."""
    root = tmp_path / "registry"
    for folder in ("coefficients", "samples"):
        shutil.copytree(SHIPPED / folder, root / folder)
    return root


@pytest.fixture
def git(registry: Path) -> Callable[..., str]:
    """Run git in the registry, which becomes a repository with one commit."""
    who = {"NAME": "A Tester", "EMAIL": "tester@example.org"}
    people = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=registry,
            env={**os.environ, **people},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    run("init", "-q", "-b", "main")
    run("add", "-A")
    run("commit", "-qm", "first")
    return run


@pytest.fixture
def coefgate(registry: Path, tmp_path: Path) -> Coefgate:
    """Run ``coefgate`` in the copied registry."""

    def run(
        *arguments: str, cwd: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> Outcome:
        return run_coefgate(cwd or registry, *arguments, scratch=tmp_path, environment=environment)

    return run
