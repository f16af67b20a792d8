"""Signs of life: on a terminal only, and only when it takes long."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from coefgate.reports.render.console import Pace, progress

CODE = """
import threading
from coefgate.reports.render.console import Pace, progress
with progress("counting sheep", patience=0.01):
    threading.Event().wait(1.0)
"""


def test_on_a_terminal() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", CODE], stderr=theirs) as child:
        os.close(theirs)
        seen = b""
        while b"counting sheep" not in seen:
            seen += os.read(ours, 4096)
        child.communicate()
    os.close(ours)
    assert child.returncode == 0


def test_silent_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("counting sheep", patience=0.0):
        pass
    assert capsys.readouterr() == ("", "")


def test_how_far_it_is_and_how_fast() -> None:
    moments = iter([0.0, 2.0, 4.0, 5.0])
    pace = Pace(lambda: next(moments))
    assert pace.counted("lines", 1000, None) == "1,000 lines, 500 in a second"
    assert pace.counted("lines", 9000, 20_000) == "10,000 of 20,000 lines, 2,500 in a second"
    assert pace.counted("pages", 3, None) == "3 pages, 3 in a second"  # begun at the fourth second


COUNTING = """
import itertools, time
from coefgate.core.counting import counted
from coefgate.reports.render.console import Pace, progress
with progress("counting sheep", patience=0.01):
    for _ in counted(itertools.repeat(None, 2000), "sheep", of=2000):
        time.sleep(0.0005)
"""


@pytest.mark.parametrize("plain", [False, True])
def test_what_is_counted_is_shown_on_a_terminal(plain: bool) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", **({"NO_COLOR": "1"} if plain else {})}
    with subprocess.Popen(
        [sys.executable, "-c", COUNTING], stderr=theirs, env=environment
    ) as child:
        os.close(theirs)
        seen = b""
        while b" of 2,000 sheep, " not in seen:
            seen += os.read(ours, 4096)
        child.kill()
    os.close(ours)
    assert (b"\x1b[32m" in seen) is not plain
