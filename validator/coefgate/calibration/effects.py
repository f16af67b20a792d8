"""What moves numbers from their priors, and which numbers share it.

An effect is of all numbers, of those of a complexity, category, operation or file kind, or of one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from coefgate.registry.key import Key
from coefgate.registry.tuning import Spread, Tuning
from coefgate.replay.metrics import Floats

SharedEffect = tuple[Spread, tuple[str, ...]]
"""The level of an effect, and which of its kind it is: ``("category", ("docs",))``."""


def shared_effects(
    keys: Sequence[Key],
    used: Collection[Key],
    cells: Collection[tuple[str | None, ...]],
    tuning: Tuning,
) -> tuple[tuple[SharedEffect, ...], Floats]:
    """The effects that calls say something of, and which number has which.

    A level without spread has none, nor has a cell that is none of these.
    """
    named: dict[SharedEffect, list[int]] = {}
    for at, key in enumerate(keys):
        for effect in _effects_of(key, tuning.parents):
            named.setdefault(effect, []).append(at)
    found = {
        effect: rows
        for effect, rows in named.items()
        if tuning.spreads.get(effect[0])
        and (effect[0] != "cell" or effect[1] in cells)
        and any(keys[row] in used for row in rows)
    }
    shares = np.zeros((len(keys), len(found)))
    for column, rows in enumerate(found.values()):
        shares[rows, column] = 1
    return tuple(found), shares


def _effects_of(key: Key, parents: Mapping[str, str]) -> Iterator[SharedEffect]:
    if key.part == "retry":
        return
    if key.part == "model":
        yield "model", key.of
        return
    yield "all", ()
    if key.part == "per_kilobyte":
        yield "per_kilobyte", key.of
        return
    if key.part == "overhead":
        category, complexity = key.of
        yield "complexity", (complexity,)
        yield "category", (category,)
        yield "cell", key.of
        return
    operation, kind = key.of
    elder = parents.get(kind, kind)
    yield "marginal", ()
    yield "operation", (operation,)
    yield "kind", (elder,)
    yield "cost", (operation, elder)
    if kind in parents:
        yield "new_kind", (kind,)
