"""What is kept of one call: the one list of columns that recorder, spool and both databases have.

There is no free text among them. A text is an identifier, a word of a closed list or a path, has a
length, and holds no line end: no prompt and no reply has a place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final, Literal, get_args

ColumnType = Literal["text", "integer", "real", "boolean"]

SCHEMA_VERSION: Final = "0001"
"""The version of the tables that this program writes: the last migration of the store."""

LONGEST_NAME: Final = 200
"""Characters of an identifier."""
LONGEST_LIST: Final = 1 << 20
"""Characters of a list of deliverables."""

MOST_ATTEMPTS: Final = 1_000
YEARS: Final = (946_684_800_000_000, 4_102_444_800_000_000)
"""2000 to 2099, in microseconds since 1970; a clock that says otherwise is at fault."""

RecordState = Literal["finished", "unfinished"]
RecordFault = Literal[
    "output-tokens",  # no whole number from 0 to 1,000,000
    "input-tokens",
    "reasoning-tokens",
    "max-output-tokens",
    "budget",
    "finished-twice",  # the second outcome of a call; the first stands
    "too-many-deliverables",
    "not-redacted",  # a path that no salted name can stand for
    "clock",  # it ended before it began, or lies outside the years 2000 to 2099
]
"""Why a record counts in no figure. What could be kept of it is kept."""
WORDS: Final[Mapping[str, Sequence[str]]] = {
    "unit": ("call", "turn"),
    "paths": ("real", "partial", "synthetic"),
    "deliverables_from": ("request", "reply"),
    "reply_matches": ("same_files", "same_count", "differs", "unknown"),
    "state": get_args(RecordState),
    "fault": get_args(RecordFault),
}
"""The words of each column that has a closed list of them."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call with its prediction and what came of it, as one row of the table ``calls``.

    ``writer`` and ``sequence`` are its identity: the recorder of one process, which numbers the
    calls that it begins from 1. Times are microseconds since 1970 in UTC. ``None``: not known.

    ``runner``: who called, a host or a service. ``unit`` … ``reply_matches``: as in samples.
    ``deliverables``: JSON, a list of ``{"path", "operation", "bytes_before"}``; ``redacted``:
    under salted names. ``sizes_unknown``: files among them whose size would have counted and that
    nobody gave. ``predicted_tokens`` … ``share_measured``: the estimate, by the coefficients of
    ``registry_version``, ``registry_commit`` and ``digest``; ``budget`` is what it allowed the
    call at ``budget_risk``, ``max_output_tokens`` what was really asked for.
    ``previous_output_tokens`` and ``previous_truncated``: the attempt that the estimate was told
    of. ``state``: ``unfinished`` where nobody said how it ended. ``fault``: why it counts in no
    figure.
    """

    writer: str
    sequence: int
    started_at: int
    finished_at: int
    runner: str
    origin: str
    run_id: str | None
    phase_id: str | None
    attempt: int | None
    call_id: str | None
    category: str | None
    complexity: str | None
    label_origin: str | None
    model: str | None
    unit: str
    output_mode: str | None
    deliverables: str
    deliverable_count: int
    redacted: bool
    paths: str
    deliverables_from: str
    reply_matches: str
    sizes_unknown: int
    registry_version: str
    registry_commit: str | None
    digest: str
    basis: str
    predicted_tokens: int
    interval_low: int
    interval_high: int
    interval_coverage: float | None
    share_measured: float
    budget: int
    budget_risk: float | None
    previous_output_tokens: int | None
    previous_truncated: bool | None
    max_output_tokens: int | None
    input_tokens: int | None
    actual_output_tokens: int | None
    reasoning_tokens: int | None
    stop_reason: str | None
    truncated: bool | None
    success: bool | None
    state: str
    fault: str | None


@dataclass(frozen=True, slots=True)
class RecordColumn:
    """A column of a table, the same in every database."""

    name: str
    kind: ColumnType
    required: bool = True


_TYPES: Final[dict[str, ColumnType]] = {
    "str": "text",
    "int": "integer",
    "float": "real",
    "bool": "boolean",
}


def _columns() -> tuple[RecordColumn, ...]:
    said = ((one.name, str(one.type).partition(" | ")) for one in fields(CallRecord))
    return tuple(
        RecordColumn(name, _TYPES[kind], not optional) for name, (kind, _, optional) in said
    )


CALLS: Final = _columns()
"""The table ``calls``: a row for each record, known by ``writer`` and ``sequence``."""
WRITERS: Final = (
    RecordColumn("writer", "text"),
    RecordColumn("runner", "text"),
    RecordColumn("program_version", "text"),
    RecordColumn("started_at", "integer"),
    RecordColumn("seen_at", "integer"),
    RecordColumn("begun", "integer"),
    RecordColumn("closed", "boolean"),
    RecordColumn("pruned_to", "integer"),
    RecordColumn("pruned_lost", "integer"),
)
"""The table ``writers``: a row for each recorder, known by ``writer``.

``begun``: calls that it had begun when it was last seen. What is missing in ``calls`` of the
numbers above ``pruned_to`` and up to ``begun`` was lost, or has not ended where ``closed`` is
false. Up to ``pruned_to`` records were taken out on purpose, and ``pruned_lost`` were lost before:
a recorder writes 0 for both when it makes its row, and leaves them alone from then on.
"""
