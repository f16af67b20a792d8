"""``unmeasured``, which an author may answer, and ``coefficient-removed``; how an answer is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from coefgate.changes.contents import MEASURED, Content
from coefgate.changes.registry_changes import Change
from coefgate.gates.exercise import Usage
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.registry.model import Registry
from coefgate.registry.model_globs import covered
from coefgate.registry.moving import written
from coefgate.registry.scalars import listed_scalar
from coefgate.replay.evidence import Evidence

Returned = Callable[[Change], bool]
Last = Callable[[Change], Content | None]


def coefficient_removed(
    changes: Sequence[Change], takes_back: Callable[[Sequence[Change]], bool]
) -> RuleResult:
    """No key and no alias of base is gone, unless an alias takes its place.

    ``takes_back``: are these changes one accepted change as a whole, taken back? That is only
    asked where something is gone.
    """
    findings = [Finding.about(change, _gone(change)) for change in changes if change.gone]
    if findings and takes_back(changes):
        findings = []
    return finding_result(
        "coefficient-removed",
        "every name still leads to a figure",
        findings,
        n=len(changes),
        good="Every name that base knows still leads to a figure.",
        way_on="Calls that carry the name would get the fallback. Put it back, or give its category as an "
        "alias to the one that takes its place. To take back the change that brought it, and "
        "nothing else: git revert COMMIT",
    )


def _gone(change: Change) -> str:
    if isinstance(change.base, tuple) and isinstance(change.head, tuple):
        lost = (glob for glob in change.base if not covered((glob,), change.head))
        return f"{change.name} lacks {', '.join(lost)}, which it had"
    return f"{change.name} is gone (it was {shown(change.base)})"


def unmeasured(
    changes: Sequence[Change],
    base: Registry,
    head: Registry,
    evidence: Evidence,
    *,
    returned: Returned,
    last: Last,
) -> RuleResult:
    """Every changed coefficient, alias and path rule is exercised by an eligible sample, or acknowledged.

    ``last``: what the target branch once held under a name that base does not know.
    """
    usage = Usage(base, head, evidence.eligible)
    findings = [
        Finding.about(
            change, f"{what} rests on no eligible call; {_way_on(change, base, head, last)}"
        )
        for change in changes
        for what in _unexercised(change, usage, last)
        if _only_claims(change, returned) or not (change.acknowledged or returned(change))
    ]
    return finding_result(
        "unmeasured",
        "exercised by an eligible call, or acknowledged",
        findings,
        n=len(changes),
        good="Eligible calls exercise every change, or it is acknowledged.",
        way_on="Store a call that uses it with: coefgate samples add",
        status="not-measurable",
    )


def _only_claims(change: Change, returned: Returned) -> bool:
    """Does it say for the first time that samples stand behind it? A reason is no sample."""
    return change.claims and not returned(replace(change, kind="basis", head=MEASURED))


def _way_on(change: Change, base: Registry, head: Registry, last: Last) -> str:
    if change.kind == "basis" or (change.claims and change.acknowledged):
        return "a figure without one says basis: {kind: prior, …}"
    if change.base is None and change.kind != "alias":
        return as_it_was(last(change)) or "a new figure without one says basis: {kind: prior, …}"
    return f"acknowledge it with: {answer_to(change, base, head)}"


def as_it_was(before: Content | None) -> str:
    """The way on for a name that was taken out and comes back with another figure; empty for a new one."""
    if before is None:
        return ""
    return f"it was {shown(before)} before it was taken out: bring it back so, and change it afterwards"


def _unexercised(change: Change, usage: Usage, last: Last) -> Iterator[str]:
    if change.kind == "setting" or change.gone:
        return
    if change.base is None and change.prior and last(change) is None:
        return  # a new figure without samples only replaces the fallback, and says so
    yield from usage.unused(change)


def step(before: Content | None, after: Content | None) -> str:
    """The line of YAML that acknowledges a step from one number to another."""
    return f'acknowledge: {{from: {shown(before)}, to: {shown(after)}, reason: "…"}}'


def answer_to(change: Change, base: Registry, head: Registry) -> str:
    """The line of YAML that acknowledges a change of any kind."""
    if change.kind == "alias":
        lists = []
        for side in (base, head):
            category = side.categories.get(str(change.head))
            lists.append(
                f"[{', '.join(map(listed_scalar, category.aliases if category else ()))}]"
            )
        return f'acknowledge: {{from: {lists[0]}, to: {lists[1]}, reason: "…"}}'
    if change.kind == "path-rules":
        return f'acknowledge: {{from: "{change.base}", to: "{change.head}", reason: "…"}}'
    if change.kind == "applies-to":
        sides = [f"[{', '.join(map(listed_scalar, side.applies_to))}]" for side in (base, head)]
        return f'acknowledge: {{applies_to: {{from: {sides[0]}, to: {sides[1]}, reason: "…"}}}}'
    return step(change.base, change.head)


def shown(content: object) -> str:
    """A value as it stands in YAML."""
    if content is None:
        return "nothing"
    if isinstance(content, Fraction):
        return written(content)
    return ", ".join(content) if isinstance(content, tuple) else str(content)
