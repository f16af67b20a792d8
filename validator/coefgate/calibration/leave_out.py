"""Which calls a fit is made to, and without which: each phase, or each run, after the other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Final, Literal

import numpy as np

from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Booleans, Floats, Indices
from coefgate.samples.model import Sample

MOST_FOLDS: Final = 200
"""So many groups are left out one by one; more are left out in as many folds as this."""
FOLDS: Final = 50
NO_CALLS: Final = "no scored call is stored"
Unit = Literal["phase", "run"]
UNITS: Final[tuple[Unit, ...]] = ("phase", "run")


def fitted_on(evidence: Evidence, files: Collection[str]) -> Booleans:
    """Which calls numbers are fitted on: those of the files that ``tuning.yaml`` names.

    A correction that came in later counts as the call that it corrects.
    """
    known = {one.sample.id for one in evidence.given if one.sample.file in files}
    return ~evidence.new_to(known)


def folds(samples: Sequence[Sample], unit: Unit) -> Indices:
    """The fold of each call: calls of one phase, or run, share one.

    A fold is one group while there are at most ``MOST_FOLDS`` of them; of more, the name of a
    group decides which of ``FOLDS`` it is in, so that a new group moves no other.
    """
    names = group_names(samples, unit)
    distinct = sorted(set(names), key=repr)
    if len(distinct) <= MOST_FOLDS:
        fold_of = {name: at for at, name in enumerate(distinct)}
    else:
        used = {name: _hashed(repr(name)) % FOLDS for name in distinct}
        dense = {fold: at for at, fold in enumerate(sorted(set(used.values())))}
        fold_of = {name: dense[fold] for name, fold in used.items()}
    return np.array([fold_of[name] for name in names], dtype=np.intp)


def group_names(samples: Sequence[Sample], unit: Unit) -> list[tuple[str, str]]:
    """The phase, or run, of each call."""
    return [one.phase if unit == "phase" else _run(one) for one in samples]


def one_alone(fold: Indices, unit: Unit) -> str:
    """Why calls say nothing of another phase, or run; empty where they do."""
    if not len(fold):
        return NO_CALLS
    return f"all calls are of one {unit}" if int(fold.max()) == 0 else ""


def _run(sample: Sample) -> tuple[str, str]:
    """The run of a call; where nobody knows it, its phase stands for one."""
    return sample.phase if sample.run_id is None else (sample.origin, sample.run_id)


def _hashed(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


def without_each(fold: Indices) -> Floats:
    """Weights (folds × calls): 1 for every call, 0 for those of the fold."""
    count = int(fold.max()) + 1 if len(fold) else 0
    weights: Floats = (fold[None] != np.arange(count)[:, None]).astype(np.float64)
    return weights
