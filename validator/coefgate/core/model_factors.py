"""Which rule of a registry takes a model: the first of whose globs one matches its name."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import lru_cache, partial

RuleOfModel = Callable[[str | None], int]
"""The index of the rule for a model; beyond the last one where none names it."""


@lru_cache(maxsize=64)
def compiled_model_rules(rules: tuple[tuple[str, ...], ...]) -> RuleOfModel:
    """The rules of these globs, in order; one object for equal rules.

    Globs are those of ``applies_to``: ``*``, ``?`` and ``[…]``, compared letter by letter. Each
    model is looked up once.
    """
    # No closure: a registry can be handed to another process, as ``multiprocessing`` does it.
    return partial(_rule_of, rules)


@lru_cache(maxsize=4096)
def _rule_of(rules: tuple[tuple[str, ...], ...], model: str | None) -> int:
    named = () if model is None else enumerate(rules)
    found = (at for at, globs in named if any(fnmatchcase(str(model), one) for one in globs))
    return next(found, len(rules))
