"""Facts of one line that cannot all be true: no new call brings such, and a stored one is not scored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from coefgate.registry.wording import dotted, shown
from coefgate.samples.faults import Fault
from coefgate.samples.model import Sample
from coefgate.samples.references import Disagreement
from coefgate.samples.stop_reasons import ending

_CODE: Final = "contradiction"


def contradictions(sample: Sample) -> Iterator[Fault]:
    """Each pair of facts of ``sample`` of which one is wrong, so that nobody knows what it would score.

    A ceiling limits one request: a sum over several, a turn, may lie above it, and one of them may
    have been cut off though the last one was not.
    """
    how = ending(sample.stop_reason)
    if how == "cut-off" and sample.truncated is False:
        yield _stopped(sample, "truncated", "was cut off", '"truncated":true')
    if how == "finished" and sample.truncated and sample.unit == "call":
        yield _stopped(sample, "truncated", "was not cut off", '"truncated":false')
    if how == "broken-off" and sample.success:
        yield _stopped(sample, "success", "cannot be used", '"success":false')
    ceiling = sample.max_output_tokens
    if sample.unit == "call" and ceiling is not None and sample.actual_output_tokens > ceiling:
        yield _above(ceiling, sample.actual_output_tokens)
    if sample.same_ceiling_as is not None and sample.truncated is False:
        yield _never_at_a_ceiling()
    for index, deliverable in enumerate(sample.deliverables):
        if deliverable.bytes_before and deliverable.operation == "create":
            yield _there_before(index, deliverable.bytes_before)


def contradictory_lines(samples: Iterable[Sample]) -> Iterator[Disagreement]:
    """The contradictions of new samples, which keep them out."""
    return (Disagreement(one, fault) for one in samples for fault in contradictions(one))


def in_words(fault: Fault) -> str:
    """``truncated is false and stop_reason is "max_tokens"``."""
    return f"{dotted(fault.path)} {fault.found}"


def _stopped(sample: Sample, field: str, how: str, instead: str) -> Fault:
    found = f"is {shown(getattr(sample, field))} and stop_reason is {shown(sample.stop_reason)}"
    fix = f"Check both: write {instead}, or the reason for which it stopped."
    return Fault((field,), _CODE, found, f"a reply that stopped for that reason {how}", fix)


def _above(ceiling: int, tokens: int) -> Fault:
    found = f"is {tokens:,} and max_output_tokens is {ceiling:,}"
    fix = 'Check both: a sum over several requests is "unit":"turn", and a ceiling that nobody knows is null.'
    allowed = "a call has no more output tokens than its ceiling"
    return Fault(("actual_output_tokens",), _CODE, found, allowed, fix)


def _never_at_a_ceiling() -> Fault:
    found = "names a sample and truncated is false"
    allowed = "only a reply that was cut off equals another by its ceiling"
    fix = 'Check both: write "truncated":true, or "same_ceiling_as":null.'
    return Fault(("same_ceiling_as",), _CODE, found, allowed, fix)


def _there_before(index: int, size: int) -> Fault:
    found = f"is {size:,} and operation is create"
    allowed = "a file that is created was not there before"
    fix = 'Check both: write "operation":"modify", or "bytes_before":null.'
    return Fault(("deliverables", index, "bytes_before"), _CODE, found, allowed, fix)
