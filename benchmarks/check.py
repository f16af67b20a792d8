"""Strict reading of this registry's YAML against check-jsonschema on the same files, schemas."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import ROOT, Row, paired, process, script

SCHEMAS = {
    "overhead": "overhead/*.yaml",
    **{
        name: f"{name}.yaml"
        for name in ("registry", "marginal_costs", "file_kinds", "safety_margins", "gates")
    },
    **{name: f"{name}.yaml" for name in ("guardrails", "yanked")},
}


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "coefficients", Path(folder) / "coefficients")
        ours = process(script("coefgate"), "check", "--registry", folder)
        largest, *others = [
            process(
                script("check-jsonschema"),
                "--schemafile",
                str(ROOT / "schemas" / f"{name}.schema.json"),
                *map(str, sorted((ROOT / "coefficients").glob(files))),
            )
            for name, files in SCHEMAS.items()
        ]
        for what, theirs in (
            ("its single run over overhead/*.yaml", largest),
            (
                f"its {len(SCHEMAS)} runs, one per schema",
                lambda: largest() + sum(run() for run in others),
            ),
        ):
            seconds, comparator, ratio = paired(ours, theirs, runs=7)
            yield Row(
                "coefgate check, all of coefficients/",
                f"{seconds * 1e3:.0f} ms",
                f"{comparator * 1e3:.0f} ms, check-jsonschema, {what}",
                ratio,
                "1.0",
            )
