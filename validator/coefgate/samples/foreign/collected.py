"""What was found in foreign sources: counts that can be held against them, and new samples."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from coefgate.samples.foreign.skipped import Skipped


@dataclass(frozen=True, slots=True)
class Count:
    """Calls, and their output tokens together."""

    calls: int = 0
    tokens: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.calls + other.calls, self.tokens + other.tokens)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read: its name in references, lines and bytes (unpacked)."""

    name: str
    lines: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Collected:
    """What was found in foreign sources.

    ``lines``: of the calls that are samples, to be stored. ``numbers``: for each of them, where
    the call begins in its source. ``told``: every call of the sources
    once, samples or not; ``again``: records of calls that had been told. ``known``: calls that are
    stored already. ``left_out``: calls that make no sample, ``unreadable``: records that could not
    be read, both by reason. ``passed_over``: records that tell of no call, by kind. ``doubted``:
    facts that were not understood, by their name in the source; ``notes``: how it was read.
    ``missing``: how many of the new samples lack a fact that scoring needs, by field.
    """

    files: tuple[ReadFile, ...]
    lines: tuple[bytes, ...]
    numbers: tuple[int, ...]
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


def collected_together(parts: Iterable[Collected]) -> Collected:
    """What the parts of one source came to, each of whole calls; but for the lines of samples."""
    total = Collected((), (), (), Count(), 0, Count(), Count(), {}, {}, {}, {}, (), {})
    lines: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for part in parts:
        for file in part.files:
            lines[file.name] += file.lines
            sizes[file.name] += file.bytes
        total = replace(
            total,
            told=total.told + part.told,
            again=total.again + part.again,
            taken=total.taken + part.taken,
            known=total.known + part.known,
            left_out=_skipped_together(total.left_out, part.left_out),
            unreadable=_skipped_together(total.unreadable, part.unreadable),
            passed_over=Counter(total.passed_over) + Counter(part.passed_over),
            doubted=_skipped_together(total.doubted, part.doubted),
            notes=tuple(dict.fromkeys((*total.notes, *part.notes))),
            missing=Counter(total.missing) + Counter(part.missing),
        )
    files = (ReadFile(name, lines[name], sizes[name]) for name in lines)
    return replace(total, files=tuple(files))


def _skipped_together(*parts: Mapping[str, Skipped]) -> Mapping[str, Skipped]:
    found: defaultdict[str, Skipped] = defaultdict(Skipped)
    for part in parts:
        for reason, skipped in part.items():
            found[reason].add_of_same(skipped)
    return found
