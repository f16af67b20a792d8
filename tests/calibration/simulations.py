"""A small truth, what its calls ask for, and fits to calls that are drawn from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from coefgate.calibration.noise import Noise
from coefgate.calibration.simulation import PLACE, CallModel, CallRequest
from coefgate.core.vocabulary import Deliverable, Operation
from coefgate.registry.tuning import Spread, Tuning
from tests.calibration.builders import free, tuning

CELLS = (("docs", "low"), ("docs", "high"), ("testing", "low"), ("tests", "medium"))
"""Of which one is named by its alias."""
SPREADS: Mapping[Spread, Fraction] = {
    "all": Fraction(1),
    "complexity": Fraction(1, 2),
    "category": Fraction(1),
    "cell": Fraction(7, 10),
    "marginal": Fraction(1, 5),
    "operation": Fraction(1, 5),
    "kind": Fraction(1, 5),
    "cost": Fraction(1, 7),
}


def mix() -> Iterator[CallRequest]:
    """One or three files, new or modified, code or documents, in each of the cells."""
    operations: Sequence[Operation] = ("create", "modify")
    for cell in CELLS:
        for files in (1, 3):
            for operation in operations:
                for ending in ("py", "md"):
                    paths = (f"{at}.{ending}" for at in range(files))
                    yield CallRequest(*cell, tuple(Deliverable(path, operation) for path in paths))


def model(noise: Noise, **fields: Any) -> CallModel:
    """Calls of the registry in which every figure differs from every other."""
    return CallModel(free(), tuple(mix()), noise, **fields)


def far_tuning() -> Tuning:
    """A procedure that starts at two thirds of the truth."""
    priors = {key: tokens * 2 // 3 for key, tokens in tuning({}).prior.items()}
    return tuning(SPREADS, level=Fraction(9, 10), prior=priors, samples=(PLACE,))
