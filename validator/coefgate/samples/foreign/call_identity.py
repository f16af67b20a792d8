"""What tells a foreign call apart from others where nobody gave it an id."""

from __future__ import annotations

from collections.abc import Iterable

from coefgate.core.vocabulary import Deliverable
from coefgate.samples.foreign.call import ForeignCall
from coefgate.samples.model import Sample, instant


def call_facts(call: ForeignCall | Sample, deliverables: Iterable[Deliverable]) -> object:
    """What tells a call apart where it has no id of its own: neither labels nor its place.

    Where the time is known, paths say nothing more, and may have been redacted.
    """
    when = None if call.observed_at is None else instant(call.observed_at)
    paths = None if when else frozenset(one.path for one in deliverables)
    who = (call.unit, when, call.run_id, call.phase_id, call.attempt, call.model)
    return *who, call.actual_output_tokens, call.input_tokens, call.reasoning_tokens, paths


def tells_again(
    one: ForeignCall, deliverables: Iterable[Deliverable], stored: Sample | None
) -> bool:
    """Is a call that was ``stored`` from the same place this one, read in another way?

    A later file of that name differs in time, or in what it says of the work.
    """
    if stored is None or one.actual_output_tokens != stored.actual_output_tokens:
        return False
    times = one.observed_at, stored.observed_at
    if None not in times and instant(times[0]) == instant(times[1]):
        return True
    paths = [
        frozenset(each.path for each in files) for files in (deliverables, stored.deliverables)
    ]
    pairs: list[tuple[object, object]] = [
        (paths[0] or None, paths[1] or None),
        *((getattr(one, name), getattr(stored, name)) for name in ("run_id", "phase_id", "model")),
    ]
    return all(mine is None or theirs in {None, mine} for mine, theirs in pairs)
