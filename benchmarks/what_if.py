"""``coefgate try`` after its imports, once per process, against these imports."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.measure import Row, commit_registry

RUNS = 9
QUESTIONS = {
    "a trial that passes": (["docs.low=-5%"], 0, "0.3 s"),
    "a red one, with the smallest change": (["marginal.create.test=3000"], 1, "0.3 s"),
    "a red one that no change mends": (
        ["marginal.create.backend=1100", "implementation.medium=1200"],
        1,
        "0.3 s",
    ),
    "a range": (["--range", "docs.low"], 0, "1 s"),
}
# A second answer in one process would find compiled schemas and path rules ready, which no user
# does.
ONCE = """
import io, json, sys, time
begin = time.perf_counter()
import click, jsonschema, jsonschema_rs, numpy, orjson, rich.console, rich.table, rich.text, yaml
from coefgate.commands import try_numbers
from coefgate.commands.cli import run
imported = time.perf_counter()
out, sys.stdout = sys.stdout, io.StringIO()
code = run(["try", *sys.argv[1:]])
answered = time.perf_counter()
json.dump([code, answered - imported, imported - begin], out)
"""


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        commit_registry(Path(folder))
        for what, (words, expected, limit) in QUESTIONS.items():
            once(words, expected, folder)
            pairs = [once(words, expected, folder) for _ in range(RUNS)]
            yield Row(
                f"coefgate try, {what}",
                f"{median(ours for ours, _ in pairs) * 1e3:.0f} ms after its imports",
                f"{median(theirs for _, theirs in pairs) * 1e3:.0f} ms, those imports in the same "
                "process",
                median(ours / theirs for ours, theirs in pairs),
                limit,
            )


def once(words: list[str], expected: int, root: str) -> tuple[float, float]:
    """Seconds of the answer and of the imports, in a process of their own."""
    command = [sys.executable, "-c", ONCE, *words]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    code, answered, imported = json.loads(done.stdout)
    if code != expected:
        raise RuntimeError(f"coefgate try {' '.join(words)} ended with {code}, not {expected}")
    return answered, imported
