"""Records for tests: a few whose every fact counts, or many that are invented."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from coefgate.runner.call_record import CallRecord
from coefgate.telemetry.call_table import UNKNOWN, CallTable, NameColumn
from coefgate.telemetry.times import weeks_of

SECOND: Final = 1_000_000
WEEK: Final = 7 * 86_400 * SECOND
MONDAY: Final = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp()) * SECOND
"""The first moment of week 48 of 2026."""
DIGEST: Final = "a" * 64
OUT_OF_ORDER: Final = (
    {"started_at": MONDAY + 9, "writer": "b", "sequence": 1},
    {"started_at": MONDAY + 5, "writer": "b", "sequence": 3},
    {"started_at": MONDAY + 5, "writer": "b", "sequence": 2},
    {"started_at": MONDAY + 5, "writer": "a", "sequence": 7},
)
"""Rows of which each belongs before the one above it."""
_TEXTS: Final = {
    "writer": "0" * 32,
    "runner": "host-1",
    "category": "tests",
    "complexity": "low",
    "model": "claude-sonnet-4-5",
    "version": "1.0.0",
    "digest": DIGEST,
    "basis": "exact",
    "unit": "call",
    "phase": None,
}
_NUMBERS: Final = {
    "started_at": (None, np.int64),
    "finished_at": (None, np.int64),
    "sequence": (None, np.int64),
    "deliverables": (1, np.int32),
    "sizes_unknown": (0, np.int32),
    "predicted": (1000, np.int32),
    "budget": (1500, np.int32),
    "limit": (UNKNOWN, np.int32),
    "actual": (800, np.int32),
    "truncated": (0, np.int8),
    "success": (1, np.int8),
    "finished": (True, np.bool_),
    "faulty": (False, np.bool_),
}


def table_of(*rows: Mapping[str, Any], **all_rows: Any) -> CallTable:
    """A record for each row, which says how it differs from a call that went well.

    ``all_rows``: how all of them differ. Calls begin a second apart in week 48 of 2026, each in a
    phase of its own; a text that is ``None`` is not known.
    """
    full = [_filled(at, {**all_rows, **row}) for at, row in enumerate(rows)]
    columns = {name: [row[name] for row in full] for name in (*_TEXTS, *_NUMBERS)}
    return table_of_columns(**columns)


def _filled(at: int, row: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: value for name, (value, _) in _NUMBERS.items()} | _TEXTS
    if unknown := row.keys() - known.keys():
        raise KeyError(f"a CallTable has no column {sorted(unknown)}")
    begun = row.get("started_at", MONDAY + at * SECOND)
    own = {"started_at": begun, "finished_at": begun + SECOND, "sequence": at + 1}
    return {**known, **own, "phase": f"runner/phase-{at}", **row}


def table_of_columns(**columns: Sequence[Any] | np.ndarray[Any, Any]) -> CallTable:
    """The same of columns; those that are not given have one value, each call is its own phase."""
    rows = len(columns["started_at"])
    given: dict[str, Any] = {
        "finished_at": np.asarray(columns["started_at"]) + SECOND,
        "sequence": np.arange(1, rows + 1),
        "phase": [f"runner/phase-{at}" for at in range(rows)],
        **columns,
    }
    for name, (value, _) in _NUMBERS.items():
        given.setdefault(name, [value] * rows)
    for name, text in _TEXTS.items():
        given.setdefault(name, [text] * rows)
    made: dict[str, Any] = {name: _names(given[name]) for name in _TEXTS}
    made |= {name: np.asarray(given[name], kind) for name, (_, kind) in _NUMBERS.items()}
    return CallTable(**made, week=weeks_of(made["started_at"]))


def _names(texts: Sequence[str | None]) -> NameColumn:
    names = {text: at for at, text in enumerate(dict.fromkeys(one for one in texts if one))}
    codes = [UNKNOWN if text is None else names[text] for text in texts]
    return NameColumn(np.array(codes, dtype=np.int32), list(names))


def invented(
    calls: int,
    rng: np.random.Generator,
    *,
    weeks: int = 4,
    start: int = MONDAY,
    ratio: float = 0.7,
    sigma: float = 0.4,
    heavy: bool = False,
    calls_in_phase: int = 2,
    phase_sigma: float = 0.2,
    budget: float = 2.0,
    shift: float = 1.0,
    shifted_from: float = 1.0,
    digests: Sequence[str] = (DIGEST,),
    categories: Sequence[str] = ("implementation", "tests", "docs"),
    complexities: Sequence[str] = ("low", "medium", "high"),
    models: Sequence[str] = ("claude-sonnet-4-5",),
    fallback: float = 0.0,
    sizes_unknown: float = 0.0,
    failed: float = 0.0,
    unfinished: float = 0.0,
    faulty: float = 0.0,
) -> CallTable:
    """Calls spread evenly over ``weeks`` from ``start`` on, cut off at ``budget`` × predicted.

    Needs are log-normal about ``ratio`` × predicted, with ``sigma`` of the call and
    ``phase_sigma`` of its phase; ``heavy``: with the tails of Student's t with three degrees of
    freedom. From the share ``shifted_from`` of the calls on they are ``shift`` times as large.
    ``digests`` serve one after the other. ``fallback`` … ``faulty``: shares of calls.
    """
    at = np.arange(calls)
    noise = rng.standard_t(3, calls) / np.sqrt(3) if heavy else rng.standard_normal(calls)
    phase = at // calls_in_phase
    of_phase = phase_sigma * rng.standard_normal(calls)[phase]
    predicted = np.rint(np.exp(rng.normal(7.5, 0.8, calls))).astype(np.int64) + 50
    needs = predicted * ratio * np.exp(sigma * noise + of_phase)
    needs = np.maximum(np.rint(needs * np.where(at < shifted_from * calls, 1.0, shift)), 1)
    limit = np.rint(predicted * budget)
    truncated = needs > limit
    unknown, wrong = rng.random(calls) < unfinished, rng.random(calls) < faulty
    lost = (rng.random(calls) < failed) | truncated

    def drawn(names: Sequence[str]) -> list[str]:
        return [names[one] for one in rng.integers(len(names), size=calls)]

    return table_of_columns(
        started_at=start + at * (weeks * WEEK // max(calls, 1)),
        sequence=at + 1,
        category=drawn(categories),
        complexity=drawn(complexities),
        model=drawn(models),
        digest=[digests[one * len(digests) // calls] for one in range(calls)],
        basis=np.where(rng.random(calls) < fallback, "fallback", "exact").tolist(),
        phase=[f"runner/phase-{one}" for one in phase.tolist()],
        deliverables=rng.choice([1, 2, 3, 4, 6], calls, p=[0.4, 0.3, 0.15, 0.1, 0.05]),
        sizes_unknown=(rng.random(calls) < sizes_unknown).astype(np.int64),
        predicted=predicted,
        budget=limit,
        limit=limit,
        actual=np.where(unknown | wrong, UNKNOWN, np.minimum(needs, limit)),
        truncated=np.where(unknown, UNKNOWN, truncated),
        success=np.where(unknown, UNKNOWN, ~lost),
        finished=~unknown,
        faulty=wrong,
    )


def records_of(table: CallTable, **all_records: Any) -> Iterator[CallRecord]:
    """The same as they stand in a store; ``all_records``: what else they say."""
    plain: dict[str, Any] = dict.fromkeys((one.name for one in fields(CallRecord)), None)
    plain |= {
        "attempt": 1,
        "label_origin": "declared",
        "output_mode": "full_file",
        "redacted": False,
        "paths": "real",
        "deliverables_from": "request",
        "reply_matches": "unknown",
        "share_measured": 1.0,
        "registry_commit": "c" * 40,
        "interval_coverage": 0.8,
        "budget_risk": 0.1,
        "input_tokens": 1200,
    }
    texts = {name: getattr(table, name) for name in _TEXTS}
    for row in range(len(table)):
        said: dict[str, Any] = {
            name: None if column.codes[row] == UNKNOWN else column.names[column.codes[row]]
            for name, column in texts.items()
        }
        said |= {name: getattr(table, name)[row].item() for name in _NUMBERS}
        yield CallRecord(**plain | _stored(said) | all_records)


def _stored(said: Mapping[str, Any]) -> dict[str, Any]:
    origin, _, phase = (said["phase"] or "runner/").partition("/")
    files = [
        {"path": f"src/file_{at}.py", "operation": "create", "bytes_before": None}
        for at in range(said["deliverables"])
    ]
    number = {name: None if said[name] == UNKNOWN else said[name] for name in ("actual", "limit")}
    answer = {
        name: None if said[name] == UNKNOWN else bool(said[name])
        for name in ("truncated", "success")
    }
    same = ("writer", "sequence", "started_at", "finished_at", "runner", "category", "complexity")
    return {
        **{name: said[name] for name in (*same, "model", "unit", "digest", "basis", "budget")},
        **answer,
        "sizes_unknown": said["sizes_unknown"],
        "origin": origin,
        "phase_id": phase or None,
        "deliverables": json.dumps(files, separators=(",", ":")),
        "deliverable_count": said["deliverables"],
        "registry_version": said["version"],
        "predicted_tokens": said["predicted"],
        "interval_low": said["predicted"] // 2,
        "interval_high": said["predicted"] * 2,
        "max_output_tokens": number["limit"],
        "actual_output_tokens": number["actual"],
        "stop_reason": None
        if answer["truncated"] is None
        else ("max_tokens" if answer["truncated"] else "end_turn"),
        "state": "finished" if said["finished"] else "unfinished",
        "fault": "output-tokens" if said["faulty"] else None,
    }
