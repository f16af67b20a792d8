"""How long following waits between looks: a period, spread so that many runners do not ask at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final

SHORTEST: Final = 0.05
LONGEST: Final = 7 * 24 * 3600.0
_SPREAD: Final = 0.1
_FIRST: Final = 5.0


def check_every(every: float) -> float:
    """``every`` if it is a period in seconds. Raises ``ValueError``."""
    if not (math.isfinite(every) and SHORTEST <= every <= LONGEST):
        raise ValueError(
            f"every is {every}; it is a number of seconds from {SHORTEST} to {LONGEST:.0f}"
        )
    return every


def pauses(every: float, draw: Callable[[], float]) -> Iterator[float]:
    """Seconds before each look, without end: the first one soon, then ``every`` give or take a tenth.

    ``draw``: a number from 0 to 1, another one each time.
    """
    yield draw() * min(_SPREAD * every, _FIRST)
    while True:
        yield every * (1 + _SPREAD * (2 * draw() - 1))
