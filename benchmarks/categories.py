"""The gate on 250 and 500 categories: twice as many may take twice the time, not four times.

CPU time of the command and of git, its imports included, which do not grow.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measure import Row, children_cpu, commit, commit_registry, paired, process, script

RUNS = 3
FEW, MANY = 250, 500
PRIOR = "basis: {kind: prior, reference: docs/calibrations/baseline.md}"


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few", Path(folder) / "many"
        for what, accepted in (
            ("new categories", False),
            ("categories with every value changed", True),
        ):
            for root, number in ((few, FEW), (many, MANY)):
                shutil.rmtree(root, ignore_errors=True)
                root.mkdir()
                commit_registry(root)
                if accepted:
                    write(root, number, 0)
                    commit(root)
                write(root, number, 7)
            ours, theirs, ratio = paired(_gate(many), _gate(few), RUNS)
            yield Row(
                f"coefgate gate as json, {MANY} {what}",
                f"{ours:.2f} s of CPU",
                f"{theirs:.2f} s, {FEW} of them",
                ratio,
                "2",
            )


def write(root: Path, number: int, more: int) -> None:
    """Categories of three complexities each that no stored call uses."""
    for n in range(number):
        name = f"category-{n:04}"
        steps = (("low", 1000), ("medium", 2000), ("high", 3000))
        overhead = "".join(
            f"  {step}: {{tokens: {tokens + n + more}, {PRIOR}}}\n" for step, tokens in steps
        )
        text = f"category: {name}\noverhead:\n{overhead}"
        (root / "coefficients/overhead" / f"{name}.yaml").write_text(text, "utf-8")


def _gate(root: Path) -> Callable[[], float]:
    return process(script("coefgate"), "gate", "--format", "json", cwd=root, clock=children_cpu)
