"""The compiled table: all that an estimate needs, by exact keys.

The scalar and the columnar face read the same integers, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from coefgate.core.model_factors import RuleOfModel, compiled_model_rules
from coefgate.core.paths import PathKinds, compiled_path_kinds
from coefgate.core.quantiles import Uncertainties, Uncertainty
from coefgate.core.retry import RetryFactor, RetryFactors
from coefgate.core.vocabulary import PRICED_OPERATIONS, Operation


@dataclass(frozen=True, slots=True)
class Cost:
    """Tokens of one coefficient, and whether at least one stored call stands behind it."""

    tokens: int
    measured: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """Overhead, safety margin (in thousandths) and uncertainty of one category × complexity."""

    overhead: Cost
    margin: int
    uncertainty: Uncertainty


@dataclass(frozen=True, slots=True)
class Table:
    """One registry, ready to estimate.

    ``cells``: the declared ones, by canonical category and complexity; ``fallback`` serves all
    others. ``complexities``: in rising order. ``marginal``: by operation, then kind; an
    ``unknown`` one is the dearer of create and modify. ``model_factors``: in thousandths, of each
    rule that ``rule_of_model`` may give, and last the one of all other models. ``retry``: ``None``
    where no factor for another attempt is stated.
    """

    kind_of: PathKinds
    kinds: tuple[str, ...]
    complexities: tuple[str, ...]
    canonical_category: Mapping[str, str]
    cells: Mapping[tuple[str, str], Cell]
    fallback: Cell
    marginal: Mapping[Operation, Mapping[str, Cost]]
    no_deliverables: Mapping[str, Cost]
    no_deliverables_fallback: Cost
    applies_to: tuple[str, ...]
    output_mode: str | None
    rule_of_model: RuleOfModel
    model_factors: tuple[int, ...]
    retry: RetryFactors | None
    registry_version: str
    digest: str

    def names_model(self, model: str | None) -> bool:
        """Has the model a factor of its own? All have where none are told apart."""
        others = len(self.model_factors) - 1
        return not others or model is None or self.rule_of_model(model) < others

    def applies_to_model(self, model: str | None) -> bool:
        """Was the registry made for this model? So it is taken where nobody names one."""
        return model is None or any(fnmatchcase(model, glob) for glob in self.applies_to)


def compile_table(content: Mapping[str, Any], *, registry_version: str, digest: str) -> Table:
    """Compile the content of a snapshot, which is valid; estimates carry version and digest."""
    margins = content["safety_margins"]
    categories, uncertainties = content["categories"], Uncertainties(content)
    marginal: dict[Operation, Mapping[str, Cost]] = {
        operation: _costs(content["marginal_costs"][operation]) for operation in PRICED_OPERATIONS
    }
    kinds = tuple(sorted(marginal["create"]))
    priced = tuple(marginal.values())
    marginal["unknown"] = {kind: _dearer(*(costs[kind] for costs in priced)) for kind in kinds}
    no_deliverables = _costs(content["no_deliverables"])
    rules = content["file_kinds"]
    factors = content.get("model_factors") or {"rules": (), "default": 1000}
    model_rules = factors["rules"]
    ordered = tuple((rule["kind"], tuple(rule["paths"])) for rule in rules["rules"])
    return Table(
        kind_of=compiled_path_kinds(ordered, rules["default"]),
        kinds=kinds,
        complexities=tuple(content["complexities"]),
        canonical_category={
            name: category
            for category, entry in categories.items()
            for name in (category, *entry["aliases"])
        },
        cells={
            (category, complexity): Cell(
                cost,
                margins["cells"].get(category, {}).get(complexity, margins["default"]),
                uncertainties.of(category, complexity),
            )
            for category, entry in categories.items()
            for complexity, cost in _costs(entry["overhead"]).items()
        },
        fallback=Cell(
            _costs(content["fallback"])["overhead"], margins["default"], uncertainties.of()
        ),
        marginal=marginal,
        no_deliverables=no_deliverables,
        no_deliverables_fallback=_dearer(*no_deliverables.values()),
        applies_to=tuple(content["applies_to"]),
        output_mode=content.get("output_mode"),
        rule_of_model=compiled_model_rules(tuple(tuple(rule["models"]) for rule in model_rules)),
        model_factors=(*(rule["factor"] for rule in model_rules), factors["default"]),
        retry=_retry(content.get("retry")),
        registry_version=registry_version,
        digest=digest,
    )


def _retry(values: Mapping[str, Any] | None) -> RetryFactors | None:
    if values is None:
        return None
    factors = {ended: RetryFactor(one["factor"], one["measured"]) for ended, one in values.items()}
    return RetryFactors(**factors)


def _costs(values: Mapping[str, Any]) -> dict[str, Cost]:
    return {name: Cost(value["tokens"], value["measured"]) for name, value in values.items()}


def _dearer(*costs: Cost) -> Cost:
    return max(costs, key=lambda cost: cost.tokens)
