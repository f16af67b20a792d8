"""Lines that may tell of one call: they differ in nothing but what one of them leaves out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from coefgate.samples.model import Sample
from coefgate.samples.order import instant

_FACTS: Final = ("run_id", "phase_id", "attempt")
"""What a line may leave out of who its call is, beside the time; it always has an origin and a reference."""


def perhaps_one_call(samples: Iterable[Sample]) -> Iterator[tuple[Sample, Sample]]:
    """Each line with the first one before it that may tell of the same call, though it states other facts.

    They have the same origin and reference, and differ in no fact that both state. A line may come
    more than once.
    """
    first: dict[tuple[str, str], Sample] = {}
    several: defaultdict[tuple[str, str], list[Sample]] = defaultdict(list)
    for sample in samples:
        place = sample.origin, sample.reference
        if first.setdefault(place, sample) is not sample:
            several[place].append(sample)
    for place, others in several.items():
        yield from _of_one_place((first[place], *others))


def _of_one_place(lines: Sequence[Sample]) -> Iterator[tuple[Sample, Sample]]:
    """Lines that state the same facts are compared with those that state others, all of them at once."""
    stating: defaultdict[frozenset[str], list[tuple[int, Mapping[str, object]]]] = defaultdict(
        list
    )
    for at, line in enumerate(lines):
        facts = _stated(line)
        stating[frozenset(facts)].append((at, facts))
    for pair in combinations(stating, 2):
        shared = sorted(pair[0] & pair[1])
        sides = [
            [(at, tuple(facts[name] for name in shared)) for at, facts in stating[one]]
            for one in pair
        ]
        for side, other in (sides, reversed(sides)):
            earliest: dict[tuple[object, ...], int] = {}
            for at, facts_of_both in other:
                earliest.setdefault(facts_of_both, at)
            for at, facts_of_both in side:
                if (before := earliest.get(facts_of_both, at)) < at:
                    yield lines[at], lines[before]


def _stated(line: Sample) -> Mapping[str, object]:
    facts = {name: fact for name in _FACTS if (fact := getattr(line, name)) is not None}
    return (
        facts if line.observed_at is None else {**facts, "observed_at": instant(line.observed_at)}
    )
