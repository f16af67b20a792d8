"""Which rule of a registry takes a model: the first of whose globs one matches its name."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import lru_cache

RuleOfModel = Callable[[str | None], int]
"""The index of the rule for a model; beyond the last one where none names it."""


@lru_cache(maxsize=64)
def compiled_model_rules(rules: tuple[tuple[str, ...], ...]) -> RuleOfModel:
    """The rules of these globs, in order; one object for equal rules.

    Globs are those of ``applies_to``: ``*``, ``?`` and ``[…]``, compared letter by letter. Each
    model is looked up once.
    """

    @lru_cache(maxsize=1024)
    def rule_of(model: str | None) -> int:
        named = () if model is None else enumerate(rules)
        found = (at for at, globs in named if any(fnmatchcase(str(model), one) for one in globs))
        return next(found, len(rules))

    return rule_of
