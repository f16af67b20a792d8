"""What was found in foreign sources: counts that can be held against them, and new samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coefgate.samples.foreign.skipped import Skipped


@dataclass(frozen=True, slots=True)
class Count:
    """Calls, and their output tokens together."""

    calls: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read: its name in references, lines and bytes (unpacked)."""

    name: str
    lines: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Collected:
    """What was found in foreign sources.

    ``lines``: of the calls that are samples, to be stored. ``told``: every call of the sources
    once, samples or not; ``again``: records of calls that had been told. ``known``: calls that are
    stored already. ``left_out``: calls that make no sample, ``unreadable``: records that could not
    be read, both by reason. ``passed_over``: records that tell of no call, by kind. ``doubted``:
    facts that were not understood, by their name in the source; ``notes``: how it was read.
    ``missing``: how many of the new samples lack a fact that scoring needs, by field.
    """

    files: tuple[ReadFile, ...]
    lines: tuple[bytes, ...]
    told: Count
    again: int
    taken: Count
    known: Count
    left_out: Mapping[str, Skipped]
    unreadable: Mapping[str, Skipped]
    passed_over: Mapping[str, int]
    doubted: Mapping[str, Skipped]
    notes: tuple[str, ...]
    missing: Mapping[str, int]
