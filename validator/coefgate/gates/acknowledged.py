"""Rules that an author may answer: ``unmeasured``, ``swing``, and ``coefficient-removed`` beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Final

from coefgate.gates.evidence import Evidence
from coefgate.gates.exercise import exercised
from coefgate.gates.rules import Finding, RuleResult, finding_result
from coefgate.registry.changes import Change, Content, content_of, names_before
from coefgate.registry.model import Gates, Registry
from coefgate.registry.model_globs import covered

Returned = Callable[[Change], bool]
Last = Callable[[Change], Content | None]
ANSWERED_BESIDE_A_VALUE: Final = ("swing", "unmeasured")
"""Rules that pass with an acknowledgement beside each number that they object to."""


def needs_reasons_only(results: Iterable[RuleResult]) -> bool:
    """Is there no objection but such as a reason beside the number answers?"""
    open_rules = [result.rule for result in results if result.status != "pass"]
    return bool(open_rules) and all(rule in ANSWERED_BESIDE_A_VALUE for rule in open_rules)


def coefficient_removed(changes: Sequence[Change], returned: Returned) -> RuleResult:
    """No key and no alias of base is gone, unless an alias takes its place."""
    findings = [
        Finding(_gone(change), change.file, change.line)
        for change in changes
        if change.gone and not returned(change)
    ]
    return finding_result(
        "coefficient-removed",
        "every name still leads to a figure",
        findings,
        n=len(changes),
        good="Every name that base knows still leads to a figure.",
        way_on="Calls that carry the name would get the fallback. Put it back, or give its category as an "
        "alias to the one that takes its place.",
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
    findings = [
        Finding(
            f"{what} rests on no stored call; {_way_on(change, base, head, last)}",
            change.file,
            change.line,
        )
        for change in changes
        for what in _unexercised(change, base, head, evidence, last)
        if not change.acknowledged and not returned(change)
    ]
    return finding_result(
        "unmeasured",
        "exercised by a stored call, or acknowledged",
        findings,
        n=len(changes),
        good="Stored calls exercise every change, or it is acknowledged.",
        way_on="Store a call that uses it with: coefgate samples add",
        status="not-measurable",
    )


def _way_on(change: Change, base: Registry, head: Registry, last: Last) -> str:
    if change.kind == "basis":
        return "a figure without one says basis: {kind: prior, …}"
    if change.base is None and change.kind != "alias":
        return _as_it_was(last(change)) or "a new figure without one says basis: {kind: prior, …}"
    return f"acknowledge it with: {_answer(change, base, head)}"


def _as_it_was(before: Content | None) -> str:
    if before is None:
        return ""
    return f"it was {shown(before)} before it was taken out: bring it back so, and change it afterwards"


def _unexercised(
    change: Change, base: Registry, head: Registry, evidence: Evidence, last: Last
) -> Iterator[str]:
    if change.kind == "setting" or change.gone:
        return
    if change.base is None and change.prior and last(change) is None:
        return  # a new figure without samples only replaces the fallback, and says so
    yield from exercised(change, base, head, evidence.eligible)


def swing(
    changes: Sequence[Change],
    base: Registry,
    head: Registry,
    *,
    released: Registry | None,
    gates: Gates,
    returned: Returned,
    last: Last,
) -> RuleResult:
    """No value moves by the factor or more, either way, unless acknowledged.

    ``released``: the last release, ``None`` before the first. A step back towards it is none away from it.
    ``last``: what the target branch once held under a name that base does not know.
    """
    factor = gates.relative.swing_factor_from
    findings = []
    for change in changes:
        if change.acknowledged or change.gone:
            continue
        before = last(change) if change.base is None else None
        at_release = _released(change, base, head, released)
        for against, old in (
            ("", change.base),
            (" since it was taken out", before),
            (" since the last release", at_release if _leads_away(change, at_release) else None),
        ):
            far = _factor(old, change.head)
            if far is not None and far >= factor and not returned(change):
                how = "from or to nothing" if far == _ENDLESS else f"× {float(far):.1f}"
                step = f"{change.name} moves from {shown(old)} to {shown(change.head)} ({how}{against})"
                way_on = _as_it_was(before) or f"acknowledge it with: {answer(change)}"
                findings.append(Finding(f"{step}; {way_on}", change.file, change.line))
                break
    return finding_result(
        "swing",
        f"less than {float(factor):g} times, either way, or acknowledged",
        findings,
        n=len(changes),
        good="No value moves that far, or it is acknowledged.",
        way_on="Take a smaller step, or say beside the value why this one is right.",
    )


def _released(change: Change, base: Registry, head: Registry, released: Registry | None) -> Content | None:
    """What the last release held in the place of a change's value."""
    if released is None:
        return None
    return content_of(released, change.kind, change.key, names_before(change, base, head))


def _leads_away(change: Change, released: Content | None) -> bool:
    """Is head farther than base from what the last release held?"""
    before, after = _factor(released, change.base), _factor(released, change.head)
    return after is not None and (before is None or after > before)


_ENDLESS: Final = Fraction(10**12)
"""More than any two numbers of a registry are apart."""


def _factor(before: Content | None, after: Content | None) -> Fraction | None:
    """How many times larger the larger is; endless where one is zero; ``None`` for other than numbers."""
    if not isinstance(before, Fraction) or not isinstance(after, Fraction):
        return None
    low, high = sorted((before, after))
    return Fraction(1) if low == high else high / low if low else _ENDLESS


def answer(change: Change) -> str:
    """The line of YAML that acknowledges a change of a number."""
    return f'acknowledge: {{from: {shown(change.base)}, to: {shown(change.head)}, reason: "…"}}'


def _answer(change: Change, base: Registry, head: Registry) -> str:
    if change.kind == "alias":
        lists = []
        for side in (base, head):
            category = side.categories.get(str(change.head))
            lists.append(f"[{', '.join(category.aliases if category else ())}]")
        return f'acknowledge: {{from: {lists[0]}, to: {lists[1]}, reason: "…"}}'
    if change.kind == "path-rules":
        return f'acknowledge: {{from: "{change.base}", to: "{change.head}", reason: "…"}}'
    if change.kind == "applies-to":
        sides = ["[" + ", ".join(f'"{glob}"' for glob in side.applies_to) + "]" for side in (base, head)]
        return f'acknowledge: {{applies_to: {{from: {sides[0]}, to: {sides[1]}, reason: "…"}}}}'
    return answer(change)


def shown(content: object) -> str:
    """A value as it stands in YAML."""
    if content is None:
        return "nothing"
    if isinstance(content, Fraction):
        return f"{content.numerator}" if content.denominator == 1 else f"{float(content):.12g}"
    return ", ".join(content) if isinstance(content, tuple) else str(content)
