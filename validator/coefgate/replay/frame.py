"""The per-call table of a replay: one row per scored call, with everything it may be grouped by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from coefgate.estimator.columnar import base_tokens, counts_matrix, predict
from coefgate.estimator.table import Table
from coefgate.samples.model import Audited, Sample

SCORED = ("eligible", "censored", "failed")
UNKNOWN = "unknown"
WITHOUT_TOKENS = "failed without a token"
"""Failed calls that gave nothing: no ratio to what they needed exists, so they stand by themselves."""
CUT_OFF = "cut off"
"""Censored calls, whose reply could mostly not be parsed: neither a success nor scored as a failure."""


def frame(audited: Sequence[Audited], table: Table) -> pd.DataFrame:
    """One row per eligible, censored and failed call, in the order of ``audited``.

    Columns: ``id``, ``status``, ``base_tokens`` (before the margin), ``predicted``, ``actual`` (tokens),
    ``old`` (the prediction stored with the call, missing where there is none), ``predicted_by``,
    ``basis``, ``phase`` (a number, by the order of the phases' names and not of the calls), and what
    calls are grouped by: ``category`` (aliases applied), ``complexity``, ``cell``, ``deliverables``,
    ``model``, ``operation``, ``success`` and ``reply_matches``.
    """
    calls = [one for one in audited if one.status in SCORED]
    samples = [one.sample for one in calls]
    counts = counts_matrix(samples, table)
    number_of = {phase: number for number, phase in enumerate(sorted({sample.phase for sample in samples}))}
    return pd.DataFrame(
        {
            "id": [sample.id for sample in samples],
            "status": [one.status for one in calls],
            "base_tokens": base_tokens(counts, table),
            "predicted": predict(counts, table),
            "actual": pd.array([sample.actual_output_tokens for sample in samples], dtype="int64").to_numpy(),
            "old": pd.array([sample.predicted_output_tokens for sample in samples], dtype="Int64"),
            "predicted_by": [sample.predicted_by or UNKNOWN for sample in samples],
            "basis": list(counts.bases),
            "phase": np.array([number_of[sample.phase] for sample in samples], dtype=np.intp),
            "category": [_category(sample, table.canonical_category) for sample in samples],
            "complexity": [sample.complexity or UNKNOWN for sample in samples],
            "cell": [
                f"{_category(sample, table.canonical_category)}/{sample.complexity or UNKNOWN}"
                for sample in samples
            ],
            "deliverables": [_how_many(sample) for sample in samples],
            "model": [sample.model or UNKNOWN for sample in samples],
            "operation": [_operation(sample) for sample in samples],
            "success": [_success(one) for one in calls],
            "reply_matches": [sample.reply_matches for sample in samples],
        }
    )


def _category(sample: Sample, canonical: Mapping[str, str]) -> str:
    label = sample.category or UNKNOWN
    return canonical.get(label, label)


def _success(audited: Audited) -> str:
    if audited.status != "failed":
        return CUT_OFF if audited.status == "censored" else "succeeded"
    return "failed" if audited.sample.actual_output_tokens else WITHOUT_TOKENS


def _how_many(sample: Sample) -> str:
    count = len(sample.deliverables)
    return "5+" if count >= 5 else "3–4" if count >= 3 else str(count)


def _operation(sample: Sample) -> str:
    operations = {deliverable.operation for deliverable in sample.deliverables}
    return operations.pop() if len(operations) == 1 else "mixed" if operations else "none"
