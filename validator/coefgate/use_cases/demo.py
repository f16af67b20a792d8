"""``coefgate init --demo``: a registry to play with, and three changes of it that were judged."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from coefgate.calibration.neutral_prior import neutral_prior
from coefgate.calibration.noise import Noise
from coefgate.calibration.simulation import CallModel, CallRequest, draw, drawn_samples, lines_of
from coefgate.core.atomic_files import replace_files
from coefgate.core.problems import UsageProblem
from coefgate.core.trees import FolderTree
from coefgate.core.vocabulary import COMPLEXITIES, Deliverable
from coefgate.git.new_repository import commit_all, make_repository, revert
from coefgate.git.repository import Repository
from coefgate.registry.files import FOLDER, OVERHEAD_FOLDER
from coefgate.registry.reading import read_registry
from coefgate.registry.tuning import FILE as TUNING
from coefgate.registry.wording import ValuePath
from coefgate.registry.yaml_edit import with_data
from coefgate.samples.store import add_samples
from coefgate.use_cases.judge import judge_registry
from coefgate.use_cases.new_registry.first_state import files_below, scratch_registry
from coefgate.use_cases.new_registry.places import new_files
from coefgate.use_cases.new_registry.registry_files import (
    KINDS,
    PAGE,
    beside_coefficients,
    coefficients,
    page,
    schemas,
)
from coefgate.use_cases.registry_folder import keep_out_of_any_registry
from coefgate.use_cases.report import Report

BLOCKED: Final = "tighter-margin"
"""The branch with the change that is blocked."""
CALLS: Final = 72
_SEED: Final = 15
_WHO: Final = ("Coefgate demo", "demo@coefgate.invalid")
_OVERHEAD: Final[Mapping[str, Mapping[str, int]]] = {
    "docs": {"low": 600, "medium": 1000, "high": 1800},
    "implementation": {"low": 900, "medium": 1700, "high": 3200},
    "tests": {"low": 700, "medium": 1300, "high": 2400},
}
_COSTS: Final[Mapping[str, Mapping[str, int]]] = {
    "create": {"backend": 900, "frontend": 1200, "test": 1000, "doc": 700, "config": 250},
    "modify": {"backend": 400, "frontend": 500, "test": 450, "doc": 300, "config": 100},
}
_MARGIN: Final = Decimal("1.35")
_SCATTER: Final = 0.2
_ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    "docs": ("create:docs/guide.md", "modify:README.md"),
    "implementation": ("create:src/app.py", "modify:src/core.py", "create:web/app.ts"),
    "tests": ("create:tests/test_app.py", "modify:tests/conftest.py"),
}
_DOCS: Final = f"{OVERHEAD_FOLDER}/docs.yaml"
_MARGINS: Final = f"{FOLDER}/safety_margins.yaml"
_TOO_HIGH: Final = 1000
_RIGHT: Final = 600
_REASON: Final = "calls of this cell needed far less than was predicted"
_STORY: Final = f"""\
This registry is a toy. Its {CALLS} calls are invented: `coefgate init --demo` drew them from true
numbers, with noise (a standard deviation of {_SCATTER} of ln tokens). The numbers of the registry
are the true ones, except the overhead of docs.low: it is {_TOO_HIGH:,}, and {_RIGHT:,} would be
true."""


@dataclass(frozen=True, slots=True)
class DemoStep:
    """A state that was judged: ``words`` say what it is; it is a ``commit`` of a ``branch``."""

    words: str
    report: Report
    commit: str
    branch: str = "main"


@dataclass(frozen=True, slots=True)
class Demo:
    """``folder``: where the registry lies. ``steps``: how it came to be what it is now."""

    folder: Path
    steps: tuple[DemoStep, ...]


def demo(folder: Path) -> Demo:
    """Make a registry with invented calls in ``folder``, a repository of its own.

    Its history is one change that passes, one on a branch that is blocked, and a revert. Raises
    ``UsageProblem`` where the folder holds something; whatever fails leaves it as it was.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageProblem(
            f"{folder} is there already, and a demo overwrites nothing. Name another folder: "
            "coefgate init DIR --demo"
        )
    keep_out_of_any_registry(folder / "any")
    with new_files(folder, _files()), _repository(folder) as repository:
        return Demo(folder, tuple(_steps(repository)))


