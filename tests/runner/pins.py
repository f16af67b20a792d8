"""Pins that tests make."""

from __future__ import annotations

from pathlib import Path

from coefgate.runner.cache import Cache
from coefgate.runner.lock import Trust, read_lock
from coefgate.runner.pin import PinChange, pin
from coefgate.runner.verify import pinned_snapshot


def checked_pin(text: str, lock_path: Path, cache: Cache, trust: Trust | None = None) -> PinChange:
    """``pin``, after which lock and cache hold what it says."""
    done = pin(text, lock_path=lock_path, cache=cache, trust=trust)
    assert read_lock(lock_path) == done.lock
    assert pinned_snapshot(done.lock, cache).snapshot.digest == done.lock.digest
    return done
