"""Where the stored calls come from, and what samples/README.md says of the licence of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from coefgate.core.trees import Tree
from coefgate.samples.files import FOLDER
from coefgate.samples.status import SCORED, Audited, CallCount, count_of

README: Final = f"{FOLDER}/README.md"
_LONGEST: Final = 1_000
_SECTION: Final = re.compile(r"^##+ +`?(?P<origin>[a-z0-9][a-z0-9_-]*)`? *$", re.MULTILINE)
_LICENCE: Final = re.compile(r"licen[cs]e", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origin:
    """The calls of one origin: how many lines there are, and how many are scored.

    ``licence``: what samples/README.md says of it below the heading with the origin's name, as
    Markdown; empty where it says nothing.
    """

    name: str
    lines: int
    calls: CallCount
    licence: str


def origins_of(audited: Sequence[Audited], tree: Tree) -> tuple[Origin, ...]:
    """The origins of stored calls, by name."""
    licences = _licences(_readme(tree))
    by_origin: dict[str, list[Audited]] = {}
    for one in audited:
        by_origin.setdefault(one.sample.origin, []).append(one)
    return tuple(
        Origin(
            name,
            len(calls),
            count_of([one for one in calls if one.status in SCORED]),
            licences.get(name, ""),
        )
        for name, calls in sorted(by_origin.items())
    )


def _readme(tree: Tree) -> str:
    there = any(one.path == README and one.kind == "file" for one in tree.entries(FOLDER))
    return tree.read(README).decode("utf-8", "replace") if there else ""


def _licences(readme: str) -> Mapping[str, str]:
    """By origin the paragraphs of its section that speak of a licence."""
    marks = [*_SECTION.finditer(readme)]
    ends = [one.start() for one in marks[1:]] + [len(readme)]
    return {
        mark["origin"]: _about_licence(readme[mark.end() : end])
        for mark, end in zip(marks, ends, strict=False)
    }


def _about_licence(section: str) -> str:
    own = re.split(r"^#", section, maxsplit=1, flags=re.MULTILINE)[0]
    paragraphs = (one.strip() for one in re.split(r"\n\s*\n", own))
    return "\n\n".join(one for one in paragraphs if _LICENCE.search(one))[:_LONGEST]
