"""What a calibration gave: figures as a table, and coefficients as YAML."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from candidates import Candidate, carry_out, distance, measures, table_of

from coefgate.replay.counts import counts_matrix
from coefgate.replay.metrics import Calls
from coefgate.samples.status import Audited

REFERENCE = "docs/calibrations/2026-11-observed-calls/README.md"
SEED = 20261123
Key = tuple[str, str]


def describe(rows: Mapping[str, Calls]) -> str:
    """A Markdown table, one row per set of predictions."""
    lines = [
        (
            "| what | distance | SMAPE mean | median | P90 | underestimation | waste median "
            "| P75 | P90 |"
        ),
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, calls in rows.items():
        m = measures(calls)
        cells = [
            name,
            f"{float(distance(calls)[0]):.2f}",
            *(f"{float(value):.1f}" for value in (m.smape_mean, m.smape_median, m.smape_p90)),
            f"{float(m.underestimation_rate):.1%} to {float(m.underestimation_upper):.1%}",
            *(f"{float(value):.2f}" for value in (m.waste_median, m.waste_p75, m.waste_p90)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def write_coefficients(
    root: Path,
    chosen: Candidate,
    published: Mapping[str, Any],
    fitted: Mapping[str, Any],
    samples: Sequence[Audited],
    *,
    draws: int,
) -> None:
    """Put every figure that moved into its YAML file, with its samples and its interval."""
    intervals = _intervals(chosen, published, samples, draws)
    behind = _behind(published, samples)
    before = _figures(published)
    for key, tokens in _figures(fitted).items():
        if tokens == before[key]:
            continue
        low, high = intervals[key]
        calls = behind.get(key) or behind[key[0], ""]
        basis = (
            f"{{kind: fit, samples: {calls}, interval: [{low}, {high}], reference: {REFERENCE}}}"
        )
        if key[0] in ("create", "modify"):
            file, above, name = "marginal_costs.yaml", f"  {key[0]}:\n", f"    {key[1]}:\n"
        else:
            file, above, name = f"overhead/{key[0]}.yaml", "overhead:\n", f"  {key[1]}:\n"
        _edit(
            root / "coefficients" / file,
            above,
            name,
            key="tokens",
            number=str(tokens),
            basis=basis,
        )
    margin = f"{fitted['safety_margins']['default'] / 1000:g}"
    basis = f"{{kind: fit, samples: {len(samples)}, reference: {REFERENCE}}}"
    _edit(
        root / "coefficients" / "safety_margins.yaml",
        "",
        "default:\n",
        key="factor",
        number=margin,
        basis=basis,
    )


def _figures(snapshot: Mapping[str, Any]) -> dict[Key, int]:
    cells = {
        (category, complexity): value["tokens"]
        for category, entry in snapshot["categories"].items()
        for complexity, value in entry["overhead"].items()
    }
    costs = {
        (operation, kind): value["tokens"]
        for operation, kinds in snapshot["marginal_costs"].items()
        for kind, value in kinds.items()
    }
    return cells | costs


def _behind(published: Mapping[str, Any], samples: Sequence[Audited]) -> dict[Key, int]:
    """How many calls exercise each coefficient, and each category under an empty complexity.

    An unknown operation exercises the price of create. A cell without calls of its own that moved
    with its category rests on the calls of that category.
    """
    table = table_of(published)
    counts = counts_matrix([a.sample for a in samples], table)
    behind: dict[Key, int] = {}
    for row, cell in enumerate(counts.cell):
        used = {counts.cells[cell], (counts.cells[cell][0], "")}  # type: ignore[index]
        for index, (operation, kind) in enumerate(counts.columns):
            if counts.matrix[row, index]:
                used.add(("create" if operation == "unknown" else operation, kind))
        for key in used:
            behind[key] = behind.get(key, 0) + 1  # type: ignore[index, arg-type]
    return behind


def _intervals(
    chosen: Candidate, published: Mapping[str, Any], samples: Sequence[Audited], draws: int
) -> dict[Key, tuple[int, int]]:
    """Nearest-rank 95 % interval of every figure over draws of whole phases with replacement."""
    by_phase: dict[Any, list[Audited]] = {}
    for a in samples:
        by_phase.setdefault(a.sample.phase, []).append(a)
    phases = list(by_phase.values())
    random_numbers = random.Random(SEED)  # noqa: S311 (draws of a bootstrap)
    drawn: dict[Key, list[int]] = {}
    for _ in range(draws):
        training = [a for calls in random_numbers.choices(phases, k=len(phases)) for a in calls]
        for key, tokens in _figures(carry_out(chosen, published, training)).items():
            drawn.setdefault(key, []).append(tokens)
    ranks = [math.ceil(share * draws) - 1 for share in (0.025, 0.975)]
    return {key: tuple(sorted(values)[rank] for rank in ranks) for key, values in drawn.items()}  # type: ignore[misc]


def _edit(file: Path, above: str, name: str, *, key: str, number: str, basis: str) -> None:
    """Replace number and basis of one entry; everything else in the file stays as it is."""
    text = file.read_text("utf-8")
    start = text.index(name, text.index(above) if above else 0) + len(name)
    entry = re.compile(rf"( +){key}: .*\n +basis: .*\n")
    found = entry.match(text, start)
    assert found, (file, name)
    new = f"{found[1]}{key}: {number}\n{found[1]}basis: {basis}\n"
    file.write_text(text[:start] + new + text[found.end() :], "utf-8")
