"""The section of ``CHANGELOG.md`` for one release, and its place in the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from coefgate.changes.change import Change, Content
from coefgate.core.versions import TAG_PREFIX
from coefgate.core.yanks import Yank
from coefgate.registry.model import Basis
from coefgate.use_cases.releases.bump import Bump

NAME: Final = "CHANGELOG.md"
_NEW: Final = (
    "# Changelog\n\nReleased coefficients, newest first. "
    "Each section is written by `coefgate release`.\n"
)
_HEADING: Final = re.compile(r"^## (.*)$", re.MULTILINE)
_FENCE: Final = re.compile(r"^(?: {0,3})(`{3,}|~{3,}).*?^(?: {0,3})\1", re.MULTILINE | re.DOTALL)
_UNRELEASED: Final = re.compile(r"\[?unreleased\b", re.IGNORECASE)


class Section(NamedTuple):
    """What is said of one release; ``told`` stands in its tag too, below another heading."""

    heading: str
    told: str

    @property
    def text(self) -> str:
        """As it stands in the file."""
        return f"{self.heading}\n\n{self.told}"


def section(
    bump: Bump,
    day: str,
    digest: str,
    *,
    entries: Sequence[tuple[Change, Basis | None]],
    yanked: Sequence[Yank],
    before: Sequence[Yank] = (),
    renamed: Sequence[str] = (),
) -> Section:
    """The section of one release.

    ``entries``: changes, each with what stands behind its new value, if it is one. ``yanked``:
    every version that is withdrawn with it; ``before``: those that were by the release before.
    ``renamed``: what categories are called now, in words.
    """
    versions = {yank.version for yank in yanked}
    # The reasons may hold somebody else's names, which must not become Markdown.
    reasons = re.sub(r"([\\`*\[\]<>&])", r"\\\1", "; ".join(bump.reasons))
    lines = [
        f"{(bump.level or 'new').capitalize()}: {reasons}.",
        f"Digest `{digest}`.",
        "",
        *(f"- {words}" for words in renamed),
        *(f"- {_entry(*entry)}" for entry in entries),
        *(
            f"- withdrawn: {one.version} "
            f"({f'use {one.replacement} instead' if one.replacement else 'nothing replaces it'}): "
            f"{code_span(one.reason)}"
            for one in yanked
            if one not in before
        ),
        *(
            f"- no longer withdrawn: {one.version}"
            for one in before
            if one.version not in versions
        ),
    ]
    return Section(f"## {TAG_PREFIX}{bump.version} ({day})", "\n".join(lines).rstrip() + "\n")


def with_section(changelog: str | None, text: str) -> str:
    """The file with a section: after what is unreleased, before those of earlier coefficients.

    ``changelog`` is ``None`` where there is no file yet. Its line ends stay what they are.
    """
    if changelog is None:
        return f"{_NEW}\n{text}"
    if "\r\n" in changelog:
        return with_section(changelog.replace("\r\n", "\n"), text).replace("\n", "\r\n")
    fenced = [found.span() for found in _FENCE.finditer(changelog)]
    headings = [
        found
        for found in _HEADING.finditer(changelog)
        if not any(start <= found.start() < end for start, end in fenced)
    ]
    unreleased = (at for at, found in enumerate(headings, 1) if _UNRELEASED.match(found[1]))
    starts = [*(found.start() for found in headings), len(changelog)]
    place = starts[next(unreleased, 0)]
    before, after = changelog[:place].rstrip("\n"), changelog[place:].lstrip("\n")
    parts = [before, text.rstrip("\n"), after.rstrip("\n")]
    return "\n\n".join(part for part in parts if part) + "\n"


_FACTORS: Final = frozenset(("margin", "model", "retry"))


def _entry(change: Change, basis: Basis | None) -> str:
    reason = getattr(change.acknowledge, "reason", "") if change.acknowledged else ""
    story = [f"{basis.kind}, see {code_span(basis.reference)}"] if basis else []
    told = "; ".join([*story, *([f"because: {code_span(reason)}"] if reason else [])])
    return f"{code_span(change.name)} {_step(change)}{f' ({told})' if told else ''}"


def _step(change: Change) -> str:
    if change.kind == "path-rules":
        return "has other path rules"
    if change.gone and change.head is None:
        return f"is gone (it was {_shown(change, change.base)})"
    if change.base is None:
        return f"is new: {_shown(change, change.head)}"
    return f"{_shown(change, change.base)} → {_shown(change, change.head)}"


def _shown(change: Change, content: Content | None) -> str:
    if isinstance(content, Fraction):
        return f"{float(content):.12g}" if change.kind in _FACTORS else f"{int(content):,}"
    if content is None:
        return "none"
    return code_span(", ".join(content) if isinstance(content, tuple) else content)


def code_span(text: str) -> str:
    """Text of somebody else, which must not become Markdown, as a span of code on one line."""
    plain = " ".join(text.split()) or "nothing"
    fence = "`" * (max((len(run) for run in re.findall("`+", plain)), default=0) + 1)
    gap = " " if "`" in plain else ""
    return f"{fence}{gap}{plain}{gap}{fence}"
