"""docs/reference/drill-kinds.md lists every kind, with what it plants and the right exit code."""

from __future__ import annotations

import re

from coefgate.drill.kinds.catalogue import HARMLESS, REGRESSIONS
from coefgate.drill.plant import EXIT_CODES, Kind
from tests.repository_files import ROOT

PAGE = ROOT / "docs" / "reference" / "drill-kinds.md"


def line(kind: Kind) -> str:
    return f"- `{kind.name}`: {kind.about}"


def codes(kind: Kind) -> str:
    return " or ".join(str(code) for code in sorted(EXIT_CODES[kind.expected]))


def test_the_page_lists_every_kind_in_order_below_its_exit_code() -> None:
    _, *sections = PAGE.read_text("utf-8").replace("\n  ", " ").split("\n## ")
    listed = {
        title.rpartition("exit code ")[2]: re.findall(r"^- .*$", kinds, re.MULTILINE)
        for title, _, kinds in (section.partition("\n") for section in sections)
    }
    known = (*REGRESSIONS, *HARMLESS)
    assert listed == {
        code: [line(kind) for kind in known if codes(kind) == code]
        for code in dict.fromkeys(map(codes, known))
    }
