"""Frozen snapshots: every Python reads and writes them to the byte, and estimates the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from coefgate.core.snapshot import read_snapshot

ROOT: Final = Path(__file__).parents[2]
VECTORS: Final = ROOT / "tests/vectors"
FOLDERS: Final = {1: "everything", 2: "semantics-2"}
"""Of the registry that each snapshot was compiled from, by semantics."""

_COMPILE: Final = """
import sys
from pathlib import Path
from coefgate.registry.reading import read_registry
from coefgate.registry.compilation import snapshot
from coefgate.core.trees import FolderTree
sys.stdout.buffer.write(snapshot(read_registry(FolderTree(Path(sys.argv[1])))).data)
"""

_READ: Final = """
import json, sys
from pathlib import Path
from coefgate.core.estimate import estimate
from coefgate.core.retry import Previous
from coefgate.core.table import compile_table
from coefgate.core.snapshot import canonical_bytes
from coefgate.core.snapshot import read_snapshot
from coefgate.core.vocabulary import Deliverable

file = Path(sys.argv[1])
data = file.read_bytes()
snapshot = read_snapshot(data, "the frozen snapshot")
vectors = file.with_name(file.name.replace("snapshot", "semantics"))
frozen = json.loads(vectors.read_text("utf-8"))
content = read_snapshot(canonical_bytes(frozen["snapshot"]), "the vectors").content
table = compile_table(content, registry_version="1.0.0", digest="")
wrong = []
for vector in frozen["vectors"]:
    files = [Deliverable(**deliverable) for deliverable in vector["deliverables"]]
    call = {key: vector[key] for key in ("category", "complexity", "model")}
    if vector.get("previous"):
        call["previous"] = Previous(**vector["previous"])
    call["output_mode"] = vector.get("output_mode")
    got = estimate(table, deliverables=files, **call)
    found = {"tokens": got.tokens, "low": got.interval.low, "high": got.interval.high}
    found["basis"] = got.basis
    if "budgets" in vector["expected"]:
        risks = vector["expected"]["budgets"]
        found["budgets"] = {risk: got.budget(float(risk)) for risk in risks}
    if found != vector["expected"]:
        wrong.append([vector, found])
loaded = {name.partition(".")[0] for name in sys.modules}
others = sorted(loaded - sys.stdlib_module_names - {"coefgate", "__main__"})
print(json.dumps([snapshot.data == data, snapshot.digest, len(frozen["vectors"]), wrong, others]))
"""


def _run(python: str, code: str, *arguments: str, **environment: str) -> bytes:
    command = [python, "-B", *arguments[:-1], "-c", code, arguments[-1]]
    given = {**os.environ, "PYTHONPATH": str(ROOT / "validator"), **environment}
    done = subprocess.run(command, env=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def _other_pythons() -> Iterator[str]:
    """One interpreter of each other version that is found by name and new enough."""
    seen = {sys.version_info[:2]}
    for name in ("python3", *(f"python3.{minor}" for minor in range(11, 20))):
        found = shutil.which(name)
        if found is None:
            continue
        asked = [found, "-c", "import sys; print(*sys.version_info[:2])"]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        version = tuple(map(int, done.stdout.split())) if done.returncode == 0 else (0, 0)
        if version >= (3, 11) and version not in seen:
            seen.add(version)  # type: ignore[arg-type]
            yield found


def _file(semantics: int) -> Path:
    return VECTORS / f"snapshot-{semantics}.json"


@pytest.mark.parametrize("semantics", FOLDERS)
def test_its_checksum_is_as_sha256sum_writes_it(semantics: int) -> None:
    file = _file(semantics)
    digest = read_snapshot(file.read_bytes(), "the frozen snapshot").digest.removeprefix("sha256:")
    assert (VECTORS / f"{file.name}.sha256").read_text("ascii") == f"{digest}  {file.name}\n"


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
        {
            "PYTHONHASHSEED": "1",
            "LC_ALL": "tr_TR.UTF-8",
            "TZ": "Pacific/Kiritimati",
            "PYTHONUTF8": "0",
        },
        {
            "PYTHONHASHSEED": "4294967295",
            "LC_ALL": "C.UTF-8",
            "TZ": "America/St_Johns",
            "PYTHONOPTIMIZE": "2",
        },
    ],
    ids=lambda environment: environment["PYTHONHASHSEED"],
)
@pytest.mark.parametrize(("semantics", "folder"), FOLDERS.items())
def test_the_registry_compiles_to_it(
    tmp_path: Path, environment: dict[str, str], semantics: int, folder: str
) -> None:
    fixture = ROOT / "schemas/fixtures/valid/coefficients" / folder
    shutil.copytree(fixture, tmp_path / "coefficients")
    made = _run(sys.executable, _COMPILE, str(tmp_path), **environment)
    assert made == _file(semantics).read_bytes()


def _assert_reads_and_estimates(python: str) -> None:
    for file in map(_file, FOLDERS):
        comes_back, digest, count, wrong, others = json.loads(_run(python, _READ, "-S", str(file)))
        assert comes_back
        assert f"{digest.removeprefix('sha256:')}  " in (
            VECTORS / f"{file.name}.sha256"
        ).read_text("ascii")
        assert (count, wrong, others) == (500, [], [])


def test_it_is_read_and_used_without_any_package() -> None:
    _assert_reads_and_estimates(sys.executable)


@pytest.mark.thorough
def test_other_pythons_read_it_and_estimate_the_same() -> None:
    pythons = list(_other_pythons())
    if not pythons:
        pytest.skip("no other Python from 3.11 on is found here")
    for python in pythons:
        _assert_reads_and_estimates(python)
