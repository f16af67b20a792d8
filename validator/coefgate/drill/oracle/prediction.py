"""One call → tokens, and the numbers that they rest on: the formula of the README."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from math import ceil
from typing import Any

from coefgate.core.paths import PathKinds, compiled_path_kinds
from coefgate.drill.fileset import (
    FILE_KINDS,
    MARGINAL,
    MODEL_FACTORS,
    REGISTRY,
    AskedCall,
    Fileset,
    StoredLine,
    asked,
)
from coefgate.drill.numbers import numbers
from coefgate.drill.oracle.attempts import TriedBefore, attempts_before
from coefgate.registry.key import Part

_Prediction = tuple[int, frozenset[str]]


@lru_cache(maxsize=256)
def predictor_of(state: Fileset) -> Predictor:
    """The predictor of a state, with all that it has predicted already."""
    return Predictor(state)


def predicted(
    state: Fileset, fields: Mapping[str, Any], previous: TriedBefore | None = None
) -> int:
    """What the coefficients of ``state`` predict for a call."""
    return predictor_of(state).predict(fields, previous)[0]


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
    def fitted(self) -> frozenset[str]:
        """The names of the numbers that say that calls gave them."""
        return frozenset(number.name for number in numbers(self.state) if number.fitted)

    def used_by(self, calls: Iterable[StoredLine]) -> frozenset[str]:
        """The names of the numbers in the predictions of these calls."""
        return frozenset().union(*(self.of_stored(call)[1] for call in calls))

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

    def predict(
        self, fields: Mapping[str, Any], previous: TriedBefore | None = None
    ) -> _Prediction:
        """The predicted tokens of a call, and the names of the numbers in them."""
        return self._answer(asked(fields), previous)

    def of_call(self, call: StoredLine, previous: TriedBefore | None = None) -> _Prediction:
        """The same of a stored call."""
        return self._answer(call.asked, previous)

    def of_stored(self, call: StoredLine) -> _Prediction:
        """The same of a call of this state, which another attempt may precede."""
        return self.of_call(call, self._before.get(call.id))

    @cached_property
    def _before(self) -> Mapping[str, TriedBefore]:
        has_factors = "retry" in self.state.document(REGISTRY)
        return attempts_before(self.state.stored, self.state.retired) if has_factors else {}

    def _answer(self, call: AskedCall, previous: TriedBefore | None) -> _Prediction:
        formula = self._predicted(*call)
        return formula if previous is None else self._after(formula, *previous)

    def _after(self, formula: _Prediction, tokens: int, cut_off: bool) -> _Prediction:  # noqa: FBT001 (a pair)
        name = f"retry.after_{'cut_off' if cut_off else 'complete'}"
        if name not in self.values:
            return formula
        needed = ceil(self.values[name] * tokens)
        if not cut_off:
            return needed, frozenset((name,))
        needed = max(needed, tokens + 1)
        used = (formula[1] if formula[0] >= needed else set()) | (
            {name} if needed >= formula[0] else set()
        )
        return max(needed, formula[0]), frozenset(used)

    def factor_of(self, model: str | None) -> tuple[Fraction, str]:
        """The factor of a model, and its name; 1 and no name where none is stated."""
        if MODEL_FACTORS not in self.state.files:
            return Fraction(1), ""
        for rule in self.state.document(MODEL_FACTORS)["factors"]:
            if model is not None and any(fnmatchcase(model, glob) for glob in rule["models"]):
                name = f"model.{rule['models'][0]}"
                return self.values[name], name
        return self.values["model.default"], "model.default"

    def _predict(
        self,
        label: str | None,
        complexity: str,
        model: str | None,
        mode: str | None,
        deliverables: Sequence[tuple[str, str, int | None]],
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
        for path, operation, size in deliverables:
            tokens, names = self._priced(path, operation, size, mode or self._registry_mode)
            used |= names
            base += tokens
        factor, name = self.factor_of(model)
        return ceil(base * self.values[margin] * factor), frozenset(used | {name} - {""})

    @cached_property
    def _registry_mode(self) -> str | None:
        mode: str | None = self.state.document(REGISTRY).get("output_mode")
        return mode

    def _priced(
        self, path: str, operation: str, size: int | None, mode: str | None
    ) -> tuple[Fraction, set[str]]:
        """What a deliverable costs, and the numbers in it; of two equal prices those of both."""
        kind = self.kind_of(path)
        if operation == "unknown" and size is not None and self._semantics > 1:
            operation = "modify"
        prices = [
            self._prices(one, kind, size, mode)
            for one in ("create", "modify")
            if operation in {one, "unknown"}
        ]
        dearest = max(tokens for tokens, _ in prices)
        return dearest, {name for tokens, names in prices for name in names if tokens == dearest}

    @cached_property
    def _prices(self) -> Callable[..., tuple[Fraction, set[str]]]:
        return cache(self._price)

    @cached_property
    def _semantics(self) -> int:
        return int(self.state.document(REGISTRY).get("semantics", 1))

    def _price(
        self, operation: str, kind: str, size: int | None, mode: str | None
    ) -> tuple[Fraction, set[str]]:
        name = f"marginal.{operation}.{kind}"
        tokens, names = self.values[name], {name}
        entry = self.state.document(MARGINAL)["marginal_costs"][operation][kind]
        sized = entry.get("per_kilobyte")
        if sized is not None and mode in sized["output_modes"]:
            charged = sized["assumed"] if size is None else min(size, sized["up_to"])
            tokens += self.values[f"{name}.per_kilobyte"] * Fraction(charged, 1024)
            if charged:
                names.add(f"{name}.per_kilobyte")
        return tokens, names
