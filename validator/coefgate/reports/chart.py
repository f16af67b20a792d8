"""What a chart shows, before anybody draws it: axes, and series in the units of the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Tone = Literal["first", "second", "third", "quiet"]
"""A colour, which is never all that tells two series apart."""
Symbol = Literal["dot", "square", "triangle", "diamond"]
Stroke = Literal["solid", "dashed", "dotted"]
NoteSide = Literal["right above", "right below", "left below"]


@dataclass(frozen=True, slots=True)
class Axis:
    """From ``low`` to ``high``, with words at ``ticks``; ``log``: logarithmic."""

    label: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    log: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """Single calls, or ``large`` marks of what all of them come to.

    ``open``: only the outline, of what is known in part.
    """

    x: Sequence[float]
    y: Sequence[float]
    label: str
    tone: Tone
    mark: Symbol = "dot"
    open: bool = False
    large: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, as ``steps`` or straight; ``mark``: at each of them.

    ``ends``: of each point the lowest and the highest, drawn as a bar through it.
    """

    x: Sequence[float]
    y: Sequence[float]
    label: str
    tone: Tone
    stroke: Stroke = "solid"
    steps: bool = False
    mark: Symbol | None = None
    ends: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """What lies between two lines."""

    x: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    label: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Density:
    """Cells that many calls lie in, by their ends; ``weights``: 0 to 1."""

    x: Sequence[tuple[float, float]]
    y: Sequence[tuple[float, float]]
    weights: Sequence[float]
    label: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: a thick bar at ``y`` from ``low`` to ``high`` on the x axis."""

    y: float
    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Note:
    """Words beside a point, on its right or its left."""

    x: float
    y: float
    text: str
    side: NoteSide = "right below"


Series: TypeAlias = Points | Line | Band | Density | Limit | Note


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes; ``missing``: why nothing is shown."""

    x: Axis
    y: Axis
    series: Sequence[Series]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Panels, one below the other; ``name``: of its kind, and of its file.

    ``description``: for those who do not see it.
    """

    name: str
    title: str
    description: str
    panels: Sequence[Panel]
