"""Moments as people name them: ``7d`` ago, a day, or a time; kept as microseconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from coefgate.core.problems import UsageProblem
from coefgate.registry.wording import printable

SECOND: Final = 1_000_000
"""Microseconds."""
_UNITS: Final = {"min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_AGO: Final = re.compile(rf"([0-9]{{1,6}})\s*({'|'.join(_UNITS)})")
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


def moment_of(said: str, *, now: int) -> int:
    """The moment that ``6h`` (before ``now``), ``2026-11-30`` or ``2026-11-30T09:00+01:00`` names.

    UTC where no zone is stated; a day begins at 00:00. Raises ``UsageProblem`` for anything else.
    """
    if ago := _AGO.fullmatch(said.strip()):
        return now - int(ago[1]) * _UNITS[ago[2]] * SECOND
    try:
        when = datetime.fromisoformat(said.strip())
    except ValueError:
        raise UsageProblem(
            f"{printable(said)} is no moment. Name one as 30min, 6h, 7d or 4w before now, as a "
            "day (2026-11-30), or as a time (2026-11-30T09:00Z)."
        ) from None
    return microseconds(when if when.tzinfo else when.replace(tzinfo=UTC))


def microseconds(when: datetime) -> int:
    """Since 1970, of a time with its zone."""
    return (when - _START) // timedelta(microseconds=1)


def now() -> int:
    """The present moment."""
    return microseconds(datetime.now(UTC))


def time_text(moment: int) -> str:
    """A moment as a reader sees it: ``2026-11-30T09:00:00+00:00``."""
    return (_START + timedelta(microseconds=moment)).isoformat(timespec="seconds")
