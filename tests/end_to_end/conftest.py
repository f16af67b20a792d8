"""The real command on a copy of the shipped registry, in a scratch git repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.bare import bare_python
from tests.end_to_end.warm import Warm

__all__ = ["bare_python"]

SHIPPED = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of the command left behind; ``measured``: its largest memory in bytes."""

    code: int
    out: str
    err: str
    measured: int | None = None

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def peak(self) -> int:
        """The largest memory in bytes, of a run that was to be measured."""
        assert self.measured is not None, "say measured=True"
        return self.measured


Coefgate = Callable[..., Outcome]

# What the system says of a child's memory includes its parent's at the time of the fork, so the
# child itself leaves behind the peak of its own address space.
_MEASURED = """
import atexit, pathlib, sys
report = pathlib.Path(sys.argv.pop(1))
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: report.write_text(next(l for l in status.read_text().splitlines() if "VmHWM" in l)))
from coefgate.__main__ import main
main()
"""


_warm = Warm()


@pytest.fixture(scope="session", autouse=True)
def warm() -> Iterator[None]:
    """End the process that commands are forked from."""
    with _warm:
        yield


def run_coefgate(
    cwd: Path,
    *arguments: str,
    scratch: Path,
    environment: Mapping[str, str] | None = None,
    measured: bool = False,
) -> Outcome:
    """Run ``coefgate`` as a process of its own.

    ``measured``: one that starts from nothing, and whose memory is told.
    """
    wanted = {**os.environ, "COLUMNS": "200", **(environment or {})}
    peak = None
    if measured:
        report = scratch / "peak"
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, str(report), *arguments],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env=wanted,
        )
        code, out, err = done.returncode, done.stdout, done.stderr
        peak = int(report.read_text().split()[1]) * 1024
    else:
        ended = _warm.run(arguments, cwd=cwd, environment=wanted, scratch=scratch)
        code, out, err = ended.code, ended.out, ended.err
    printed, said = (text.decode("utf-8", "replace") for text in (out, err))
    assert "Traceback" not in printed + said, said
    return Outcome(code, printed, said, peak)


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
    people = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in who.items()
    }

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
        *arguments: str,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
        measured: bool = False,
    ) -> Outcome:
        return run_coefgate(
            cwd or registry,
            *arguments,
            scratch=tmp_path,
            environment=environment,
            measured=measured,
        )

    return run
