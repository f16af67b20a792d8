"""A registry that starts from numbers that know nothing, as files, and calls for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from coefgate.calibration.neutral_prior import neutral_prior
from coefgate.core.trees import FolderTree
from coefgate.samples.model import fields_of, stored_line
from coefgate.samples.reading import read_samples
from coefgate.samples.store import add_samples
from tests.frozen_registry import BY_HAND

KINDS = ("backend", "config", "doc", "frontend", "test")
"""Those of the path rules that tests have."""
NEEDS = (700, 1100, 900, 1500, 1200, 800, 1000, 1300, 950, 4000, 1050, 1150)
"""Of calls that are alike: one in twelve needs much more."""


def write_neutral(root: Path, **given: Any) -> None:
    """The documents, with what has no number beside them, and no call."""
    given = {"categories": ["bugfix"], "complexities": ["simple", "hard"], **given}
    documents = dict(neutral_prior(kinds=KINDS, reference="README.md", **given))
    numbers = documents["coefficients/registry.yaml"]
    told = {"format": 1, "semantics": 2, "unit": "call", "applies_to": ["*"]}
    documents["coefficients/registry.yaml"] = {**told, **numbers}
    (root / "coefficients/overhead").mkdir(parents=True)
    for name in ("gates", "file_kinds", "guardrails", "yanked"):
        file = f"coefficients/{name}.yaml"
        (root / file).write_bytes((BY_HAND / file).read_bytes())
    for file, document in documents.items():
        (root / file).write_text(f"{json.dumps(document, indent=1)}\n")  # JSON is YAML
    (root / "README.md").write_text("Ours.\n")


def draft(number: int, needed: int, **changes: Any) -> Mapping[str, Any]:
    """A call of a phase of its own that writes one module; every third is of one run."""
    like = read_samples(FolderTree(BY_HAND)).samples[0]
    return {
        **fields_of(like),
        **dict.fromkeys(("duplicate_of", "same_ceiling_as", "supersedes", "observed_at")),
        "format": 2,
        "deliverables_from": "request",
        "call_id": None,
        "reasoning_tokens": None,
        "success": True,
        "truncated": False,
        "stop_reason": "end_turn",
        "paths": "real",
        "category": "bugfix",
        "complexity": "simple",
        "model": "any-1",
        "deliverables": [
            {"path": f"src/m{number}.py", "operation": "create", "bytes_before": None}
        ],
        "run_id": f"run-{number % 3}",
        "phase_id": f"phase-{number}",
        "reference": f"log:{number}",
        "actual_output_tokens": needed,
        "max_output_tokens": None,
        **changes,
    }


def store(root: Path, needs: Iterable[int] = NEEDS, **changes: Any) -> str:
    """Store calls that needed so much; the file that they are in."""
    lines = [stored_line(draft(at, need, **changes)) for at, need in enumerate(needs)]
    done = add_samples(lines, source="new.jsonl", root=root)
    assert done.path is not None
    return done.path
