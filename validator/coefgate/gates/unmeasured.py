"""``unmeasured``: eligible calls exercise every change, or an author answers for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache

import numpy as np

from coefgate.changes.change import MEASURED, UNMEASURED, Change
from coefgate.changes.path_rule_changes import ordered_globs, single_globs
from coefgate.changes.undo import taken_back
from coefgate.core.paths import compiled_path_kinds
from coefgate.gates.acknowledgements import answer_to, as_it_was
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.registry.compilation import path_kinds, table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.model_globs import covered
from coefgate.replay.evidence import Evidence
from coefgate.replay.uses import Uses
from coefgate.samples.model import Sample


def unmeasured(proposal: Proposal, changes: Sequence[Change], evidence: Evidence) -> RuleResult:
    """Every changed coefficient, alias and path rule is exercised by a call, or acknowledged."""
    head = proposal.head
    uses = cache(lambda: Uses(evidence.counts(head.table), head.registry, head.table))
    findings = []
    for change in changes:
        if _is_claimed(change, head.registry):
            continue  # fit-claims holds it against what the procedure gives
        for what in _unused(change, proposal, evidence, uses):
            # Does it say for the first time that samples stand behind it? A reason is no sample.
            claimed = replace(change, kind="basis", head=MEASURED)
            only_claims = change.claims and not proposal.returned(claimed)
            if only_claims or not proposal.returned(change):
                finding = Finding.about(
                    change,
                    f"{what} rests on no eligible call",
                    _remedy(change, proposal),
                    answer=answer_to(change, proposal.base.registry, head.registry),
                    answered=change.acknowledged and not only_claims,
                )
                findings.append(finding)
    return finding_result(
        "unmeasured",
        "exercised by an eligible call, or acknowledged",
        findings,
        n=len(changes),
        good="Eligible calls exercise every change, or it is acknowledged.",
        remedy="Store a call that uses it with: coefgate samples add",
        status="not-measurable",
    )


def _is_claimed(change: Change, head: Coefficients) -> bool:
    """Is it a number that the procedure gives?"""
    value = head.numbers.get(change.key) if isinstance(change.key, Key) else None
    return head.tuning is not None and value is not None and value.basis.kind == "fit"


def _remedy(change: Change, proposal: Proposal) -> str:
    """Empty where an acknowledgement is."""
    prior = "a figure without one says basis: {kind: prior, …}"
    if change.kind == "basis" or (change.claims and change.acknowledged):
        return prior
    if change.before is None and change.kind != "alias":
        return as_it_was(proposal.last(change)) or f"a new{prior[1:]}"
    return ""


def _unused(
    change: Change, proposal: Proposal, evidence: Evidence, uses: Callable[[], Uses]
) -> Iterator[str]:
    """What of ``change`` no sample uses, by name; nothing where samples use all of it."""
    base, head = proposal.base.registry, proposal.head.registry
    claims_nothing = change.kind == "basis" and change.head == UNMEASURED
    if change.gone or claims_nothing:
        return
    if change.kind == "setting":
        charged = change.charges_sizes and base.per_kilobyte and head.per_kilobyte
        if charged and not _moves_a_call(change, proposal, evidence):
            yield change.name
        return
    if change.before is None and change.prior and proposal.last(change) is None:
        return  # a new figure without samples only replaces the fallback, and says so
    if change.kind == "path-rules":
        yield from _path_rules(base, head, evidence.eligible)
    elif change.kind == "model-rules":
        if not _moves_a_model(proposal, evidence.eligible):
            yield f"the order of the rules in {change.name}"
    elif change.kind == "applies-to":
        models = {one.model for one in evidence.eligible if one.model is not None}
        beyond = {one for one in models if not _matches(one, base.applies_to)}
        for glob in head.applies_to:
            new = not covered((glob,), base.applies_to)
            if new and not any(_matches(model, (glob,)) for model in beyond):
                yield f"applies_to {glob}"
    elif not _is_used(change, proposal, evidence, uses):
        yield change.name


def _is_used(
    change: Change, proposal: Proposal, evidence: Evidence, uses: Callable[[], Uses]
) -> bool:
    """Does head use this number, or alias, to predict a sample?

    Where a category of base was given to another one, only calls that it served before count.
    """
    key, label = change.key, change.label
    if not isinstance(key, Key):
        applies = proposal.head.table.applies_to_model
        return any(
            one.category == key and one.deliverables and applies(one.model)
            for one in evidence.eligible
        )
    rows = np.flatnonzero(uses().of(key) & ~evidence.censored).tolist()
    if label is None or label == key.category:
        return bool(rows)
    if key.part == "model":  # a rule may have taken in another glob
        models = (evidence.samples[row].model for row in rows)
        return any(model is not None and _matches(model, (label,)) for model in models)
    before, samples = proposal.base.registry.canonical_category, evidence.samples
    return any(before.get(samples[row].category or "") == before.get(label) for row in rows)


def _moves_a_call(change: Change, proposal: Proposal, evidence: Evidence) -> bool:
    """Would head predict an eligible call otherwise without this change?"""
    without = taken_back(proposal.head.registry, proposal.base.registry, [change])
    now, then = (evidence.calls(one) for one in (proposal.head.table, table_of(without)))
    return bool(((now.predicted != then.predicted) & ~evidence.censored).any())


def _moves_a_model(proposal: Proposal, samples: Sequence[Sample]) -> bool:
    """Does an eligible call get its model's factor by another rule?"""
    was, now = proposal.base.registry, proposal.head.registry
    before, after = proposal.base.table, proposal.head.table

    def globs(registry: Coefficients, at: int) -> tuple[str, ...] | None:
        if at < len(registry.model_rules):
            return registry.model_rules[at].globs
        return None if registry.default_model_factor is None else ()

    models = {one.model for one in samples if one.model is not None and one.deliverables}
    return any(
        globs(was, before.rule_of_model(model)) != globs(now, after.rule_of_model(model))
        for model in models
    )


def _matches(model: str, globs: Iterable[str]) -> bool:
    return any(fnmatchcase(model, glob) for glob in globs)


def _path_rules(
    base: Coefficients, head: Coefficients, samples: Sequence[Sample]
) -> Iterator[str]:
    """Globs that come or go and decide no path; then a new order and a new default."""
    paths = {deliverable.path for sample in samples for deliverable in sample.deliverables}
    was, now = path_kinds(base), path_kinds(head)
    for ours, other, globs in (
        (was, now, single_globs(base) - single_globs(head)),
        (now, was, single_globs(head) - single_globs(base)),
    ):
        for kind, glob in sorted(globs):
            # A glob that decides nothing but what was decided so before says nothing about the
            # paths that it takes beyond those.
            alone = compiled_path_kinds(((kind, (glob,)),), "")
            if not any(alone(path) == kind == ours(path) != other(path) for path in paths):
                yield f"the path rule {glob} → {kind}"
    common = single_globs(base) & single_globs(head)
    orders = [ordered_globs(registry, common) for registry in (base, head)]
    before, after = (compiled_path_kinds(order, "") for order in orders)
    if orders[0] != orders[1] and all(before(path) == after(path) for path in paths):
        yield "the new order of the path rules"
    by_a_rule = compiled_path_kinds(ordered_globs(head, single_globs(head)), "")
    if base.default_kind != head.default_kind and all(by_a_rule(path) != "" for path in paths):
        yield f"the default kind {head.default_kind}"
