"""Calls to test with, and the shortest ways to read them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from coefgate.core.problems import Problem
from coefgate.core.trees import FolderTree
from coefgate.samples.lines import FileProblems, samples_of
from coefgate.samples.model import SINCE_2, Sample, sample_id, stored_line
from coefgate.samples.reading import sample_problems
from coefgate.samples.store import Added, add_samples

FILE = "samples/here/2026-03-01-00000000.jsonl"


def call(**fields: Any) -> dict[str, Any]:
    """A good call without its id; of format 2 where a field of that format is named."""
    draft: dict[str, Any] = {
        "origin": "here",
        "reference": "logs/run.log:12",
        "observed_at": "2026-03-01T09:30:00+11:00",
        "run_id": "run-1",
        "phase_id": "phase-1",
        "attempt": 1,
        "category": "tests",
        "complexity": "low",
        "label_origin": "logged",
        "deliverables": [deliverable("tests/test_text.py")],
        "paths": "real",
        "reply_matches": "same_files",
        "model": "claude-sonnet-4-5",
        "unit": "call",
        "actual_output_tokens": 1218,
        "max_output_tokens": 16384,
        "input_tokens": 1113,
        "output_mode": "full_file",
        "predicted_output_tokens": 5200,
        "predicted_by": "overhead model",
        "success": True,
        "truncated": False,
        "stop_reason": "max_tokens" if fields.get("truncated") else "end_turn",
        "duplicate_of": None,
        "same_ceiling_as": None,
        "supersedes": None,
    }
    if fields.keys() & set(SINCE_2):
        draft |= {"format": 2, "call_id": None, "reasoning_tokens": None}
        draft["deliverables_from"] = "request"
    unknown = fields.keys() - draft.keys()
    assert not unknown, unknown
    return draft | fields


def deliverable(
    path: str, operation: str = "create", bytes_before: int | None = None
) -> dict[str, Any]:
    return {"path": path, "operation": operation, "bytes_before": bytes_before}


def line(**fields: Any) -> bytes:
    return stored_line(call(**fields))


def id_of(**fields: Any) -> str:
    return sample_id(call(**fields))


def read_lines(
    lines: Iterable[bytes], *, origin: str | None = "here"
) -> tuple[list[Sample], tuple[Problem, ...]]:
    problems = FileProblems(FILE)
    samples = list(
        samples_of(lines, file=FILE, origin=origin, problems=problems, share={}.setdefault)
    )
    return samples, problems.problems()


def write(root: Path, *lines: bytes, file: str = FILE) -> Path:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(lines))
    return path


def add(drafts: Iterable[dict[str, Any]], root: Path) -> Added:
    """Store calls without their ids in the registry at ``root``."""
    lines = [orjson.dumps(draft) + b"\n" for draft in drafts]
    return add_samples(lines, source="drafts", root=root)


def problems_of(root: Path) -> tuple[Problem, ...]:
    return sample_problems(FolderTree(root))[1]
