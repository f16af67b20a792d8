"""Weeks and moments as people write them: ``2026-W48``, ``7d`` ago, ``2026-11-23T09:00:00Z``.

A moment is in microseconds since 1970, a week is its Monday in days since 1970, both in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coefgate.core.problems import UsageProblem
from coefgate.registry.wording import printable
from coefgate.replay.metrics import Integers

SECOND: Final = 1_000_000
"""Microseconds."""
HOUR: Final = 3_600 * SECOND
DAY: Final = 24 * HOUR
WEEK: Final = 7 * DAY
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS: Final = {"min": 60 * SECOND, "h": HOUR, "d": DAY, "w": WEEK}
_AGO: Final = re.compile(rf"([0-9]{{1,6}})\s*({'|'.join(_UNITS)})")


def week_at(moment: int) -> int:
    """The week of a moment; 1970 began on a Thursday."""
    day = moment // DAY
    return day - (day + 3) % 7


def weeks_of(moments: Integers) -> NDArray[np.int32]:
    """The week of each moment."""
    days = moments // DAY
    return (days - (days + 3) % 7).astype(np.int32)


def week_name(week: int) -> str:
    """``2026-W48``."""
    year, number, _ = (EPOCH + timedelta(days=week)).isocalendar()
    return f"{year}-W{number:02d}"


def week_spelled(text: str) -> int:
    """The week that ``text`` names, by itself or by one of its days.

    Raises ``ValueError``, with a sentence, where it names none.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is not a week. Write an ISO week such as 2026-W48, or a day like 2026-11-23"
        ) from None
    return (day - EPOCH.date()).days - day.weekday()


def moment_words(moment: int) -> str:
    """A moment as ``2026-11-23T09:00:00Z``, with a fraction where there is one."""
    found = EPOCH + timedelta(microseconds=moment)
    return found.isoformat().replace("+00:00", "Z")


def second_words(moment: int) -> str:
    """A moment as far as a reader looks at it, without a fraction."""
    return moment_words(moment - moment % SECOND)


def moment_of(said: str, *, now: int) -> int:
    """The moment that ``6h`` (before ``now``), ``2026-11-30`` or ``2026-11-30T09:00+01:00`` names.

    UTC where no zone is stated; a day begins at 00:00. Raises ``UsageProblem`` for anything else.
    """
    text = said.strip()
    ago = _AGO.fullmatch(text)
    try:
        found = datetime.fromisoformat(moment_words(now - _age(*ago.groups())) if ago else text)
        aware = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # what is beyond the years 1 to 9999 overflows
        raise UsageProblem(
            f"{printable(said)} is not a moment. Name one as 30min, 6h, 7d or 4w before now, as a "
            "day (2026-11-30), or as a time (2026-11-30T09:00Z)."
        ) from None
    return (aware - EPOCH) // timedelta(microseconds=1)


def _age(number: str, unit: str) -> int:
    return int(number) * _UNITS[unit]
