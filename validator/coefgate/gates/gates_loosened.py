"""``gates-loosened``: no gate, guardrail or yank gets looser without a reason, and alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from coefgate.gates.acknowledgements import ListAnswers, is_answered, shown
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.registry.files import GATES_FILE
from coefgate.registry.model import Coefficients
from coefgate.registry.model_globs import covered
from coefgate.registry.yanked import FILE as YANKED_FILE

RULE = "gates-loosened"
UNLIMITED: Final = {
    "scope.models": "all models",
    "scope.observed_since": "any day",
    "scope.deliverables_from": "request and reply",
}
"""What a part of the scope takes in where it is null."""


def gates_loosened(proposal: Proposal) -> RuleResult:
    """Compare head's thresholds and withdrawn versions with base's."""
    base, head = proposal.base.registry, proposal.head.registry
    findings = [*_thresholds(base, head), *_settings(base, head), *_unyanked(base, head)]
    remedy = "Say why beside it; the form: coefgate explain gates-loosened"
    if proposal.touches_values or proposal.moves.any:
        findings = [replace(one, answered=False) for one in findings]
        remedy = (
            "Loosen gates and guardrails, and remove or alter yanks, in a separate change, "
            "without coefficients and samples."
        )
    return finding_result(
        RULE,
        "no threshold, scope, aim or yank gets looser, unless acknowledged",
        findings,
        n=len(base.thresholds) + len(base.gates.settings) + len(base.withdrawn.versions),
        good="No threshold, scope, aim or yank got looser, or it is acknowledged.",
        remedy=remedy,
    )


def _thresholds(base: Coefficients, head: Coefficients) -> Iterator[Finding]:
    """Every threshold that got looser; one that is left out has its default."""
    for name, old in base.thresholds.items():
        new = head.thresholds[name]
        if (new.value > old.value and new.looser != "lower") or (
            new.value < old.value and new.looser != "higher"
        ):
            answered = is_answered(new.acknowledge, old.value, new.value)
            left_out = "" if new.stated else ", the default when left out"
            told = f"{name} is loosened from {shown(old.value)} to {shown(new.value)}{left_out}"
            yield Finding(told, new.file, new.line, subject=name, answered=answered)


def _unyanked(base: Coefficients, head: Coefficients) -> Iterator[Finding]:
    """Every version that is withdrawn no longer, or not as it was."""
    answers = ListAnswers.of(base.withdrawn.unyanked, head.withdrawn.unyanked)
    for version in sorted(base.withdrawn.altered(head.withdrawn)):
        was, now = base.withdrawn.yanks[version], head.withdrawn.yanks.get(version)
        told = f"{version} is no longer withdrawn"
        if now is not None:
            later, before = now.beside(was), was.beside(now)
            moves = (f"{key} {shown(old)} → {shown(later[key])}" for key, old in before.items())
            told = f"{version} is withdrawn differently: {', '.join(moves)}"
        name, answered = yank_name(version), version in answers.fresh
        yield Finding(told, YANKED_FILE, head.withdrawn.line, subject=name, answered=answered)


def yank_name(version: str) -> str:
    """What an acknowledgement names that is about a withdrawn version."""
    return f"yanked.{version}"


def _settings(before: Coefficients, after: Coefficients) -> Iterator[Finding]:
    """What is no threshold and got looser; a scope does where fewer samples count."""
    base, head = before.gates, after.gates
    old_models, models = base.scope.models, head.scope.models
    since, earlier = head.scope.observed_since or "", base.scope.observed_since or ""
    origin = head.scope.deliverables_from
    looser = {
        "when_base_misses": base.when_base_misses == "require-pass" != head.when_base_misses,
        "scope.models": models is not None
        and (old_models is None or not covered(old_models, models)),
        "scope.observed_since": since > earlier,
        "scope.deliverables_from": origin is not None and origin != base.scope.deliverables_from,
    }
    for name in (name for name, holds in looser.items() if holds):
        old, new, answer = base.settings[name], head.settings[name], head.acknowledged.get(name)
        named = (as_set(answer.previous), as_set(answer.current)) if answer else None
        answered = named == (as_set(old), as_set(new))
        was = shown(old or UNLIMITED.get(name))
        told = f"{name} is loosened from {was} to {shown(new)}"
        line = head.lines.get(name, 1)
        yield Finding(told, GATES_FILE, line, subject=name, answered=answered)


def as_set(names: tuple[str, ...] | str | None) -> object:
    """Names to compare, whatever their order; a word, or nothing, as it is."""
    return frozenset(names) if isinstance(names, tuple) else names
