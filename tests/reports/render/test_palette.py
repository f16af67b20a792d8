"""The colours of charts: seen on their grounds, and told apart without red or green sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import dist

import pytest

from coefgate.reports.render.palette import DARK, GRID, GROUND, INK, TONES, dark_style

GROUNDS = {"light": GROUND, "dark": "#161b22"}
SIGHTS = {
    # Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
}
LUMINANCE = (0.2126, 0.7152, 0.0722)


def palette(mode: str) -> Mapping[str, str]:
    return {tone: DARK[color] if mode == "dark" else color for tone, color in TONES.items()}


def linear(color: str) -> list[float]:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]


def times(rows: Sequence[Sequence[float]], color: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, color, strict=True)) for row in rows]


def contrast(one: str, other: str) -> float:
    """Source: WCAG 2.2, "contrast ratio"."""
    (low,), (high,) = sorted(times([LUMINANCE], linear(color)) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("mode", GROUNDS)
def test_colours_are_seen_on_their_ground(mode: str) -> None:
    for color in palette(mode).values():
        assert contrast(color, GROUNDS[mode]) >= 3
    assert contrast(DARK[INK] if mode == "dark" else INK, GROUNDS[mode]) >= 7


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("mode", GROUNDS)
def test_tones_differ_without_red_or_green_sight(mode: str, sight: str) -> None:
    tones = [times(SIGHTS[sight], linear(color)) for color in palette(mode).values()]
    apart = [dist(one, other) for one, other in combinations(tones, 2)]
    assert min(apart) > 0.08


def test_each_light_colour_has_a_rule_for_the_dark() -> None:
    assert DARK.keys() == {INK, GRID, *TONES.values()}
    rules = dark_style("svg").splitlines()
    assert len(rules) == 2 * len(DARK) + 2
    assert f'  svg [fill="{INK}"] {{ fill: {DARK[INK]}; }}' in rules
    assert f'  svg [stroke="{GRID}"] {{ stroke: {DARK[GRID]}; }}' in rules
