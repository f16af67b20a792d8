"""The one order in which samples are read, written and told apart: by instant, then by id."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf

from coefgate.samples.model import Sample


def order_key(sample: Sample) -> tuple[float, str]:
    """Sorts samples by the instant of the call in UTC, those without a time last, then by id.

    An order that depends on nothing but the samples themselves: not on files, machines or time
    zones.
    """
    return instant(sample.observed_at), sample.id


def moment(seconds: float) -> str:
    """An instant as a reader sees it: ``2025-12-29T09:18:40+00:00``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def instant(observed_at: str | None) -> float:
    """Seconds since 1970 in UTC, to the microsecond; infinity where there is no time."""
    return inf if observed_at is None else datetime.fromisoformat(observed_at).timestamp()
