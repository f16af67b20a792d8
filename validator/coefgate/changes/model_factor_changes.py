"""What differs between the factors of models of two registries, by what each model gets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Final

from coefgate.changes.change import Change, factor_number, ordered_models
from coefgate.registry.files import FOLDER
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, ModelRule
from coefgate.registry.model_globs import may_meet
from coefgate.registry.numbers import serving_rule

MODEL_RULES: Final = "model_factors"
"""The name of a change of the rules beside their factors."""
_FILE: Final = f"{FOLDER}/model_factors.yaml"


def model_factor_changes(base: Coefficients, head: Coefficients) -> Iterator[Change]:
    """Each factor that models get otherwise; and rules that come, go or change places beside that.

    A glob that no rule names any more is gone where its models get another factor.
    """
    yield from _default(base, head)
    told: set[str] = set()
    for globs in _together(base, head):
        if factor_number(base, globs[0]) != factor_number(head, globs[0]):
            told.update(globs)
            yield _change(base, head, globs[0])
    if _order(base, told) != _order(head, told) and not _only_apart(base, head, told):
        rules = MODEL_RULES
        yield Change(
            rules,
            "model-rules",
            rules,
            ordered_models(base),
            ordered_models(head),
            _FILE,
            head.lines.get(rules, 1),
            acknowledge=head.acknowledge_models,
        )


def together_with(base: Coefficients, head: Coefficients, glob: str) -> tuple[str, ...]:
    """The globs, this one among them, that go from one rule of base to one of head with it."""
    return next((globs for globs in _together(base, head) if glob in globs), (glob,))


def _together(base: Coefficients, head: Coefficients) -> tuple[tuple[str, ...], ...]:
    """The globs of both sides, by the rules that serve their models there and here."""
    found: dict[tuple[str, str], list[str]] = {}
    rules = (*head.model_rules, *base.model_rules)
    for glob in dict.fromkeys(glob for rule in rules for glob in rule.globs):
        pair = _name(serving_rule(base, glob)), _name(serving_rule(head, glob))
        found.setdefault(pair, []).append(glob)
    return tuple(map(tuple, found.values()))


def _name(rule: ModelRule | None) -> str:
    return "" if rule is None else rule.globs[0]


def _default(base: Coefficients, head: Coefficients) -> Iterator[Change]:
    was, now = base.default_model_factor, head.default_model_factor
    numbers = (was.number if was else Fraction(1)), (now.number if now else Fraction(1))
    declared = now or was
    if declared and numbers[0] != numbers[1]:
        place, answer = (declared.file, declared.line), now.acknowledge if now else None
        name, gone = declared.name, now is None
        yield Change(name, "model", declared.key, *numbers, *place, gone=gone, acknowledge=answer)


def _change(base: Coefficients, head: Coefficients, glob: str) -> Change:
    rule, was = serving_rule(head, glob), serving_rule(base, glob)
    gone = glob in ordered_models(base) and glob not in ordered_models(head)
    own = None if gone else rule
    declared = own or was or rule
    value = declared.value if declared else None
    return Change(
        Key("model", (glob,)).name,
        "model",
        Key("model", own.globs[:1] if own else (glob,)),
        factor_number(base, glob),
        factor_number(head, glob),
        value.file if value else _FILE,
        value.line if value else 1,
        gone=gone,
        acknowledge=own.value.acknowledge if own else None,
        label=glob,
    )


_Order = tuple[bool, tuple[tuple[Fraction, frozenset[str]], ...]]


def _order(registry: Coefficients, told: set[str]) -> _Order:
    """Whether models are told apart, and the factors in order, without globs that are told of."""
    found: list[tuple[Fraction, frozenset[str]]] = []
    for rule in registry.model_rules:
        globs, number = frozenset(rule.globs) - told, rule.value.number
        if globs and found and found[-1][0] == number:
            found[-1] = (number, found[-1][1] | globs)
        elif globs:
            found.append((number, globs))
    return registry.default_model_factor is not None, tuple(found)


def _only_apart(base: Coefficients, head: Coefficients, told: set[str]) -> bool:
    """Do only rules that share no model change places?"""
    (named, before), (names, after) = _order(base, told), _order(head, told)
    was, now = _numbered(before), _numbered(after)
    if named != names or was.keys() != now.keys():
        return False
    return not any(
        was[one][1] != was[other][1]
        and may_meet(one, other)
        and (was[one][0] < was[other][0]) != (now[one][0] < now[other][0])
        for one, other in combinations(was, 2)
    )


def _numbered(
    order: Sequence[tuple[Fraction, frozenset[str]]],
) -> dict[str, tuple[int, Fraction]]:
    """Place and factor of each glob."""
    return {glob: (place, number) for place, (number, globs) in enumerate(order) for glob in globs}
