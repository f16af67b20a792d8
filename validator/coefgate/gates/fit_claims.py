"""``fit-claims``: what a change says of itself holds: samples, pages, intervals, times, yanks."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from coefgate.changes.claims import changed_claims
from coefgate.changes.registry_changes import Change
from coefgate.core.table import Table
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.registry.model import IntervalWidths, Value
from coefgate.registry.values import keyed_values
from coefgate.registry.yanked import FILE as YANKED_FILE
from coefgate.replay.serving import serving
from coefgate.samples.model import SCORED, Audited, Sample
from coefgate.samples.order import instant, moment

RULE: Final = "fit-claims"
_ADDRESS: Final = re.compile(
    r"https?://([^\s/?#@]*@)?((?!-)[\w-]+(\.[\w-]+)*\.?|\[[0-9a-f:.]+\])(:\d+)?([/?#]\S*)?",
    re.IGNORECASE,
)
"""With a host; whether it is there is not looked up."""
_A_DAY: Final = 24 * 60 * 60
"""Seconds by which a day without a zone may begin earlier than in UTC, and more."""


class ClaimableCalls:
    """How many scored calls may stand behind each value of ``table``, pooled with its neighbours."""

    def __init__(self, audited: Sequence[Audited], table: Table) -> None:
        self._audited = audited
        self._kind_of = table.kind_of
        self._served = serving(table)

    def behind(self, key: tuple[str, ...]) -> tuple[int, str]:
        """The most that a value with this key may claim, and in words which calls these are."""
        match key:
            case ("overhead", category, _) | ("margin", category, _):
                return self._counts["category", category], f"of {category}"
            case ("marginal", _, kind):
                return self._counts["kind", kind], f"that deliver a file of kind {kind}"
            case ("no_deliverables", _):
                return self._counts["no_deliverables", ""], "without deliverables"
            case ("fallback",):
                return self._counts["fallback", ""], "that the fallback serves"
        return self._counts["margin", ""], "that take a margin"

    @cached_property
    def _counts(self) -> Counter[tuple[str, str]]:
        return Counter(
            slot
            for one in self._audited
            if one.status in SCORED
            for slot in self._slots(one.sample)
        )

    def _slots(self, sample: Sample) -> Iterator[tuple[str, str]]:
        """What a call may stand behind, each once."""
        if not sample.deliverables:
            yield "no_deliverables", ""
            return
        yield "margin", ""
        category = self._served(sample).category
        yield ("fallback", "") if category is None else ("category", category)
        for kind in {self._kind_of(one.path) for one in sample.deliverables}:
            yield "kind", kind


def fit_claims(proposal: Proposal, changes: Sequence[Change], calls: ClaimableCalls) -> RuleResult:
    """Every claim that the change makes holds; what it does not touch is not asked.

    ``changes``: none where head's predictions are those of base. ``calls``: the scored calls of
    head, under the names of head.
    """
    base, head = proposal.base.registry, proposal.head.registry
    claims = tuple(changed_claims(base, head, another_split=not changes))
    added = proposal.moves.added
    findings = [
        *_values(proposal, claims, calls),
        *_lost_pages(proposal),
        *_interval(proposal, changes),
        *_times(added, proposal),
        *_yanks(proposal),
    ]
    return finding_result(
        RULE,
        "every claim that changes holds",
        findings,
        n=len(claims) + len(added) + len(head.withdrawn.altered(base.withdrawn)),
        good="Every claim that changes holds.",
        way_on="Claim what is so: coefgate explain fit-claims",
    )


def _values(
    proposal: Proposal, claims: Sequence[tuple[Change, Value]], calls: ClaimableCalls
) -> Iterator[Finding]:
    for claim, value in claims:
        told = (
            _dead(proposal, value) if claim.kind == "reference" else _too_many(claim, value, calls)
        )
        if told and not proposal.returned(claim):
            yield Finding.about(claim, f"{claim.name} {told}")


def _too_many(claim: Change, value: Value, calls: ClaimableCalls) -> str | None:
    samples = value.basis.samples or 0
    most, which = calls.behind(claim.key)
    if samples <= most:
        return None
    return (
        f"says that {samples} samples stand behind it, and {most} scored calls {which} are stored"
    )


def _dead(proposal: Proposal, value: Value) -> str | None:
    page = _page(value)
    if page is None or proposal.has_page(page):
        return None
    told = "which is neither a file of the repository nor an address with https:// and a host"
    return f"refers to {value.basis.reference}, {told}"


def _page(value: Value) -> str | None:
    """The file that a value refers to, ``None`` where it is an address."""
    reference = value.basis.reference
    return None if _ADDRESS.fullmatch(reference) else reference.partition("#")[0].rstrip()


def _lost_pages(proposal: Proposal) -> Iterator[Finding]:
    """Pages that the change takes away while values still refer to them."""
    names = {posixpath.basename(file) for file in proposal.changed_files}
    referring: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
    for key, value in keyed_values(proposal.head.registry):
        page = _page(value)
        if page is not None and posixpath.basename(page) in names:
            referring.setdefault(page, []).append((key, value))
    for page, values in referring.items():
        if proposal.had_page(page) and not proposal.has_page(page):
            (key, first), others = values[0], len(values) - 1
            who = f"{first.name} and {others} more refer" if others else f"{first.name} refers"
            told = f"{who} to {page}, which this change takes away"
            yield Finding(told, first.file, first.line, key)


def _interval(proposal: Proposal, changes: Sequence[Change]) -> Iterator[Finding]:
    base, head = proposal.base.registry.interval, proposal.head.registry.interval
    for change in changes:
        if (
            change.key == ("interval",)
            and not _claims_less(base, head)
            and not proposal.returned(change)
        ):
            told = f"the interval of an estimate moves from {change.base} to {change.head}"
            why = (
                "nothing here measures how many calls it holds, so no other one can be stated yet"
            )
            yield Finding.about(change, f"{told}; {why}")


def _claims_less(base: IntervalWidths, head: IntervalWidths) -> bool:
    """Does it only take back a stated coverage?"""
    return (base.below, base.above) == (head.below, head.above) and head.coverage is None


def _times(added: Sequence[Sample], proposal: Proposal) -> Iterator[Finding]:
    timed = [one for one in added if one.observed_at is not None]
    if not timed:
        return
    stored_at = proposal.stored_at()
    for sample in timed:
        if instant(sample.observed_at) > stored_at:
            told = f"a call of {sample.observed_at} is stored on {moment(stored_at)}, before it was made"
            yield Finding(told, sample.file, sample.line)


def _yanks(proposal: Proposal) -> Iterator[Finding]:
    """Versions that the change withdraws though nobody knows a release of them, or on a day to come."""
    was, now = proposal.base.registry.withdrawn, proposal.head.registry.withdrawn
    new = sorted(now.altered(was))
    untagged = proposal.untagged(now.versions - was.versions) if new else ()
    for version in new:
        line, day = now.lines.get(version, now.line), now.rows[version]["date"]
        if version in untagged:
            told = f"{version} is withdrawn, and no tag here says that it was released"
            way_on = "if it was released elsewhere, get the tags with: git fetch --tags"
            yield Finding(f"{told}; {way_on}", YANKED_FILE, line)
        same_day = version in was.rows and was.rows[version]["date"] == day
        if not same_day and instant(f"{day}T00:00:00Z") - _A_DAY > (
            stored_at := proposal.stored_at()
        ):
            told = f"{version} is withdrawn on {day}, a day that was still to come on {moment(stored_at)}"
            yield Finding(told, YANKED_FILE, line)
