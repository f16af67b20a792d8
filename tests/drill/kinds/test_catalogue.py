"""docs/reference/drill-kinds.md lists every kind, with what it plants and the right exit code."""

from __future__ import annotations

from coefgate.drill.kinds.catalogue import HARMLESS, REGRESSIONS
from coefgate.drill.plant import EXIT_CODES, Kind
from tests.repository_files import ROOT


def row(kind: Kind) -> str:
    codes = " or ".join(str(code) for code in sorted(EXIT_CODES[kind.expected]))
    return f"| `{kind.name}` | {kind.about} | {codes} |"


def test_the_page_lists_every_kind_in_order() -> None:
    lines = (ROOT / "docs" / "reference" / "drill-kinds.md").read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    assert rows == [row(kind) for kind in (*REGRESSIONS, *HARMLESS)]
