"""Parts of a registry that its semantics does not know yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from coefgate.core.problems import Problem
from coefgate.registry.document import Document, Fault
from coefgate.registry.document_set import Documents
from coefgate.registry.wording import ValuePath

_OLDEST: Final = 1


def newer_parts(documents: Documents) -> Iterator[Problem]:
    """A registry of semantics 1 states nothing that semantics 2 brought."""
    semantics = documents.get("registry").at(("semantics",))
    if type(semantics) is not int or semantics != _OLDEST:
        return
    for document, path in _since_2(documents):
        found, allowed = "belongs to semantics 2", "registry.yaml says semantics: 1"
        fix = "Write semantics: 2 there, or delete it."
        yield Fault("needs-semantics-2", found, allowed, fix, path).at(document, key=True)


def _since_2(documents: Documents) -> Iterator[tuple[Document, ValuePath]]:
    """Where parts that semantics 2 brought are stated."""
    about = documents.get("registry")
    for key in ("output_mode", "retry"):
        if key in about.mapping_at(()):
            yield about, (key,)
    factors = documents.get("model_factors")
    if factors.data is not None:
        yield factors, ()
    margins = documents.get("safety_margins")
    if "intervals" in margins.mapping_at(()):
        yield margins, ("intervals",)
    costs = documents.get("marginal_costs")
    for kind in costs.mapping_at(("marginal_costs", "modify")):
        path = ("marginal_costs", "modify", kind, "per_kilobyte")
        if path[-1] in costs.mapping_at(path[:-1]):
            yield costs, path
