"""The files that ``coefgate init`` writes, as far as they are the same for everybody."""

from __future__ import annotations

import re
from typing import Final

from coefgate.registry.schemas import shipped

_WORD: Final = re.compile(r"__([A-Z]+(?:_[A-Z]+)*)__")


def filled(name: str, /, **words: str) -> str:
    """The template ``name`` with each ``__WORD__`` replaced. Raises ``KeyError`` if one lacks."""
    text = shipped("templates", name).read_text("utf-8")
    return _WORD.sub(lambda found: words[found[1].lower()], text)


def indented(text: str, by: int) -> str:
    """``text`` with every line further to the right, without its last line end."""
    return "\n".join(" " * by + line for line in text.rstrip("\n").split("\n"))
