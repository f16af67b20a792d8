"""Words beside points cover neither marks, lines nor each other, and stay on the panel."""

from __future__ import annotations

from collections.abc import Sequence

from coefgate.reports.chart import Axis, Line, Points
from coefgate.reports.charts.note_places import notes_beside

X, Y = Axis("x", 0, 100, []), Axis("y", 1, 100, [], log=True)
MIDDLE = (50.0, 10.0)


def _sides(
    *points: tuple[float, float], marks: Sequence[Points] = (), lines: Sequence[Line] = ()
) -> dict[tuple[float, float], str]:
    words = [(x, y, "abc") for x, y in points]
    return {
        (one.x, one.y): one.side for one in notes_beside(words, X, Y, marks=marks, lines=lines)
    }


def test_a_note_is_right_above_its_point_where_there_is_room() -> None:
    assert _sides(MIDDLE) == {MIDDLE: "right above"}


def test_it_gives_way_to_marks_and_lines() -> None:
    mark = Points([54], [12], "today", "second")
    assert _sides(MIDDLE, marks=[mark]) == {MIDDLE: "left below"}
    flat, steep = (Line(*ends, "", "quiet") for ends in (([40, 60], [12, 12]), ([47, 47], [1, 9])))
    assert _sides(MIDDLE, lines=[flat]) == {MIDDLE: "left below"}
    assert _sides(MIDDLE, lines=[flat, steep]) == {MIDDLE: "right below"}


def test_it_stays_on_the_panel() -> None:
    assert _sides((99.0, 10.0)) == {(99.0, 10.0): "left below"}
    assert _sides((0.0, 100.0)) == {(0.0, 100.0): "right below"}


def test_what_has_no_room_is_left_out() -> None:
    assert len(_sides(MIDDLE, (50.5, 10.0), (51.0, 10.0), (51.5, 10.0), (52.0, 10.0))) == 3
    assert _sides((0.0, 1.0), lines=[Line([0, 100], [1, 100], "", "quiet")]) == {}
