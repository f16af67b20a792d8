"""Pages of our own on a terminal, and where another program reads them."""

from __future__ import annotations

import re
from io import BytesIO, TextIOWrapper

import pytest

from coefgate.reports.render.console import print_page

PAGE = (
    "## swing\n\n**Rule:** no value moves by `factor_from` (2) times or more, either way, "
    "against base."
)


class Terminal(TextIOWrapper):
    def isatty(self) -> bool:
        return True


def test_a_page_is_set_for_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    written = BytesIO()
    terminal = Terminal(written, encoding="utf-8")
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("COLUMNS", "39")
    monkeypatch.setenv("TERM", "xterm")
    print_page(PAGE)
    terminal.flush()
    shown = re.sub(r"\x1b\[[0-9;]*m", "", written.getvalue().decode("utf-8"))
    assert [line.rstrip() for line in shown.splitlines()] == [
        "swing",
        "",
        "Rule: no value moves by factor_from (2)",
        "times or more, either way, against",
        "base.",
    ]


def test_another_program_reads_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    print_page(PAGE)
    assert capsys.readouterr().out == f"{PAGE}\n"
