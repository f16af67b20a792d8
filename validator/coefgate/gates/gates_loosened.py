"""``gates-loosened``: no threshold, scope or aim gets looser without a reason, in a change of its own."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from coefgate.gates.acknowledged import shown
from coefgate.gates.proposal import Proposal
from coefgate.gates.rules import GATES_FILE, Finding, RuleResult, finding_result
from coefgate.registry.model import Gates, Scope
from coefgate.registry.model_globs import covered

RULE = "gates-loosened"
UNLIMITED: Final = {"scope.models": "all models", "scope.observed_since": "any day"}
"""What a part of the scope takes in where it is null."""


def gates_loosened(proposal: Proposal) -> RuleResult:
    """Compare head's ``gates.yaml`` with base's."""
    base, head = proposal.base.registry.gates, proposal.head.registry.gates
    loosened = list(_loosened(base, head))
    if proposal.touches_values or proposal.moves.any:
        findings = [finding for finding, _ in loosened]
        way_on = "Gates are loosened in a change of their own, without coefficients and samples."
    else:
        findings = [finding for finding, acknowledged in loosened if not acknowledged]
        way_on = "Say why in gates.yaml; the form: coefgate explain gates-loosened"
    return finding_result(
        RULE,
        "no threshold, scope or aim gets looser, or acknowledged",
        findings,
        n=len(head.thresholds) + 3,
        good="No threshold, scope or aim got looser, or it is acknowledged.",
        way_on=way_on,
    )


def _loosened(base: Gates, head: Gates) -> Iterator[tuple[Finding, bool]]:
    """Everything that got looser, and whether it is acknowledged."""
    for name, old in base.thresholds.items():
        new = head.thresholds[name]
        if _is_looser(old.value, new.value, new.looser):
            answer = new.acknowledge
            answered = answer is not None and (answer.previous, answer.current) == (old.value, new.value)
            yield _finding(name, shown(old.value), shown(new.value), new.line), answered
    if base.when_base_misses == "require-pass" and head.when_base_misses != "require-pass":
        yield _named("when_base_misses", base.when_base_misses, head.when_base_misses, head)
    if _narrower_models(base.scope, head.scope):
        yield _named("scope.models", base.scope.models, head.scope.models, head)
    if _later(base.scope.observed_since, head.scope.observed_since):
        yield _named("scope.observed_since", base.scope.observed_since, head.scope.observed_since, head)


def _is_looser(old: Fraction, new: Fraction, looser: str) -> bool:
    return (new > old and looser != "lower") or (new < old and looser != "higher")


def _narrower_models(old: Scope, new: Scope) -> bool:
    """Fewer samples count unless head's globs cover those of base, or it takes every model."""
    if new.models is None:
        return False
    return old.models is None or not covered(old.models, new.models)


def _later(old: str | None, new: str | None) -> bool:
    return new is not None and (old is None or new > old)


def _named(
    name: str, old: tuple[str, ...] | str | None, new: tuple[str, ...] | str | None, head: Gates
) -> tuple[Finding, bool]:
    answer = head.acknowledged.get(name)
    answered = answer is not None and (_as_set(answer.previous), _as_set(answer.current)) == (
        _as_set(old),
        _as_set(new),
    )
    return _finding(name, shown(old or UNLIMITED.get(name)), shown(new), head.lines.get(name, 1)), answered


def _as_set(names: tuple[str, ...] | str | None) -> object:
    return frozenset(names) if isinstance(names, tuple) else names


def _finding(name: str, old: str, new: str, line: int) -> Finding:
    return Finding(f"{name} is loosened from {old} to {new}", GATES_FILE, line)
