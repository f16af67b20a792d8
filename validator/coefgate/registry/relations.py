"""All that must hold between the values of a registry, beyond what one document's schema can say.

Each relation is a function from sources to problems. It runs on whatever could be read and passes
over the rest, so that one mistake does not hide another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

from coefgate.core.problems import Problem
from coefgate.registry import (
    acknowledgement_relations,
    category_relations,
    kind_relations,
    value_relations,
)
from coefgate.registry.sources import Sources

Relation = Callable[[Sources], Iterator[Problem]]

RELATIONS: Final[tuple[Relation, ...]] = (
    category_relations.file_names,
    category_relations.aliases,
    category_relations.declared_complexities,
    category_relations.rising_tokens,
    category_relations.declared_cells,
    kind_relations.path_rules,
    kind_relations.priced_kinds,
    acknowledgement_relations.acknowledgements,
    acknowledgement_relations.path_rules_acknowledged,
    acknowledgement_relations.repeated_answers,
    value_relations.basis_intervals,
    value_relations.ordered_thresholds,
    value_relations.yanked_versions,
)


def relation_problems(sources: Sources) -> tuple[Problem, ...]:
    """Every relation that does not hold."""
    return tuple(chain.from_iterable(relation(sources) for relation in RELATIONS))
