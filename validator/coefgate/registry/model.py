"""What a registry says, as frozen values; every number knows its name and its place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from coefgate.core.vocabulary import Operation
from coefgate.core.yanks import Yank
from coefgate.registry.intervals import Intervals
from coefgate.registry.key import Key
from coefgate.registry.labels import LabelRule
from coefgate.registry.tuning import Tuning

BasisKind = Literal["prior", "fit", "correction"]


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a value comes from: published (``prior``), calibrated here (``fit``) or corrected.

    ``samples``: how many stand behind it, ``None`` where nobody said. ``interval``: low and high
    in the unit of the value. ``reference``: the page that tells the story.
    """

    kind: BasisKind
    reference: str
    samples: int | None = None
    interval: tuple[Fraction, Fraction] | None = None

    @property
    def measured(self) -> bool:
        """Does at least one sample stand behind the value?"""
        return self.kind != "prior" and bool(self.samples)


Names = tuple[str, ...] | str | None
"""What is no number and can be acknowledged: aliases, globs, a fingerprint, a word."""
T_co = TypeVar("T_co", bound=Fraction | Names, covariant=True)


@dataclass(frozen=True, slots=True)
class Acknowledgement(Generic[T_co]):
    """The author's answer to a rule that asks for one: this exact step, for this reason."""

    previous: T_co
    current: T_co
    reason: str


@dataclass(frozen=True, slots=True)
class Value:
    """One number: whole tokens, or a plain factor with at most three decimals."""

    key: Key
    number: Fraction
    basis: Basis
    acknowledge: Acknowledgement[Fraction] | None
    file: str
    line: int

    @property
    def name(self) -> str:
        """Its dotted name, such as ``docs.low``."""
        return self.key.name

    @property
    def steps(self) -> int:
        """The number in its smallest steps: tokens, or thousandths of a factor."""
        return int(self.number * self.key.steps_in_one)

    def answer_beside(self, number: Fraction) -> Acknowledgement[Fraction] | None:
        """The acknowledgement that stays beside ``number`` instead of this one.

        It names one step: where another number comes, it has served.
        """
        answer = self.acknowledge
        return answer if answer is not None and answer.current == number else None


@dataclass(frozen=True, slots=True)
class PerKilobyte:
    """What the size of a file of one kind adds to its cost, where a call writes it whole again.

    ``value``: tokens for each 1,024 bytes that it has before the call. ``up_to``: the most bytes
    that are charged; ``assumed``: those of a file whose size nobody knows. ``output_modes``: the
    modes of calls that write files whole. ``lines`` and ``acknowledged``: of these three, by their
    keys.
    """

    value: Value
    up_to: int
    assumed: int
    output_modes: tuple[str, ...]
    lines: Mapping[str, int] = field(default_factory=dict)
    acknowledged: Mapping[str, Acknowledgement[Any]] = field(default_factory=dict)

    @property
    def settings(self) -> Mapping[str, int | tuple[str, ...]]:
        """All but the number, to compare: modes in any order are the same."""
        modes = tuple(sorted(self.output_modes))
        return {"up_to": self.up_to, "assumed": self.assumed, "output_modes": modes}


@dataclass(frozen=True, slots=True)
class Category:
    """One category with its aliases and its overhead for the complexities that it declares."""

    name: str
    aliases: tuple[str, ...]
    overhead: Mapping[str, Value]
    acknowledge: Acknowledgement[Names] | None = None
    line: int = 1
    file: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a call of it may carry, its own first."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class PathRule:
    """Paths that match one of ``globs`` are of this ``kind``; rules are tried in order."""

    kind: str
    globs: tuple[str, ...]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class ModelRule:
    """Models that match one of ``globs`` have this factor; rules are tried in order."""

    globs: tuple[str, ...]
    value: Value


