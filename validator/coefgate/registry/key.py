"""Which number of a registry: its dotted name, its place in YAML, and how far it may go."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple, Self

from coefgate.core.vocabulary import COMPLEXITIES, MAX_TOKENS
from coefgate.registry.wording import ValuePath

Part = Literal[
    "overhead",
    "marginal",
    "per_kilobyte",
    "margin",
    "fallback",
    "no_deliverables",
    "model",
    "retry",
]
LEAST_FACTOR: Final = 1000
MOST_FACTOR: Final = 10_000
"""Ends of a margin and of a retry, in thousandths; the schemas say the same, and of the others."""
LEAST_MODEL_FACTOR: Final = 1
MOST_MODEL_FACTOR: Final = 100_000
RESERVED: Final = ("default", *COMPLEXITIES)
"""No rule of a model begins with these: ``model.default`` and ``model.low`` are other numbers."""


_FILES: Final[Mapping[Part, str]] = {
    "overhead": "overhead/{}.yaml",
    "marginal": "marginal_costs.yaml",
    "per_kilobyte": "marginal_costs.yaml",
    "margin": "safety_margins.yaml",
    "model": "model_factors.yaml",
}
"""The files of numbers that do not stand in ``registry.yaml``."""


class Key(NamedTuple):
    """One number: the ``part`` of an estimate that it is, and what it is ``of`` there.

    ``overhead``: of a category and a complexity; ``marginal``: of an operation and a file kind;
    ``per_kilobyte``: of a file kind, beside its cost to modify; ``margin``: of a category and a
    complexity, or of nothing where it is the default one; ``no_deliverables``: of a complexity;
    ``fallback``: of nothing; ``model``: of the first glob of a rule, or of nothing where it is the
    factor of all other models; ``retry``: of how the attempt before ended. Whether a registry
    declares such a number is not said.
    """

    part: Part
    of: tuple[str, ...] = ()

    @classmethod
    def named(cls, name: str) -> Self | None:
        """The key with this dotted name, if any; its category may be an alias, with dots."""
        match name.split("."):
            case ["model", "default"]:
                return cls("model")
            case ["model", *glob] if glob and name.removeprefix("model.") not in RESERVED:
                return cls("model", (name.removeprefix("model."),))
            case ["retry", ("after_complete" | "after_cut_off") as ended]:
                return cls("retry", (ended,))
            case ["margin", "default"]:
                return cls("margin")
            case ["fallback", "overhead"]:
                return cls("fallback")
            case ["no_deliverables", complexity]:
                return cls("no_deliverables", (complexity,))
            case ["marginal", "modify", kind, "per_kilobyte"]:
                return cls("per_kilobyte", (kind,))
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
            case ("margin" | "model") as part, ():
                return f"{part}.default"
            case "fallback", _:
                return "fallback.overhead"
            case "per_kilobyte", (kind,):
                return f"marginal.modify.{kind}.per_kilobyte"
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

    def entry_in(self, data: Any) -> ValuePath:
        """Where the value stands within ``data``, its file, with its basis and acknowledgement.

        Rules of models stand in a list: one that is not there stands nowhere in that list.
        """
        match self.part, self.of:
            case "overhead", (_, complexity):
                return ("overhead", complexity)
            case "margin" | "model", ():
                return ("default",)
            case "model", (glob,):
                return ("factors", _position(data, glob))
            case "fallback", ():
                return ("fallback", "overhead")
            case "per_kilobyte", (kind,):
                return ("marginal_costs", "modify", kind, "per_kilobyte")
        holders = {"marginal": "marginal_costs", "margin": "cells"}
        return (holders.get(self.part, self.part), *self.of)

    def path_in(self, data: Any) -> ValuePath:
        """Where the number itself stands within ``data``, its file: ``overhead.low.tokens``."""
        return (*self.entry_in(data), "factor" if self.is_factor else "tokens")

    @property
    def is_factor(self) -> bool:
        """Is it a factor: a margin, of a model or of a retry? All others are tokens."""
        return self.part in {"margin", "model", "retry"}

    @property
    def steps_in_one(self) -> int:
        """How many of the smallest steps make one: 1 for tokens, 1,000 for factors."""
        return 1000 if self.is_factor else 1

    def number(self, steps: int) -> Fraction:
        """The number that so many of the smallest steps make."""
        return Fraction(steps, self.steps_in_one)

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and the highest that it may ever be, in its smallest steps."""
        if self.part == "model":
            return LEAST_MODEL_FACTOR, MOST_MODEL_FACTOR
        return (LEAST_FACTOR, MOST_FACTOR) if self.is_factor else (0, MAX_TOKENS)


def _position(data: Any, glob: str) -> int:
    """Of the rule that begins with this glob; beyond the last one if there is none."""
    rules = data.get("factors") if isinstance(data, dict) else None
    firsts = [_first_glob(rule) for rule in rules] if isinstance(rules, list) else []
    return firsts.index(glob) if glob in firsts else len(firsts)


def _first_glob(rule: Any) -> Any:
    globs = rule.get("models") if isinstance(rule, dict) else None
    return globs[0] if isinstance(globs, list) and globs else None
