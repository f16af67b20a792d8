"""Every number that an estimate can rest on, and the same registry with another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

from coefgate.drill import fileset
from coefgate.drill.fileset import REGISTRY, Fileset, dumped, value_at, with_text
from coefgate.drill.plant import WHY
from coefgate.registry.key import Key


@dataclass(frozen=True)
class Number:
    """One number: whole tokens, or a factor of three decimals; and the interval claimed for it.

    ``fitted``: it says that calls gave it.
    """

    key: Key
    value: Fraction
    interval: tuple[Fraction, Fraction] | None = None
    fitted: bool = False

    @cached_property
    def name(self) -> str:
        return self.key.name

    @cached_property
    def file(self) -> str:
        return f"coefficients/{self.key.file}"

    def entry_in(self, document: Any) -> Any:
        """What ``document``, its file, says of it."""
        return value_at(document, self.key.entry_in(document))

    def times(self, factor: Fraction) -> Fraction:
        """The number times ``factor``, rounded as a registry writes it."""
        steps = self.key.steps_in_one
        return Fraction(round(self.value * factor * steps), steps)


def written(value: Fraction) -> str:
    """A number as YAML has it."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.12g}"


def plain(value: Fraction) -> int | float:
    """A number for a document of YAML."""
    return int(value) if value.denominator == 1 else float(value)


def exact(number: Any) -> Fraction:
    """A number of a YAML document as it is written: 0.1 is one tenth."""
    return Fraction(number) if isinstance(number, int) else Fraction(str(number))


@lru_cache(maxsize=256)
def numbers(state: Fileset) -> tuple[Number, ...]:
    """Every number of the registry."""
    return tuple(_number(state, key) for key in _keys(state))


def _keys(state: Fileset) -> Iterator[Key]:
    for category, file in state.categories.items():
        for complexity in state.document(file)["overhead"]:
            yield Key("overhead", (category, complexity))
    yield from _cost_keys(state)
    yield Key("margin")
    for category, cells in (state.document(fileset.MARGINS).get("cells") or {}).items():
        for complexity in cells:
            yield Key("margin", (category, complexity))
    yield Key("fallback")
    registry = state.document(REGISTRY)
    for complexity in registry["no_deliverables"]:
        yield Key("no_deliverables", (complexity,))
    for ended in registry.get("retry", ()):
        yield Key("retry", (ended,))
    if fileset.MODEL_FACTORS in state.files:
        yield Key("model")
        for rule in state.document(fileset.MODEL_FACTORS)["factors"]:
            yield Key("model", (rule["models"][0],))


def _cost_keys(state: Fileset) -> Iterator[Key]:
    for operation, kinds in state.document(fileset.MARGINAL)["marginal_costs"].items():
        for kind, cost in kinds.items():
            yield Key("marginal", (operation, kind))
            if "per_kilobyte" in cost:
                yield Key("per_kilobyte", (kind,))


def _number(state: Fileset, key: Key) -> Number:
    document = state.document(f"coefficients/{key.file}")
    entry, path = value_at(document, key.entry_in(document)), key.path_in(document)
    basis = entry["basis"]
    ends = basis.get("interval")
    interval = (exact(ends[0]), exact(ends[1])) if ends else None
    return Number(key, exact(entry[path[-1]]), interval, fitted=basis["kind"] == "fit")


def with_value(state: Fileset, number: Number, value: Fraction) -> dict[str, bytes]:
    """The file of ``number`` with another value, and without acknowledgements; all else stays."""
    content = state.files[number.file]
    if b"acknowledge" in content:
        return with_values(state, {number: value})
    path = number.key.path_in(state.document(number.file))
    return {number.file: with_text(content, path, written(value))}


def with_values(
    state: Fileset,
    values: Mapping[Number, Fraction],
    acknowledged_from: Mapping[Number, Fraction] | None = None,
) -> dict[str, bytes]:
    """The files of these numbers, written anew with other values.

    ``acknowledged_from``: of what step an acknowledgement beside the value tells, where one does.
    """
    documents: dict[str, Any] = {}
    for number, value in values.items():
        document = documents.setdefault(number.file, state.draft(number.file))
        entry = number.entry_in(document)
        entry[number.key.path_in(document)[-1]] = plain(value)
        if acknowledged_from and number in acknowledged_from:
            entry["acknowledge"] = acknowledgement(acknowledged_from[number], value)
    return {file: dumped(document) for file, document in documents.items()}


def corrected(state: Fileset, values: Mapping[Number, Fraction]) -> dict[str, bytes]:
    """The files of these numbers with values that somebody answers for: acknowledged corrections.

    No samples and no interval are claimed any more.
    """
    documents: dict[str, Any] = {}
    for number, value in values.items():
        document = documents.setdefault(number.file, state.draft(number.file))
        entry = number.entry_in(document)
        entry[number.key.path_in(document)[-1]] = plain(value)
        entry["basis"] = {"kind": "correction", "reference": entry["basis"]["reference"]}
        entry["acknowledge"] = acknowledgement(number.value, value)
    return {file: dumped(document) for file, document in documents.items()}


def acknowledgement(old: Fraction, new: Fraction) -> dict[str, Any]:
    """An acknowledgement of a step."""
    return {"from": plain(old), "to": plain(new), "reason": WHY}


def in_range(number: Number, value: Fraction) -> bool:
    """Is this a value that a registry may hold, and another than the present one?"""
    low, high = number.key.ends
    return value != number.value and low <= value * number.key.steps_in_one <= high


def rises(state: Fileset) -> bool:
    """Do figures never fall from one complexity to the next, with deliverables and without?"""
    order = state.document(REGISTRY)["complexities"]
    ladders = [state.document(file)["overhead"] for file in state.categories.values()]
    for ladder in (*ladders, state.document(REGISTRY)["no_deliverables"]):
        tokens = [ladder[complexity]["tokens"] for complexity in order if complexity in ladder]
        if any(lower > higher for lower, higher in pairwise(tokens)):
            return False
    return True
