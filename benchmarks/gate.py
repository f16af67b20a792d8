"""The gate on this registry against the imports that it cannot do without."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Row, paired, process, python, script


def rows() -> Iterator[Row]:
    gate = process(script("coefgate"), "gate")
    seconds, imports, ratio = paired(gate, python("import pandas, jsonschema, click, yaml"), runs=9)
    yield Row(
        "coefgate gate",
        f"{seconds * 1e3:.0f} ms",
        f"{imports * 1e3:.0f} ms, importing pandas, jsonschema, click and yaml",
        ratio,
        f"{1.2 + 0.5 / imports:.2f} (1.2 × and 0.5 s)",
    )