@dataclass(frozen=True, slots=True)
class IntervalWidths:
    """How far an interval reaches, as shares of tokens; ``coverage``: of calls, if measured."""

    below: Fraction
    above: Fraction
    coverage: Fraction | None


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds of the absolute gates; ``below`` fails on equality, the others do not."""

    smape_mean_below: Fraction
    underestimation_rate_below: Fraction
    waste_median_from: Fraction
    waste_median_to: Fraction
    waste_p90_to: Fraction


@dataclass(frozen=True, slots=True)
class Scope:
    """Which samples count: globs of model names, an ISO date, and where lists of files come from.

    ``None``: no restriction. A sample of which such a fact is unknown counts only where there is
    no restriction of it.
    """

    models: tuple[str, ...] | None
    observed_since: str | None
    deliverables_from: Literal["request", "reply"] | None = None


@dataclass(frozen=True, slots=True)
class CoverageAims:
    """What the stored samples should come to cover; shown, not enforced."""

    eligible_samples_from: int
    eligible_samples_to: int
    categories: int
    each_complexity: int
    five_or_more_deliverables: int


@dataclass(frozen=True, slots=True)
class RelativeLimits:
    """Thresholds of the rules that compare head with base: docs/reference/gates.md."""

    stratum_misses_from: int = 2
    stratum_smape_rise_above: Fraction = Fraction(5)
    stratum_sign_test_below: Fraction = Fraction(1, 10)
    stratum_phases_from: int = 5
    flattered_better_by_above: Fraction = Fraction(5)
    swing_factor_from: Fraction = Fraction(2)


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number of ``gates.yaml`` or ``guardrails.yaml``, and which way it gets looser.

    ``stated``: does the file say it? Otherwise it is the default, on the line of its section.
    """

    name: str
    value: Fraction
    looser: Literal["higher", "lower", "either"]
    line: int
    acknowledge: Acknowledgement[Fraction] | None
    file: str = "coefficients/gates.yaml"
    stated: bool = True


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """An answer in a list, to the rule ``flattered`` or ``corrected`` or about a version.

    ``subject``: a file of samples, a retirement (``samples/retired.yaml#ID``), the id of a line
    that corrects another, or a version that is no longer withdrawn as it was.
    """

    subject: str
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """``yanked.yaml``: yanks by version, with their lines, and why some stand no longer."""

    yanks: Mapping[str, Yank] = field(default_factory=dict)
    unyanked: tuple[ListAnswer, ...] = ()
    line: int = 1
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def versions(self) -> frozenset[str]:
        """The versions that are withdrawn."""
        return frozenset(self.yanks)

    def altered(self, later: Withdrawn) -> frozenset[str]:
        """The versions that ``later`` lacks, or has with another day, reason or replacement."""
        return frozenset(one for one, yank in self.yanks.items() if later.yanks.get(one) != yank)


@dataclass(frozen=True, slots=True)
class Gates:
    """``gates.yaml``: the thresholds, scope and aims. ``lines``: of each rule and setting."""

    limits: Limits
    lines: Mapping[str, int]
    scope: Scope
    aims: CoverageAims
    relative: RelativeLimits = RelativeLimits()
    when_base_misses: Literal["require-no-worse", "require-pass"] = "require-no-worse"
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    acknowledged: Mapping[str, Acknowledgement[Names]] = field(default_factory=dict)
    flattered: tuple[ListAnswer, ...] = ()
    corrected: tuple[ListAnswer, ...] = ()

    @property
    def settings(self) -> Mapping[str, Names]:
        """What is no threshold and can be loosened, by its dotted path."""
        return {
            "when_base_misses": self.when_base_misses,
            "scope.models": self.scope.models,
            "scope.observed_since": self.scope.observed_since,
            "scope.deliverables_from": self.scope.deliverables_from,
        }


