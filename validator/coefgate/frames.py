"""Stored calls and their scores as pandas tables, for notebooks and spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, get_type_hints

import pandas as pd

from coefgate.replay.scores import Scores
from coefgate.samples.model import Sample
from coefgate.samples.status import Audited
from coefgate.use_cases.replay import replay
from coefgate.use_cases.samples import audit_samples

_HINTS: Final = get_type_hints(Sample)
_FIELDS: Final = tuple(field.name for field in fields(Sample) if field.name != "deliverables")
_SCORES: Final[Mapping[str, Any]] = {
    "predicted_tokens": "Int64",
    "basis": "string",
    "missed": "boolean",
    "smape": "Float64",
    "waste_ratio": "Float64",
}


def samples_frame(root: Path | str = ".") -> pd.DataFrame:
    """Every stored call of the registry at ``root``, one row each, in the order of their times.

    Columns: ``status`` and ``reason`` of the audit (docs/samples.md), the fields of
    ``schemas/sample.schema.json`` (``observed_at`` as a time in UTC), how many ``deliverables``,
    and the ``asked_for`` ones as ``create:docs/a.md``. What the source does not say is ``<NA>``.
    Raises what ``coefgate samples audit`` would report.
    """
    audited = audit_samples(Path(root)).audited
    frame = _described(audited)
    frame["asked_for"] = [
        tuple(f"{one.operation}:{one.path}" for one in each.sample.deliverables)
        for each in audited
    ]
    return frame


def scores_frame(
    root: Path | str = ".", *, at: str | None = None, samples: Path | str | None = None
) -> pd.DataFrame:
    """Every call that a replay predicts, one row each: what it is, needed, and was predicted.

    ``at`` and ``samples`` are those of ``coefgate replay``. Columns: those of ``samples_frame``
    but ``asked_for``; ``predicted_tokens``, its ``basis``, whether the call needed more
    (``missed``), ``smape`` in percent and ``waste_ratio`` (docs/metrics.md). A call that was cut
    off needed at least its tokens: it has no ``smape``, no ``waste_ratio``, and is ``missed``
    where it had reached its prediction, else ``<NA>``. Failed calls are rows too; a gate does not
    score them.
    """
    found = replay(Path(root), at=at, samples=None if samples is None else Path(samples), by=())
    return frame_of(found.scores)


def frame_of(scores: Scores) -> pd.DataFrame:
    """The rows of ``scores_frame``, of a replay that was made already."""
    calls = scores.scored
    frame = _described([call.audited for call in calls])
    columns: Mapping[str, list[Any]] = {
        "predicted_tokens": [call.predicted for call in calls],
        "basis": [call.basis for call in calls],
        "missed": [_missed(call.audited, call.predicted) for call in calls],
        "smape": [None if call.smape is None else float(call.smape) for call in calls],
        "waste_ratio": [
            None if call.waste_ratio is None else float(call.waste_ratio) for call in calls
        ],
    }
    for name, values in columns.items():
        frame[name] = pd.array(values, dtype=_SCORES[name])
    return frame


def _missed(audited: Audited, predicted: int) -> bool | None:
    needed = audited.sample.actual_output_tokens
    if audited.status == "censored":  # it needed at least that
        return True if needed >= predicted else None
    return needed > predicted


def _described(audited: Iterable[Audited]) -> pd.DataFrame:
    rows = tuple(audited)
    columns: dict[str, Any] = {
        "id": pd.array([one.sample.id for one in rows], dtype="string"),
        "status": pd.array([one.status for one in rows], dtype="string"),
        "reason": pd.array([one.reason for one in rows], dtype="string"),
        "deliverables": pd.array([len(one.sample.deliverables) for one in rows], dtype="Int64"),
    }
    for name in _FIELDS[1:]:
        values = [getattr(one.sample, name) for one in rows]
        columns[name] = pd.array(values, dtype=_dtype(name))
    moments = pd.to_datetime(pd.Series(columns["observed_at"]), utc=True, format="ISO8601")
    columns["observed_at"] = moments.astype("datetime64[us, UTC]")
    return pd.DataFrame(columns)


def _dtype(name: str) -> Any:
    """The nullable type of a field's column."""
    kinds = {int: "Int64", bool: "boolean"}
    return next(
        (kinds[kind] for kind in kinds if _HINTS[name] in {kind, kind | None}),
        "string",
    )
