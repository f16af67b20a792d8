"""What ``coefgate help`` knows: rules and words, each a section of a page that is shipped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from coefgate.registry.schemas import shipped
from coefgate.use_cases.explain_rule import rule_sections

_SECTION: Final = re.compile(r"^## (?P<word>[^\n]+)\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)


@cache
def words() -> Mapping[str, str]:
    """The sections of docs/reference/glossary.md by their titles, in the page's order."""
    page = shipped("docs/reference", "glossary.md").read_text("utf-8")
    return {found["word"]: found[0].strip() for found in _SECTION.finditer(page)}


def section_on(topic: str) -> str | None:
    """What a rule asks, or what a word means; upper and lower case and hyphens are alike."""
    known = {_plainly(name): text for name, text in (*words().items(), *rule_sections().items())}
    return known.get(_plainly(topic))


def _plainly(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split())
