"""The small registry with parts that semantics 2 brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from coefgate.registry.key import Key
from coefgate.registry.model import Basis, Coefficients, ModelRule, Value
from tests.registry.builders import registry

FILE = "coefficients/model_factors.yaml"
RETRY = {"after_complete": Fraction("1.3"), "after_cut_off": Fraction("1.5")}


def factor(key: Key, number: Fraction | str, *, file: str = FILE, line: int = 1) -> Value:
    """A factor that rests on five samples."""
    basis = Basis("fit", "docs/x.md", 5)
    return Value(key, Fraction(number), basis, None, file, line)


def rule(number: Fraction | str, *globs: str) -> ModelRule:
    """Models with this factor."""
    return ModelRule(globs, factor(Key("model", globs[:1]), number))


def with_models(
    one: Coefficients, *rules: ModelRule, default: Fraction | str = "1"
) -> Coefficients:
    """The registry with these factors of models."""
    placed = tuple(
        replace(each, value=replace(each.value, line=line)) for line, each in enumerate(rules, 3)
    )
    return replace(
        one,
        semantics=2,
        model_rules=placed,
        default_model_factor=factor(Key("model"), default, line=99),
    )


def with_retry(one: Coefficients) -> Coefficients:
    """The registry with factors on the attempt before."""
    values = {
        ended: factor(Key("retry", (ended,)), number, file="coefficients/registry.yaml")
        for ended, number in RETRY.items()
    }
    return replace(one, semantics=2, retry=values)


def large(models: Sequence[ModelRule] = ()) -> Coefficients:
    """Everything that semantics 2 knows, and tokens so large that each step of a factor shows."""
    one = registry()
    categories = {
        name: replace(
            entry,
            overhead={
                at: replace(value, number=1000 * value.number)
                for at, value in entry.overhead.items()
            },
        )
        for name, entry in one.categories.items()
    }
    fallback = replace(one.fallback_overhead, number=1000 * one.fallback_overhead.number)
    raised = replace(one, categories=categories, fallback_overhead=fallback)
    return with_retry(with_models(raised, *models, default="1.05"))
