"""Times as other tools write them → the one form of a sample."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

_EPOCHS: Final = ((10**11, 1), (10**14, 10**3), (10**17, 10**6), (10**20, 10**9))
"""Below the first number it is an epoch whose seconds hold so many units."""
_NUMBER: Final = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,9})?")
_OFFSET: Final = re.compile(r"(?<=[0-9])\s*(?:UTC|GMT|[Zz])$")
_SHORT_OFFSET: Final = re.compile(r"([+-][0-9]{2}):?([0-9]{2})?$")
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS: Final = range(2000, 2100)


def observed_at(stated: object, *, naive: tzinfo | None = None) -> str | None:
    """The instant that a source states, as RFC 3339 with its own offset; ``None``: none that is.

    Numbers, also as texts, are seconds, milliseconds, microseconds or nanoseconds since 1970, told
    apart by their size. Texts are ISO 8601, with a space for the ``T`` if need be. ``naive``: the
    zone of texts that state none; without it such a text says no instant.
    """
    if isinstance(stated, bool) or not isinstance(stated, int | float | str):
        return None
    try:
        when = _of_text(stated.strip(), naive) if isinstance(stated, str) else _of_number(stated)
    except (ValueError, OverflowError):
        return None
    if when is None or when.year not in _YEARS:
        return None
    whole = when.isoformat(timespec="microseconds" if when.microsecond else "seconds")
    return whole.replace("+00:00", "Z")


def _of_number(stated: float) -> datetime | None:
    for below, per_second in _EPOCHS:
        if abs(stated) < below:
            # Integers, since a float has not the digits of a nanosecond.
            if isinstance(stated, int):
                return _START + timedelta(microseconds=stated * 10**6 // per_second)
            return _START + timedelta(seconds=stated / per_second)
    return None


def _of_text(text: str, naive: tzinfo | None) -> datetime | None:
    if _NUMBER.fullmatch(text):
        return _of_number(float(text) if "." in text else int(text))
    text = _OFFSET.sub("+00:00", text)
    if "T" in text or " " in text:
        text = _SHORT_OFFSET.sub(lambda found: f"{found[1]}:{found[2] or '00'}", text)
        text = re.sub(r"\s+(?=[+-][0-9]{2}:)", "", text)
    text = re.sub(r"[.,]([0-9]{6})[0-9]*", r".\1", text)
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        return (
            None if naive is None or len(text) <= len("2026-01-01") else when.replace(tzinfo=naive)
        )
    return when
