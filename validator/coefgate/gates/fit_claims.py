"""``fit-claims``: what a change says of itself holds: samples, pages, intervals, times, yanks."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from math import inf
from operator import attrgetter
from typing import Final

from coefgate.changes.change import Change, ChangeKind, claimed
from coefgate.gates.interval_claims import (
    Measure,
    interval_claims,
    width_claims,
)
from coefgate.gates.procedure_claims import procedure_claims
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, Value
from coefgate.registry.numbers import value_of
from coefgate.registry.yanked import FILE as YANKED_FILE
from coefgate.replay.uses import Uses, pool_of
from coefgate.samples.model import instant, moment

RULE: Final = "fit-claims"
_CLAIMS: Final[tuple[ChangeKind, ...]] = ("claim", "reference")
_ADDRESS: Final = re.compile(
    r"https?://([^\s/?#@]*@)?((?!-)[\w-]+(\.[\w-]+)*\.?|\[[0-9a-f:.]+\])(:\d+)?([/?#]\S*)?",
    re.IGNORECASE,
)
"""With a host; whether it is there is not looked up."""
NO_PAGE: Final = "neither a file of the repository nor an address with https:// and a host"
_A_DAY: Final = 24 * 60 * 60
"""Seconds by which a day without a zone may begin earlier than in UTC, and more."""


def fit_claims(
    proposal: Proposal,
    changes: Sequence[Change],
    uses: Callable[[], Uses],
    measure: Measure,
    procedure: Callable[[], Sequence[Coefficients]],
) -> RuleResult:
    """Every claim that the change makes holds; what it does not touch is not asked.

    ``changes``: none where predictions stay as they are. ``uses``: of the scored calls of head.
    ``measure``: with what claimed intervals are compared; ``procedure``: what head's gives, or
    may give on other machines, on the samples that it names.
    """
    base, head = proposal.base.registry, proposal.head.registry
    claims = tuple(_changed_claims(base, head, another_split=not changes))
    findings = [
        *_values(proposal, claims, uses),
        *procedure_claims(proposal, changes, procedure, measure),
        *_lost_pages(proposal),
        *_intervals(proposal, changes, measure),
        *_times(proposal),
        *_yanks(proposal),
    ]
    return finding_result(
        RULE,
        "every claim that changes holds",
        findings,
        n=len(claims) + len(proposal.moves.added) + len(head.withdrawn.altered(base.withdrawn)),
        good="Every claim that changes holds.",
        remedy="State what is true: coefgate explain fit-claims",
    )


def _values(
    proposal: Proposal, claims: Sequence[tuple[Change, Value]], uses: Callable[[], Uses]
) -> Iterator[Finding]:
    for claim, value in claims:
        told, page = None, page_of(value.basis.reference)
        if claim.kind == "claim":
            told = _too_many(value, proposal, uses())
        elif page is not None and not proposal.has_page(page):
            told = f"refers to {value.basis.reference}, which is {NO_PAGE}"
        if told and not proposal.returned(claim):
            yield Finding.about(claim, f"{claim.name} {told}")


def _too_many(value: Value, proposal: Proposal, uses: Uses) -> str | None:
    samples = value.basis.samples or 0
    pool, which = _pool(value.key, proposal.head.registry)
    most = int(uses.any_of(pool).sum())
    stored = f"{most} scored calls {which} are stored"
    told = f"says that {samples} samples support it, but {stored}"
    return told if samples > most else None


def _pool(key: Key, head: Coefficients) -> tuple[Sequence[Key], str]:
    """The number with its neighbours, and in words which calls use one of them."""
    if category := key.category:
        return pool_of(Key("overhead", key.of), head), f"of {category}"
    match key.part:
        case "marginal":
            return pool_of(key, head), f"that deliver a file of kind {key.of[1]}"
        case "per_kilobyte":
            return [key], f"that rewrite a file of kind {key.of[0]}"
        case "no_deliverables":
            every = [Key("no_deliverables", (one,)) for one in head.complexities]
            return every, "without deliverables"
        case "fallback":
            return [key], "that the fallback serves"
        case "model":
            return [key], f"with the factor {key.name}"
        case "retry":
            return [key], "after such an attempt"
    return [key, *(Key("margin", cell) for cell in head.cell_margins)], "that take a margin"


def page_of(reference: str) -> str | None:
    """The file that a reference names, ``None`` where it is an address."""
    return None if _ADDRESS.fullmatch(reference) else reference.partition("#")[0].rstrip()


def _lost_pages(proposal: Proposal) -> Iterator[Finding]:
    """Pages that the change takes away while values still refer to them."""
    names = {posixpath.basename(file) for file in proposal.changed_files}
    referring: dict[str, list[Value]] = {}
    for value in proposal.head.registry.numbers.values():
        page = page_of(value.basis.reference)
        if page is not None and posixpath.basename(page) in names:
            referring.setdefault(page, []).append(value)
    for page, (first, *others) in referring.items():
        if proposal.had_page(page) and not proposal.has_page(page):
            more = f" and {len(others)} more refer" if others else " refers"
            told = f"{first.name}{more} to {page}, which this change takes away"
            yield Finding(told, first.file, first.line, first.key)


def _intervals(
    proposal: Proposal, changes: Sequence[Change], measure: Measure
) -> Iterator[Finding]:
    base, head = proposal.base.registry, proposal.head.registry
    widths = (change for change in changes if change.key == "interval")
    claims = chain(
        interval_claims(base, head, measure),
        *(width_claims(base, head, change) for change in widths),
    )
    for change, told, why in claims:
        if not proposal.returned(change):
            yield Finding.about(change, told, why)


def _times(proposal: Proposal) -> Iterator[Finding]:
    timed = [one for one in proposal.moves.added if one.observed_at is not None]
    stored_at = proposal.stored_at() if timed else inf
    for sample in timed:
        if instant(sample.observed_at) > stored_at:
            stored = f"is stored on {moment(stored_at)}, before it was made"
            yield Finding(f"a call of {sample.observed_at} {stored}", sample.file, sample.line)


def _yanks(proposal: Proposal) -> Iterator[Finding]:
    """Versions withdrawn though nobody knows a release of them, or on a day to come."""
    was, now = proposal.base.registry.withdrawn, proposal.head.registry.withdrawn
    new = sorted(now.altered(was))
    untagged = proposal.untagged(now.versions - was.versions) if new else ()
    for version in new:
        line, day = now.lines.get(version, now.line), now.yanks[version].date
        if version in untagged:
            told = f"{version} is withdrawn, and no tag here says that it was released"
            remedy = "if it was released elsewhere, get the tags with: git fetch --tags"
            yield Finding(told, YANKED_FILE, line, remedy=remedy)
        same_day = version in was.yanks and was.yanks[version].date == day
        if not same_day and instant(f"{day}T00:00:00Z") - _A_DAY > proposal.stored_at():
            to_come = f"a day that was still in the future on {moment(proposal.stored_at())}"
            yield Finding(f"{version} is withdrawn on {day}, {to_come}", YANKED_FILE, line)


def _changed_claims(
    base: Coefficients, head: Coefficients, *, another_split: bool
) -> Iterator[tuple[Change, Value]]:
    """Every claim of head that base does not make of the value, under any name of its category.

    ``another_split``: numbers differ without saying anything else.
    """
    for key, now in head.numbers.items():
        before = tuple(_before(key, base, head))
        if any(one.number == now.number and one.basis == now.basis for one in before):
            continue
        for kind in _CLAIMS:
            says: Callable[[Value], object] = partial(claimed, kind=kind)
            if another_split and kind == "claim":
                says = attrgetter("basis.kind", "basis.samples")
            if says(now) not in map(says, before):
                was, said = claimed(before[0], kind) if before else None, claimed(now, kind)
                change = Change(
                    key.name, kind, key, was, said, now.file, now.line, label=key.category
                )
                yield change, now


def _before(key: Key, base: Coefficients, head: Coefficients) -> Iterator[Value]:
    """The values of base that may be this one, under each name that its category has."""
    category = key.category
    keys = [key] if category is None else map(key.within, head.categories[category].names)
    yield from (value for one in keys if (value := value_of(base, one)) is not None)
