"""Stored calls and the numbers that are fitted on them, as matrices.

A number is its prior × exp(sum of its effects).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np

from coefgate.calibration.effects import SharedEffect, shared_effects
from coefgate.core.problems import UsageProblem
from coefgate.core.table import Table
from coefgate.core.vocabulary import KILOBYTE
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.tuning import FILE, Tuning
from coefgate.replay.counts import Counts
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Booleans, Floats, Indices
from coefgate.replay.uses import Price, column_prices, overhead_prices

FITTED: Final = ("overhead", "marginal", "per_kilobyte", "model", "retry")
"""Parts of an estimate that a fit gives."""


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """A factor on what the attempt before needed: ``column``: of its key.

    ``rows``: the calls that it predicts; ``log_ratio``: ln(actual ÷ needed before) of each.
    """

    column: int
    rows: Indices
    log_ratio: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Calls × fitted numbers.

    ``keys``: the numbers that calls may move, tokens and factors. ``uses`` (calls × keys): how
    often each is in the sum of a call; ``held``: tokens in it that nothing moves. ``prior``: by
    key. ``effects``, and ``shares`` (keys × effects): 1 where a number has that effect.
    ``spreads``: the standard deviation of each effect. ``logs`` (calls × effects): 1 where an
    effect is a factor on the whole call; ``offset``: the logarithm of factors that nothing moves.
    ``of_cell`` (effects × calls): 1 where an effect is the own one of the call's cell;
    ``of_cells``: is it such an effect? ``log_actual`` and ``censored``: of each call. ``known``:
    calls that say something of these numbers. ``again``: what other attempts are predicted by.
    """

    keys: tuple[Key, ...]
    uses: Floats
    held: Floats
    prior: Floats
    effects: tuple[SharedEffect, ...]
    shares: Floats
    spreads: Floats
    logs: Floats
    offset: Floats
    of_cell: Floats
    of_cells: Booleans
    log_actual: Floats
    censored: Booleans
    known: Booleans
    again: tuple[Again, ...]


def fitted_keys(registry: Coefficients) -> tuple[Key, ...]:
    """The numbers whose basis says ``fit``: the procedure may move them, and no others.

    Margins are not among them: they come after the fit.
    """
    return tuple(
        key
        for key, value in registry.numbers.items()
        if key.part in FITTED and value.basis.kind == "fit"
    )


def design_of(evidence: Evidence, registry: Coefficients, table: Table, tuning: Tuning) -> Design:
    """The calls of ``evidence`` and the numbers of ``registry``, which ``table`` is made of.

    An operation that nobody knows is priced as the one that is dearer by the priors. Raises
    ``UsageProblem`` for a number that says ``fit`` and has no prior.
    """
    counts = evidence.counts(table)
    keys = fitted_keys(registry)
    start = dict(zip(keys, _priors(keys, registry, tuning), strict=True))
    uses, held = _sums(counts, registry, start)
    delivers = np.asarray((counts.matrix > 0).any(axis=1))
    known: Booleans = delivers & np.asarray((uses > 0).any(axis=1))
    calls: dict[tuple[str | None, ...], Booleans] = {
        cell: known & (counts.cell == at) for at, cell in enumerate(counts.cells) if cell
    }
    cells = {cell for cell, its in calls.items() if its.sum() >= tuning.cell_from}
    of_model, offset = _of_models(counts, registry, keys)
    used = {
        key for key, of_key in zip(keys, (uses + of_model)[known].T, strict=True) if of_key.any()
    }
    effects, shares = shared_effects(keys, used, cells, tuning)
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
        logs=of_model @ shares,
        offset=offset,
        of_cell=np.array(of_cell, dtype=np.float64).reshape(len(effects), len(known)),
        of_cells=np.array([level == "cell" for level, _ in effects], dtype=np.bool_),
        log_actual=np.log(np.maximum(evidence.actual, 1)),
        censored=evidence.censored,
        known=known,
        again=tuple(_again(counts, keys, evidence)),
    )


def _sums(
    counts: Counts, registry: Coefficients, start: Mapping[Key, float]
) -> tuple[Floats, Floats]:
    """How often each fitted number is in the sum of a call, and the tokens of all others."""
    column = {key: at for at, key in enumerate(start)}
    uses = np.zeros((len(counts.cell), len(start)))
    held = np.zeros(len(counts.cell))

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
    return uses, held


def _of_models(
    counts: Counts, registry: Coefficients, keys: Sequence[Key]
) -> tuple[Floats, Floats]:
    """Which fitted factor each call takes (calls × keys), and the logarithm of held ones."""
    column = {key: at for at, key in enumerate(keys)}
    of_model, offset = np.zeros((len(counts.rule), len(keys))), np.zeros(len(counts.rule))
    values = [rule.value for rule in registry.model_rules]
    values += [registry.default_model_factor] if registry.default_model_factor else []
    for at, value in enumerate(values):
        rows = counts.rule == at
        if value.key in column:
            of_model[rows, column[value.key]] = 1
        else:
            offset[rows] = log(value.number)
    return of_model, offset


def _again(counts: Counts, keys: Sequence[Key], evidence: Evidence) -> Iterator[Again]:
    attempts = counts.attempts
    if attempts is None:
        return
    tried = attempts.tokens > 0
    for ended, its in (
        ("after_complete", tried & ~attempts.cut_off),
        ("after_cut_off", tried & attempts.cut_off),
    ):
        if (key := Key("retry", (ended,))) in keys:
            rows = np.flatnonzero(its)
            before = np.log(attempts.tokens[rows])
            now = np.log(np.maximum(evidence.actual[rows], 1))
            yield Again(keys.index(key), rows, now - before)


def _priors(keys: Sequence[Key], registry: Coefficients, tuning: Tuning) -> Iterator[float]:
    """What each number starts from: a factor of models at 1, one of attempts where it is."""
    for key in keys:
        if key.is_factor:
            yield 1.0 if key.part == "model" else float(registry.numbers[key].number)
            continue
        prior = tuning.prior_of(key)
        if prior is None:
            raise UsageProblem(
                f"{key.name} says that it was fitted, but {FILE} has no prior for it to start "
                "from. State one there, or say basis: {kind: prior, …} beside the number."
            )
        yield float(prior)
