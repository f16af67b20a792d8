"""The few colours of charts, on a light page and on a dark one.

A drawing names the light ones as plain attributes, so that a page can set others by a rule for
each. No two series are told apart by their colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from coefgate.reports.chart import Tone

INK: Final = "#1f2328"
"""Words, axes and limits."""
GRID: Final = "#d0d7de"
GROUND: Final = "#ffffff"
"""Below a drawing that stands alone; one that is part of a page lies on the page's ground."""
TONES: Final[Mapping[Tone, str]] = {
    "first": "#0072b2",
    "second": "#d55e00",
    "third": "#007a5a",
    "quiet": "#6e7781",
}
"""Told apart without red or green sight (Okabe and Ito), and 3 : 1 or more against white."""
DARK: Final[Mapping[str, str]] = {
    INK: "#e6edf3",
    GRID: "#3d444d",
    TONES["first"]: "#56b4e9",
    TONES["second"]: "#f0883e",
    TONES["third"]: "#2fbf95",
    TONES["quiet"]: "#9198a1",
}
"""What each is on a dark page: 3 : 1 or more against grounds as dark as #161b22."""


def dark_style(within: str) -> str:
    """CSS that sets the dark colours in drawings ``within`` a page, on dark screens."""
    rules = "".join(
        f'  {within} [{name}="{light}"] {{ {name}: {dark}; }}\n'
        for light, dark in DARK.items()
        for name in ("fill", "stroke")
    )
    return f"@media screen and (prefers-color-scheme: dark) {{\n{rules}}}\n"
