"""Commands that read a whole history: twice as many accepted changes may take twice the time.

CPU time of the command and of git, its imports included, which do not grow. Every change gives a
number that it never had.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measure import Row, children_cpu, commit_registry, git, paired, process, script

RUNS = 3
FEW, MANY = 1_000, 2_000
DOCS = "coefficients/overhead/docs.yaml"


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few", Path(folder) / "many"
        for root, number in ((few, FEW), (many, MANY)):
            root.mkdir()
            commit_registry(root)
            accept(root, number)
        for words in (("history", "docs.low", "--format", "json"), ("gate", "--format", "json")):
            ours, theirs, ratio = paired(_run(many, *words), _run(few, *words), RUNS)
            yield Row(
                f"coefgate {words[0]} as json, {MANY:,} accepted changes",
                f"{ours:.2f} s of CPU",
                f"{theirs:.2f} s, {FEW:,} of them",
                ratio,
                "2.2",
            )


def accept(root: Path, number: int) -> None:
    """Change docs.low so many times in the scratch registry ``root``, a commit each."""
    text = (root / DOCS).read_text("utf-8")
    stream = ["feature done\n"]
    for n in range(1, number + 1):
        content = text.replace("tokens: 15490", f"tokens: {15490 - n}", 1)
        stream.append(
            f"commit refs/heads/main\ncommitter B <b@example.org> {4_000_000_000 + n} +0000\ndata "
            "1\n.\n"
        )
        if n == 1:
            stream.append("from refs/heads/main^0\n")
        stream.append(f"M 100644 inline {DOCS}\ndata {len(content.encode())}\n{content}\n")
    stream.append("done\n")
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=root, input="".join(stream).encode(), check=True
    )
    git(root, "reset", "-q", "--hard")


def _run(root: Path, *words: str) -> Callable[[], float]:
    return process(script("coefgate"), *words, cwd=root, clock=children_cpu)
