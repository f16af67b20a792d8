"""``labels.yaml``: rules that label calls whose source says nothing of category or complexity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from coefgate.registry.document import Document

FILE: Final = "coefficients/labels.yaml"


@dataclass(frozen=True, slots=True)
class LabelRule:
    """Labels, and what a call has to be to get them; docs/how-to/labels.md explains it.

    ``None``, or no glob and no word: the rule does not ask for it. Ends belong to their range.
    """

    category: str | None = None
    complexity: str | None = None
    every_path: tuple[str, ...] = ()
    any_path: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    files_from: int | None = None
    files_to: int | None = None
    bytes_from: int | None = None
    bytes_to: int | None = None


def labels_of(document: Document) -> tuple[LabelRule, ...]:
    """The rules of a valid ``labels.yaml``, in order; none of a document of nothing."""
    return tuple(LabelRule(**_in_tuples(rule)) for rule in document.list_at(("rules",)))


def _in_tuples(rule: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in rule.items()}
