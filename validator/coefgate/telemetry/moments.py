"""Moments as options name them: ``7d`` ago, a day, or a time; and now."""

from __future__ import annotations

import re
import time
from typing import Final

from coefgate.core.problems import UsageProblem
from coefgate.registry.wording import printable
from coefgate.telemetry.times import moment_spelled, moment_words

SECOND: Final = 1_000_000
"""Microseconds."""
_UNITS: Final = {"min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_AGO: Final = re.compile(rf"([0-9]{{1,6}})\s*({'|'.join(_UNITS)})")


def now() -> int:
    """The present moment, in microseconds since 1970."""
    return time.time_ns() // 1000


def moment_of(said: str, *, now: int) -> int:
    """The moment that ``6h`` (before ``now``), ``2026-11-30`` or ``2026-11-30T09:00+01:00`` names.

    UTC where no zone is stated; a day begins at 00:00. Raises ``UsageProblem`` for anything else.
    """
    if ago := _AGO.fullmatch(said.strip()):
        return now - int(ago[1]) * _UNITS[ago[2]] * SECOND
    try:
        return moment_spelled(said.strip())
    except ValueError:
        raise UsageProblem(
            f"{printable(said)} is no moment. Name one as 30min, 6h, 7d or 4w before now, as a "
            "day (2026-11-30), or as a time (2026-11-30T09:00Z)."
        ) from None


def second_words(moment: int) -> str:
    """A moment as far as a reader looks at it: ``2026-11-30T09:00:00Z``."""
    return moment_words(moment - moment % SECOND)