@dataclass(frozen=True)
class Coefficients:
    """Everything that ``coefficients/`` says, valid and in relation.

    ``marginal_costs`` is keyed by operation (``create``, ``modify``) and file kind,
    ``per_kilobyte`` by file kind, ``cell_margins`` by category and complexity, ``retry`` by how
    the attempt before ended. ``output_mode``: how files are written in a call that does not say,
    ``None`` where that is unknown. ``default_model_factor``: ``None`` where the registry tells no
    models apart; then it has no ``model_rules``. ``interval`` is of semantics 1, ``intervals`` are
    of semantics 2. ``lines``: of settings, by key. ``places``: file and line of each mapping that
    holds values, by the words that their keys begin with.
    """

    format: int
    semantics: int
    unit: Literal["call", "turn"]
    complexities: tuple[str, ...]
    applies_to: tuple[str, ...]
    fallback_overhead: Value
    no_deliverables: Mapping[str, Value]
    categories: Mapping[str, Category]
    marginal_costs: Mapping[tuple[Operation, str], Value]
    path_rules: tuple[PathRule, ...]
    default_kind: str
    default_margin: Value
    cell_margins: Mapping[tuple[str, str], Value]
    interval: IntervalWidths | None
    gates: Gates
    output_mode: str | None = None
    per_kilobyte: Mapping[str, PerKilobyte] = field(default_factory=dict)
    model_rules: tuple[ModelRule, ...] = ()
    default_model_factor: Value | None = None
    retry: Mapping[str, Value] = field(default_factory=dict)
    intervals: Intervals = field(default_factory=Intervals)
    acknowledge_rules: Acknowledgement[Names] | None = None
    acknowledge_applies_to: Acknowledgement[Names] | None = None
    acknowledge_output_mode: Acknowledgement[Names] | None = None
    acknowledge_models: Acknowledgement[Names] | None = None
    guardrails: Mapping[str, Threshold] = field(default_factory=dict)
    withdrawn: Withdrawn = Withdrawn()
    tuning: Tuning | None = None
    label_rules: tuple[LabelRule, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[tuple[str, ...], tuple[str, int]] = field(default_factory=dict)

    @property
    def thresholds(self) -> Mapping[str, Threshold]:
        """Every number that a change may not loosen: of the gates, and of the guardrails."""
        return {**self.gates.thresholds, **self.guardrails}

    @property
    def is_measured(self) -> bool:
        """Does any number say that at least one sample stands behind it?"""
        return any(value.basis.measured for value in self.numbers.values())

    @cached_property
    def numbers(self) -> Mapping[Key, Value]:
        """Every declared number."""
        return {
            **{
                Key("overhead", (name, complexity)): value
                for name, category in self.categories.items()
                for complexity, value in category.overhead.items()
            },
            **{Key("marginal", cost): value for cost, value in self.marginal_costs.items()},
            **{Key("per_kilobyte", (kind,)): one.value for kind, one in self.per_kilobyte.items()},
            Key("margin"): self.default_margin,
            **{Key("margin", cell): value for cell, value in self.cell_margins.items()},
            Key("fallback"): self.fallback_overhead,
            **{
                Key("no_deliverables", (complexity,)): value
                for complexity, value in self.no_deliverables.items()
            },
            **{Key("model", rule.globs[:1]): rule.value for rule in self.model_rules},
            **({Key("model"): self.default_model_factor} if self.default_model_factor else {}),
            **{Key("retry", (ended,)): value for ended, value in self.retry.items()},
        }

    @property
    def size_costs(self) -> tuple[Value, ...]:
        """What sizes of files cost, kind by kind."""
        return tuple(one.value for one in self.per_kilobyte.values())

    @cached_property
    def path_rules_fingerprint(self) -> str:
        """Twelve hexadecimal digits that differ where the path rules or their default do."""
        return fingerprint(((one.kind, one.globs) for one in self.path_rules), self.default_kind)

    @cached_property
    def canonical_category(self) -> Mapping[str, str]:
        """From every name and alias of a category to its name."""
        names: dict[str, str] = {}
        for category in self.categories.values():
            names |= dict.fromkeys(category.names, category.name)
        return names


def fingerprint(rules: Iterable[tuple[str, Iterable[str]]], default: str) -> str:
    """Twelve hexadecimal digits of path rules (kind, globs in any order) and the default kind."""
    content = [[[kind, sorted(globs)] for kind, globs in rules], default]
    canonical = json.dumps(content, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:12]
