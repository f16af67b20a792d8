"""Which number of a registry: its dotted name, its place in YAML, and how far it may go."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, Literal, NamedTuple, Self

from coefgate.core.vocabulary import MAX_TOKENS
from coefgate.registry.wording import ValuePath

Part = Literal["overhead", "marginal", "margin", "fallback", "no_deliverables"]
LEAST_FACTOR: Final = 1000
MOST_FACTOR: Final = 10_000
"""Ends of a margin, in thousandths; the schemas say the same, and of ``MAX_TOKENS``."""


_FILES: Final[Mapping[Part, str]] = {
    "overhead": "overhead/{}.yaml",
    "marginal": "marginal_costs.yaml",
    "margin": "safety_margins.yaml",
}
"""The files of numbers that do not stand in ``registry.yaml``."""


class Key(NamedTuple):
    """One number: the ``part`` of an estimate that it is, and what it is ``of`` there.

    ``overhead``: of a category and a complexity; ``marginal``: of an operation and a file kind;
    ``margin``: of a category and a complexity, or of nothing where it is the default one;
    ``no_deliverables``: of a complexity; ``fallback``: of nothing. Whether a registry declares
    such a number is not said.
    """

    part: Part
    of: tuple[str, ...] = ()

    @classmethod
    def named(cls, name: str) -> Self | None:
        """The key with this dotted name, if any; its category may be an alias, with dots."""
        match name.split("."):
            case ["margin", "default"]:
                return cls("margin")
            case ["fallback", "overhead"]:
                return cls("fallback")
            case ["no_deliverables", complexity]:
                return cls("no_deliverables", (complexity,))
            case ["marginal", operation, kind]:
                return cls("marginal", (operation, kind))
            case ["margin", *label, complexity] if label:
                return cls("margin", (".".join(label), complexity))
            case [*label, complexity] if label:
                return cls("overhead", (".".join(label), complexity))
        return None

    @property
    def name(self) -> str:
        """Its dotted name: ``docs.low``, ``marginal.create.test``, ``margin.default``."""
        match self.part, self.of:
            case "overhead", of:
                return ".".join(of)
            case "margin", ():
                return "margin.default"
            case "fallback", _:
                return "fallback.overhead"
        return ".".join((self.part, *self.of))

    @property
    def cell(self) -> tuple[str, str] | None:
        """Category and complexity, of a number that is of one cell."""
        of_a_cell = self.part in {"overhead", "margin"} and self.of
        return (self.of[0], self.of[1]) if of_a_cell else None

    @property
    def category(self) -> str | None:
        """The category, of a number that is of one cell."""
        return self.cell and self.cell[0]

    def within(self, category: str) -> Self:
        """The same of another category; only of a number that is of one cell."""
        return type(self)(self.part, (category, self.of[1]))

    @property
    def file(self) -> str:
        """The file that declares it, below the folder of coefficients."""
        return _FILES.get(self.part, "registry.yaml").format(*self.of)

    @property
    def entry(self) -> ValuePath:
        """Where the value stands within its file, with its basis and its acknowledgement."""
        match self.part, self.of:
            case "overhead", (_, complexity):
                return ("overhead", complexity)
            case "margin", ():
                return ("default",)
            case "fallback", ():
                return ("fallback", "overhead")
        holders = {"marginal": "marginal_costs", "margin": "cells"}
        return (holders.get(self.part, self.part), *self.of)

    @property
    def path(self) -> ValuePath:
        """Where the number itself stands within its file: ``overhead.low.tokens``."""
        return (*self.entry, "factor" if self.is_factor else "tokens")

    @property
    def is_factor(self) -> bool:
        """Is it a margin? All others are tokens."""
        return self.part == "margin"

    @property
    def steps_in_one(self) -> int:
        """How many of the smallest steps make one: 1 for tokens, 1,000 for margins."""
        return 1000 if self.is_factor else 1

    def number(self, steps: int) -> Fraction:
        """The number that so many of the smallest steps make."""
        return Fraction(steps, self.steps_in_one)

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and the highest that it may ever be, in its smallest steps."""
        return (LEAST_FACTOR, MOST_FACTOR) if self.is_factor else (0, MAX_TOKENS)
