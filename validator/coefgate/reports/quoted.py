"""What our messages quote as a whole, because a reader copies it: commands and lines of YAML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from coefgate.core.characters import visible
from coefgate.reports.page import Words, unmarked

_YAML: Final = (
    r'(?:acknowledge(?:_settings)?|corrected): [{\[].*?"…"[}\]]+|\{file: [^ ]+, reason: "…"\}'
)
_COMMAND: Final = (
    r"coefgate (?:explain [a-z-]+|[a-z]+(?: add| audit| erase)?(?: [A-Z]{2,})?)"
    r"(?: --write(?=[ );,.]|\Z)| --[a-z-]+ [^ ]+)*"
)
_GIT: Final = r"git (?:fetch|merge) [^ ]*[^ );,.]"
_BETWEEN: Final = r"(?:(?<![^ ])|(?<= \())({})(?=[);,.]*(?: |\Z))"
"""Spaces or brackets, so that no two touch."""
_YAML_QUOTED: Final = re.compile(_BETWEEN.format(_YAML))
QUOTED: Final = re.compile(_BETWEEN.format(f"{_YAML}|{_COMMAND}|{_GIT}"))


def yaml_lines(words: Words) -> Sequence[str]:
    """The lines of YAML in ``words`` that answer a rule."""
    return _YAML_QUOTED.findall(visible(unmarked(words)))


def last_whole(text: str, longest: int) -> int:
    """How many of the first ``longest`` characters are kept, so that nothing quoted is cut."""
    torn = (one.start(1) for one in QUOTED.finditer(text) if one.start(1) < longest < one.end(1))
    return min(torn, default=longest)
