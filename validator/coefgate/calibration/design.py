"""Stored calls and the numbers that are fitted on them, as matrices.

A number is its prior × exp(sum of effects): of what all numbers share, what those of its
complexity, category, operation or file kind share, and what is its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coefgate.core.problems import UsageProblem
from coefgate.core.table import Table
from coefgate.core.vocabulary import KILOBYTE
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.tuning import FILE, Spread, Tuning
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Booleans, Floats
from coefgate.replay.uses import Price, column_prices, overhead_prices

SharedEffect = tuple[Spread, tuple[str, ...]]
"""The level of an effect, and which of its kind it is: ``("category", ("docs",))``."""
_ADD_UP = ("overhead", "marginal")
"""Parts of an estimate that are summed."""


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Calls × fitted numbers.

    ``keys``: the numbers that calls may move. ``uses`` (calls × keys): how often each is in the
    sum of a call; ``held``: tokens in it that nothing moves. ``prior``: tokens, by key.
    ``effects``, and ``shares`` (keys × effects): 1 where a number has that effect. ``spreads``:
    the standard deviation of each effect. ``of_cell`` (effects × calls): 1 where an effect is the
    own one of the call's cell; ``of_cells``: is it such an effect? ``log_actual`` and
    ``censored``: of each call. ``known``: calls that say something of these numbers.
    """

    keys: tuple[Key, ...]
    uses: Floats
    held: Floats
    prior: Floats
    effects: tuple[SharedEffect, ...]
    shares: Floats
    spreads: Floats
    of_cell: Floats
    of_cells: Booleans
    log_actual: Floats
    censored: Booleans
    known: Booleans


def fitted_keys(registry: Coefficients) -> tuple[Key, ...]:
    """The summed numbers whose basis says ``fit``: the procedure may move them, and no others."""
    return tuple(
        key
        for key, value in registry.numbers.items()
        if key.part in _ADD_UP and value.basis.kind == "fit"
    )


def design_of(evidence: Evidence, registry: Coefficients, table: Table, tuning: Tuning) -> Design:
    """The calls of ``evidence`` and the numbers of ``registry``, which ``table`` is made of.

    An operation that nobody knows is priced as the one that is dearer by the priors. Raises
    ``UsageProblem`` for a number that says ``fit`` and has no prior.
    """
    counts = evidence.counts(table)
    keys = fitted_keys(registry)
    start = dict(zip(keys, _priors(keys, tuning), strict=True))
    column = {key: at for at, key in enumerate(keys)}
    uses = np.zeros((len(evidence.samples), len(keys)))
    held = np.zeros(len(evidence.samples))

    def tokens(key: Key) -> float:
        return start[key] if key in start else float(registry.numbers[key].number)

    def parts(price: Price) -> float:
        return sum(tokens(key) * times for key, times in price)

    def add(one_of: Sequence[Price], counted: Floats) -> None:
        for key, times in max(one_of, key=parts):
            if key in column:
                uses[:, column[key]] += counted * times / KILOBYTE
            else:
                held[:] += counted * times * tokens(key) / KILOBYTE

    for at, counted in enumerate(counts.columns):
        add(column_prices(counted, registry), counts.matrix[:, at].astype(np.float64))
    for at, cell in enumerate(counts.cells):
        add(overhead_prices(cell, registry), (counts.cell == at).astype(np.float64))
    delivers = np.asarray((counts.matrix > 0).any(axis=1))
    known: Booleans = delivers & np.asarray((uses > 0).any(axis=1))
    calls: dict[tuple[str | None, ...], Booleans] = {
        cell: known & (counts.cell == at) for at, cell in enumerate(counts.cells) if cell
    }
    cells = {cell for cell, its in calls.items() if its.sum() >= tuning.cell_from}
    used = {key for key, of_key in zip(keys, uses[known].T, strict=True) if of_key.any()}
    effects, shares = _effects(keys, used, cells, tuning)
    nobody = np.zeros(len(known), dtype=np.bool_)
    of_cell = [calls[named] if level == "cell" else nobody for level, named in effects]
    return Design(
        keys=keys,
        uses=uses,
        held=held,
        prior=np.array([start[key] for key in keys]),
        effects=effects,
        shares=shares,
        spreads=np.array([float(tuning.spreads[level]) for level, _ in effects]),
        of_cell=np.array(of_cell, dtype=np.float64).reshape(len(effects), len(known)),
        of_cells=np.array([level == "cell" for level, _ in effects], dtype=np.bool_),
        log_actual=np.log(np.maximum(evidence.actual, 1)),
        censored=evidence.censored,
        known=known,
    )


def _priors(keys: Sequence[Key], tuning: Tuning) -> Iterator[float]:
    for key in keys:
        prior = tuning.prior_of(key)
        if prior is None:
            raise UsageProblem(
                f"{key.name} says that it was fitted, and {FILE} has no prior for it to start "
                "from. State one there, or say basis: {kind: prior, …} beside the number."
            )
        yield float(prior)


def _effects(
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
        if tuning.spreads[effect[0]]
        and (effect[0] != "cell" or effect[1] in cells)
        and any(keys[row] in used for row in rows)
    }
    shares = np.zeros((len(keys), len(found)))
    for column, rows in enumerate(found.values()):
        shares[rows, column] = 1
    return tuple(found), shares


def _effects_of(key: Key, parents: Mapping[str, str]) -> Iterator[SharedEffect]:
    yield "all", ()
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
