"""Which coefficients answer ``estimate``: those of a registry's folder, or what a lock pins."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.core.table import Table
from coefgate.core.trees import registry_root
from coefgate.git.checkout_tree import checkout
from coefgate.runner.cache import default_cache
from coefgate.runner.lock_file import found_lock, read_lock
from coefgate.runner.pinning import pinned_release
from coefgate.runner.serving import load
from coefgate.runner.yank_warnings import yank_words
from coefgate.use_cases.registry_folder import registry_folder
from coefgate.use_cases.state import read_state


@dataclass(frozen=True, slots=True)
class Answering:
    """Coefficients that answer. ``place``: the folder or the lock. ``warnings``: sentences to be told."""

    table: Table
    complexities: Collection[str]
    place: Path
    warnings: tuple[str, ...] = ()


def answering(registry: Path | None, lock: Path | None) -> Answering:
    """The coefficients in the folder ``registry``, those that ``lock`` pins, or the nearest of both.

    Raises ``UsageProblem`` where both are named, or neither is found.
    """
    if registry is not None and lock is not None:
        raise UsageProblem("--registry and --lock name two registries. Leave one of them out.")
    if lock is not None:
        return _pinned(lock)
    return _in_folder(registry_folder(registry)) if registry is not None else _nearest(Path())


def _nearest(start: Path) -> Answering:
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
    if lock is None:
        return _in_folder(root)
    near = (
        len(root.parts) >= len(lock.parent.parts)
        and (root / "coefficients/registry.yaml").exists()
    )
    return _in_folder(root) if near else _pinned(lock)


def _in_folder(root: Path) -> Answering:
    with checkout(root) as folder:
        state = read_state(folder, folder.repository, calls=False)
    return Answering(state.table, state.registry.complexities, root / "coefficients")


def _pinned(path: Path) -> Answering:
    """As a runner has it: ``Registry.from_lock``."""
    lock = read_lock(path)
    found = pinned_release(lock, default_cache(), path)
    release = load(found.snapshot, version=lock.registry_version, commit=lock.commit)
    told = (
        found.unchecked,
        None if found.yank is None else yank_words(found.yank),
        *found.warnings,
    )
    return Answering(
        release.table,
        found.snapshot.content["complexities"],
        path.absolute(),
        tuple(sentence for sentence in told if sentence is not None),
    )


def shown_place(place: Path) -> str:
    """Where the coefficients are, as seen from the current folder."""
    try:
        near = os.path.relpath(place)
    except (OSError, ValueError):  # the current folder is gone, or on another drive
        near = str(place)
    return f"{near}/" if place.is_dir() else near
