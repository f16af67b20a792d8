"""What a rule asks: its section of docs/gates.md; apart from ``explain``, which needs numpy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from coefgate.registry.schemas import shipped

_SECTION: Final = re.compile(r"^## (?P<rule>[a-z0-9-]+)\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)


@cache
def rule_sections() -> Mapping[str, str]:
    """The section of docs/gates.md on each rule, with its title, in the order of the page."""
    page = shipped("docs", "gates.md").read_text("utf-8")
    return {found["rule"]: found[0].strip() for found in _SECTION.finditer(page)}
