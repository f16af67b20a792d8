"""What a new registry is made of, how it does, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from coefgate.calibration.more_calls import MORE, MoreCalls
from coefgate.core.characters import visible
from coefgate.registry.numbers import written
from coefgate.registry.wording import count, listed
from coefgate.replay.attainability import attainability
from coefgate.reports.pages.headline import headline_words, measured_on
from coefgate.reports.pages.rules import bounds_in
from coefgate.samples.foreign.skip_reasons import reason_of
from coefgate.use_cases.import_samples import Imported
from coefgate.use_cases.init import NewRegistry
from coefgate.use_cases.new_registry.first_state import FirstState


def init_text(found: NewRegistry, *, dry_run: bool) -> str:
    """Files, what stays as it is, what is left for a person, the verdict, the next commands."""
    return "\n".join(_lines(found, dry_run=dry_run))


def _lines(found: NewRegistry, *, dry_run: bool) -> Iterator[str]:
    written = "would be written" if dry_run else "written"
    yield f"{count(len(found.files), 'file')} {written} below {visible(str(found.target.top))}"
    yield from (f"  {visible(path)}" for path in found.files)
    if found.left:
        yield "\nThere already, and left as they are:"
        for file in found.left:
            first, *others = file.advice.split("\n")
            yield f"  {visible(file.path)}: {first}"
            yield from (f"    {line}" for line in others)
    if found.steps:
        yield "\nLeft for you:"
        yield from (f"  - {step}" for step in found.steps)
    if found.imported is not None:
        yield f"\n{_taken_words(found.imported)}"
    if found.first is not None:
        yield from ("", *_verdict(found.first))
    yield from (f"next: {command}" for command in found.next)


def _taken_words(found: Imported) -> str:
    """``38 of 40 calls stored; left out: without a token count 2``."""
    collected = found.collected
    told = f"{collected.taken.calls:,} of {count(collected.told.calls, 'call')} stored"
    reasons = (*collected.left_out.items(), *collected.unreadable.items())
    left = [
        f"{reason_of(reason).words} {one.count:,} ({one.places[0]})" for reason, one in reasons
    ]
    lacks = [f"{field} of {number:,}" for field, number in collected.missing.items()]
    return "; ".join(
        (
            told,
            *([f"left out: {', '.join(left)}"] if left else []),
            *([f"not known, so not scored: {', '.join(lacks)}"] if lacks else []),
        )
    )


def _verdict(first: FirstState) -> Iterator[str]:
    """The headline; of missed limits what a margin could do, and what more calls would."""
    report = first.report
    on = measured_on(report)
    # That nothing came before it needs no words here.
    yield f"{headline_words(replace(report, alone=None))}{f' on {on}' if on else ''}"
    for rule in report.missed:
        yield f"missed: {rule.rule} {rule.required}: {rule.said}"
    unmeasured: dict[str, list[str]] = {}
    for rule in report.rules:
        if rule.status == "not-measurable":
            unmeasured.setdefault(rule.message, []).append(rule.rule)
    yield from (f"not measurable: {listed(rules)}: {one}" for one, rules in unmeasured.items())
    if first.best is not None:
        missed = "; ".join(f"{one.rule}: {one.said}" for one in first.best.missed)
        how = f"still misses {missed}" if missed else "meets all limits"
        yield f"best single margin: {written(first.best.margin)} {how}"
    found = attainability(report.scores, bounds_in(report))
    if first.more is not None and found is not None and found.strictest is not None:
        yield more_calls_words(first.more, found.sigma, found.strictest[1])


def more_calls_words(found: MoreCalls, now: float | None, asked: float) -> str:
    """How many cells come to the sigma that the limits ask for, and by how many more calls."""
    plan = "Which calls to collect next: coefgate samples plan"
    if now is None:
        return f"more calls: these are too few to say what more of them would do. {plan}"
    reached = [one.reach(asked) for one in found.cells]
    numbers = [one for one in reached if isinstance(one, int)]
    most = max(numbers, default=0)
    parts = (
        (len(numbers), f"would come to it with {most:,} more calls each at most"),
        (reached.count("more"), f"with more than {MORE[-1]}"),
        (reached.count("like-calls"), "with no number of calls: calls alike differ by more"),
        (reached.count("formula"), "with none: the formula does not distinguish their calls"),
    )
    told = ", ".join(f"{number:,} {words}" for number, words in parts if number)
    return (
        f"more calls: unseen calls scatter by sigma {now:.3f}, and the limits ask for "
        f"{asked:.3f}; of {count(len(reached), 'cell')} {told}. {plan}"
    )
