"""A registry with a ``tuning.yaml`` and a few calls, so that a fit takes no time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from coefgate.samples.model import fields_of
from tests.end_to_end.stored_calls import LINKS, add, is_eligible, stored

TUNING: Final = "coefficients/tuning.yaml"
PAGE: Final = "docs/calibrations/baseline.md"
PROCEDURE: Final = """\
# yaml-language-server: $schema=../schemas/tuning.schema.json
level: 0.6  # of unseen calls
scatter: 0.4
spreads:
  {all: 1, complexity: 0.5, category: 1, cell: 0.7, marginal: 0.2, operation: 0.2, kind: 0.2,
   cost: 0.14, new_kind: 0.6}
cell_from: 4
round_to: 10
prior:
  reference: docs/calibrations/baseline.md
  margin: 1.3
  overhead:
    implementation: {low: 634, medium: 1176, high: 5000}
    refactoring: {low: 2500, medium: 3500, high: 5500}
    configuration: {low: 800, medium: 1500, high: 2500}
    integration: {low: 3000, medium: 4000, high: 6000}
    tests: {low: 915, medium: 2500, high: 4000}
    docs: {low: 1500, medium: 2500, high: 3500}
    backend: {low: 2000, medium: 3000, high: 5000}
    frontend: {low: 2500, medium: 3500, high: 5500}
    database: {low: 2000, medium: 3000, high: 5000}
    deployment: {low: 2000, medium: 3000, high: 5000}
  marginal_costs:
    create: {backend: 2000, frontend: 2800, test: 1400, doc: 500, config: 1000}
    modify: {backend: 700, frontend: 1100, test: 600, doc: 400, config: 500}
# What the numbers were fitted on.
samples:
  - samples/autopack/2025-12-17-17275740.jsonl  # the first import
"""
CALLS: Final = {
    ("implementation", "low"): (700, 1100, 900, 1500, 1200, 800, 1000, 1300, 950),
    ("implementation", "medium"): (2400, 1900, 3100),
    ("tests", "low"): (2600, 1700),
}
"""Tokens that calls needed, by cell; each is a phase of its own, and every third of one run."""


def make_tunable(registry: Path) -> None:
    """Give the copied registry a procedure, and these calls in place of its own."""
    store(registry)
    (registry / TUNING).write_text(PROCEDURE, "utf-8")
    (registry / PAGE).parent.mkdir(parents=True)
    (registry / PAGE).write_text("How it was found.\n", "utf-8")


def store(registry: Path, changes: Mapping[str, Any] | None = None) -> None:
    """Store these calls in place of all others, alike but for their cell and their need."""
    alone = (one for one in stored(registry, is_eligible) if len(one.deliverables) == 1)
    like = next(alone)
    for file in (registry / "samples").rglob("*.jsonl"):
        file.unlink()
    drafts = [
        {
            **fields_of(like),
            **LINKS,
            "category": category,
            "complexity": complexity,
            "run_id": f"run-{n % 3}",
            "phase_id": f"{category}-{complexity}-{n}",
            "reference": f"log:{category}-{complexity}-{n}",
            "actual_output_tokens": actual,
            **(changes or {}),
        }
        for (category, complexity), needs in CALLS.items()
        for n, actual in enumerate(needs)
    ]
    add(registry, drafts)
