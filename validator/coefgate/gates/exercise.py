"""Which stored calls use what a change touches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from coefgate.registry.changes import Change
from coefgate.registry.model import Registry
from coefgate.registry.paths import PathKinds, compiled_path_kinds
from coefgate.samples.model import Sample
from coefgate.vocabulary import PRICED_OPERATIONS


def exercised(change: Change, base: Registry, head: Registry, samples: Sequence[Sample]) -> Iterator[str]:
    """What of ``change`` no sample uses, by name; nothing where samples use all of it."""
    if change.kind == "path-rules":
        yield from _path_rules(base, head, samples)
    elif change.kind == "applies-to":
        for glob in sorted(set(base.applies_to) ^ set(head.applies_to)):
            if not any(sample.model is not None and fnmatchcase(sample.model, glob) for sample in samples):
                yield f"applies_to {glob}"
    elif not any(uses(sample, change, head) for sample in samples):
        yield change.name


def uses(sample: Sample, change: Change, registry: Registry) -> bool:
    """Does ``registry`` use this value, or alias, to predict ``sample``?"""
    match change.key:
        case ("overhead", category, complexity):
            return _cell(sample, registry) == (category, complexity)
        case ("margin",):
            cell = _cell(sample, registry)
            return bool(sample.deliverables) and (cell is None or cell not in registry.cell_margins)
        case ("margin", category, complexity):
            return bool(sample.deliverables) and _cell(sample, registry) == (category, complexity)
        case ("marginal", operation, kind):
            return _delivers(sample, operation, kind, registry)
        case ("fallback",):
            return bool(sample.deliverables) and _cell(sample, registry) is None
        case ("no_deliverables", complexity):
            return not sample.deliverables and sample.complexity == complexity
        case ("alias", label):
            return sample.category == label
    return True


def _cell(sample: Sample, registry: Registry) -> tuple[str, str] | None:
    """The declared cell that serves a call, ``None`` where the fallback does, or no cell at all."""
    if not sample.deliverables or not _applies(sample, registry):
        return None
    category = registry.canonical_category.get(sample.category or "")
    if category is None or sample.complexity not in registry.categories[category].overhead:
        return None
    return category, str(sample.complexity)


def _applies(sample: Sample, registry: Registry) -> bool:
    model = sample.model
    return model is None or any(fnmatchcase(model, glob) for glob in registry.applies_to)


def _delivers(sample: Sample, operation: str, kind: str, registry: Registry) -> bool:
    kind_of = path_kinds(registry)
    for deliverable in sample.deliverables:
        if kind_of(deliverable.path) != kind:
            continue
        if deliverable.operation == operation:
            return True
        if deliverable.operation == "unknown":
            costs = {o: registry.marginal_costs[o, kind].number for o in PRICED_OPERATIONS}
            if costs.get(operation) == max(costs.values()):  # type: ignore[call-overload]
                return True
    return False


def path_kinds(registry: Registry) -> PathKinds:
    """The registry's path rules, compiled."""
    rules = tuple((rule.kind, tuple(sorted(rule.globs))) for rule in registry.path_rules)
    return compiled_path_kinds(rules, registry.default_kind)


def _path_rules(base: Registry, head: Registry, samples: Sequence[Sample]) -> Iterator[str]:
    paths = {deliverable.path for sample in samples for deliverable in sample.deliverables}
    globs = [
        {(rule.kind, glob) for rule in registry.path_rules for glob in rule.globs}
        for registry in (base, head)
    ]
    differing = sorted(globs[0] ^ globs[1])
    for kind, glob in differing:
        matches = compiled_path_kinds(((kind, (glob,)),), "")
        if not any(matches(path) == kind for path in paths):
            yield f"the path rule {glob} → {kind}"
    if not differing:
        before, after = path_kinds(base), path_kinds(head)
        if all(before(path) == after(path) for path in paths):
            yield "the new order of the path rules, or their default,"
