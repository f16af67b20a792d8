"""What a runner serves estimates from: one version, loaded, and what must hold before it may.

Why each check is there: docs/decisions/0032-what-is-checked-before-a-swap.md
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from typing import Any, Final

from coefgate.core.estimate import estimate
from coefgate.core.problems import InvalidDocument
from coefgate.core.release import Release
from coefgate.core.snapshot import Snapshot, read_snapshot
from coefgate.core.table import Table, compile_table
from coefgate.core.vocabulary import OPERATIONS, PRICED_OPERATIONS, Deliverable
from coefgate.core.yanks import Yank

_MOST_PATHS: Final = 500
"""Each path is held against every glob, and a snapshot may have ten thousand."""
_warned: set[tuple[str, str]] = set()


@dataclass(frozen=True, slots=True)
class Serving:
    """Which coefficients serve: version, commit (``None`` where nobody says it) and digest."""

    version: str
    commit: str | None
    digest: str

    def __str__(self) -> str:
        return f"{self.version} ({self.digest})"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A version, ready to estimate. It is replaced as a whole, so no reader sees a mix."""

    serving: Serving
    snapshot: Snapshot
    table: Table


class ServingSlot:
    """The one reference that is swapped: read once, it gives all of one release."""

    __slots__ = ("loaded",)

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded


def load(snapshot: Snapshot, *, version: str, commit: str | None) -> Loaded:
    """A valid snapshot, compiled under its version."""
    table = compile_table(snapshot.content, registry_version=version, digest=snapshot.digest)
    return Loaded(Serving(version, commit, snapshot.digest), snapshot, table)


class YankedVersionWarning(UserWarning):
    """The coefficients that serve were withdrawn by who released them."""


def yank_words(yank: Yank) -> str:
    """The warning about a pin that was withdrawn."""
    remedy = "Leave it with: coefgate update"
    if yank.replacement:
        remedy = f"Use {yank.replacement} instead: coefgate update --to {yank.replacement}"
    return f"version {yank.version} was withdrawn on {yank.date}: {yank.reason}. {remedy}"


def warn_of_yank(url: str, version: str, words: str, *, stacklevel: int) -> None:
    """Warn that ``version`` of a source was withdrawn, once in a process."""
    key = (url, version)
    if key not in _warned:
        _warned.add(key)
        warnings.warn(f"{url}: {words}", YankedVersionWarning, stacklevel=stacklevel + 1)


def accepted(release: Release, served: Snapshot, *, is_restored: Callable[[], bool]) -> Loaded:
    """The release, ready to serve in place of ``served``. Else raises ``InvalidDocument``.

    ``is_restored``: was its digest that of an earlier release? Only asked where it is much
    smaller.
    """
    what = f"the snapshot of {release.version}"
    snapshot = read_snapshot(release.snapshot.data, what, expected=release.snapshot.digest)
    shrunk = _shrunk(served.content, snapshot.content)
    if shrunk and not is_restored():
        raise InvalidDocument(
            f"{what} has {shrunk} of what serves now: fewer than half, so more was lost than a "
            "release takes away. If that is meant, pin it with: coefgate update --to "
            f"{release.version}"
        )
    loaded = load(snapshot, version=str(release.version), commit=release.commit)
    _exercise(loaded, what)
    return loaded


def _sizes(content: Mapping[str, Any]) -> dict[str, int]:
    categories, costs = content["categories"], content["marginal_costs"]
    return {
        "cells": sum(len(category["overhead"]) for category in categories.values()),
        "categories": len(categories),
        "marginal costs": sum(len(costs[operation]) for operation in PRICED_OPERATIONS),
    }


def _shrunk(before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """The first size that fell below half, in words."""
    old, new = _sizes(before), _sizes(after)
    words = (f"{new[name]} {name}, not {old[name]}," for name in old if 2 * new[name] < old[name])
    return next(words, None)


def _exercise(loaded: Loaded, what: str) -> None:
    """Estimate as a runner will: with a path for each glob and operation, then with every cell."""
    content, table = loaded.snapshot.content, loaded.table
    paths = islice(_paths(content), _MOST_PATHS)
    every = [Deliverable(*asked) for asked in product(paths, OPERATIONS)]
    cells = product(table.canonical_category, content["complexities"], (every[:1], ()))
    models = content.get("model_factors") or {"rules": ()}
    named = ((None, None, every[:1], one) for rule in models["rules"] for one in rule["models"])
    unnamed = ((*asked, None) for asked in ((None, None, every), *cells))
    for category, complexity, files, model in (*unnamed, *named):
        found = estimate(
            table, category=category, complexity=complexity, deliverables=files, model=model
        )
        low, high, _ = found.interval
        if not 0 <= low <= high or found.tokens < 0 or found.digest != loaded.serving.digest:
            call = f"{category} {complexity}"
            raise InvalidDocument(f"{what} does not estimate: {call} gives {found}")


def _paths(content: Mapping[str, Any]) -> Iterator[str]:
    """One that is most likely matched by no glob, then for each glob one that it matches."""
    yield "no/such/file"
    for rule in content["file_kinds"]["rules"]:
        for glob in rule["paths"]:
            chosen = re.sub(r"\{([^,{}]*),[^{}]*\}", r"\1", glob)
            yield re.sub(r"\*+|\?", "x", chosen).lstrip("/")
