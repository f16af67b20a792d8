"""What differs between two registries, and which of it no eligible call uses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import groupby, product
from operator import itemgetter

from coefgate.core.paths import alternatives, compiled_path_kinds
from coefgate.drill.fileset import FILE_KINDS, MODEL_FACTORS, REGISTRY, TUNING, StoredLine
from coefgate.drill.numbers import numbers
from coefgate.drill.oracle.attempts import TriedBefore
from coefgate.drill.oracle.prediction import Predictor


@lru_cache(maxsize=16)
def moved_numbers(base: Predictor, head: Predictor) -> Mapping[str, tuple[Fraction, Fraction]]:
    """Numbers of both sides, by head's names; a renamed category answers for its old name."""
    found = {
        new: (base.values[old], head.values[new]) for new, old in _same_number(base, head).items()
    }
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}


def not_given(base: Predictor, head: Predictor) -> Iterator[str]:
    """Numbers that still say ``fit`` and moved, while the procedure stays as it is.

    The accepted ones are what it gives, or at most a step of rounding beside it. So one that moves
    by more than that twice is none that it gives, whatever a fit would say.
    """
    was, now = (side.state.document(TUNING) for side in (base, head))
    if was != now:
        return
    factors = {number.name for number in numbers(head.state) if number.key.is_factor}
    for name, (old, new) in moved_numbers(base, head).items():
        step = Fraction(1, 1000) if name in factors else Fraction(now["round_to"])
        if name in head.fitted & base.fitted and abs(new - old) > 2 * step:
            yield name


def by_hand(base: Predictor, head: Predictor) -> Iterator[str]:
    """Numbers that moved and that no procedure answers for."""
    return (name for name in moved_numbers(base, head) if name not in head.fitted)


def moved_prices(base: Predictor, head: Predictor) -> Iterator[tuple[Fraction, Fraction]]:
    """What calls pay with the margin that they get, where both sides have a figure for them."""
    was, now = _prices(base, head), _prices(head, head)
    both = [(was[part], price) for part, price in now.items() if part in was]
    rules = head.state.document(MODEL_FACTORS) if MODEL_FACTORS in head.state.files else {}
    globs = [None, *(glob for rule in rules.get("factors", ()) for glob in rule["models"])]
    factors = [(base.factor_of(glob)[0], head.factor_of(glob)[0]) for glob in globs]
    for before, after in both:
        for old, new in factors:
            if (before, old) != (after, new) and before * old != after * new:
                yield before * old, after * new


def _prices(side: Predictor, head: Predictor) -> dict[str, Fraction]:
    """Prices by label and complexity; marginal costs with the default margin and head's own."""
    values, default = side.values, side.values["margin.default"]
    costs = side.values_of("marginal") | side.values_of("per_kilobyte")
    found = {name: tokens * default for name, tokens in costs.items()}
    found["fallback.overhead"] = values["fallback.overhead"] * default
    for label, complexity in product(side.state.canonical, _complexities(side, head)):
        cell, later = (f"{one.state.canonical.get(label)}.{complexity}" for one in (side, head))
        margin = values.get(f"margin.{cell}", default)
        if cell in values:
            found[f"{label}.{complexity}"] = values[cell] * margin
        if f"margin.{later}" in head.values:
            found |= {f"{name} of {later}": tokens * margin for name, tokens in costs.items()}
    return found


def _complexities(*sides: Predictor) -> tuple[str, ...]:
    declared = (one for side in sides for one in side.state.document(REGISTRY)["complexities"])
    return tuple(dict.fromkeys(declared))


def left_interval(base: Predictor, head: Predictor) -> Iterator[str]:
    """Moved numbers outside of an interval that head or base claims."""
    moved = moved_numbers(base, head)
    for side in (head, base):
        names = _same_number(side, head)
        for name, (_, value) in moved.items():
            ends = side.intervals.get(names.get(name, name))
            if ends is not None and not ends[0] <= value <= ends[1]:
                yield name


@lru_cache(maxsize=16)
def _same_number(base: Predictor, head: Predictor) -> Mapping[str, str]:
    """From a number of head to the one of base that the same calls got."""
    was, now = base.values, head.values
    pairs = {name: name for name in now if name in was}
    if "model.default" in was:
        fresh = (name for name in head.values_of("model") if name not in was)
        pairs |= {name: base.factor_of(name.removeprefix("model."))[1] for name in fresh}
    for label in {*base.state.categories, *head.state.categories}:
        category, later = base.state.canonical.get(label), head.state.canonical.get(label)
        for complexity in _complexities(base, head):
            old, new = f"{category}.{complexity}", f"{later}.{complexity}"
            if old not in was or new not in now:
                continue
            pairs.setdefault(new, old)
            if f"margin.{new}" in now:  # a margin of its own instead of the default one
                before = f"margin.{old}" if f"margin.{old}" in was else "margin.default"
                pairs.setdefault(f"margin.{new}", before)
    return pairs


def factor(old: Fraction, new: Fraction) -> Fraction:
    """How many times larger the larger one is; without bound where one is zero."""
    low, high = sorted((old, new))
    return high / low if low else Fraction(10**9)


def unmeasured(
    base: Predictor,
    head: Predictor,
    eligible: Sequence[StoredLine],
    before: Sequence[TriedBefore | None],
) -> Iterator[str]:
    """Changed numbers, aliases and path rules that no eligible call uses.

    ``before``: the attempt before each call.
    """
    used = frozenset().union(*(names for _, names in map(head.of_call, eligible, before)))
    yield from (name for name in moved_numbers(base, head) if name not in used)
    labels = {call.fields["category"] for call in eligible}
    was, now = base.state.canonical, head.state.canonical
    for label in {*was, *now} - {*base.state.categories} - labels:
        if label in was and label in now and now.get(was[label]) != now[label]:
            yield label
    paths = {one["path"] for call in eligible for one in call.fields["deliverables"]}
    yield from _unmeasured_rules(base, head, paths)


def _unmeasured_rules(base: Predictor, head: Predictor, paths: Collection[str]) -> Iterator[str]:
    """Globs that came or went and give no path another kind; their order, if it moves none."""
    was, now = (_written_out(side) for side in (base, head))
    for side, here, there in ((base, was, now), (head, now, was)):
        other = head if side is base else base
        for kind, glob in set(here) - set(there):
            matches = compiled_path_kinds(((kind, (glob,)),), "")
            if not any(
                matches(path) and side.kind_of(path) == kind != other.kind_of(path)
                for path in paths
            ):
                yield glob
    moves = any(base.kind_of(path) != head.kind_of(path) for path in paths)
    if was != now and set(was) == set(now) and not moves:
        yield "the order of the path rules"


def _written_out(side: Predictor) -> list[tuple[str, str]]:
    """Kinds and globs in order, without choices; the order within a kind decides nothing."""
    rules = side.state.document(FILE_KINDS)["rules"]
    single = [
        (rule["kind"], glob)
        for rule in rules
        for each in rule["paths"]
        for glob in alternatives(each)
    ]
    return [pair for _, run in groupby(single, key=itemgetter(0)) for pair in sorted(run)]
