"""Calls to measure, and a registry whose predictions can be worked out in the head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from coefgate.core.table import Table, compile_table
from coefgate.core.vocabulary import Deliverable, Operation
from coefgate.registry.model import Scope
from coefgate.replay.evidence import Evidence, Predicted
from coefgate.replay.metrics import Calls
from coefgate.samples.model import Sample, SampleStore
from coefgate.samples.status import Audited, audit

DIGEST = f"sha256:{'0' * 64}"
OVERHEAD = {"low": 1000, "medium": 2000, "high": 4000}
NO_DELIVERABLES = 8000
PER_CREATED, PER_MODIFIED = 100, 50


def calls(
    tokens: Sequence[tuple[int, int]],
    *,
    cut_off: Sequence[tuple[int, int]] = (),
    phases: Sequence[int] | None = None,
) -> Calls:
    """Columns from pairs (predicted, actual); each its own phase unless ``phases`` tells."""
    rows = [*tokens, *cut_off]
    return Calls(
        np.array([predicted for predicted, _ in rows], dtype=np.int64),
        np.array([actual for _, actual in rows], dtype=np.int64),
        np.array(range(len(rows)) if phases is None else phases, dtype=np.intp),
        np.array([False] * len(tokens) + [True] * len(cut_off), dtype=np.bool_),
    )


def table(margin: int = 1000, cells: Mapping[str, Mapping[str, int]] | None = None) -> Table:
    """``tests`` (alias ``testing``) and ``docs``: 1,000, 2,000, 4,000; a new file 100, else 50."""

    def tokens(number: int) -> dict[str, Any]:
        return {"tokens": number, "measured": True}

    def category(*aliases: str) -> dict[str, Any]:
        return {
            "aliases": list(aliases),
            "overhead": {name: tokens(each) for name, each in OVERHEAD.items()},
        }

    content = {
        "complexities": list(OVERHEAD),
        "applies_to": ["*"],
        "fallback": {"overhead": tokens(3000)},
        "no_deliverables": {name: tokens(NO_DELIVERABLES) for name in OVERHEAD},
        "categories": {"tests": category("testing"), "docs": category()},
        "marginal_costs": {
            "create": {"backend": tokens(PER_CREATED)},
            "modify": {"backend": tokens(PER_MODIFIED)},
        },
        "file_kinds": {"rules": [], "default": "backend"},
        "safety_margins": {"default": margin, "cells": cells or {}},
        "interval": {"below": 300, "above": 300, "coverage": None},
    }
    return compile_table(content, registry_version="1.2.3", digest=DIGEST)


def sample(
    number: int, actual: int, *, creates: int = 1, modifies: int = 0, **fields: Any
) -> Sample:
    """An eligible call: ``tests`` low with one new file, for which ``table()`` predicts 1,100."""
    created: list[Operation] = ["create"] * creates
    modified: list[Operation] = ["modify"] * modifies
    values: dict[str, Any] = {
        "id": f"{number:032x}",
        "origin": "here",
        "reference": f"run.log:{number}",
        "observed_at": None,
        "run_id": None,
        "phase_id": f"phase-{number:04}",
        "attempt": None,
        "category": "tests",
        "complexity": "low",
        "label_origin": None,
        "deliverables": tuple(
            Deliverable(f"{at}.py", each) for at, each in enumerate(created + modified)
        ),
        "paths": "real",
        "reply_matches": "same_files",
        "model": None,
        "unit": "call",
        "actual_output_tokens": actual,
        "max_output_tokens": None,
        "input_tokens": None,
        "output_mode": None,
        "predicted_output_tokens": None,
        "predicted_by": None,
        "success": True,
        "truncated": False,
        "stop_reason": None,
        "duplicate_of": None,
        "same_ceiling_as": None,
        "supersedes": None,
        "file": "samples/here/undated-00000000.jsonl",
        "line": number,
    }
    assert fields.keys() <= values.keys(), fields.keys() - values.keys()
    return Sample(**values | fields)


def audited(samples: Sequence[Sample]) -> tuple[Audited, ...]:
    """The samples with the status that the store gives them, in the order given."""
    return audit(SampleStore(tuple(samples), {}), scope=Scope(None, None), unit="call")


def predicted(samples: Sequence[Sample], by: Table) -> Predicted:
    """The samples, with the status that the store gives them, as a table predicts them."""
    return Evidence(audited(samples)).predicted(by)


def exact_smape(predicted: int, actual: int) -> Fraction:
    """The definition in percent, without any rounding."""
    return Fraction(200 * abs(predicted - actual), predicted + actual)
