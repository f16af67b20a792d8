"""What ``coefgate help`` knows: commands, and rules and words by the sections on them in docs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from coefgate.registry.schemas import shipped
from coefgate.runner.command_names import COMMANDS

_SECTION: Final = re.compile(r"^## (?P<name>[^\n]+)\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_RULE: Final = re.compile(r"[a-z0-9-]+")


@cache
def _sections(page: str) -> Mapping[str, str]:
    """The sections of a page of docs/reference by their titles, with these, in its order."""
    text = shipped("docs/reference", page).read_text("utf-8")
    return {found["name"]: found[0].strip() for found in _SECTION.finditer(text)}


def words() -> Mapping[str, str]:
    """What each word of docs/reference/glossary.md means."""
    return _sections("glossary.md")


@cache
def rule_sections() -> Mapping[str, str]:
    """What each rule asks; docs/reference/gates.md has sections on other things as well."""
    return {name: text for name, text in _sections("gates.md").items() if _RULE.fullmatch(name)}


def topics() -> Sequence[str]:
    """All that help can be asked for."""
    return (*COMMANDS, *rule_sections(), *words())


def section_on(topic: str) -> str | None:
    """What a rule asks, or what a word means; upper and lower case and hyphens are alike."""
    known = {_plainly(name): text for name, text in (*words().items(), *rule_sections().items())}
    return known.get(_plainly(topic))


def topics_like(topic: str) -> Sequence[str]:
    """The topics that somebody may mean who does not use their names.

    The one of which ``topic`` is the plural or singular, else all that begin with its words.
    """
    asked = _plainly(topic)
    same = [name for name in topics() if _plainly(name) in {f"{asked}s", asked.removesuffix("s")}]
    begun = [name for name in topics() if _plainly(name).startswith(f"{asked} ")]
    return list(dict.fromkeys(same or begun)) if asked else []


def _plainly(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split())
