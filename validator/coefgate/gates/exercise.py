"""Which stored calls use what a change touches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import cached_property

from coefgate.changes.contents import UNMEASURED
from coefgate.changes.path_rules import ordered_globs, single_globs
from coefgate.changes.registry_changes import Change
from coefgate.core.paths import PathKinds, compiled_path_kinds
from coefgate.core.vocabulary import PRICED_OPERATIONS
from coefgate.registry.compiled import table_of
from coefgate.registry.model import Registry
from coefgate.registry.model_globs import covered
from coefgate.replay.serving import Call, Served, serving
from coefgate.samples.model import Sample


class Usage:
    """Which stored calls use what changes from ``base`` to ``head``; each call is looked at once."""

    def __init__(self, base: Registry, head: Registry, samples: Sequence[Sample]) -> None:
        self._base, self._head, self._samples = base, head, samples

    def unused(self, change: Change) -> Iterator[str]:
        """What of ``change`` no sample uses, by name; nothing where samples use all of it."""
        base, head = self._base, self._head
        if change.kind == "basis" and change.head == UNMEASURED:
            return  # it claims nothing
        if change.kind == "path-rules":
            yield from _path_rules(base, head, self._samples)
        elif change.kind == "applies-to":
            for glob in head.applies_to:
                if not covered((glob,), base.applies_to) and not any(
                    _only_by(glob, one, base) for one in self._samples
                ):
                    yield f"applies_to {glob}"
        elif not self._is_used(change):
            yield change.name

    def _is_used(self, change: Change) -> bool:
        """Does head use this value, or alias, to predict a sample?

        Where a category of base was given to another one, only calls that it served before count.
        """
        match change.key:
            case ("overhead" | "margin", category, complexity):
                served_before = self._cells.get((category, complexity), frozenset())
                if change.label is None or change.label == category:
                    return bool(served_before)
                return self._base.canonical_category.get(change.label) in served_before
            case ("alias", label):
                return label in self._labels
        return any(self._uses(sample, change) for sample in self._samples)

    def _uses(self, sample: Sample, change: Change) -> bool:
        match change.key:
            case ("margin",):
                return (
                    bool(sample.deliverables) and self._cell(sample) not in self._head.cell_margins
                )
            case ("marginal", operation, kind):
                return _delivers(sample, operation, kind, self._head)
            case ("fallback",):
                return bool(sample.deliverables) and self._cell(sample) is None
            case ("no_deliverables", complexity):
                return not sample.deliverables and complexity in _without_deliverables(
                    sample, self._head
                )
        return True

    def _cell(self, sample: Sample) -> tuple[str, str] | None:
        """The declared cell of head that serves a call, ``None`` where none does."""
        category = self._served(sample).category
        return None if category is None else (category, str(sample.complexity))

    @cached_property
    def _served(self) -> Callable[[Call], Served]:
        return serving(table_of(self._head))

    @cached_property
    def _cells(self) -> Mapping[tuple[str, str], Set[str | None]]:
        """The cells of head that serve samples, each with the categories of base that served these."""
        found: dict[tuple[str, str], set[str | None]] = {}
        for sample in self._samples:
            cell = self._cell(sample)
            if cell is not None:
                before = self._base.canonical_category.get(sample.category or "")
                found.setdefault(cell, set()).add(before)
        return found

    @cached_property
    def _labels(self) -> Set[str | None]:
        """The labels of samples with deliverables that head is made for."""
        return {
            one.category for one in self._samples if one.deliverables and _applies(one, self._head)
        }


def _only_by(glob: str, sample: Sample, base: Registry) -> bool:
    """Is this call's model one that ``base`` was not made for, and the glob takes?"""
    return (
        sample.model is not None and fnmatchcase(sample.model, glob) and not _applies(sample, base)
    )


def _applies(sample: Sample, registry: Registry) -> bool:
    model = sample.model
    return model is None or any(fnmatchcase(model, glob) for glob in registry.applies_to)


def _without_deliverables(sample: Sample, registry: Registry) -> frozenset[str]:
    """Whose figure a call without deliverables gets: that of its complexity, else the dearest."""
    figures = registry.no_deliverables
    if sample.complexity in figures:
        return frozenset((str(sample.complexity),))
    dearest = max(value.number for value in figures.values())
    return frozenset(name for name, value in figures.items() if value.number == dearest)


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


def prices_before(
    change: Change, base: Registry, head: Registry, samples: Sequence[Sample]
) -> frozenset[Fraction]:
    """What ``base`` asks for the stored paths that a new file kind of ``head`` takes."""
    if change.kind != "marginal" or change.base is not None:
        return frozenset()
    _, operation, kind = change.key
    kind_of, kind_before = path_kinds(head), path_kinds(base)
    return frozenset(
        cost.number
        for sample in samples
        for one in sample.deliverables
        if one.operation == operation and kind_of(one.path) == kind
        if (cost := base.marginal_costs.get((one.operation, kind_before(one.path)))) is not None
    )


def path_kinds(registry: Registry) -> PathKinds:
    """The registry's path rules, compiled."""
    rules = tuple((rule.kind, tuple(sorted(rule.globs))) for rule in registry.path_rules)
    return compiled_path_kinds(rules, registry.default_kind)


def _path_rules(base: Registry, head: Registry, samples: Sequence[Sample]) -> Iterator[str]:
    """Globs that come or go and decide no path; then a new order, and a new default, that do not."""
    paths = {deliverable.path for sample in samples for deliverable in sample.deliverables}
    for registry, other in ((base, head), (head, base)):
        for kind, glob in sorted(single_globs(registry) - single_globs(other)):
            if not any(_decides(kind, glob, path, registry, other) for path in paths):
                yield f"the path rule {glob} → {kind}"
    common = single_globs(base) & single_globs(head)
    orders = [ordered_globs(registry, common) for registry in (base, head)]
    before, after = (compiled_path_kinds(order, "") for order in orders)
    if orders[0] != orders[1] and all(before(path) == after(path) for path in paths):
        yield "the new order of the path rules"
    if base.default_kind != head.default_kind and all(_by_a_rule(path, head) for path in paths):
        yield f"the default kind {head.default_kind}"


def _decides(kind: str, glob: str, path: str, registry: Registry, other: Registry) -> bool:
    """Is ``path`` of this kind in ``registry`` by the glob, and of another kind in ``other``?

    A glob that decides nothing but what was decided so before says nothing about the paths that it
    takes beyond those.
    """
    if not compiled_path_kinds(((kind, (glob,)),), "")(path) == kind == path_kinds(registry)(path):
        return False
    return path_kinds(other)(path) != kind


def _by_a_rule(path: str, registry: Registry) -> bool:
    """Does a rule decide on ``path``, and not the default?"""
    return compiled_path_kinds(ordered_globs(registry, single_globs(registry)), "")(path) != ""
