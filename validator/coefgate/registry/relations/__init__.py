"""All that must hold between the values of a registry, beyond what one document's schema can say.

Each relation is a function to problems, from a document or from all of them. It runs on whatever
could be read and passes over the rest, so that one mistake does not hide another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Final

from coefgate.core.problems import Problem
from coefgate.registry.document import Document
from coefgate.registry.document_set import Documents
from coefgate.registry.relations import (
    acknowledgements,
    categories,
    cells,
    file_kinds,
    intervals,
    labels,
    model_factors,
    semantics,
    tuning,
    values,
)

WITHIN: Final[tuple[Callable[[Document], Iterable[Problem]], ...]] = (
    acknowledgements.acknowledged_values,
    values.basis_intervals,
    intervals.rising_quantiles,
)
BETWEEN: Final[tuple[Callable[[Documents], Iterable[Problem]], ...]] = (
    categories.file_names,
    categories.aliases,
    categories.declared_complexities,
    categories.names_of_models,
    categories.rising_tokens,
    cells.declared_cells,
    file_kinds.path_rules,
    file_kinds.priced_kinds,
    model_factors.model_rules,
    model_factors.acknowledged_rules,
    acknowledgements.acknowledged_path_rules,
    values.ordered_thresholds,
    values.assumed_sizes,
    values.named_once,
    semantics.newer_parts,
    tuning.priors,
    tuning.parents,
    intervals.of_their_semantics,
    labels.label_rules,
    labels.declared_labels,
)


def relation_problems(documents: Documents) -> tuple[Problem, ...]:
    """Every relation that does not hold."""
    readable = filter(None, documents.files.values())
    within = (relation(document) for document in readable for relation in WITHIN)
    return tuple(chain(*within, *(relation(documents) for relation in BETWEEN)))
