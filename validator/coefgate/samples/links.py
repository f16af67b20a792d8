"""What samples say about each other: links lead to samples, and of one call one line stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from operator import attrgetter
from typing import Final

from coefgate.registry.document import Fault
from coefgate.samples.model import WHO, Sample, instant

LINKS: Final = ("duplicate_of", "same_ceiling_as", "supersedes")
"""Fields that name another sample. No cycle is possible: an id is a hash over ids it names."""

_FACTS: Final = ("run_id", "phase_id", "attempt", "call_id")
"""What a line may leave out of who its call is, beside the time."""

_who: Final = attrgetter(*WHO)
_call_id: Final = attrgetter("call_id")
_place: Final = attrgetter("origin", "reference")
_LONGEST_CHAIN: Final = 1_000
"""Links that are followed from one line of a call to another; no call is corrected so often."""


Disagreement = tuple[Sample, Fault]
"""A fault of a sample that can be read: beside others, or in new ones only."""


def dangling_links(samples: Iterable[Sample], ids: Mapping[str, Sample]) -> Iterator[Disagreement]:
    """Links to samples that are not stored."""
    found, allowed = "names no stored sample", "it is the id of a stored sample"
    fix = "Check the id; a sample is stored before, or together with, the one that names it."
    for sample in samples:
        for name in LINKS:
            target = getattr(sample, name)
            if target is not None and target not in ids:
                yield sample, Fault("unknown-sample", found, allowed, fix, (name,))


def leads_to(sample: Sample, lines: Collection[str], ids: Mapping[str, Sample]) -> bool:
    """Does ``sample`` link to one of these ``lines`` (ids), by however many links?"""
    reached: list[Sample] = [sample]
    for step in range(_LONGEST_CHAIN):
        if step == len(reached):
            return False
        for target in (reached[step].supersedes, reached[step].duplicate_of):
            if target in lines:
                return True
            if target is not None and target in ids:
                reached.append(ids[target])
    return False


def corrected_lines(sample: Sample, ids: Mapping[str, Sample]) -> Iterator[Sample]:
    """``sample``, the line that it corrects, the one that this corrected, and so on."""
    line: Sample | None = sample
    while line is not None:
        yield line
        line = ids.get(line.supersedes or "")


def rival_lines(samples: Sequence[Sample], ids: Mapping[str, Sample]) -> Iterator[Disagreement]:
    """Lines of one call of which neither supersedes nor duplicates the other; second corrections.

    Of the lines of one call all but one lead to another, and all but one are corrected or marked
    as a duplicate. Of lines that may tell of one call, as one leaves out a fact, one may stand.
    """
    told: set[str] = set()
    for sample, fault in _disagreements(samples, ids):
        if sample.id not in told:
            told.add(sample.id)
            yield sample, fault


def _disagreements(samples: Sequence[Sample], ids: Mapping[str, Sample]) -> Iterator[Disagreement]:
    """Those of ``rival_lines``, some of them more than once."""
    corrections: dict[str, Sample] = {}
    for sample in samples:
        if sample.supersedes is not None:
            earlier = corrections.setdefault(sample.supersedes, sample)
            if earlier is not sample:
                yield sample, _second_correction(earlier)

    def stands(line: Sample) -> bool:
        return line.duplicate_of is None and line.id not in corrections

    for lines in _lines_of_one_call(samples):
        of_call = {sample.id for sample in lines}
        rivals = [sample for sample in lines if not leads_to(sample, of_call, ids)]
        rivals = rivals if len(rivals) > 1 else list(filter(stands, lines))
        yield from ((one, _rival(rivals[0])) for one in rivals[1:])
    for lines in _together(filter(stands, samples), _place):
        for late, earlier in _perhaps_one_call(lines):
            yield late, _perhaps_a_rival(earlier)


def _lines_of_one_call(samples: Sequence[Sample]) -> Iterator[list[Sample]]:
    """The lines of each call that has several: the same instant, however its time is written.

    One id of the provider is one call, whatever else its lines say.
    """
    yield from _together((one for one in samples if one.call_id is not None), _call_id)
    for shared in _together(samples, _who):
        yield from _together(shared, lambda sample: instant(sample.observed_at))


def _together(
    samples: Iterable[Sample], key: Callable[[Sample], object]
) -> Iterator[list[Sample]]:
    """The samples of each key that several have; most are alone, and get no list."""
    first: dict[object, Sample] = {}
    several: defaultdict[object, list[Sample]] = defaultdict(list)
    for sample in samples:
        of = key(sample)
        if first.setdefault(of, sample) is not sample:
            several[of].append(sample)
    for of, others in several.items():
        yield [first[of], *others]


def _perhaps_one_call(lines: Sequence[Sample]) -> Iterator[tuple[Sample, Sample]]:
    """Each of the lines of one place with the first before it that may tell of the same call.

    They differ in no fact that both state. A line may come more than once.
    """
    stating: dict[frozenset[str], list[tuple[int, Mapping[str, object]]]] = {}
    for at, line in enumerate(lines):
        facts = _stated(line)
        stating.setdefault(frozenset(facts), []).append((at, facts))
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
    facts = {name: getattr(line, name) for name in _FACTS}
    facts["observed_at"] = line.observed_at and instant(line.observed_at)
    return {name: fact for name, fact in facts.items() if fact is not None}


def _rival(other: Sample) -> Fault:
    found = f"describes the same call as {other.file}:{other.line}"
    allowed = (
        "of two lines with the same call_id, or the same origin, run, phase, attempt, instant and "
        "reference, one supersedes or duplicates the other"
    )
    fix = (
        f'If it corrects that line, write "supersedes":"{other.id}"; '
        f'if it repeats it, "duplicate_of":"{other.id}"; if it is another call, distinguish them '
        "by reference or call_id."
    )
    return Fault("rival-lines", found, allowed, fix)


def _perhaps_a_rival(other: Sample) -> Fault:
    found = (
        f"may describe the same call as {other.file}:{other.line}: one leaves out what the other "
        "says"
    )
    allowed = (
        "two calls with the same origin and reference differ in a run, phase, attempt, instant or "
        "call_id that both lines state"
    )
    fix = (
        f'If it repeats that line, write "duplicate_of":"{other.id}"; if it corrects it, '
        f'"supersedes":"{other.id}"; if it is another call, state what differs, or '
        "distinguish them by reference."
    )
    return Fault("rival-lines", found, allowed, fix)


def _second_correction(other: Sample) -> Fault:
    found = f"names the line that {other.file}:{other.line} corrects"
    allowed = "a line is corrected once, so that one call stays one call"
    fix = f'Correct the line that states the call now: "supersedes":"{other.id}".'
    return Fault("rival-lines", found, allowed, fix, ("supersedes",))
