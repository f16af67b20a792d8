"""A folder becomes a registry whose values know their places, or every problem of every file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from coefgate.core.problems import InvalidInput, Problem
from coefgate.core.trees import Entry, FolderTree, Tree
from coefgate.registry.files import MAX_BYTES
from coefgate.registry.model import Acknowledgement, Basis, IntervalWidths
from coefgate.registry.reading import read_registry, registry_problems

MINIMAL = Path(__file__).parents[2] / "schemas" / "fixtures" / "valid" / "coefficients" / "minimal"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(MINIMAL, tmp_path / "coefficients")
    return tmp_path


def _edit(root: Path, file: str, old: str, new: str) -> None:
    path = root / "coefficients" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def _problems(root: Path) -> tuple[Problem, ...]:
    registry, problems = registry_problems(FolderTree(root))
    assert (registry is None) == bool(problems)
    return problems


def _told(root: Path) -> list[tuple[str, int, str]]:
    return [
        (problem.file.removeprefix("coefficients/"), problem.line, problem.code)
        for problem in _problems(root)
    ]


# --- What is read


def test_values_know_their_name_number_basis_and_place(root: Path) -> None:
    _edit(
        root,
        "overhead/docs.yaml",
        "    tokens: 1500\n    basis: {kind: prior,",
        "    tokens: 1500\n    acknowledge: {from: 2000, to: 1500, reason: seen in run 41}\n"
        "    basis: {kind: fit, samples: 12, interval: [1210, 1840.5],",
    )
    value = read_registry(FolderTree(root)).categories["docs"].overhead["low"]
    assert (value.name, value.number, value.file, value.line) == (
        "docs.low",
        Fraction(1500),
        "coefficients/overhead/docs.yaml",
        5,
    )
    assert value.basis == Basis(
        "fit", "docs/calibrations/baseline.md", 12, (Fraction(1210), Fraction(3681, 2))
    )
    assert value.basis.measured
    assert value.acknowledge == Acknowledgement(Fraction(2000), Fraction(1500), "seen in run 41")


def test_every_value_has_its_dotted_name(root: Path) -> None:
    registry = read_registry(FolderTree(root))
    assert registry.fallback_overhead.name == "fallback.overhead"
    assert [value.name for value in registry.no_deliverables.values()] == [
        "no_deliverables.low",
        "no_deliverables.high",
    ]
    assert registry.marginal_costs["modify", "backend"].name == "marginal.modify.backend"
    assert registry.default_margin.name == "margin.default"
    assert registry.cell_margins["docs", "low"].name == "margin.docs.low"
    assert registry.cell_margins["docs", "low"].number == Fraction(9, 8)


def test_the_other_facts(root: Path) -> None:
    registry = read_registry(FolderTree(root))
    assert registry.complexities == ("low", "high")
    assert registry.canonical_category == {
        "docs": "docs",
        "documentation": "docs",
        "tests": "tests",
    }
    assert [(rule.kind, rule.globs, rule.line) for rule in registry.path_rules] == [
        ("backend", ("*.py",), 2)
    ]
    assert registry.interval == IntervalWidths(Fraction(3, 10), Fraction(3, 10), Fraction(4, 5))
    lines = registry.gates.lines
    absolute = ("smape", "underestimation", "waste-band", "waste-p90")
    assert [lines[rule] for rule in absolute] == [2, 3, 4, 5]
    assert registry.gates.limits.underestimation_rate_below == Fraction(1, 10)


# --- What is wrong


def test_every_problem_of_every_file_is_told_at_once(root: Path) -> None:
    _edit(root, "gates.yaml", "mean_below: 50", "mean_below: -50")
    _edit(root, "overhead/docs.yaml", "tokens: 3500", "tokens: 3_500\n    note: x")
    _edit(root, "overhead/tests.yaml", "tokens: 900", "tokens: 900.0")
    _edit(root, "file_kinds.yaml", '"*.py"', "*.py")
    _edit(root, "marginal_costs.yaml", "tokens: 700", "tokens: yes")
    (root / "coefficients" / "safety_margins.yaml").unlink()
    assert _told(root) == [
        ("file_kinds.yaml", 3, "syntax"),
        ("gates.yaml", 2, "out-of-range"),
        ("marginal_costs.yaml", 8, "unclear-boolean"),
        ("overhead/docs.yaml", 8, "unclear-number"),
        ("overhead/docs.yaml", 9, "unknown-key"),
        ("overhead/tests.yaml", 4, "wrong-type"),
        ("safety_margins.yaml", 1, "missing-file"),
    ]


def test_an_unreadable_file_does_not_accuse_another(root: Path) -> None:
    (root / "coefficients" / "overhead" / "docs.yaml").write_bytes(b"\xff")
    (root / "coefficients" / "file_kinds.yaml").write_bytes(b"\xff")
    assert _told(root) == [
        ("file_kinds.yaml", 1, "not-utf-8"),
        ("overhead/docs.yaml", 1, "not-utf-8"),
    ]


def test_reading_raises_with_all_problems(root: Path) -> None:
    _edit(root, "gates.yaml", "mean_below: 50", "mean_below: -50")
    _edit(root, "registry.yaml", "unit: call", "unit: calls")
    with pytest.raises(InvalidInput) as raised:
        read_registry(FolderTree(root))
    assert raised.value.problems == _problems(root)
    assert len(raised.value.problems) == 2


@pytest.mark.parametrize(
    "name", ["registry", "marginal_costs", "file_kinds", "safety_margins", "gates"]
)
def test_a_missing_file_is_told_at_its_first_line(root: Path, name: str) -> None:
    (root / "coefficients" / f"{name}.yaml").unlink()
    (problem,) = _problems(root)
    assert (problem.file, problem.line, problem.code) == (
        f"coefficients/{name}.yaml",
        1,
        "missing-file",
    )
    assert f"git checkout HEAD -- coefficients/{name}.yaml" in problem.fix


def test_a_registry_without_categories(root: Path) -> None:
    shutil.rmtree(root / "coefficients" / "overhead")
    assert ("overhead", 1, "missing-file") in _told(root)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("guardrails", "limits: 1\n", "wrong-type"), ("yanked", "{}\n", "missing-key")],
)
def test_optional_files_are_checked_when_they_are_there(
    root: Path, name: str, content: str, code: str
) -> None:
    (root / "coefficients" / f"{name}.yaml").write_text(content)
    assert {(file, found) for file, _, found in _told(root)} == {(f"{name}.yaml", code)}


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("gates.yml", "Rename it to gates.yaml."),
        ("overhead/backend.yml", "Rename it to backend.yaml."),
        ("gate.yaml", "Did you mean gates.yaml?"),
        ("gates.yaml~", "An editor or a merge left it behind: delete it."),
        (".gates.yaml.swp", "An editor or a merge left it behind: delete it."),
        (".DS_Store", "An editor or a merge left it behind: delete it."),
        ("README.txt", "Move it out of coefficients/."),
        (
            "overhead/Docs.yaml",
            "Name it after its category, in small letters, digits and -, directly in overhead/.",
        ),
        ("a\nb\x1b[31m.yaml", "Move it out of coefficients/."),
    ],
)
def test_an_unknown_file_is_shown_the_way_home(root: Path, name: str, fix: str) -> None:
    (root / "coefficients" / name).write_text("x")
    (problem,) = _problems(root)
    assert (problem.code, problem.fix) == ("unknown-file", fix)
    assert str(problem).isprintable()


def test_a_name_of_another_encoding(root: Path) -> None:
    name = os.fsencode(root / "coefficients") + b"/\xff.yaml"
    try:
        os.close(os.open(name, os.O_CREAT))
    except OSError:
        pytest.skip("this file system has no such names")
    (problem,) = _problems(root)
    assert str(problem).encode("utf-8")


def test_links_are_refused_and_not_followed(root: Path) -> None:
    gates = root / "coefficients" / "gates.yaml"
    gates.rename(root / "elsewhere.yaml")
    gates.symlink_to(root / "elsewhere.yaml")
    (root / "coefficients" / "overhead" / "more").symlink_to(root)
    assert _told(root) == [("gates.yaml", 1, "symlink"), ("overhead/more", 1, "symlink")]


def test_a_folder_that_is_a_link(root: Path) -> None:
    (root / "coefficients").rename(root / "elsewhere")
    (root / "coefficients").symlink_to(root / "elsewhere")
    assert ("coefficients", 1, "symlink") in _told(root)


def test_a_pipe_is_refused_and_not_opened(root: Path) -> None:
    (root / "coefficients" / "gates.yaml").unlink()
    os.mkfifo(root / "coefficients" / "gates.yaml")
    assert _told(root) == [("gates.yaml", 1, "not-a-file")]


class _Listed(Tree):
    """A tree whose listing says one thing and whose content may be another."""

    def __init__(self, folder: FolderTree, *, size: int, extra: bytes) -> None:
        self._folder, self._size, self._extra = folder, size, extra
        self.read_files: list[str] = []

    def entries(self, folder: str) -> tuple[Entry, ...]:
        return tuple(
            Entry(
                entry.path,
                entry.kind,
                self._size if entry.path.endswith("gates.yaml") else entry.size,
            )
            for entry in self._folder.entries(folder)
        )

    def read(self, path: str) -> bytes:
        self.read_files.append(path)
        return self._folder.read(path) + (self._extra if path.endswith("gates.yaml") else b"")

    def lines(self, path: str, longest: int) -> Iterator[bytes]:
        return self._folder.lines(path, longest)


def test_an_oversize_file_is_refused_before_it_is_read(root: Path) -> None:
    tree = _Listed(FolderTree(root), size=MAX_BYTES + 1, extra=b"")
    _, (problem,) = registry_problems(tree)
    assert (problem.code, problem.found) == ("too-large", "has 1,048,577 bytes")
    assert "coefficients/gates.yaml" not in tree.read_files


def test_a_file_that_grew_after_it_was_listed_is_refused(root: Path) -> None:
    tree = _Listed(FolderTree(root), size=100, extra=b"#" * MAX_BYTES)
    _, (problem,) = registry_problems(tree)
    assert problem.code == "too-large"
