"""Processes that pin at once, and are killed on the way."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from coefgate.runner.cache import Cache
from coefgate.runner.lock import read_lock
from coefgate.runner.verify import verify
from tests.runner.pins import checked_pin
from tests.runner.remotes import Remote, version

ROOT = Path(__file__).parents[2]


_PIN = """
import os, signal, sys
from pathlib import Path
from coefgate.runner.cache import Cache
from coefgate.runner.pin import pin
folder, text, rounds, killed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
replace, done = os.replace, 0
def replaced(*arguments):
    global done
    done += 1
    if done == killed:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(*arguments)
os.replace = replaced
for _ in range(rounds):
    pin(text, lock_path=folder / "coefgate.lock", cache=Cache(folder / "cache", wait=60))
"""


def _process(
    folder: Path, text: str, *, rounds: int = 1, killed: int = 0
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", _PIN, str(folder), text, str(rounds), str(killed)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)


@pytest.mark.parametrize("killed", [1, 2, 3])
def test_a_killed_process_leaves_the_old_state(
    remote: Remote, lock_path: Path, cache: Cache, tmp_path: Path, killed: int
) -> None:
    """It is killed before snapshot, what is known of the source, or lock is in its place."""
    old = checked_pin(f"{remote.url}@1.0.0", lock_path, cache).lock
    remote.release("1.2.0", 12)
    process = _process(tmp_path, remote.url, killed=killed)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert read_lock(lock_path) == old
    assert verify(lock_path, cache).cached
    assert checked_pin(remote.url, lock_path, cache).lock.version == version("1.2.0")


def test_processes_that_pin_at_once(
    remote: Remote, lock_path: Path, cache: Cache, tmp_path: Path
) -> None:
    texts = [f"{remote.url}@1.0.0", remote.url]
    processes = [_process(tmp_path, text, rounds=15) for text in texts]
    seen = set()
    while any(process.poll() is None for process in processes):
        if lock_path.exists():
            lock = read_lock(lock_path)
            assert cache.snapshot(lock.digest) is not None
            seen.add(lock.version)
    assert [process.communicate()[1] for process in processes] == [b"", b""]
    assert [process.returncode for process in processes] == [0, 0]
    assert seen <= {version("1.0.0"), version("1.1.0")}
    assert verify(lock_path, cache).cached
    assert not list(tmp_path.rglob("*.tmp"))
