"""The compiled table: all that an estimate needs, by exact keys.

The scalar and the columnar face read the same integers, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from coefgate.core.model_factors import ModelRules, compiled_model_rules
from coefgate.core.paths import PathKinds, compiled_path_kinds
from coefgate.core.quantiles import Uncertainties, Uncertainty
from coefgate.core.retry import RetryFactor, RetryFactors
from coefgate.core.vocabulary import KILOBYTE, PRICED_OPERATIONS, Operation


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
class Rewrite:
    """What a file of one kind costs where a call writes it whole again.

    ``cost``: whatever its size. ``per_kilobyte``: tokens for each 1,024 of its bytes before the
    call, of which at most ``up_to`` count; ``assumed``: the bytes of a file whose size nobody
    knows.
    """

    cost: Cost
    per_kilobyte: Cost
    up_to: int
    assumed: int

    def charged(self, size: int | None) -> int:
        """The bytes that are charged for a file of this size."""
        return self.assumed if size is None else min(size, self.up_to)


Rewrites = Mapping[tuple[Operation, str], Rewrite]
"""What is charged for files of an operation and kind, instead of their marginal cost.

Of ``unknown`` ones only where a modified one of the assumed size is dearer than a new one.
"""


@dataclass(frozen=True, slots=True)
class Table:
    """One registry, ready to estimate.

    ``cells``: the declared ones, by canonical category and complexity; ``fallback`` serves all
    others. ``complexities``: in rising order. ``marginal``: by operation, then kind; an
    ``unknown`` one is the dearer of create and modify. ``sized``: by kind, where the size of a
    file counts in some mode; ``rewrites``: by output mode. ``sizes_tell``: is an ``unknown`` file
    whose size is known a modified one? ``output_mode``: of calls that do not say.
    ``model_factors``: in thousandths, of each rule that ``rule_of_model`` may give, and last the
    one of all other models. ``retry``: ``None`` where no factor for another attempt is stated.
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
    sized: Mapping[str, Rewrite]
    rewrites: Mapping[str, Rewrites]
    sizes_tell: bool
    output_mode: str | None
    rule_of_model: ModelRules
    model_factors: tuple[int, ...]
    retry: RetryFactors | None
    registry_version: str
    digest: str

    def factor_of(self, model: str | None) -> tuple[int, bool]:
        """The factor of a model, in thousandths; and has it one of its own?

        All have where no models are told apart, or nobody knows which it is.
        """
        others = len(self.model_factors) - 1
        if not others:
            return self.model_factors[0], True
        rule = self.rule_of_model(model)
        return self.model_factors[rule], rule < others or model is None

    def rewrites_in(self, output_mode: str | None) -> Rewrites:
        """What files cost that such a call writes whole again; empty where it writes none so."""
        mode = self.output_mode if output_mode is None else output_mode
        return _NONE if mode is None else self.rewrites.get(mode, _NONE)

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
    modes = _rewrites(content.get("per_kilobyte", {}), *priced)
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
        sized={kind: one for rewrites in modes.values() for (_, kind), one in rewrites.items()},
        rewrites=modes,
        sizes_tell=content.get("semantics", 1) > 1,
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


_NONE: Final[Rewrites] = {}


def _rewrites(
    per_kilobyte: Mapping[str, Any], create: Mapping[str, Cost], modify: Mapping[str, Cost]
) -> dict[str, dict[tuple[Operation, str], Rewrite]]:
    found: dict[str, dict[tuple[Operation, str], Rewrite]] = {}
    for kind, value in per_kilobyte.items():
        each, assumed = Cost(value["tokens"], value["measured"]), value["assumed"]
        one = Rewrite(modify[kind], each, value["up_to"], assumed)
        modified = modify[kind].tokens * KILOBYTE + each.tokens * assumed
        for mode in value["output_modes"]:
            rewrites = found.setdefault(mode, {})
            rewrites["modify", kind] = one
            if modified > create[kind].tokens * KILOBYTE:
                rewrites["unknown", kind] = one
    return found


def _costs(values: Mapping[str, Any]) -> dict[str, Cost]:
    return {name: Cost(value["tokens"], value["measured"]) for name, value in values.items()}


def _dearer(*costs: Cost) -> Cost:
    return max(costs, key=lambda cost: cost.tokens)
