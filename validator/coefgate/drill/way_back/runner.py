"""A runner, as an agent platform would write it: it follows releases and asks for estimates.

``python -m coefgate.drill.way_back.runner LOCK STOP COMPLEXITY NEED EVERY``: estimates the drill's
call again and again until the file STOP exists or its parent is gone, and writes each estimate,
and each release that it refused, as a line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from coefgate.drill.way_back.ledger import CATEGORY, PATH, ServedEstimate
from coefgate.runner.registry import Registry
from coefgate.runner.updater import FollowEvent

_PAUSE: Final = 0.01
"""Seconds between two calls."""
_LIFE: Final = 300.0
"""Seconds after which a runner that nobody stops ends by itself."""


def main(words: Sequence[str]) -> None:
    """Follow and estimate."""
    lock, stop, complexity, need, every = words
    parent, end = os.getppid(), time.monotonic() + _LIFE
    registry = Registry.from_lock(lock)
    with registry.follow("latest", every=float(every), callback=_tell):
        while not Path(stop).exists() and os.getppid() == parent and time.monotonic() < end:
            estimate = registry.estimate(
                category=CATEGORY, complexity=complexity, deliverables=[PATH]
            )
            served = ServedEstimate(
                time.monotonic(),
                estimate.registry_version,
                estimate.digest,
                estimate.tokens,
                estimate.budget() < int(need),
            )
            _write(asdict(served))
            time.sleep(_PAUSE)


def _tell(event: FollowEvent) -> None:
    if event.kind == "refused":
        _write({"refused": event.message})


def _write(words: Mapping[str, object]) -> None:
    # In one piece: events come from a thread of their own.
    os.write(sys.stdout.fileno(), f"{json.dumps(words)}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1:])
