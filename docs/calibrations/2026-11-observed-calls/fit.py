"""Carry out protocol.md: try every candidate in both ways, choose by the rule, fit on all samples.

Run it from the repository with: .venv/bin/python docs/calibrations/2026-11-observed-calls/fit.py
It prints the tables of README.md; --write also puts the chosen coefficients into coefficients/.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from candidates import CANDIDATES, Candidate, calls_of, carry_out, distance, measures, table_of
from outcome import describe, write_coefficients

from coefgate.core.trees import FolderTree
from coefgate.git.repository import Repository
from coefgate.registry.compilation import snapshot
from coefgate.registry.reading import read_registry
from coefgate.replay.counts import counts_matrix, predict
from coefgate.replay.metrics import Calls
from coefgate.samples.reading import read_samples
from coefgate.samples.status import Audited, audit

ROOT = Path(__file__).parents[3]
BASELINE = re.search(
    r"^    ([0-9a-f]{40})$",
    (Path(__file__).parents[1] / "baseline.md").read_text("utf-8"),
    re.MULTILINE,
)
DRAWS = 200
SMALLER_IS_BETTER = (
    "smape_mean",
    "smape_median",
    "smape_p90",
    "underestimation_rate",
    "underestimation_upper",
    "waste_p75",
    "waste_p90",
)


def scored_samples() -> tuple[Mapping[str, Any], list[Audited]]:
    """The published snapshot, and every eligible or censored sample."""
    with Repository(ROOT) as repository:
        assert BASELINE
        registry = read_registry(repository.tree(BASELINE[1]))
    audited = audit(read_samples(FolderTree(ROOT)), scope=registry.gates.scope, unit=registry.unit)
    return snapshot(registry), [a for a in audited if a.status in ("eligible", "censored")]


def left_out(
    candidate: Candidate,
    published: Mapping[str, Any],
    samples: Sequence[Audited],
    group_of: Callable[[Audited], Hashable],
) -> Calls:
    """Every call predicted by what the candidate makes of the samples without the call's group."""
    groups = [group_of(a) for a in samples]
    predicted = np.zeros(len(samples), dtype=np.int64)
    for group in dict.fromkeys(groups):
        training = [a for a, other in zip(samples, groups, strict=True) if other != group]
        table = table_of(carry_out(candidate, published, training))
        rows = [row for row, other in enumerate(groups) if other == group]
        predicted[rows] = predict(
            counts_matrix([samples[row].sample for row in rows], table), table
        )
    return calls_of(predicted, samples)


def phase(audited: Audited) -> Hashable:
    return audited.sample.phase


def run(audited: Audited) -> Hashable:
    """The run of a call; a call of an unknown run is a group with its phase."""
    return audited.sample.run_id or audited.sample.phase


def admissible(fitted: Calls, published: Calls) -> bool:
    """The second round's condition on the figures of all samples."""
    new, old = measures(fitted), measures(published)
    return (
        distance(fitted)[0] == 0
        and new.smape_mean < 50
        and new.underestimation_upper < Fraction(1, 10)
        and abs(new.waste_median - 1) < abs(old.waste_median - 1)
        and all(getattr(new, name) < getattr(old, name) for name in SMALLER_IS_BETTER)
    )


def main(arguments: list[str]) -> None:
    published, samples = scored_samples()

    def on_all_samples(snapshot: Mapping[str, Any]) -> Calls:
        table = table_of(snapshot)
        return calls_of(predict(counts_matrix([a.sample for a in samples], table), table), samples)

    before = on_all_samples(published)
    out_of_phase = {c: left_out(c, published, samples, phase) for c in CANDIDATES}
    fitted = {c: carry_out(c, published, samples) for c in CANDIDATES}
    everywhere = {c: on_all_samples(snapshot) for c, snapshot in fitted.items()}
    print(f"{len(CANDIDATES)} candidates, {len(samples)} calls\n\nOne phase left out at a time:\n")
    print(describe({c.name: calls for c, calls in out_of_phase.items()}))
    print("\nFitted on all samples (*: admissible):\n")
    passed = [c for c in CANDIDATES if admissible(everywhere[c], before)]
    print(describe({f"{c.name}{' *' * (c in passed)}": calls for c, calls in everywhere.items()}))
    if not passed:
        raise SystemExit("no candidate is admissible; see the protocol for what follows")

    def rank(candidate: Candidate) -> tuple[float, float]:
        far, smape = distance(out_of_phase[candidate])
        return round(float(far), 2), float(smape)

    chosen = min(passed, key=rank)
    print(f"\nChosen of {len(passed)} admissible: {chosen.name}\n")
    rows = {
        "published, all samples": before,
        "chosen, all samples": everywhere[chosen],
        "chosen, one phase left out": out_of_phase[chosen],
        "chosen, one run left out": left_out(chosen, published, samples, run),
    }
    print(describe(rows))
    if "--write" in arguments:
        write_coefficients(ROOT, chosen, published, fitted[chosen], samples, draws=DRAWS)


if __name__ == "__main__":
    main(sys.argv[1:])
