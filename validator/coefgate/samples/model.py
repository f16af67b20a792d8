"""A stored call, the time at which it was made, and what retires it, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import Final, Literal

from coefgate.core.vocabulary import Deliverable

Paths = Literal["real", "partial", "synthetic"]
ReplyMatches = Literal["same_files", "same_count", "differs", "unknown"]
PLACE: Final = ("file", "line")
"""The fields of a sample that say where it is stored; the others are what its line holds."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One observed call; ``None`` means that the source does not say.

    The fields are described in ``schemas/sample.schema.json``; it is stored at ``file``, ``line``.
    """

    id: str
    origin: str
    reference: str
    observed_at: str | None
    run_id: str | None
    phase_id: str | None
    attempt: int | None
    category: str | None
    complexity: str | None
    label_origin: str | None
    deliverables: tuple[Deliverable, ...]
    paths: Paths
    reply_matches: ReplyMatches
    model: str | None
    unit: Literal["call", "turn"]
    actual_output_tokens: int
    max_output_tokens: int | None
    input_tokens: int | None
    output_mode: str | None
    predicted_output_tokens: int | None
    predicted_by: str | None
    success: bool | None
    truncated: bool | None
    stop_reason: str | None
    duplicate_of: str | None
    same_ceiling_as: str | None
    supersedes: str | None
    file: str
    line: int

    @property
    def phase(self) -> tuple[str, str]:
        """The piece of work this call belongs to; of its own where that is unknown."""
        return (self.origin, self.phase_id if self.phase_id is not None else f"#{self.id}")


@dataclass(frozen=True, slots=True)
class Retirement:
    """A sample that is no longer scored, and why."""

    id: str
    reason: str
    file: str
    line: int

    @property
    def subject(self) -> str:
        """What an acknowledgement of it names."""
        return f"{self.file}#{self.id}"


@dataclass(frozen=True, slots=True)
class SampleStore:
    """Every stored sample, in one global order, and the retirements by sample id."""

    samples: tuple[Sample, ...]
    retired: Mapping[str, Retirement]


def order_key(sample: Sample) -> tuple[float, str]:
    """The one order of samples: by the instant of the call, without a time last, then by id."""
    return instant(sample.observed_at), sample.id


def instant(observed_at: str | None) -> float:
    """Seconds since 1970 in UTC, to the microsecond; infinity where there is no time."""
    return inf if observed_at is None else datetime.fromisoformat(observed_at).timestamp()


def moment(seconds: float) -> str:
    """An instant as a reader sees it: ``2025-12-29T09:18:40+00:00``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
