"""Time two things in turn, A B A B …, so that a machine that changes its speed changes both."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
NEVER_COMPILED = "PYTHONDONTWRITEBYTECODE"
"""Set, every run would compile all modules again: programs here run without it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure. ``ratio``, A / B by pairs, should stay under ``limit``."""

    what: str
    ours: str
    comparator: str
    ratio: float
    limit: str


def paired(
    ours: Callable[[], float], theirs: Callable[[], float], runs: int
) -> tuple[float, float, float]:
    """Medians of both in seconds and of the ratio pair by pair, after one warm-up of each."""
    ours(), theirs()
    pairs = [(ours(), theirs()) for _ in range(runs)]
    return (
        median(a for a, _ in pairs),
        median(b for _, b in pairs),
        median(a / b for a, b in pairs),
    )


def children_cpu() -> float:
    """A clock that runs while programs that this one has started use a processor, and theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def process(
    *command: str, cwd: Path = ROOT, clock: Callable[[], float] = time.perf_counter
) -> Callable[[], float]:
    """Seconds of one run of a command, without its output; its exit code must be a verdict's."""
    environment = {name: value for name, value in os.environ.items() if name != NEVER_COMPILED}

    def run() -> float:
        begin = clock()
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        seconds = clock() - begin
        if done.returncode not in (0, 1, 4):
            raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr.decode()}")
        return seconds

    return run


def python(code: str) -> Callable[[], float]:
    """Wall seconds of ``python -c code``."""
    return process(sys.executable, "-c", code)


def inside(
    function: Callable[[], object], times: int = 1, clock: Callable[[], float] = time.perf_counter
) -> Callable[[], float]:
    """Seconds of one call of ``function``, as the mean over ``times`` calls in this process."""

    def run() -> float:
        begin = clock()
        for _ in range(times):
            function()
        return (clock() - begin) / times

    return run


def commit_registry(root: Path) -> None:
    """A registry that stays as it is, in a repository of its own: what is asked of it is known.

    Other coefficients or calls would change verdicts, and so what there is to do.
    """
    shutil.copytree(ROOT / "tests/registries/by_hand", root, dirs_exist_ok=True)
    git(root, "init", "-q", "-b", "main")
    commit(root)


def commit(root: Path) -> None:
    """Accept what lies in the scratch registry ``root``."""
    git(root, "add", "-A")
    git(root, "commit", "-qm", "accepted")


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.org")
    subprocess.run(["git", *who, *words], cwd=root, check=True)


def peak_bytes(command: Sequence[str]) -> int:
    """Peak resident memory of one run of a command."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{command} ended with {child.returncode}")
    return usage.ru_maxrss * 1024


def script(name: str) -> str:
    """The path of a program beside this Python (``coefgate``, ``check-jsonschema``)."""
    return str(Path(sys.executable).parent / name)
