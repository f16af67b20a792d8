"""A stored call with its time, line and id, and what retires it, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from hashlib import sha256
from math import inf
from typing import Any, Final, Literal

import orjson

from coefgate.core.vocabulary import Deliverable

Paths = Literal["real", "partial", "synthetic"]
ReplyMatches = Literal["same_files", "same_count", "differs", "unknown"]
DeliverablesFrom = Literal["request", "reply"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One observed call; ``None`` means that the source does not say.

    The fields are described in ``schemas/sample.schema.json``; it is stored at ``file``, ``line``.
    What stands behind these are the fields of format 2: a line of format 1 lists the files that
    were requested, and knows nothing of the others.
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
    format: int = 1
    call_id: str | None = None
    deliverables_from: DeliverablesFrom | None = "request"
    reasoning_tokens: int | None = None

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
class Erasure:
    """A line (its ``id``) that gave way to one that says the same under salted names.

    ``by``: the id of that line. It is ``id`` itself where the history was rewritten since.
    """

    id: str
    by: str
    reason: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class SampleStore:
    """Every stored sample, in one global order, and retirements and erasures by sample id."""

    samples: tuple[Sample, ...]
    retired: Mapping[str, Retirement]
    erased: Mapping[str, Erasure] = field(default_factory=dict)

    @property
    def names_today(self) -> Mapping[str, str]:
        """By the id of each erased line that of the line which stands in its place today."""
        return {
            name: last_of(name, self.erased) for name, one in self.erased.items() if one.by != name
        }

    @property
    def first_names(self) -> Mapping[str, str]:
        """By the id of each line that stands in the place of an erased one, the id it had first.

        It is what logs give a call, and decides between lines as the id of others does.
        """
        earlier = {
            one.by: replace(one, id=one.by, by=one.id)
            for one in self.erased.values()
            if one.by != one.id
        }
        return {name: last_of(name, earlier) for name in earlier}


def last_of(name: str, erased: Mapping[str, Erasure]) -> str:
    """The id that an erased line has after all erasures; itself where it was not erased."""
    seen = {name}
    while (one := erased.get(name)) is not None and one.by not in seen:
        name = one.by
        seen.add(name)
    return name


def order_key(sample: Sample) -> tuple[float, str]:
    """The one order of samples: by the instant of the call, without a time last, then by id."""
    return instant(sample.observed_at), sample.id


def instant(observed_at: str | None) -> float:
    """Seconds since 1970 in UTC, to the microsecond; infinity where there is no time."""
    return inf if observed_at is None else datetime.fromisoformat(observed_at).timestamp()


def moment(seconds: float) -> str:
    """An instant as a reader sees it: ``2025-12-29T09:18:40+00:00``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


_NAMES: Final = tuple(one.name for one in fields(Sample))
FIELDS_OF_1: Final = _NAMES[: _NAMES.index("file")]
"""Every field of a line of format 1, in the order in which it is written."""
SINCE_2: Final = _NAMES[_NAMES.index("format") :]
"""The fields that format 2 adds; ``format`` says so."""
_BEHIND: Final[Mapping[str, str]] = {
    "format": "id",
    "call_id": "reference",
    "deliverables_from": "deliverables",
    "reasoning_tokens": "actual_output_tokens",
}
FIELDS: Final = tuple(
    name
    for first in FIELDS_OF_1
    for name in (first, *(new for new in SINCE_2 if _BEHIND[new] == first))
)
"""Every field of a line of format 2, in the order in which it is written."""
DELIVERABLE_FIELDS: Final = tuple(one.name for one in fields(Deliverable))
WHO: Final = ("origin", "run_id", "phase_id", "attempt", "reference", "call_id")
"""What tells one call from another, with the instant of ``observed_at``, however it is written."""

_ID_DIGITS: Final = 32


def sample_id(sample: Mapping[str, Any]) -> str:
    """The id of a sample with these fields (``id`` itself does not count).

    It is the same for every order of keys and every spacing of the line.
    """
    rest = dict(sample)
    rest.pop("id", None)
    return sha256(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).hexdigest()[:_ID_DIGITS]


def stored_line(sample: Mapping[str, Any]) -> bytes:
    """The stored line of a sample: its id, keys in the order of its format, a line end."""
    names = fields_of_format(sample.get("format", 1))
    ordered: dict[str, Any] = {name: sample[name] for name in names if name != "id"}
    ordered["deliverables"] = [
        {name: deliverable[name] for name in DELIVERABLE_FIELDS}
        for deliverable in ordered["deliverables"]
    ]
    # What orjson returns keeps the buffer it was written in, many times the size of a line.
    return orjson.dumps({"id": sample_id(ordered), **ordered}) + b"\n"


def fields_of(sample: Sample) -> dict[str, Any]:
    """The fields of ``sample`` as plain data: what its line holds."""
    found = orjson.loads(orjson.dumps(sample))
    return {name: found[name] for name in fields_of_format(sample.format)}


def fields_of_format(format_: int) -> tuple[str, ...]:
    """The fields of a line of format 1 or 2, in their order."""
    return FIELDS_OF_1 if format_ == 1 else FIELDS
