"""Which numbers the procedure may move, and the calls behind each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from coefgate.calibration.design import FITTED
from coefgate.calibration.margins import MARGIN
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Basis, Coefficients, Value
from coefgate.registry.numbers import with_values
from coefgate.registry.tuning import Tuning
from coefgate.replay.evidence import Evidence
from coefgate.replay.uses import Uses, pool_of

Stays = Literal["no-calls", "correction", "not-the-prior", "no-prior"]
"""Why the procedure leaves a number: no call is behind it, it was corrected by hand, or it says
``prior`` and is another number than the one in ``tuning.yaml``, or than nothing. That of a cell
without calls stays where ``tuning.yaml`` states no margin that it could go back to."""


@dataclass(frozen=True, slots=True)
class Movable:
    """A registry whose bases say ``fit`` just where the procedure moves a number.

    ``calls``: behind each number and margin, its own or, where it has none, its neighbours';
    ``stays``: why others are left.
    """

    registry: Coefficients
    calls: Mapping[Key, int]
    stays: Mapping[Key, Stays]


def movable(registry: Coefficients, evidence: Evidence, tuning: Tuning) -> Movable:
    """What the procedure may move on the scored calls of ``evidence``.

    A number that stands at its prior is free to move as soon as calls are behind it; one that
    calls no longer stand behind goes back to its prior. One that says ``correction``, or
    ``prior`` with another number than ``tuning.yaml`` has, stays for ever. The margin of
    every cell with ``cell_from`` calls is free where margins are adaptive; that of one without
    calls goes back to its prior. The default margin stays free: calls of any cell say how large.
    """
    table = table_of(registry)
    uses = Uses(evidence.counts(table), registry, table)
    calls: dict[Key, int] = {}
    stays: dict[Key, Stays] = {}
    values: dict[Key, Value | None] = {}
    for key, value in registry.numbers.items():
        if key.part not in FITTED or (key.part == "model" and not tuning.spreads.get("model")):
            continue
        calls[key] = calls_behind(key, registry, uses)
        prior = prior_of(key, tuning)
        if reason := _held(value, prior):
            stays[key] = reason
        elif not calls[key] and prior is not None:
            stays[key] = "no-calls"
            basis = Basis("prior", tuning.reference)
            values[key] = replace(value, number=prior, basis=basis)
        else:
            values[key] = _fitted(value)
    margins = _margins(registry, uses, tuning)
    calls |= margin_calls(registry, uses)
    for key, value in margins.items():
        if reason := _held(value, tuning.prior_margin):
            stays[key] = reason
        elif not calls[key] and key != MARGIN:
            prior, basis = tuning.prior_margin, Basis("prior", tuning.reference)
            stays[key] = "no-prior" if prior is None else "no-calls"
            number = value.number if prior is None else prior
            values[key] = replace(value, number=number, basis=basis)
        else:
            values[key] = _fitted(value)
    return Movable(with_values(registry, values), calls, stays)


def calls_behind(key: Key, registry: Coefficients, uses: Uses) -> int:
    """How many calls use the number; where none does, its neighbours."""
    return int(uses.of(key).sum() or uses.any_of(pool_of(key, registry)).sum())


def prior_of(key: Key, tuning: Tuning) -> Fraction | None:
    """What a number starts from: a factor of models at 1, one of other attempts from nothing."""
    match key.part:
        case "margin":
            return tuning.prior_margin
        case "model":
            return Fraction(1)
    prior = tuning.prior_of(key)
    return None if prior is None else Fraction(prior)


def _held(value: Value, prior: Fraction | None) -> Stays | None:
    match value.basis.kind:
        case "correction":
            return "correction"
        case "prior":
            if prior is None:
                return "no-prior"
            return "not-the-prior" if value.number != prior else None
    return None


def _fitted(value: Value) -> Value:
    return replace(value, basis=replace(value.basis, kind="fit"))


def margin_calls(registry: Coefficients, uses: Uses) -> dict[Key, int]:
    """How many calls take the margin of each cell, or would if it had one, and how many any."""
    cells = [Key("overhead", key.of) for key in registry.numbers if key.part == "overhead"]
    of_cells = {Key("margin", key.of): uses.of(key) for key in cells}
    # Calls that the fallback serves take the default margin as well.
    own = (Key("margin", cell) for cell in registry.cell_margins)
    taken = int(uses.any_of((MARGIN, *own)).sum())
    return {**{key: int(calls.sum()) for key, calls in of_cells.items()}, MARGIN: taken}


def _margins(registry: Coefficients, uses: Uses, tuning: Tuning) -> dict[Key, Value]:
    """Every margin; of cells that get one, what they have until then."""
    default = registry.default_margin
    cells = {Key("margin", cell): value for cell, value in registry.cell_margins.items()}
    found = {}
    for key, calls in margin_calls(registry, uses).items():
        if key in cells:
            found[key] = cells[key]
        elif key == MARGIN:
            found[key] = default
        elif tuning.margins == "adaptive" and calls >= tuning.cell_from:
            found[key] = replace(default, key=key, acknowledge=None)
    return found
