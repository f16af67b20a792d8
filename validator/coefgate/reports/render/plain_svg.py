"""What Vega draws, as SVG that may stand in a page: no style, no script, nothing from elsewhere.

Vega writes each point with all its attributes and each number to its last digit. Here numbers have
two decimals, what all children of a group share stands at the group, and ids begin with the place
and the name of the chart, so that several drawings may stand in one page.
"""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree as ET

from coefgate.core.characters import visible
from coefgate.reports.chart import Chart

_SPACE: Final = "http://www.w3.org/2000/svg"
_INHERITED: Final = (
    "fill", "fill-opacity", "font-family", "font-size", "font-style", "font-weight", "stroke",
    "stroke-dasharray", "stroke-linecap", "stroke-opacity", "stroke-width", "text-anchor",
)  # fmt: skip
"""Attributes that mean the same at a group of like marks."""
_KEPT: Final = {
    *_INHERITED, "clip-path", "d", "dy", "height", "id", "opacity", "stroke-miterlimit",
    "transform", "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2",
}  # fmt: skip
"""All that place or paint."""
_AS_IT_IS: Final = {"opacity": "1", "transform": "translate(0,0)", "font-weight": "normal"}
"""Values that change nothing."""
_NUMBER: Final = re.compile(r"-?[0-9]+\.[0-9]{3,}(?:e-?[0-9]+)?|-?[0-9]e-[0-9]+")
ET.register_namespace("", _SPACE)


def plain_svg(drawn: str, chart: Chart, place: str) -> str:
    """The drawing with the title and the description of its chart, as one element.

    ``place``: what its ids begin with, unlike those of any other drawing in the same page.
    """
    root = ET.fromstring(drawn)  # noqa: S314 (vl-convert's own)
    _lighten(root)
    name = f"{place}{chart.name}"
    _name_ids(root, name)
    for at, (tag, words) in enumerate((("title", chart.title), ("desc", chart.description))):
        spoken = ET.Element(f"{{{_SPACE}}}{tag}", {"id": f"{name}-{tag}"})
        spoken.text = visible(words)
        root.insert(at, spoken)
    root.attrib = {
        "role": "img",
        "aria-labelledby": f"{name}-title",
        "aria-describedby": f"{name}-desc",
        **root.attrib,
    }
    return ET.tostring(root, encoding="unicode")


def _name_ids(root: ET.Element, name: str) -> None:
    """Count them anew, since Vega goes on counting from one drawing to the next."""
    given = [one.attrib["id"] for one in root.iter() if "id" in one.attrib]
    ids = {one: f"{name}-{at}" for at, one in enumerate(given, 1)}
    for one in root.iter():
        if "id" in one.attrib:
            one.set("id", ids[one.attrib["id"]])
        if "clip-path" in one.attrib:
            one.set("clip-path", f"url(#{ids[one.attrib['clip-path'][5:-1]]})")


def _lighten(element: ET.Element) -> None:
    """Take out what places and paints nothing, from the leaves on."""
    for child in list(element):
        _lighten(child)
        if _shows_nothing(child):
            element.remove(child)
    found = {name: _NUMBER.sub(_rounded, value) for name, value in element.attrib.items()}
    element.attrib = {
        name: value
        for name, value in found.items()
        if name in _KEPT and value != _AS_IT_IS.get(name)
    }
    if _is(element, "g"):
        _share(element)
    element[:] = [
        one
        for child in element
        for one in (child if _is(child, "g") and not child.attrib else (child,))
    ]


def _is(element: ET.Element, tag: str) -> bool:
    return element.tag == f"{{{_SPACE}}}{tag}"


def _shows_nothing(one: ET.Element) -> bool:
    if _is(one, "g") or one.get("fill") == "transparent":
        return not len(one)
    painted = one.get("d") and {"fill", "stroke"} & one.attrib.keys()
    return _is(one, "path") and not painted


def _share(group: ET.Element) -> None:
    """What all children have alike goes to the group, which has nothing of its own there."""
    for name in _INHERITED:
        values = {one.get(name) for one in group}
        if len(values) == 1 and name not in group.attrib and None not in values:
            group.set(name, str(values.pop()))
            for one in group:
                del one.attrib[name]


def _rounded(found: re.Match[str]) -> str:
    text = f"{float(found[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
