"""Where words beside points stand: on the first side on which they cover nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import ceil, log
from typing import Final, NamedTuple, TypeAlias

from coefgate.reports.chart import Axis, Line, Note, NoteSide, Points

_CHARACTER, _HEIGHT = 0.021, 0.06
"""As wide is a character of a note, and as high is a note, as shares of a panel."""
_OFF: Final = 0.017
"""So far from its point a note begins, and so far around its middle a mark reaches."""
_STEP: Final = 0.02
"""From one place to the next of a line that is not to be covered."""
_SIDES: Final[Mapping[NoteSide, tuple[int, int]]] = {
    "right above": (1, 1),
    "left below": (-1, -1),
    "right below": (1, -1),
}
"""Where each lies: 1 for right or above, -1 for left or below."""
Spot: TypeAlias = tuple[float, float]
"""On a panel, whose lower left corner is 0, 0 and whose upper right one is 1, 1."""


class _Box(NamedTuple):
    left: float
    low: float
    right: float
    high: float

    def covers(self, at: Spot) -> bool:
        return self.left < at[0] < self.right and self.low < at[1] < self.high

    def meets(self, other: _Box) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.low < other.high and other.low < self.high

    @property
    def is_inside(self) -> bool:
        return self.left >= 0 and self.low >= 0 and self.right <= 1 and self.high <= 1


def notes_beside(
    points: Iterable[tuple[float, float, str]],
    x: Axis,
    y: Axis,
    *,
    marks: Sequence[Points] = (),
    lines: Sequence[Line] = (),
) -> Iterator[Note]:
    """A note for each point with its words that has room between ``marks`` and ``lines``.

    Earlier ones come first; what has no room is left out.
    """
    covered = [at for one in lines for at in _along(_places(one, x, y))]
    boxes = [_around(at) for one in marks for at in _places(one, x, y)]
    for across, up, words in points:
        at = (_share(x, across), _share(y, up))
        for side in _SIDES:
            box = _box(at, words, side)
            if (
                box.is_inside
                and not any(map(box.meets, boxes))
                and not any(map(box.covers, covered))
            ):
                boxes.append(box)
                yield Note(across, up, words, side)
                break


def _share(axis: Axis, value: float) -> float:
    if axis.log:
        return log(value / axis.low) / log(axis.high / axis.low)
    return (value - axis.low) / (axis.high - axis.low)


def _places(one: Points | Line, x: Axis, y: Axis) -> Sequence[Spot]:
    return [(_share(x, at), _share(y, up)) for at, up in zip(one.x, one.y, strict=True)]


def _around(at: Spot) -> _Box:
    return _Box(at[0] - _OFF, at[1] - _OFF, at[0] + _OFF, at[1] + _OFF)


def _along(places: Sequence[Spot]) -> Iterator[Spot]:
    """Places on a line, no further from each other than a step."""
    for (x, y), (after, up) in pairwise(places):
        count = max(1, ceil(max(abs(after - x), abs(up - y)) / _STEP))
        for at in range(count + 1):
            yield x + (after - x) * at / count, y + (up - y) * at / count


def _box(at: Spot, words: str, side: NoteSide) -> _Box:
    right, above = _SIDES[side]
    far = (at[0] + right * _OFF, at[0] + right * (_OFF + len(words) * _CHARACTER))
    high = (at[1] + above * _OFF, at[1] + above * (_OFF + _HEIGHT))
    return _Box(min(far), min(high), max(far), max(high))
