"""What each sample is good for: every one gets exactly one status, and the reason for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Literal, get_args

from coefgate.core.counting import counted
from coefgate.core.stop_reasons import ending
from coefgate.registry.document import Fault
from coefgate.registry.model import Scope
from coefgate.registry.wording import dotted, shown
from coefgate.samples.model import Sample, SampleStore, order_key

Status = Literal[
    "eligible",
    "censored",
    "failed",
    "partial",
    "synthetic",
    "duplicate",
    "undeclared",
    "contradictory",
    "superseded",
    "retired",
    "out-of-scope",
]
STATUSES: tuple[Status, ...] = get_args(Status)
SCORED: tuple[Status, ...] = ("eligible", "censored")
"""The statuses of calls that a replay scores."""


@dataclass(frozen=True, slots=True)
class Audited:
    """A sample with its status, and the reason in one clause where it is not scored."""

    sample: Sample
    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class CallCount:
    """Scored calls: eligible ones (``samples``), such as were cut off, and the phases of both."""

    samples: int = 0
    censored: int = 0
    phases: int = 0

    @property
    def scored(self) -> int:
        """All of them."""
        return self.samples + self.censored


def count_of(scored: Collection[Audited]) -> CallCount:
    """How many these scored calls are."""
    cut_off = sum(one.status == "censored" for one in scored)
    return CallCount(len(scored) - cut_off, cut_off, len({one.sample.phase for one in scored}))


def counts_by_origin(audited: Iterable[Audited]) -> dict[str, CallCount]:
    """Scored calls by where their lists of files come from, only the origins that there are."""
    origins = ("request", "reply")
    return _counts(audited, lambda sample: sample.deliverables_from, origins)


def counts_by_label_origin(audited: Iterable[Audited]) -> dict[str, CallCount]:
    """Scored calls by where their labels come from, only the origins that there are."""
    origins = ("logged", "reported", "declared", "rule")
    return _counts(audited, lambda sample: sample.label_origin, origins)


def _counts(
    audited: Iterable[Audited], fact: Callable[[Sample], str | None], order: Sequence[str]
) -> dict[str, CallCount]:
    found: dict[str, list[Audited]] = {}
    for one in audited:
        if one.status in SCORED:
            found.setdefault(fact(one.sample) or "unknown", []).append(one)
    return {name: count_of(found[name]) for name in (*order, "unknown") if name in found}


def audit(
    store: SampleStore, *, scope: Scope, unit: Literal["call", "turn"]
) -> tuple[Audited, ...]:
    """The samples of ``store``, in its order, each with its status.

    Where several statuses would fit, the first of these counts: retired, superseded, duplicate,
    contradictory, synthetic, partial, undeclared, out-of-scope, censored, failed, eligible. Of the
    censored calls of one phase and ceiling the first that says most counts; the others are equal
    only because they were cut off at the same place, and are duplicates.
    """
    successors = {sample.supersedes: sample for sample in store.samples if sample.supersedes}
    audited = [
        Audited(one, *_status(one, store, successors, scope, unit))
        for one in counted(store.samples, "calls audited", of=len(store.samples))
    ]
    counts: dict[object, Sample] = {}
    for one in _as_first_stored(audited, store):
        if one.status == "censored":
            known = counts.setdefault(cut_off_at(one.sample), one.sample)
            if one.sample.actual_output_tokens > known.actual_output_tokens:
                counts[cut_off_at(one.sample)] = one.sample
    for at, one in enumerate(audited):
        if (
            one.status == "censored"
            and (known := counts[cut_off_at(one.sample)]) is not one.sample
        ):
            reason = f"same ceiling as {short(known.id)}"
            audited[at] = Audited(one.sample, "duplicate", reason)
    return tuple(audited)


def _as_first_stored(audited: Sequence[Audited], store: SampleStore) -> Sequence[Audited]:
    """In the order that they had before any of them was erased: that moves no figure."""
    if not store.erased:
        return audited
    first = store.first_names

    def key(one: Audited) -> tuple[float, str]:
        return order_key(replace(one.sample, id=first.get(one.sample.id, one.sample.id)))

    return sorted(audited, key=key)


def ever_scored(store: SampleStore) -> bool:
    """Is there a line that says all that scoring needs, whatever became of it since?

    A call that was retired, corrected or put out of scope was one.
    """
    as_stored = SampleStore((), {})
    return any(
        _status(one, as_stored, {}, Scope(None, None), one.unit)[0] in SCORED
        for one in store.samples
    )


def cut_off_at(sample: Sample) -> tuple[tuple[str, str], int]:
    """Phase and ceiling of a call that was cut off: of those that share them one counts."""
    ceiling = sample.max_output_tokens
    return sample.phase, sample.actual_output_tokens if ceiling is None else ceiling


def counts_by_status(audited: Iterable[Audited]) -> dict[Status, int]:
    """How many samples have each status, in the order of ``STATUSES``, zeros included."""
    counts = Counter(each.status for each in audited)
    return {status: counts[status] for status in STATUSES}


def short(sample_id: str) -> str:
    """Enough of an id to tell samples apart in a message."""
    return sample_id[:12]


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
        return "contradictory", f"{dotted(fault.path)} {fault.found}"
    if sample.paths == "synthetic":
        return "synthetic", "its paths are invented"
    if sample.paths == "partial":
        return "partial", "its paths are not all known"
    if undeclared := _undeclared(sample):
        return "undeclared", f"its {undeclared} is not known"
    if outside := _outside(sample, scope, unit):
        return "out-of-scope", outside
    if sample.truncated:
        return "censored", f"cut off at {sample.actual_output_tokens:,} tokens"
    if sample.success is False:
        return "failed", "the call failed"
    return "eligible", ""


def _undeclared(sample: Sample) -> str:
    """What scoring needs to know and the source does not say."""
    known: dict[str, object] = {"category": sample.category, "complexity": sample.complexity}
    if not sample.truncated:
        known |= {"truncation": sample.truncated, "success": sample.success}
    return next((name for name, fact in known.items() if fact is None), "")


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
    if scope.deliverables_from is not None:
        if sample.deliverables_from is None:
            return "where its files were read from is not known"
        if sample.deliverables_from != scope.deliverables_from:
            return f"its files were read from the {sample.deliverables_from}"
    return ""


def contradictions(sample: Sample) -> Iterator[Fault]:
    """Each pair of facts of ``sample`` of which one is wrong.

    A ceiling limits one request: a turn may lie above it, and be cut off before its last one.
    """
    how = ending(sample.stop_reason)
    if how == "cut-off" and sample.truncated is False:
        yield _stopped(sample, "truncated", "was cut off", '"truncated":true')
    if how == "finished" and sample.truncated and sample.unit == "call":
        yield _stopped(sample, "truncated", "was not cut off", '"truncated":false')
    if how == "broken-off" and sample.success:
        yield _stopped(sample, "success", "cannot be used", '"success":false')
    tokens, ceiling = sample.actual_output_tokens, sample.max_output_tokens
    if sample.unit == "call" and ceiling is not None and tokens > ceiling:
        yield _contradiction(
            f"is {tokens:,} and max_output_tokens is {ceiling:,}",
            "a call has no more output tokens than its ceiling",
            'a sum over several requests is "unit":"turn", and a ceiling that nobody knows is '
            "null.",
            "actual_output_tokens",
        )
    if sample.same_ceiling_as is not None and sample.truncated is False:
        yield _contradiction(
            "names a sample and truncated is false",
            "only a reply that was cut off equals another by its ceiling",
            'write "truncated":true, or "same_ceiling_as":null.',
            "same_ceiling_as",
        )
    for index, deliverable in enumerate(sample.deliverables):
        if deliverable.bytes_before and deliverable.operation == "create":
            yield _contradiction(
                f"is {deliverable.bytes_before:,} and operation is create",
                "a file that is created was not there before",
                'write "operation":"modify", or "bytes_before":null.',
                *("deliverables", index, "bytes_before"),
            )


def _stopped(sample: Sample, field: str, how: str, instead: str) -> Fault:
    found = f"is {shown(getattr(sample, field))} and stop_reason is {shown(sample.stop_reason)}"
    allowed = f"a reply that stopped for that reason {how}"
    fix = f"write {instead}, or the reason for which it stopped."
    return _contradiction(found, allowed, fix, field)


def _contradiction(found: str, allowed: str, instead: str, *path: str | int) -> Fault:
    return Fault("contradiction", found, allowed, f"Check both: {instead}", path)
