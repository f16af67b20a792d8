"""What must hold before a release may serve: pure checks; the first that fails says so.

Why each is there: docs/decisions/0032-what-is-checked-before-a-swap.md
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from coefgate.core.estimate import estimate
from coefgate.core.problems import InvalidDocument
from coefgate.core.release import Release
from coefgate.core.snapshot import Snapshot, read_snapshot
from coefgate.core.vocabulary import OPERATIONS, PRICED_OPERATIONS, Deliverable
from coefgate.runner.serving import Loaded, load

_MOST_PATHS: Final = 500
"""Each path is held against every glob, and a snapshot may have ten thousand."""


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
            "release takes away. Where that is meant, pin it with: coefgate update --to "
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
    every = [
        Deliverable(path, operation)
        for path in islice(_paths(content), _MOST_PATHS)
        for operation in OPERATIONS
    ]
    cells = [
        (category, complexity, files)
        for category in table.canonical_category
        for complexity in content["complexities"]
        for files in (every[:1], ())
    ]
    for category, complexity, files in ((None, None, every), *cells):
        found = estimate(table, category=category, complexity=complexity, deliverables=files)
        low, high, _ = found.interval
        if not 0 <= low <= found.tokens <= high or found.digest != loaded.serving.digest:
            raise InvalidDocument(
                f"{what} does not estimate: {category} {complexity} gives {found}"
            )


def _paths(content: Mapping[str, Any]) -> Iterator[str]:
    """One that is most likely matched by no glob, then for each glob one that it matches."""
    yield "no/such/file"
    for rule in content["file_kinds"]["rules"]:
        for glob in rule["paths"]:
            chosen = re.sub(r"\{([^,{}]*),[^{}]*\}", r"\1", glob)
            yield re.sub(r"\*+|\?", "x", chosen).lstrip("/")
