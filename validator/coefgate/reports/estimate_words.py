"""What an estimate is made of, in words: the parts of the formula, and what it is based on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from coefgate.registry.key import Key, Part

PARTS: Final[Mapping[Part, tuple[str, str]]] = {
    "overhead": ("Overheads", "The tokens that every call costs, by kind of work."),
    "marginal": (
        "Marginal costs",
        "The tokens that each further file costs, by operation and kind.",
    ),
    "per_kilobyte": (
        "Costs per kilobyte",
        "What the size of a file adds if a call rewrites it in full.",
    ),
    "margin": ("Safety margins", "The factor on the sum: the default, and those of single cells."),
    "model": ("Model factors", "How much models need, compared with each other."),
    "no_deliverables": ("Calls without files", "The prediction for a call that delivers no file."),
    "fallback": ("Fallback", "The prediction for a call whose kind of work is not declared."),
    "retry": (
        "Retries",
        "The factor for another attempt at the same files, by how the previous one ended.",
    ),
}
"""By the part of an estimate: what its values are called, and what they are."""
BASES: Final[Mapping[str, str]] = {
    "exact": "the registry declares this category and complexity",
    "alias": "the category is an alias of one that the registry declares",
    "fallback": "the registry declares no such category, complexity, cell or model, so its "
    "fallback is used",
    "no-deliverables": "no deliverable was named, so the registry's figure for this complexity "
    "is used",
    "retry": "based on the tokens of the previous attempt at the same files",
}
"""By the basis of an estimate: how it was found."""


def about_part(part: Part) -> str:
    """What its values are, and their unit."""
    about, unit = PARTS[part][1], unit_words(Key(part))
    return f"{about} In {unit}." if unit else about


def unit_words(key: Key) -> str:
    """``tokens``, ``tokens per kilobyte``; a factor has no unit."""
    if key.part == "per_kilobyte":
        return "tokens per kilobyte"
    return "" if key.is_factor else "tokens"
