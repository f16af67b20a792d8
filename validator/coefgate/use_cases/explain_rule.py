"""What a rule asks, from docs/reference/gates.md; apart from ``explain``, which needs numpy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from coefgate.registry.schemas import shipped

_SECTION: Final = re.compile(r"^## (?P<rule>[a-z0-9-]+)\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)


@cache
def rule_sections() -> Mapping[str, str]:
    """The section on each rule in docs/reference/gates.md, with its title, in the page's order."""
    page = shipped("docs/reference", "gates.md").read_text("utf-8")
    return {found["rule"]: found[0].strip() for found in _SECTION.finditer(page)}
