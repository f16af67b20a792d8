"""One call, predicted by the coefficients of a registry's folder, or by those that a lock pins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from coefgate.core.credentials import scrubbed
from coefgate.core.estimate import Estimate, EstimateBasis
from coefgate.core.estimate import estimate as core_estimate
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.core.retry import Previous
from coefgate.core.table import Table
from coefgate.core.trees import registry_root
from coefgate.core.vocabulary import Deliverable
from coefgate.core.workspace import Workspace
from coefgate.registry.file_paths import is_file_path
from coefgate.replay.fallback import undeclared
from coefgate.runner.cache import default_cache
from coefgate.runner.lock import found_lock, read_lock
from coefgate.runner.serving import load, yank_words
from coefgate.runner.verify import pinned_snapshot
from coefgate.use_cases.registry_folder import registry_folder
from coefgate.use_cases.state import state_at


@dataclass(frozen=True, slots=True)
class CallEstimate:
    """An estimate, the folder or lock that gave it, and sentences that a caller should read."""

    estimate: Estimate
    place: Path
    warnings: tuple[str, ...]


_Answering = tuple[Table, Path, Sequence[str]]
"""What answers, the folder or lock that it is from, and sentences on it."""


def estimate(
    *,
    category: str,
    complexity: str,
    deliverables: Sequence[Deliverable] = (),
    model: str | None = None,
    output_mode: str | None = None,
    workspace: Path | None = None,
    registry: Path | None = None,
    lock: Path | None = None,
    previous: Previous | None = None,
) -> CallEstimate:
    """Predict the output tokens of one call.

    The coefficients are those in the folder ``registry``, those that ``lock`` pins, or the nearest
    of both at or above the current folder. ``workspace``: where a path without an operation is
    looked up, and the size of a file that is modified. ``output_mode``: how the call writes files.
    ``previous``: the last attempt at the same files. Raises ``UsageProblem`` where a path is named
    twice, where both ``registry`` and ``lock`` are given, or neither is found.
    """
    named = Counter(one.path for one in deliverables).most_common(1)
    if named and named[0][1] > 1:
        raise UsageProblem(f"{named[0][0]!r} is named twice. Name each deliverable once.")
    table, place, warnings = _coefficients(registry, lock)
    folder = None if workspace is None else Workspace(workspace)
    found = core_estimate(
        table,
        category=category,
        complexity=complexity,
        deliverables=deliverables,
        model=model,
        exists=folder.exists if folder else None,
        size=folder.size if folder else None,
        output_mode=output_mode,
        previous=previous,
    )
    asked = _Asked(category, complexity, model)
    told = (
        *map(scrubbed, warnings),
        *_undeclared(table, asked, found.basis),
        *_unused(table, previous),
    )
    return CallEstimate(found, place, told)


def deliverable(text: str) -> Deliverable:
    """``OPERATION:PATH``, or a path alone, as a deliverable. Raises ``ValueError``."""
    found = Deliverable.parsed(text)
    if not is_file_path(found.path):
        raise ValueError(
            f"{found.path!r} is not the path of one file in a workspace: write it relative to the "
            "workspace, with / between folders and without .., such as create:docs/guide.md"
        )
    return found


class _Asked(NamedTuple):
    """What was asked for; a label counts where no deliverable was named, too."""

    category: str
    complexity: str
    model: str | None
    deliverables: Sequence[Deliverable] = (Deliverable("any"),)
    output_mode: str | None = None


def _unused(table: Table, previous: Previous | None) -> Iterator[str]:
    if previous is not None and table.retry is None:
        yield "the registry states no factors of a retry, so the previous attempt changes nothing"


def _undeclared(table: Table, asked: _Asked, basis: EstimateBasis) -> Iterator[str]:
    """What the registry has nothing for, in the caller's words, and what serves instead."""
    if basis == "retry":
        return
    serves = "the fallback" if basis == "fallback" else "no_deliverables"
    for one in undeclared([asked], table):
        match one.kind:
            case "category":
                meant = f"; did you mean {one.closest}?" if one.closest else ""
                told = f"declares no category {one.value!r}{meant}"
            case "complexity":  # no_deliverables has all that are declared
                declared = ", ".join(table.complexities)
                told = f"declares no complexity {one.value!r}; it declares {declared}"
            case "cell":
                told = f"declares no overhead of {one.value}"
            case "model-factor":
                told, serves = f"has no factor for the model {one.value!r}", "its default factor"
            case _:
                models = ", ".join(table.applies_to)
                told = f"was not made for the model {one.value!r}, only for {models}"
        yield f"the registry {told}; {serves} serves"


def _coefficients(registry: Path | None, lock: Path | None) -> _Answering:
    if registry is not None and lock is not None:
        raise UsageProblem("--registry and --lock name two registries. Leave one of them out.")
    if lock is not None:
        return _pinned(lock)
    return _in_folder(registry_folder(registry)) if registry is not None else _nearest(Path())


def _nearest(start: Path) -> _Answering:
    """The nearest at or above ``start``; in one folder, coefficients come before a lock."""
    lock: Path | None = None
    with suppress(EnvironmentProblem):
        lock = found_lock(start)
    try:
        root = registry_folder(start) if lock is None else registry_root(start)
    except UsageProblem as error:
        if lock is None:
            raise UsageProblem(f"{error} Or pin a version with: coefgate pin URL") from None
        return _pinned(lock)
    if lock is None or (
        len(root.parts) >= len(lock.parent.parts)
        and (root / "coefficients/registry.yaml").exists()
    ):
        return _in_folder(root)
    return _pinned(lock)


def _in_folder(root: Path) -> _Answering:
    return state_at(root, calls=False).table, root / "coefficients", ()


def _pinned(path: Path) -> _Answering:
    """As a runner has it: ``Registry.from_lock``."""
    lock = read_lock(path)
    found = pinned_snapshot(lock, default_cache(), path)
    release = load(found.snapshot, version=lock.registry_version, commit=lock.commit)
    told = found.unchecked, yank_words(found.yank) if found.yank else None, *found.warnings
    return release.table, path.absolute(), [words for words in told if words is not None]
