"""Invented calls that real releases served: each has the budget that its release gives it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from coefgate.core.estimate import estimate
from coefgate.core.release import Release, annotation
from coefgate.core.table import Table, compile_table
from coefgate.core.versions import Version
from coefgate.core.vocabulary import Deliverable
from coefgate.git.repository import Repository
from coefgate.registry.compilation import snapshot
from coefgate.registry.reading import read_registry
from coefgate.runner.call_record import CallRecord
from tests.telemetry.tables import SECOND, WEEK, records_of, table_of

_CELLS = [
    (category, complexity) for category in ("docs", "tests") for complexity in ("low", "high")
]


def served(
    table: Table,
    count: int,
    *,
    start: int,
    normal: Table | None = None,
    writer: str = "a" * 32,
    needs: float = 0.68,
    sigma: float = 0.2,
    seed: int = 7,
    **said: Any,
) -> Iterator[CallRecord]:
    """So many calls, spread over the week from ``start`` on, two of each phase.

    They need ``needs`` times what ``normal`` (``table`` unless given) predicts, log-normal with
    ``sigma``, and are cut off at what ``table`` predicts. ``said``: other facts of all.
    """
    rng = np.random.default_rng(seed)
    [plain] = records_of(table_of({}))
    for at in range(count):
        category, complexity = _CELLS[int(rng.integers(len(_CELLS)))]
        files = [f"docs/page-{at}-{one}.md" for one in range(int(rng.integers(1, 4)))]

        asked = partial(
            estimate,
            category=category,
            complexity=complexity,
            deliverables=[Deliverable(one, "create") for one in files],
        )
        budget = asked(table).tokens
        likely = asked(normal or table).tokens * needs
        need = int(likely * np.exp(sigma * rng.standard_normal())) + 1
        began = start + at * (WEEK // count)
        yield replace(
            plain,
            writer=writer,
            sequence=at + 1,
            started_at=began,
            finished_at=began + SECOND,
            category=category,
            complexity=complexity,
            phase_id=f"phase-{start}-{at // 2}",
            deliverables=json.dumps(
                [{"path": one, "operation": "create", "bytes_before": None} for one in files]
            ),
            deliverable_count=len(files),
            registry_version=table.registry_version,
            digest=table.digest,
            predicted_tokens=budget,
            budget=budget,
            budget_risk=None,
            max_output_tokens=budget,
            actual_output_tokens=min(need, budget),
            truncated=need > budget,
            success=None if need > budget else True,
            stop_reason="max_tokens" if need > budget else "end_turn",
            **said,
        )


def tag_release(root: Path, version: str) -> Table:
    """Release what is checked out without asking the gate; its table."""
    number = Version.parsed(version)
    assert number is not None
    with Repository(root) as repository:
        found = snapshot(read_registry(repository.tree("HEAD")))
        words = annotation(f"Coefficients {version}", Release(number, None, found))
        repository.git("tag", "--annotate", "--file=-", number.tag, given=words.encode())
    return compile_table(found.content, registry_version=version, digest=found.digest)
