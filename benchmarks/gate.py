"""The gate on a change of a registry against the imports that it cannot do without.

Both replays, attribution, bootstrap and the search for a restore are included. Nothing is cached
between runs, so the limit is that of a warm one.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import (
    ROOT,
    Row,
    children_cpu,
    commit,
    commit_registry,
    git,
    paired,
    process,
    python,
    script,
)

RUNS = 9
ACCEPTED = 50
CHANGED = {
    "coefficients/marginal_costs.yaml": [
        ("tokens: 2210", "tokens: 2190"),
        ("tokens: 4860", "tokens: 4900"),
    ],
    "coefficients/overhead/docs.yaml": [("tokens: 15490", "tokens: 15400")],
}


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        commit_registry(root)
        yield _row("coefgate gate, nothing changed", root)
        change(root, CHANGED)
        yield _row("coefgate gate, three coefficients changed", root)
        for number in range(ACCEPTED):
            change(
                root,
                {
                    "coefficients/registry.yaml": [
                        (f"tokens: {2000 + number}", f"tokens: {2001 + number}")
                    ]
                },
            )
            commit(root)
        change(root, {"coefficients/marginal_costs.yaml": [("tokens: 2190", "tokens: 2180")]})
        yield _row(f"coefgate gate, one changed after {ACCEPTED} accepted changes", root)
    yield from under_a_procedure()


def under_a_procedure() -> Iterator[Row]:
    """The shipped registry, whose numbers a procedure fits: what its fits cost where one moves."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        for folder in (first, second):
            for name in ("coefficients", "samples", "docs"):
                shutil.copytree(ROOT / name, Path(folder) / name)
            git(Path(folder), "init", "-q", "-b", "main")
            commit(Path(folder))
        costs = Path(second, "coefficients/marginal_costs.yaml")
        text = costs.read_text("utf-8")
        costs.write_text(
            re.sub(r"tokens: (\d+)", lambda it: f"tokens: {int(it[1]) + 10}", text, count=1)
        )
        changed, same = (
            process(script("coefgate"), "gate", cwd=Path(folder), clock=children_cpu)
            for folder in (second, first)
        )
        seconds, unchanged, ratio = paired(changed, same, RUNS)
        yield Row(
            "coefgate gate, one coefficient changed under a procedure",
            f"{seconds:.2f} s of CPU",
            f"{unchanged:.2f} s, nothing changed",
            ratio,
            f"{(unchanged + 1) / unchanged:.2f} (1 s more)",
        )


def change(root: Path, edits: dict[str, list[tuple[str, str]]]) -> None:
    """Exchange texts in files of the scratch registry ``root``."""
    for file, pairs in edits.items():
        text = (root / file).read_text("utf-8")
        for old, new in pairs:
            if old not in text:
                raise RuntimeError(f"{file} no longer says {old}")
            text = text.replace(old, new, 1)
        (root / file).write_text(text, "utf-8")


def _row(what: str, root: Path) -> Row:
    gate = process(script("coefgate"), "gate", cwd=root)
    seconds, imports, ratio = paired(gate, python("import jsonschema, click, yaml, numpy"), RUNS)
    return Row(
        what,
        f"{seconds * 1e3:.0f} ms",
        f"{imports * 1e3:.0f} ms, importing jsonschema, click, yaml and numpy",
        ratio,
        f"{1.2 + 0.5 / imports:.2f} (1.2 × and 0.5 s)",
    )
