"""``samples/`` of a tree → the store, or every problem of every file at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from coefgate.core.problems import InvalidInput, Problem, UsageProblem
from coefgate.core.trees import FolderTree, Tree
from coefgate.samples.collector import collector_paused
from coefgate.samples.contradictions import contradictory_lines
from coefgate.samples.gathering import Gathering
from coefgate.samples.layout import FOLDER, layout
from coefgate.samples.model import Retirement, Sample, SampleStore
from coefgate.samples.retirements import retirements


def read_samples(tree: Tree) -> SampleStore:
    """The samples in ``tree``. Raises ``InvalidInput`` with every problem there is."""
    store, problems = sample_problems(tree)
    if store is None:
        raise InvalidInput(problems)
    return store


@collector_paused()
def sample_problems(
    tree: Tree, *, only: Collection[str] | None = None
) -> tuple[SampleStore | None, tuple[Problem, ...]]:
    """The samples in ``tree``, or ``None`` with every problem there is, in the order of places.

    ``only``: files and folders whose problems are wanted. Samples refer to each other, so all are
    read as soon as one file of ``samples/`` is among them, and none (no store, no problems)
    otherwise.
    """
    entries = tree.entries(FOLDER)
    wanted = {entry.path for entry in entries if only is None or _is_below(entry.path, only)}
    if only is not None and not wanted:
        return None, ()
    found = layout(entries)
    reading = Gathering(tree)
    reading.read_all(found.imports)
    reading.compare()
    retired: dict[str, Retirement] = {}
    in_retired: tuple[Problem, ...] = ()
    if found.has_retirements:
        retired, in_retired = retirements(tree, reading.samples if reading.complete else None)
    problems = tuple(sorted({*found.problems, *reading.problems(), *in_retired}))
    if problems:
        return None, tuple(
            problem for problem in problems if only is None or problem.file in wanted
        )
    return SampleStore(reading.in_order(), retired), ()


def contradiction_problems(tree: Tree, samples: Iterable[Sample]) -> tuple[Problem, ...]:
    """What contradicts itself in the lines of ``samples``, which were read from ``tree``."""
    reading = Gathering(tree)
    reading.report(contradictory_lines(samples))
    return reading.problems()


@collector_paused()
def read_sample_path(path: Path) -> SampleStore:
    """The samples in a file, or in every ``.jsonl`` below a folder, wherever it lies.

    What is not part of a registry need not be laid out like one, and may refer to samples that are
    not there; retirements are those of ``retired.yaml`` in the folder, if it holds one. Raises
    ``InvalidInput`` with every problem there is, ``UsageProblem`` where there is nothing.
    """
    files = (
        sorted(file for file in path.rglob("*.jsonl") if file.is_file())
        if path.is_dir()
        else [path]
    )
    if not files or not path.exists():
        there = "holds no .jsonl file" if path.exists() else "does not exist"
        raise UsageProblem(
            f"{path} {there}. Name a .jsonl file of samples, or a folder that holds some."
        )
    if not files[0].is_file():
        raise UsageProblem(
            f"{path} is no regular file. Name a .jsonl file of samples, or a folder of some."
        )
    tree = FolderTree(Path())
    reading = Gathering(tree)
    reading.read_all({file.as_posix(): None for file in files})
    reading.compare(whole=False)
    problems = reading.problems()
    retired: dict[str, Retirement] = {}
    if (path / "retired.yaml").is_file():
        retired, in_retired = retirements(tree, None, file=(path / "retired.yaml").as_posix())
        problems += in_retired
    if problems:
        raise InvalidInput(problems)
    return SampleStore(reading.in_order(), retired)


def _is_below(path: str, places: Collection[str]) -> bool:
    return any(place in {path, "."} or path.startswith(f"{place}/") for place in places)
