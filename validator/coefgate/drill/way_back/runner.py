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
from queue import SimpleQueue
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
    events: SimpleQueue[FollowEvent] = SimpleQueue()
    with registry.follow("latest", every=float(every), callback=events.put):
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
            while not events.empty():
                event = events.get()
                if event.kind == "refused":
                    _write({"refused": event.message})
            time.sleep(_PAUSE)


def _write(words: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
