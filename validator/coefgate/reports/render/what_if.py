"""The live what-if in a document: today's numbers as text, by groups, and the scripts for them.

``data`` is what ``whatif.live_data`` gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from coefgate.registry.key import Key
from coefgate.replay.strata import UNKNOWN
from coefgate.reports.estimate_words import BASES, PARTS, about_part
from coefgate.reports.figures import FIGURES, count_words, number_words
from coefgate.reports.page import LiveBlock
from coefgate.reports.render.json import picked
from coefgate.samples.status import CallCount

STYLES: Final = ("what_if.css",)
SCRIPTS: Final = (
    "arithmetic.js",
    *(
        f"what_if/{name}.js"
        for name in (
            "dom",
            "numbers",
            "model",
            "changes",
            "conflicts",
            "link",
            "facts",
            "find",
            "tabs",
            "values",
            "verdict",
            "take_away",
            "call",
            "estimates",
            "estimator",
            "start",
        )
    ),
)
"""In this order: each uses those before it."""
_ORDER: Final = sorted(PARTS, key=lambda part: part != "margin")
"""The margin first, which moves every prediction; then as the formula has them."""


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A number of the registry as text; ``at``: its place among ``keys``."""

    at: int
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class NumberGroup:
    """Numbers of one part; ``parts``: those that belong together, such as one category's."""

    title: str
    about: str
    parts: Sequence[Sequence[ShownNumber]]


@dataclass(frozen=True, slots=True)
class LivePart:
    """What the template sets of a live what-if."""

    data: Mapping[str, Any]
    groups: Sequence[NumberGroup]
    calls: str
    categories: Sequence[str]
    complexities: Sequence[str]
    models: Sequence[str]
    modes: Sequence[str]
    dimensions: Sequence[str]


def live_part(block: LiveBlock) -> LivePart:
    """The parts of a live what-if, whose data is made now."""
    data = block.data()
    content = data["snapshot"]
    return LivePart(
        {**data, "words": _words()},
        tuple(_groups(data["keys"])),
        count_words(_count(data["calls"])),
        sorted(content["categories"]),
        content["complexities"],
        _models(data["strata"]),
        _modes(content),
        data["strata"]["dimensions"],
    )


def _words() -> Mapping[str, Any]:
    """How bases and figures are written, here as in every other report."""
    forms = {
        name: picked(form, "decimals", "times", "unit") for name, (_, form) in FIGURES.items()
    }
    return {"bases": BASES, "forms": forms}


def _groups(keys: Sequence[Mapping[str, Any]]) -> Iterator[NumberGroup]:
    for part in _ORDER:
        found = [(at, one) for at, one in enumerate(keys) if one["part"] == part]
        if found:
            # What the first word says belongs together: a category, or an operation.
            rows = groupby(found, lambda pair: pair[1]["of"][:-1])
            yield NumberGroup(
                PARTS[part][0],
                about_part(part),
                [[_shown(*one) for one in row] for _, row in rows],
            )


def _shown(at: int, found: Mapping[str, Any]) -> ShownNumber:
    key = Key(found["part"], tuple(found["of"]))
    return ShownNumber(at, found["name"], number_words(key.number(found["steps"]), key))


def _count(calls: Mapping[str, Any]) -> CallCount:
    cut_off = len(calls["cut_off"])
    return CallCount(len(calls["actual"]) - cut_off, cut_off, len(set(calls["phase"])))


def _models(strata: Mapping[str, Any]) -> list[str]:
    """The models that stored calls name."""
    labels: Sequence[str] = strata["labels"][strata["dimensions"].index("model")]
    return [one for one in labels if one != UNKNOWN]


def _modes(content: Mapping[str, Any]) -> list[str]:
    """The output modes that the registry knows of."""
    sized = content.get("per_kilobyte", {}).values()
    return sorted({mode for one in sized for mode in one["output_modes"]})
