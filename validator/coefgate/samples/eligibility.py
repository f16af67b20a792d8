"""Which samples may be scored: every sample gets exactly one status, and the reason for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Literal

from coefgate.registry.model import Scope
from coefgate.samples.contradictions import contradictions, in_words
from coefgate.samples.model import STATUSES, Audited, Sample, SampleStore, Status

SHORT_ID = 12
"""Digits of an id that a reason shows."""


def audit(
    store: SampleStore, *, scope: Scope, unit: Literal["call", "turn"]
) -> tuple[Audited, ...]:
    """The samples of ``store``, in its order, each with its status.

    Where several statuses would fit, the first of these counts: retired, superseded, duplicate,
    contradictory, synthetic, partial, undeclared, out-of-scope, censored, failed, eligible. Of the
    censored calls of one phase and ceiling only the one that says most counts, the earliest of
    several: the others are equal only because they were cut off at the same place, and are
    duplicates.
    """
    successors = {sample.supersedes: sample for sample in store.samples if sample.supersedes}
    audited = [
        Audited(one, *_status(one, store, successors, scope, unit)) for one in store.samples
    ]
    most: dict[tuple[tuple[str, str], int], Sample] = {}
    for one in audited:
        if one.status == "censored":
            known = most.setdefault(cut_off_at(one.sample), one.sample)
            if one.sample.actual_output_tokens > known.actual_output_tokens:
                most[cut_off_at(one.sample)] = one.sample
    return tuple(one if one.status != "censored" else _once(one, most) for one in audited)


def cut_off_at(sample: Sample) -> tuple[tuple[str, str], int]:
    """Phase and ceiling of a call that was cut off: of those that share them one counts."""
    ceiling = sample.max_output_tokens
    return sample.phase, sample.actual_output_tokens if ceiling is None else ceiling


def _once(one: Audited, most: Mapping[tuple[tuple[str, str], int], Sample]) -> Audited:
    counts = most[cut_off_at(one.sample)]
    if counts is one.sample:
        return one
    return Audited(one.sample, "duplicate", f"same ceiling as {short(counts.id)}")


def counts_by_status(audited: Iterable[Audited]) -> dict[Status, int]:
    """How many samples have each status, in the order of ``STATUSES``, zeros included."""
    counts = Counter(each.status for each in audited)
    return {status: counts[status] for status in STATUSES}


def short(sample_id: str) -> str:
    """Enough of an id to tell samples apart in a message."""
    return sample_id[:SHORT_ID]


def _status(
    sample: Sample,
    store: SampleStore,
    successors: Mapping[str, Sample],
    scope: Scope,
    unit: Literal["call", "turn"],
) -> tuple[Status, str]:
    if sample.id in store.retired:
        return "retired", store.retired[sample.id].reason
    if sample.id in successors:
        return "superseded", f"superseded by {short(successors[sample.id].id)}"
    if sample.duplicate_of is not None:
        return "duplicate", f"duplicate of {short(sample.duplicate_of)}"
    for fault in contradictions(sample):
        return "contradictory", in_words(fault)
    if sample.paths == "synthetic":
        return "synthetic", "its paths are invented"
    if sample.paths == "partial":
        return "partial", "its paths are not all known"
    undeclared = _undeclared(sample)
    if undeclared:
        return "undeclared", f"its {undeclared} is not known"
    outside = _outside(sample, scope, unit)
    if outside:
        return "out-of-scope", outside
    if sample.truncated:
        return "censored", f"cut off at {sample.actual_output_tokens:,} tokens"
    if sample.success is False:
        return "failed", "the call failed"
    return "eligible", ""


def _undeclared(sample: Sample) -> str:
    """What scoring needs to know and the source does not say."""
    if sample.category is None:
        return "category"
    if sample.complexity is None:
        return "complexity"
    if sample.truncated:
        return ""
    if sample.truncated is None:
        return "truncation"
    return "success" if sample.success is None else ""


def _outside(sample: Sample, scope: Scope, unit: Literal["call", "turn"]) -> str:
    """Why ``sample`` is out of scope, if it is."""
    if sample.unit != unit:
        return f"its unit is {sample.unit}, not {unit}"
    if scope.models is not None:
        if sample.model is None:
            return "its model is not known"
        if not any(fnmatchcase(sample.model, glob) for glob in scope.models):
            return f"its model {sample.model} is not in scope"
    if scope.observed_since is not None:
        if sample.observed_at is None:
            return "its time is not known"
        # The day as the source writes it: what somebody who reads the line expects.
        if sample.observed_at[:10] < scope.observed_since:
            return f"it was observed before {scope.observed_since}"
    return ""
