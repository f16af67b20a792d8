"""``coefgate build``: the same bytes everywhere, a digest over all that counts, one step."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coefgate.core.snapshot import read_snapshot
from coefgate.core.trees import FolderTree
from coefgate.registry.compilation import snapshot
from coefgate.registry.reading import read_registry
from tests.end_to_end.conftest import Coefgate, run_coefgate

Git = Callable[..., str]
FROZEN = Path(__file__).parents[1] / "vectors/build"
DIGEST = "sha256:fc893e8d45eecb3c52e38029cd31239894b33a25b0cca64688c8571be0584479"
"""Of the frozen registry, everywhere; another digest needs another format, or meaning."""

ENVIRONMENTS: tuple[dict[str, str], ...] = (
    {},
    {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Pacific/Kiritimati"},
    {
        "PYTHONHASHSEED": "4242",
        "LC_ALL": "tr_TR.UTF-8",
        "TZ": "America/St_Johns",
        "PYTHONUTF8": "0",
    },
    {"PYTHONOPTIMIZE": "2", "LANG": "de_DE.ISO-8859-1", "PYTHONIOENCODING": "latin-1"},
)


# --- The same bytes


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_process_writes_the_frozen_bytes(
    environment: dict[str, str], tmp_path: Path
) -> None:
    done = run_coefgate(
        FROZEN, "build", "-o", str(tmp_path / "x.json"), scratch=tmp_path, environment=environment
    )
    assert done.code == 0
    data = (tmp_path / "x.json").read_bytes()
    assert f"sha256:{hashlib.sha256(data).hexdigest()}" == DIGEST
    assert data == (FROZEN / "snapshot.json").read_bytes()
    assert done.out == f"{DIGEST}  {tmp_path / 'x.json'}\n"


def test_standard_output_carries_the_snapshot_and_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coefgate", "build", "-o", "-"],
        cwd=FROZEN,
        capture_output=True,
        check=True,
    )
    assert done.stdout == (FROZEN / "snapshot.json").read_bytes()
    assert b"in the folder, digest " in done.stderr


def test_what_is_built_can_be_read() -> None:
    data = (FROZEN / "snapshot.json").read_bytes()
    assert read_snapshot(data, "it", expected=DIGEST).data == data


def test_a_commit_is_built_as_it_was(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    first = _digest(registry)
    git("tag", "-a", "-m", "x", "coefficients/v1.0.0")
    costs = registry / "coefficients/marginal_costs.yaml"
    costs.write_text(costs.read_text("utf-8").replace("tokens: 2210", "tokens: 2200"), "utf-8")
    git("commit", "-qam", "other")
    git("clone", "-q", "--bare", str(registry), str(tmp_path / "bare.git"))
    for folder in (registry / "samples", tmp_path / "bare.git"):
        found = coefgate(
            "build", "--at", "coefficients/v1.0.0", "-o", str(tmp_path / "x"), cwd=folder
        )
        assert (found.code, found.out) == (0, f"{first}  {tmp_path / 'x'}\n")
        assert found.err == f"coefgate: coefficients 1.0.0 at {git('rev-parse', 'HEAD~1')[:12]}\n"
    assert (
        coefgate("build", "-o", str(tmp_path / "x")).out.split()[0] == _digest(registry) != first
    )
    found = coefgate("build", "-o", str(tmp_path / "x"), cwd=tmp_path / "bare.git")
    assert (found.code, "no registry here" in found.err) == (2, True)


# --- A file in one step


@pytest.mark.no_cover  # the limit would cut what is measured off too
def test_the_old_file_stays_when_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    output = tmp_path / "x.json"
    output.write_text("old", "utf-8")
    command = f'ulimit -f 1; exec "{sys.executable}" -B -m coefgate build -o "{output}"'
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        ["bash", "-c", command], cwd=FROZEN, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 5
    assert b"cannot be written: File too large" in done.stderr
    assert output.read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old", "utf-8")
    (tmp_path / "link.json").symlink_to("real.json")
    assert (
        run_coefgate(FROZEN, "build", "-o", str(tmp_path / "link.json"), scratch=tmp_path).code
        == 0
    )
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_bytes() == (FROZEN / "snapshot.json").read_bytes()


@pytest.mark.parametrize("folder", ["coefficients", "samples/a"])
def test_nothing_is_written_into_the_registry(
    folder: str, registry: Path, coefgate: Coefgate
) -> None:
    found = coefgate("build", "-o", f"{folder}/x.json")
    assert (found.code, "which holds nothing else" in found.err) == (2, True)
    assert not (registry / folder / "x.json").exists()


def test_a_place_that_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("", "utf-8")
    for place, code in (("folder", 2), ("pipe", 2), ("file/below", 5)):
        assert (
            run_coefgate(FROZEN, "build", "-o", str(tmp_path / place), scratch=tmp_path).code
            == code
        )


def test_an_invalid_registry_is_not_built(
    registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    docs = registry / "coefficients/overhead/docs.yaml"
    docs.write_text(docs.read_text("utf-8").replace("tokens: 15490", "tokens: -1", 1), "utf-8")
    found = coefgate("build", "-o", str(tmp_path / "x.json"))
    assert (found.code, found.out) == (3, "")
    assert "overhead.low.tokens is -1" in found.err
    assert not (tmp_path / "x.json").exists()


def test_a_reader_that_has_left_is_no_error() -> None:
    command = f'"{sys.executable}" -m coefgate build -o - | true; exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", command], cwd=FROZEN, capture_output=True, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)


# --- What the digest is over


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """A copy of the frozen registry that may be changed."""
    shutil.copytree(FROZEN / "coefficients", tmp_path / "registry/coefficients")
    return tmp_path / "registry"


def _digest(root: Path) -> str:
    return snapshot(read_registry(FolderTree(root))).digest


def _numbers() -> Iterator[tuple[str, int, int, str]]:
    """Every number that an estimate rests on: its file, where it stands, and the next one."""
    for file in sorted((FROZEN / "coefficients").rglob("*.yaml")):
        if file.name in {"gates.yaml", "guardrails.yaml", "yanked.yaml"}:
            continue
        for found in re.finditer(
            r"\b(tokens|factor|below|above|coverage): ([0-9.]+)", file.read_text("utf-8")
        ):
            number = found[2]
            other = (
                f"{int(number) + 1}" if found[1] == "tokens" else f"{float(number) + 0.001:.3f}"
            )
            yield file.relative_to(FROZEN).as_posix(), found.start(2), found.end(2), other


def test_every_number_of_an_estimate_moves_the_digest(frozen: Path) -> None:
    assert _digest(frozen) == DIGEST
    seen = {DIGEST}
    numbers = list(_numbers())
    for file, start, end, other in numbers:
        path = frozen / file
        text = path.read_text("utf-8")
        path.write_text(text[:start] + other + text[end:], "utf-8")
        seen.add(_digest(frozen))
        path.write_text(text, "utf-8")
    assert len(numbers) == 21
    assert len(seen) == len(numbers) + 1


MOVES = (
    ("registry.yaml", "unit: call", "unit: turn"),
    ("registry.yaml", "applies_to: [claude-*, local", "applies_to: [claude-3*, local"),
    ("registry.yaml", "applies_to: [claude-*, local/qwen-?]", "applies_to: [claude-*]"),
    ("registry.yaml", "kind: prior", "kind: fit, samples: 1"),
    ("overhead/docs.yaml", "[documentation, Größe]", "[documentation]"),
    ("overhead/docs.yaml", "[documentation, Größe]", "[documentation, Größe, more]"),
    ("overhead/docs.yaml", "kind: fit, samples: 12", "kind: prior"),
    ("overhead/tests.yaml", "aliases: []", "aliases: [testing]"),
    ("file_kinds.yaml", "default: backend", "default: doc"),
    ("file_kinds.yaml", '"test_*.py"', '"test_?.py"'),
    ("file_kinds.yaml", '["*.md", "größe/**"]', '["*.md"]'),
    ("safety_margins.yaml", "coverage: 0.875", "coverage: null"),
)


@pytest.mark.parametrize(("file", "old", "new"), MOVES)
def test_every_name_and_setting_of_an_estimate_moves_the_digest(
    file: str, old: str, new: str, frozen: Path
) -> None:
    _edit(frozen, file, old, new)
    assert _digest(frozen) != DIGEST


def test_the_order_of_path_rules_moves_the_digest(frozen: Path) -> None:
    path = frozen / "coefficients/file_kinds.yaml"
    head, first, second, rest = re.split(r"(?m)^(?=  - kind)", path.read_text("utf-8"))
    path.write_text(head + second + first + rest, "utf-8")
    assert _digest(frozen) != DIGEST


def test_a_cell_and_a_margin_that_go_move_the_digest(frozen: Path) -> None:
    path = frozen / "coefficients/safety_margins.yaml"
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"    high:\n.*\n.*\n", "", text), "utf-8")
    assert _digest(frozen) != DIGEST
    path.write_text(text, "utf-8")
    tests = frozen / "coefficients/overhead/tests.yaml"
    tests.write_text(re.sub(r"  high:\n.*\n.*\n", "", tests.read_text("utf-8")), "utf-8")
    assert _digest(frozen) != DIGEST


STAYS = (
    ("registry.yaml", "unit: call", "# words\nunit: call  # more"),
    ("registry.yaml", "[claude-*, local/qwen-?]", "[local/qwen-?, claude-*]"),
    ("registry.yaml", "reference: docs/x.md", "reference: docs/y.md"),
    ("overhead/docs.yaml", "samples: 12", "samples: 13"),
    ("overhead/docs.yaml", "interval: [1210, 1840]", "interval: [1211, 1840]"),
    ("overhead/docs.yaml", "kind: fit", "kind: correction"),
    ("overhead/docs.yaml", "[documentation, Größe]", "[Größe, documentation]"),
    (
        "overhead/docs.yaml",
        "tokens: 2503",
        "tokens: 2503\n    acknowledge: {from: 2000, to: 2503, reason: a}",
    ),
    ("file_kinds.yaml", '["*.md", "größe/**"]', '["größe/**", "*.md"]'),
    ("safety_margins.yaml", "factor: 2", "factor: 2.000"),
    ("gates.yaml", "mean_below: 50", "mean_below: 40"),
    ("guardrails.yaml", "min_calls: 50", "min_calls: 40"),
    (
        "yanked.yaml",
        "yanked: []",
        'yanked: [{version: 1.0.0, date: "2026-11-01", reason: a, replacement: null}]',
    ),
)


@pytest.mark.parametrize(("file", "old", "new"), STAYS)
def test_nothing_else_moves_it(file: str, old: str, new: str, frozen: Path) -> None:
    _edit(frozen, file, old, new)
    assert _digest(frozen) == DIGEST


def _edit(root: Path, file: str, old: str, new: str) -> None:
    path = root / "coefficients" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
