"""All that must hold between the values of a registry, beyond what one document's schema can say.

Each relation is a function from sources to problems. It runs on whatever could be read and passes
over the rest, so that one mistake does not hide another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

from coefgate.core.problems import Problem
from coefgate.registry.relations import acknowledgements, categories, file_kinds, values
from coefgate.registry.sources import Sources

Relation = Callable[[Sources], Iterator[Problem]]

RELATIONS: Final[tuple[Relation, ...]] = (
    categories.file_names,
    categories.aliases,
    categories.declared_complexities,
    categories.rising_tokens,
    categories.declared_cells,
    file_kinds.path_rules,
    file_kinds.priced_kinds,
    acknowledgements.acknowledged_values,
    acknowledgements.acknowledged_path_rules,
    values.basis_intervals,
    values.ordered_thresholds,
    values.named_once,
)


def relation_problems(sources: Sources) -> tuple[Problem, ...]:
    """Every relation that does not hold."""
    return tuple(chain.from_iterable(relation(sources) for relation in RELATIONS))
