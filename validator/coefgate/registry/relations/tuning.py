"""``tuning.yaml`` among the others: priors of what is declared, parents that have a price."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from coefgate.core.problems import Problem
from coefgate.core.vocabulary import CATEGORY_NAME, KIND_NAME, PRICED_OPERATIONS
from coefgate.registry.document import Document, Fault
from coefgate.registry.document_set import Documents
from coefgate.registry.wording import ValuePath, did_you_mean


def priors(documents: Documents) -> Iterator[Problem]:
    """A prior is one of a declared category, complexity or file kind."""
    tuning, costs = documents.get("tuning"), documents.get("marginal_costs")
    complexities = documents.get("registry").list_at(("complexities",))
    categories = documents.overheads.keys() | dict(documents.readable_overheads).keys()
    for category in tuning.mapping_at(("prior", "overhead")):
        path: ValuePath = ("prior", "overhead", category)
        if CATEGORY_NAME.fullmatch(category):
            yield from _declared(tuning, path, categories, "category")
        for complexity in tuning.mapping_at(path):
            yield from _declared(tuning, (*path, complexity), complexities, "complexity")
    for operation in PRICED_OPERATIONS:
        kinds = costs.mapping_at(("marginal_costs", operation))
        for kind in tuning.mapping_at(("prior", "marginal_costs", operation)):
            if KIND_NAME.fullmatch(kind):
                path = ("prior", "marginal_costs", operation, kind)
                yield from _declared(tuning, path, kinds, "file kind")
    sized = [
        kind
        for kind, cost in costs.mapping_at(("marginal_costs", "modify")).items()
        if isinstance(cost, dict) and "per_kilobyte" in cost
    ]
    for kind in tuning.mapping_at(("prior", "per_kilobyte")):
        if KIND_NAME.fullmatch(kind):
            path = ("prior", "per_kilobyte", kind)
            yield from _declared(tuning, path, sized, "file kind with a cost per kilobyte")


def parents(documents: Documents) -> Iterator[Problem]:
    """A kind has a parent or a prior of its own, and a parent has a prior to start from."""
    tuning, costs = documents.get("tuning"), documents.get("marginal_costs")
    kinds = costs.mapping_at(("marginal_costs", PRICED_OPERATIONS[0]))
    for kind, parent in tuning.mapping_at(("parents",)).items():
        path: ValuePath = ("parents", kind)
        if KIND_NAME.fullmatch(kind):
            yield from _declared(tuning, path, kinds, "file kind")
        for operation in PRICED_OPERATIONS:
            known = tuning.mapping_at(("prior", "marginal_costs", operation))
            if known and isinstance(parent, str) and parent not in known:
                found = f'is "{parent}", which has no prior to {operation}'
                allowed = "a kind starts at the price of a kind that has a prior"
                fix = did_you_mean(parent, sorted(known), f"State one under prior: {parent}.")
                yield Fault("parent-without-prior", found, allowed, fix, path).at(tuning)
                break
            if kind in known:
                found = f"has a parent, and a prior of its own to {operation}"
                allowed = "a kind starts from one of the two"
                yield Fault("parent-and-prior", found, allowed, "Delete one of the two.", path).at(
                    tuning, key=True
                )
                break


def _declared(
    tuning: Document, path: ValuePath, declared: Collection[str], what: str
) -> Iterator[Problem]:
    name = str(path[-1])
    if declared and name not in declared:
        found, allowed = f"is not a declared {what}", "priors are for what the registry declares"
        fix = did_you_mean(name, sorted(declared), "Delete it.")
        yield Fault("undeclared-prior", found, allowed, fix, path).at(tuning, key=True)
