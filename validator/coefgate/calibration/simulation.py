"""Calls drawn from a stated model: a registry taken for the truth, and noise around it.

The same model and seed give the same calls to the byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, log
from typing import Any, Final

import numpy as np

from coefgate.calibration.noise import Noise
from coefgate.core.vocabulary import KILOBYTE, MAX_TOKENS, Deliverable
from coefgate.registry.compilation import table_of
from coefgate.registry.model import Coefficients
from coefgate.replay.counts import (
    Counts,
    base_parts,
    counts_matrix,
    model_factors_thousandths,
)
from coefgate.replay.metrics import Floats, Indices, Integers
from coefgate.samples.model import Paths, Sample, fields_of, sample_id, stored_line

ORIGIN: Final = "simulated"
MAX_SEED: Final = 2**32 - 1
_BEYOND: Final = 2 * MAX_TOKENS
"""A need above all that a call can have: it is cut off whatever its ceiling."""
PLACE: Final = f"samples/{ORIGIN}/undated-00000000.jsonl"
"""The file that samples name as theirs while they are stored in none."""


@dataclass(frozen=True, slots=True)
class CallRequest:
    """What a call is asked for: its labels, its deliverables, which model answers, and how."""

    category: str | None
    complexity: str | None
    deliverables: tuple[Deliverable, ...]
    model: str | None = None
    output_mode: str | None = None

    @classmethod
    def of(cls, sample: Sample) -> CallRequest:
        """What a stored call was asked for."""
        return cls(
            sample.category,
            sample.complexity,
            sample.deliverables,
            sample.model,
            sample.output_mode,
        )


@dataclass(frozen=True)
class CallModel:
    """How calls come about.

    ``truth``: the typical call needs what it says before any margin. ``mix``: what phases ask for,
    each as likely as the others; all calls of a phase ask for the same. ``ceiling``: tokens from 1
    at which a call is cut off; without one, at what no call exceeds. Raises ``ValueError`` where
    the mix is empty or a number lies outside.
    """

    truth: Coefficients
    mix: Sequence[CallRequest]
    noise: Noise
    ceiling: int | None = None
    calls_per_phase: int = 1
    phases_per_run: int = 1

    def __post_init__(self) -> None:
        """Refuse what no call can be drawn from."""
        if not self.mix:
            raise ValueError("the mix is empty; it says what calls are asked for")
        if self.ceiling is not None and not 1 <= self.ceiling <= MAX_TOKENS:
            raise ValueError(f"ceiling is {self.ceiling:,}; it must be from 1 to {MAX_TOKENS:,}")
        for name in ("calls_per_phase", "phases_per_run"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be at least one")

    @cached_property
    def counts(self) -> Counts:
        """The mix, counted as calls are."""
        return counts_matrix(self.mix, table_of(self.truth))

    @cached_property
    def typical(self) -> Floats:
        """Tokens that half of the calls need at most, for each of the mix."""
        return typical_tokens(self.counts, self.truth)


def typical_tokens(counts: Counts, registry: Coefficients) -> Floats:
    """Tokens before any margin, per call; at least 1."""
    table = table_of(registry)
    factors = model_factors_thousandths(counts, table) / 1000
    tokens: Floats = np.maximum(base_parts(counts, table) / KILOBYTE * factors, 1.0)
    return tokens


@dataclass(frozen=True, slots=True, eq=False)
class DrawnCalls:
    """Calls as columns: which of the mix each is, its phase, its run, and the tokens it needs."""

    asked: Indices
    phase: Indices
    run: Indices
    need: Integers


def draw(model: CallModel, calls: int, seed: int, stream: int = 0) -> DrawnCalls:
    """So many calls; ``stream``: others of the same seed. Both lie from 0 to ``MAX_SEED``."""
    # RandomState is frozen by NumPy's NEP 19: the same draws whatever the version.
    random = np.random.RandomState([seed, stream])
    phases = ceil(calls / model.calls_per_phase)
    runs = ceil(phases / model.phases_per_run)
    of_run = model.noise.run_effect * random.standard_normal(runs)
    of_phase = model.noise.phase_effect * random.standard_normal(phases)
    asked_of_phase = random.randint(0, len(model.mix), phases)
    phase = np.arange(calls) // model.calls_per_phase
    run = phase // model.phases_per_run
    asked = asked_of_phase[phase].astype(np.intp)
    effects = of_run[run] + of_phase[phase] + model.noise.of_calls(random, calls)
    logarithm = np.minimum(np.log(model.typical)[asked] + effects, log(_BEYOND))
    need = np.maximum(np.rint(np.exp(logarithm)), 1).astype(np.int64)
    return DrawnCalls(asked, phase, run, need)


def drawn_samples(
    model: CallModel, drawn: DrawnCalls, *, seed: int, paths: Paths = "synthetic"
) -> tuple[Sample, ...]:
    """The calls as samples; those that need more than the ceiling are cut off there.

    ``paths``: ``synthetic`` ones are never scored. None has a time or an attempt's number, so none
    is taken for another try of the one before it.
    """
    return tuple(_samples(model, drawn, seed, paths))


def _samples(model: CallModel, drawn: DrawnCalls, seed: int, paths: Paths) -> Iterator[Sample]:
    ceiling = MAX_TOKENS if model.ceiling is None else model.ceiling
    columns = (drawn.asked, drawn.phase, drawn.run, drawn.need)
    deliverables = [
        [{"path": one.path, "operation": one.operation, "bytes_before": one.bytes_before}
         for one in each.deliverables]
        for each in model.mix
    ]  # fmt: skip
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for number, (at, phase, run, need) in enumerate(rows, start=1):
        asked, cut_off = model.mix[at], need > ceiling
        fields: dict[str, Any] = {
            "origin": ORIGIN,
            "reference": f"seed {seed}, call {number}",
            "observed_at": None,
            "run_id": f"run-{run + 1}",
            "phase_id": f"run-{run + 1}-phase-{phase % model.phases_per_run + 1}",
            "attempt": None,
            "category": asked.category,
            "complexity": asked.complexity,
            "label_origin": "declared",
            "deliverables": deliverables[at],
            "paths": paths,
            "reply_matches": "unknown",
            "model": asked.model,
            "unit": model.truth.unit,
            "actual_output_tokens": min(need, ceiling),
            "max_output_tokens": model.ceiling,
            "input_tokens": None,
            "output_mode": asked.output_mode,
            "predicted_output_tokens": None,
            "predicted_by": None,
            "success": not cut_off,
            "truncated": cut_off,
            "stop_reason": "max_tokens" if cut_off else "end_turn",
            "duplicate_of": None,
            "same_ceiling_as": None,
            "supersedes": None,
        }
        identity = sample_id(fields)
        fields["deliverables"] = asked.deliverables
        yield Sample(id=identity, **fields, file=PLACE, line=number)


def lines_of(samples: Iterable[Sample]) -> bytes:
    """Samples as they are stored: JSON Lines."""
    return b"".join(stored_line(fields_of(one)) for one in samples)
