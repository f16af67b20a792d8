"""Labels as other tools write them → names that a registry can declare."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from coefgate.core.vocabulary import CATEGORY_NAME, COMPLEXITY_NAME

_WORDS_OF_LEVELS: Final = {
    "low": "low easy simple small s minor trivial 1",
    "medium": "medium med moderate normal average m 2",
    "high": "high hard complex difficult large l major 3",
}
_LEVELS: Final[Mapping[str, str]] = {
    word: level for level, words in _WORDS_OF_LEVELS.items() for word in words.split()
}


def category_words(found: set[str]) -> dict[str, str]:
    """Names that a registry can declare, for those that it cannot."""
    return _as_names(found, CATEGORY_NAME)


def complexity_words(found: set[str]) -> dict[str, str]:
    """The usual complexities where each word means another of them; else as of categories."""
    words = sorted({one.casefold() for one in found})
    levels = [_LEVELS[one] for one in words if one in _LEVELS]
    if len(set(levels)) == len(words):
        pairs = zip(words, levels, strict=True)
        return {word: level for word, level in pairs if word != level or word not in found}
    return _as_names(found, COMPLEXITY_NAME)


def _as_names(found: set[str], pattern: re.Pattern[str]) -> dict[str, str]:
    odd = sorted(one for one in found if not pattern.fullmatch(one))
    names = {one.casefold(): re.sub(r"[^a-z0-9]+", "-", one.casefold()).strip("-") for one in odd}
    named = {
        word: name if name[:1].isalpha() else f"level-{name}"
        for word, name in names.items()
        if name
    }
    return {word: name for word, name in named.items() if pattern.fullmatch(name)}
