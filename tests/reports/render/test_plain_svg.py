"""What is written anew of a drawing: less of it, and the same to look at."""

from __future__ import annotations

import pytest

from coefgate.reports.chart import Chart
from coefgate.reports.render.plain_svg import plain_svg

SPACE = 'xmlns="http://www.w3.org/2000/svg"'


def body(inner: str, *, place: str = "") -> str:
    """What is left of the inner part of a drawing."""
    found = plain_svg(f"<svg {SPACE}>{inner}</svg>", Chart("c", "T", "D", ()), place)
    return found.partition("</desc>")[2].removesuffix("</svg>")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<line x2="1.23456" y2="-0.0001"/>', '<line x2="1.23" y2="0" />'),
        ('<path fill="a" d="M1.999,2e-7L12.5,3"/>', '<path fill="a" d="M2,0L12.5,3" />'),
        ('<line stroke="#123456" x2="12"/>', '<line stroke="#123456" x2="12" />'),
        ('<line class="x" style="a:b" aria-label="y" onload="z()" x2="1"/>', '<line x2="1" />'),
        ('<line opacity="1" transform="translate(0,0)" x2="1"/>', '<line x2="1" />'),
        ('<path d=""/><path d="M0,0h1"/><g><g/></g><rect fill="transparent"/>', ""),
        ("<g><g><line x2='1'/></g></g>", '<line x2="1" />'),
    ],
)
def test_what_places_or_paints_stays(before: str, after: str) -> None:
    assert body(before) == after


def test_what_children_share_stands_at_their_group() -> None:
    points = "".join(f'<path d="M{at},0h1" fill="red" opacity="0.5"/>' for at in (1, 2))
    assert body(f'<g transform="translate(1,2)">{points}</g>') == (
        '<g transform="translate(1,2)" fill="red"><path d="M1,0h1" opacity="0.5" />'
        '<path d="M2,0h1" opacity="0.5" /></g>'
    )


def test_what_one_child_lacks_stays_where_it_is() -> None:
    mixed = '<g id="a"><text fill="red">x</text><text>y</text></g>'
    assert body(mixed) == '<g id="c-1"><text fill="red">x</text><text>y</text></g>'
    own = '<g id="a" fill="blue"><text fill="red">x</text></g>'
    assert body(own) == '<g id="c-1" fill="blue"><text fill="red">x</text></g>'


def test_ids_begin_with_the_place_and_the_name_and_are_counted_anew() -> None:
    clip = '<defs><clipPath id="clip7"><rect width="1"/></clipPath></defs>'
    line = '<g clip-path="url(#clip7)"><line x2="1"/></g>'
    assert body(clip + line, place="b7-") == (
        '<defs><clipPath id="b7-c-1"><rect width="1" /></clipPath></defs>'
        '<g clip-path="url(#b7-c-1)"><line x2="1" /></g>'
    )
