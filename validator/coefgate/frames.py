"""Stored calls and their scores as pandas tables, for notebooks and spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, get_type_hints

import pandas as pd

from coefgate.replay.scores import ScoredCall, Scores
from coefgate.samples.model import Sample
from coefgate.samples.status import Audited
from coefgate.use_cases.replay import replay
from coefgate.use_cases.samples import audit_samples

_HINTS: Final = get_type_hints(Sample)
_TYPES: Final[dict[type, Any]] = {int: "Int64", bool: "boolean"}


def samples_frame(root: Path | str = ".") -> pd.DataFrame:
    """Every stored call of the registry at ``root``, one row each, in the order of their times.

    Columns: ``status`` and ``reason`` of the audit (docs/reference/samples.md), the fields of
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
    (``missed``), ``smape`` in percent and ``waste_ratio`` (docs/reference/metrics.md). A call that
    was cut off needed at least its tokens: it has no ``smape``, no ``waste_ratio``, and is
    ``missed`` where it had reached its prediction, else ``<NA>``. Failed calls are rows too;
    a gate does not score them.
    """
    found = replay(Path(root), at=at, samples=None if samples is None else Path(samples), by=())
    return frame_of(found.scores)


def frame_of(scores: Scores) -> pd.DataFrame:
    """The rows of ``scores_frame``, of a replay that was made already."""
    calls = scores.scored
    frame = _described([call.audited for call in calls])
    frame["predicted_tokens"] = pd.array([call.predicted for call in calls], dtype="Int64")
    frame["basis"] = pd.array([call.basis for call in calls], dtype="string")
    frame["missed"] = pd.array([*map(_missed, calls)], dtype="boolean")
    for name in ("smape", "waste_ratio"):
        frame[name] = pd.array([getattr(call, name) for call in calls], dtype="Float64")
    return frame


def _missed(call: ScoredCall) -> bool | None:
    needed = call.audited.sample.actual_output_tokens
    if call.audited.status == "censored":  # it needed at least that
        return True if needed >= call.predicted else None
    return needed > call.predicted


def _described(audited: Sequence[Audited]) -> pd.DataFrame:
    samples = [one.sample for one in audited]
    columns: dict[str, Any] = {
        "id": pd.array([one.id for one in samples], dtype="string"),
        "status": pd.array([one.status for one in audited], dtype="string"),
        "reason": pd.array([one.reason for one in audited], dtype="string"),
        "deliverables": pd.array([len(one.deliverables) for one in samples], dtype="Int64"),
    }
    for name in (one.name for one in fields(Sample) if one.name not in columns):
        nullable = (kind for held, kind in _TYPES.items() if _HINTS[name] in {held, held | None})
        values = [getattr(one, name) for one in samples]
        columns[name] = pd.array(values, dtype=next(nullable, "string"))
    moments = pd.to_datetime(pd.Series(columns["observed_at"]), utc=True, format="ISO8601")
    columns["observed_at"] = moments.astype("datetime64[us, UTC]")
    return pd.DataFrame(columns)
