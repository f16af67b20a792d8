"""How often each phase is drawn: by a hash of the draw and of the phase's name, and nothing else.

So neither the order of the calls nor other phases beside it change what a draw does with a phase.
Numbers are Poisson ones by the inverse distribution, from splitmix64 (Steele, Lea, Flood, 2014).
Signs for a test by flips of them come from the same hash, and so do orders of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from math import exp, lgamma, log, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from coefgate.replay.metrics import Floats, Indices, Integers

Signs = npt.NDArray[np.int8]
"""Phases × draws: 1 or −1."""
Times = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
"""Phases × draws: how often a phase was drawn."""
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_LEVELS: Final = 1 << 16
"""Steps of a probability: four draws come from one hash."""
_HASHES: Final = 1 << 19
"""As many are worked out together."""
AT_ONCE: Final = 64
"""Calls, or phases, that are added up together."""


def phase_keys(names: Sequence[tuple[str, str]]) -> npt.NDArray[np.int64]:
    """A number for each phase by its name (run and phase): 64 bits of a hash."""
    known = {
        name: int.from_bytes(blake2b(repr(name).encode(), digest_size=8).digest(), "little")
        for name in set(names)
    }
    return np.array([known[name] for name in names], dtype=np.uint64).view(np.int64)


def phase_times(
    keys: npt.NDArray[np.integer], draws: int, *, seed: int, mean: float = 1.0
) -> Times:
    """How often each of these phases comes in each draw, ``mean`` times on average."""
    hashes = -(-draws // 4)
    table, rows = _poisson(mean), max(1, _HASHES // hashes)
    times = np.empty((len(keys), draws), dtype=table.dtype)
    for first in range(0, len(keys), rows):
        parts = _hashes(keys[first : first + rows], hashes, seed).view("<u2")
        times[first : first + rows] = table[parts[:, :draws]]
    return times


def totals(of_phase: Floats, times: Times | Integers) -> Floats:
    """Sums of phases (figures × phases) over each draw, exact in floats where they are whole.

    Not a matrix product, whose threads would wait for each other most of the time.
    """
    total = np.zeros((len(of_phase), times.shape[1]))
    for start in range(0, len(times), AT_ONCE):
        block = slice(start, start + AT_ONCE)
        total += np.einsum("fp,pd->fd", of_phase[:, block], times[block].astype(np.float64))
    return total


def reached(
    limits: Integers,
    times: Times | Integers,
    phase: Indices,
    weights: npt.NDArray[np.int32] | None = None,
) -> Indices:
    """Which call, in the order of ``phase``, is the first with more than each limit up to it.

    ``limits``: limits × draws. Each call counts as often as its phase was drawn, times its weight.
    """
    found = np.zeros(limits.shape, dtype=np.intp)
    before = np.zeros(times.shape[1], dtype=np.int64)
    for start in range(0, len(phase), AT_ONCE):
        block = slice(start, start + AT_ONCE)
        drawn = times[phase[block]]
        if weights is not None:
            drawn = drawn * weights[block, None]
        after = before + drawn.sum(axis=0, dtype=np.int64)
        for which, here in enumerate((before <= limits) & (limits < after)):
            if here.any():  # only there it matters which call of the block it is
                passed = before[here] + drawn[:, here].cumsum(axis=0, dtype=np.int64)
                found[which, here] = start + (passed <= limits[which, here]).sum(axis=0)
        before = after
    return found


def phase_signs(phases: int, draws: int, *, seed: int) -> Signs:
    """A sign of each of so many phases in each draw, either as often.

    The number of a phase, from 0, and of the draw decide: which other phases there are does not.
    """
    parts = _hashes(np.arange(phases), -(-draws // 64), seed).view(np.uint8)
    bits = np.unpackbits(parts, axis=1, count=draws, bitorder="little")
    return 1 - 2 * bits.view(np.int8)


def phase_orders(keys: npt.NDArray[np.integer], draws: int, *, seed: int) -> npt.NDArray[np.intp]:
    """The indices of ``keys``, which differ, in an order of its own in each draw (draws × keys).

    Of any two phases the same one comes first in a draw whatever others there are.
    """
    return np.argsort(_hashes(keys, draws, seed), axis=0, kind="stable").T


def _hashes(
    keys: npt.NDArray[np.integer], count: int, seed: int
) -> npt.NDArray[np.unsignedinteger]:
    """Keys × ``count``: 64 bits each, the lowest byte first."""
    counters = np.arange(1, count + 1, dtype=np.uint64) * _GOLDEN
    start = _mixed(keys.astype(np.int64).view(np.uint64) ^ _mixed(np.array([seed], np.uint64)))
    return _mixed(start[:, None] + counters).astype("<u8", copy=False)


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: npt.NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return found


@lru_cache(maxsize=8)
def _poisson(mean: float) -> Times:
    """The number at the middle of each step of probability."""
    most = int(mean + 12 * sqrt(mean) + 20)
    likely = [exp(times * log(mean) - mean - lgamma(times + 1)) for times in range(most)]
    middles = (np.arange(_LEVELS) + 0.5) / _LEVELS
    times = np.searchsorted(np.cumsum(likely), middles)
    return times.astype(np.uint8) if times.max() < 1 << 8 else times.astype(np.uint16)
