"""Weeks and moments as people write them: ``2026-W48``, ``2026-11-23T09:00:00Z``."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from coefgate.telemetry.call_table import week_of
from coefgate.telemetry.weeks import monday_of

_DAY_ZERO: Final = date(1970, 1, 1)
_FORM: Final = re.compile(r"[0-9]{4}-W[0-9]{2}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def week_spelled(text: str) -> int:
    """The Monday of the week that ``text`` names, by itself or by one of its days, in days.

    Raises ``ValueError``, with a sentence, where it names none.
    """
    try:
        if _FORM.fullmatch(text):
            return monday_of(text)
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is no week. Write an ISO week such as 2026-W48, or a day such as 2026-11-23"
        ) from None
    return (day - _DAY_ZERO).days - day.weekday()


def week_at(moment: int) -> int:
    """The Monday of the week of a moment in microseconds, in days since 1970."""
    return int(week_of(np.array([moment]))[0])


def moment_words(moment: int) -> str:
    """Microseconds since 1970 as ``2026-11-23T09:00:00Z``, with a fraction where there is one."""
    found = _EPOCH + timedelta(microseconds=moment)
    return found.isoformat().replace("+00:00", "Z")


def moment_spelled(text: str) -> int:
    """The moment that ``text`` names, in microseconds; UTC unless it says a zone.

    Raises ``ValueError``, with a sentence, where it names none.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no moment. Write it as 2026-11-23T09:00:00Z") from None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)
