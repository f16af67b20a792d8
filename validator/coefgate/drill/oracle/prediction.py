"""One call → tokens, and the numbers that they rest on: the formula of the README."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from math import ceil
from typing import Any

from coefgate.core.paths import PathKinds, compiled_path_kinds
from coefgate.drill.fileset import FILE_KINDS, REGISTRY, Fileset
from coefgate.drill.numbers import numbers
from coefgate.registry.key import Part

_Prediction = tuple[int, frozenset[str]]


@lru_cache(maxsize=256)
def predictor_of(state: Fileset) -> Predictor:
    """The predictor of a state, with all that it has predicted already."""
    return Predictor(state)


def predicted(state: Fileset, fields: Mapping[str, Any]) -> int:
    """What the coefficients of ``state`` predict for a call."""
    return predictor_of(state).predict(fields)[0]


@dataclass(frozen=True)
class Predictor:
    """The registry of one state, ready to predict. Plain integers and exact fractions."""

    state: Fileset

    @cached_property
    def values(self) -> dict[str, Fraction]:
        return {number.name: number.value for number in numbers(self.state)}

    def values_of(self, part: Part) -> dict[str, Fraction]:
        """The numbers of one part of an estimate."""
        return {one.name: one.value for one in numbers(self.state) if one.key.part == part}

    @cached_property
    def intervals(self) -> dict[str, tuple[Fraction, Fraction]]:
        """The interval that is claimed for a number, where one is."""
        return {number.name: number.interval for number in numbers(self.state) if number.interval}

    @cached_property
    def kind_of(self) -> PathKinds:
        document = self.state.document(FILE_KINDS)
        rules = tuple((rule["kind"], tuple(rule["paths"])) for rule in document["rules"])
        return compiled_path_kinds(rules, document["default"])

    @cached_property
    def _predicted(self) -> Callable[..., _Prediction]:
        return cache(self._predict)

    def predict(self, fields: Mapping[str, Any]) -> _Prediction:
        """The predicted tokens of a call, and the names of the numbers in them."""
        return self._predicted(
            *(fields[key] for key in ("category", "complexity", "model")),
            tuple((one["path"], one["operation"]) for one in fields["deliverables"]),
        )

    def _predict(
        self,
        label: str | None,
        complexity: str,
        model: str | None,
        deliverables: Sequence[tuple[str, str]],
    ) -> _Prediction:
        if not deliverables:
            name = f"no_deliverables.{complexity}"
            if name not in self.values:
                others = self.values_of("no_deliverables")
                name = max(others, key=others.__getitem__)
            return int(self.values[name]), frozenset((name,))
        overhead = f"{self.state.canonical.get(label or '')}.{complexity}"
        globs = self.state.document(REGISTRY)["applies_to"]
        applies = model is None or any(fnmatchcase(model, glob) for glob in globs)
        served = applies and overhead in self.values
        margin = f"margin.{overhead}"
        if not served:
            overhead = "fallback.overhead"
        if not served or margin not in self.values:
            margin = "margin.default"
        used = {overhead, margin}
        base = self.values[overhead]
        for path, operation in deliverables:
            names = self._marginal(path, operation)
            used |= names
            base += self.values[min(names)]
        return ceil(base * self.values[margin]), frozenset(used)

    def _marginal(self, path: str, operation: str) -> set[str]:
        """The numbers that price a deliverable; two where both operations cost the same."""
        kind = self.kind_of(path)
        if operation != "unknown":
            return {f"marginal.{operation}.{kind}"}
        names = [f"marginal.{one}.{kind}" for one in ("create", "modify")]
        dearest = max(self.values[name] for name in names)
        return {name for name in names if self.values[name] == dearest}
