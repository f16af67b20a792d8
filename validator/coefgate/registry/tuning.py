"""``tuning.yaml``: what the fitting procedure takes for granted, and the calls that it fits on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any, Final, Literal

from coefgate.core.vocabulary import PRICED_OPERATIONS
from coefgate.registry.document import Document
from coefgate.registry.key import Key

FILE: Final = "coefficients/tuning.yaml"
Spread = Literal[
    "all",
    "complexity",
    "category",
    "cell",
    "marginal",
    "operation",
    "kind",
    "cost",
    "new_kind",
    "per_kilobyte",
    "model",
]
"""Levels at which calls move numbers from their priors."""
MarginChoice = Literal["one", "adaptive"]
"""One margin for all cells, or one for each."""


@dataclass(frozen=True, slots=True)
class MissedLimit:
    """A limit that the stored calls miss, with the ``figure`` that was seen, and why it lands."""

    rule: str
    figure: Fraction
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Tuning:
    """What ``coefgate tune`` starts from; docs/how-to/tuning.md explains the procedure.

    ``level``: the share of calls left out that prediction and margin are to cover, in (0, 1).
    ``scatter``: the standard deviation of ln(actual ÷ base) among calls alike. ``spreads``: how
    far effects of each level lie from 0, as standard deviations of ln(number); 0 leaves a level
    out. ``cell_from``: calls that a cell takes to have an effect of its own. ``round_to``: tokens
    are rounded up to multiples of it. ``parents``: of a kind that has no prior of its own, the one
    whose price it starts from. ``prior``: tokens by number. ``samples``: files of samples that are
    fitted on, below the root of the registry. ``ema``: the share of the way from the accepted
    state's that a number moves, in (0, 1]; ``None``: all of it. ``prior_margin``: published with
    the priors.
    """

    level: Fraction
    scatter: Fraction
    spreads: Mapping[Spread, Fraction]
    cell_from: int
    round_to: int
    parents: Mapping[str, str]
    prior: Mapping[Key, int]
    reference: str
    samples: tuple[str, ...]
    missed: tuple[MissedLimit, ...] = ()
    ema: Fraction | None = None
    margins: MarginChoice = "one"
    prior_margin: Fraction | None = None

    @property
    def gives_by(self) -> object:
        """All of it that the numbers and the margin depend on, to be compared."""
        return self.fits_by, self.level

    @property
    def fits_by(self) -> object:
        """All of it that a fit depends on, to be compared."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        given |= {
            "reference": None,
            "missed": None,
            "level": None,
            "samples": frozenset(self.samples),
        }
        return tuple(
            frozenset(one.items()) if isinstance(one, Mapping) else one for one in given.values()
        )

    def prior_of(self, key: Key) -> int | None:
        """The tokens that a number starts from; ``None`` where nobody stated any."""
        if key not in self.prior and key.part == "marginal":
            operation, kind = key.of
            key = Key("marginal", (operation, self.parents.get(kind, kind)))
        return self.prior.get(key)


def tuning_of(document: Document) -> Tuning | None:
    """What a valid ``tuning.yaml`` says; ``None`` of a document of nothing."""
    if document.data is None:
        return None
    data, prior = document.data, document.mapping_at(("prior",))
    costs = {name: prior["marginal_costs"][name] for name in PRICED_OPERATIONS}
    return Tuning(
        level=Fraction(data["level"]),
        scatter=Fraction(data["scatter"]),
        spreads={name: Fraction(number) for name, number in data["spreads"].items()},
        cell_from=data["cell_from"],
        round_to=data["round_to"],
        parents=dict(data.get("parents", {})),
        prior={
            **{
                Key("overhead", (category, complexity)): tokens
                for category, ladder in prior["overhead"].items()
                for complexity, tokens in ladder.items()
            },
            **{
                Key("marginal", (operation, kind)): tokens
                for operation, ladder in costs.items()
                for kind, tokens in ladder.items()
            },
            **{
                Key("per_kilobyte", (kind,)): tokens
                for kind, tokens in prior.get("per_kilobyte", {}).items()
            },
        },
        reference=prior["reference"],
        samples=tuple(data["samples"]),
        missed=tuple(_missed(document)),
        ema=_fraction(data.get("ema")),
        margins=data.get("margins", "one"),
        prior_margin=_fraction(prior.get("margin")),
    )


def _fraction(number: Any) -> Fraction | None:
    return None if number is None else Fraction(number)


def _missed(document: Document) -> Iterator[MissedLimit]:
    for at, one in enumerate(document.list_at(("missed",))):
        line, _ = document.mark(("missed", at))
        yield MissedLimit(one["rule"], Fraction(one["figure"]), one["reason"], line)
