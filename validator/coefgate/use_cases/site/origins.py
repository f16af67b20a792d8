"""Where the stored calls come from, and what samples/README.md says of the licence of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from coefgate.core.trees import Tree
from coefgate.samples.files import FOLDER
from coefgate.samples.status import SCORED, Audited, CallCount, count_of

README: Final = f"{FOLDER}/README.md"
_LONGEST: Final = 1_000
_TABLE: Final = re.compile(r"(?:^\|.*\n?)+", re.MULTILINE)
_CELLS: Final = re.compile(r"(?<!\\)\|")
_LICENCE: Final = re.compile(r"licen[cs]e", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CallOrigin:
    """The calls of one origin: how many lines there are, and how many are scored.

    ``licence``: what samples/README.md says of it, as Markdown; empty where it says nothing.
    """

    name: str
    lines: int
    calls: CallCount
    licence: str


def origins_of(audited: Sequence[Audited], tree: Tree) -> tuple[CallOrigin, ...]:
    """The origins of stored calls, by name."""
    readme = _readme(tree)
    by_origin: dict[str, list[Audited]] = {}
    for one in audited:
        by_origin.setdefault(one.sample.origin, []).append(one)
    return tuple(
        CallOrigin(
            name,
            len(calls),
            count_of([one for one in calls if one.status in SCORED]),
            licence_of(name, readme)[:_LONGEST],
        )
        for name, calls in sorted(by_origin.items())
    )


def _readme(tree: Tree) -> str:
    there = any(one.path == README and one.kind == "file" for one in tree.entries(FOLDER))
    return tree.read(README).decode("utf-8", "replace") if there else ""


def licence_of(origin: str, readme: str) -> str:
    """What a page says of the licence of an origin.

    That is its row in a table with a column of licences; else, of the section with its name as
    heading, the paragraphs that speak of one.
    """
    row = next(_rows(origin, readme), "")
    return row or "\n\n".join(one for one in _section(origin, readme) if _LICENCE.search(one))


def _rows(origin: str, readme: str) -> Iterator[str]:
    for table in _TABLE.findall(readme):
        head, *rows = (_cells(line) for line in table.splitlines())
        at = next((at for at, name in enumerate(head) if at and _LICENCE.search(name)), None)
        for row in rows if at else ():
            if re.search(rf"`{re.escape(origin)}/?`", row[0]):
                yield "; ".join(filter(None, row[at:]))


def _cells(line: str) -> Sequence[str]:
    return [cell.strip() for cell in _CELLS.split(line.strip().strip("|"))]


def _section(origin: str, readme: str) -> Sequence[str]:
    """The paragraphs of the section with this heading."""
    heading = rf"^##+ +`?{re.escape(origin)}`? *$(?P<text>.*?)(?=^#|\Z)"
    found = re.search(heading, readme, re.MULTILINE | re.DOTALL)
    return [one.strip() for one in re.split(r"\n\s*\n", found["text"])] if found else []