def _files() -> dict[str, bytes]:
    """The registry with its calls, which are drawn from the true numbers."""
    prior = neutral_prior(
        categories=_OVERHEAD, complexities=COMPLEXITIES, kinds=KINDS, reference=PAGE
    )
    files = {
        **_with(coefficients(prior, unit="call"), _true()),
        **beside_coefficients("docs", "low"),
        **schemas(),
        PAGE: page(_STORY),
    }
    with scratch_registry(files) as root:
        truth = read_registry(FolderTree(root))
        mix = [
            CallRequest(category, complexity, tuple(map(Deliverable.parsed, asked[:number])))
            for category, asked in _ASKED.items()
            for complexity in COMPLEXITIES
            for number in range(1, len(asked) + 1)
        ]
        model = CallModel(truth, mix, Noise(_SCATTER), calls_per_phase=2, phases_per_run=6)
        samples = drawn_samples(model, draw(model, CALLS, _SEED), seed=_SEED, paths="real")
        lines = lines_of(samples).splitlines(keepends=True)
        add_samples(lines, source="the demo", root=root)
        made = files_below(root)
    return _with(made, {_DOCS: {("overhead", "low", "tokens"): _TOO_HIGH}})


def _true() -> dict[str, Mapping[ValuePath, object]]:
    """The true numbers, by file and place; so that `coefgate tune` moves them, also as prior."""
    costs: dict[ValuePath, object] = {
        ("marginal_costs", operation, kind, "tokens"): tokens
        for operation, of in _COSTS.items()
        for kind, tokens in of.items()
    }
    prior: dict[ValuePath, object] = {
        ("prior", "margin"): _MARGIN,
        ("prior", "overhead"): _OVERHEAD,
        ("prior", "marginal_costs"): _COSTS,
    }
    return {
        **{
            f"{OVERHEAD_FOLDER}/{category}.yaml": {
                ("overhead", complexity, "tokens"): tokens for complexity, tokens in of.items()
            }
            for category, of in _OVERHEAD.items()
        },
        f"{FOLDER}/marginal_costs.yaml": costs,
        _MARGINS: {("default", "factor"): _MARGIN},
        TUNING: prior,
    }


def _with(
    files: Mapping[str, bytes], data: Mapping[str, Mapping[ValuePath, object]]
) -> dict[str, bytes]:
    """The files with other data at some places."""
    return {**files, **{file: with_data(files[file], file, new) for file, new in data.items()}}


@contextmanager
def _repository(folder: Path) -> Iterator[Repository]:
    """The folder as a repository; it is none again where the block fails."""
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, folder / ".git", ignore_errors=True)
        make_repository(folder, branch="main")
        with Repository(folder) as repository:
            yield repository
        undo.pop_all()


def _steps(repository: Repository) -> Iterator[DemoStep]:
    def commit(words: str) -> str:
        return commit_all(repository, words, who=_WHO)

    def change(file: str, data: Mapping[ValuePath, object]) -> Report:
        path = repository.root / file
        before = path.read_bytes()
        replace_files(repository.root, {file: (before, with_data(before, file, data))})
        return judge_registry(repository.root)

    first = commit("A registry with invented calls")
    yield DemoStep("the registry as it begins", judge_registry(repository.root), first)
    words = f"docs.low costs less: {_RIGHT:,} instead of {_TOO_HIGH:,}"
    reason = {"from": _TOO_HIGH, "to": _RIGHT, "reason": _REASON}
    passes = change(
        _DOCS,
        {("overhead", "low", "tokens"): _RIGHT, ("overhead", "low", "acknowledge"): reason},
    )
    better = commit(words)
    yield DemoStep(words, passes, better)
    words = "Save tokens: a margin of 1.1"
    repository.git("switch", "--quiet", "--create", BLOCKED)
    blocked = change(_MARGINS, {("default", "factor"): Decimal("1.1")})
    yield DemoStep(words, blocked, commit(words), BLOCKED)
    repository.git("switch", "--quiet", "main")
    taken_back = revert(repository, better, who=_WHO)
    back = judge_registry(repository.root, base=better, head=taken_back)
    yield DemoStep(f"rollback: git revert {better[:12]}", back, taken_back)
