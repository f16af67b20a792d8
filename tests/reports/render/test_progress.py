"""Signs of life: on a terminal only, and only when it takes long."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

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
    assert pace.counted("lines", 1000, None) == "1,000 lines, 500/s"
    assert pace.counted("lines", 9000, 20_000) == "10,000 of 20,000 lines, 2,500/s"
    assert pace.counted("pages", 3, None) == "3 pages, 3/s"  # begun at the fourth second


def test_slow_things_say_how_long_each_takes() -> None:
    moments = iter([0.0, 0.0, 5.0])
    pace = Pace(lambda: next(moments))
    assert pace.counted("levels", 1, 10) == "1 of 10 levels"
    assert pace.counted("levels", 1, 10) == "2 of 10 levels, 2.5 s each"


def test_the_same_things_once_more_are_counted_anew() -> None:
    moments = iter([0.0, 2.0, 3.0])
    pace = Pace(lambda: next(moments))
    assert pace.counted("calls", 10, 10) == "10 of 10 calls, 5/s"
    assert pace.counted("calls", 4, 10) == "4 of 10 calls, 4/s"


COUNTING = """
import itertools, sys, time
from coefgate.core.counting import counted
from coefgate.reports.render.console import progress, show
from coefgate.runner.exit_code import exit_code_of

def run():
    with progress("counting sheep in a wide and quiet meadow", patience=0.01):
        for _ in counted(itertools.repeat(None, 2000), "sheep", of=2000):
            time.sleep(0.0005)
    show("all sheep are here")
    return 0

sys.exit(exit_code_of(run, []))
"""


@dataclass(frozen=True)
class Seen:
    """What a terminal was sent, what stands on it in the end, and the exit code."""

    sent: str
    screen: list[str]
    code: int


def screen_of(sent: str) -> list[str]:
    """The lines of a terminal that is as wide as it takes, after what it was sent."""
    lines, at = [""], 0
    for piece in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", sent):
        match piece:
            case "\r":
                at = 0
            case "\n":
                lines.append("")
            case "\x1b[2K" | "\x1b[K":
                lines[-1] = lines[-1][:at] if piece == "\x1b[K" else ""
            case "\x1b[1A":
                lines.pop()
            case _ if not piece.startswith("\x1b"):
                lines[-1] = lines[-1][:at].ljust(at) + piece + lines[-1][at + len(piece) :]
                at += len(piece)
    return [line.rstrip() for line in lines if line.strip()]


def on_a_terminal(
    columns: int = 80,
    *,
    until: bytes | None = None,
    pipe: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Seen:
    """Count sheep on a terminal; ``until``: interrupt it after this. ``pipe``: both streams."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    told = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "COLUMNS"}}
    sent, interrupted = b"", False
    with subprocess.Popen(
        [sys.executable, "-c", COUNTING],
        stdin=theirs,
        stdout=subprocess.PIPE if pipe else theirs,
        stderr=subprocess.STDOUT if pipe else theirs,
        env={**told, "TERM": "xterm", **(environment or {})},
    ) as child:
        os.close(theirs)
        if child.stdout is not None:
            sent = child.stdout.read()
        with suppress(OSError):  # that is how the end of a terminal is told
            while more := os.read(ours, 4096):
                sent += more
                if until is not None and not interrupted and until in sent:
                    child.send_signal(signal.SIGINT)
                    interrupted = True
    os.close(ours)
    text = sent.decode()
    return Seen(text, screen_of(text), child.returncode)


@pytest.mark.parametrize("plain", [False, True])
def test_what_is_counted_is_shown_on_a_terminal(plain: bool) -> None:
    seen = on_a_terminal(environment={"NO_COLOR": "1"} if plain else {})
    assert re.search(r"quiet meadow [0-9,]+ of 2,000 sheep, [0-9,]+/s", seen.sent)
    assert ("\x1b[32m" in seen.sent) is not plain
    assert (seen.screen, seen.code) == (["all sheep are here"], 0)


def test_a_narrow_terminal_has_the_count_on_one_line() -> None:
    seen = on_a_terminal(40)
    shown = [screen_of(one)[-1] for one in seen.sent.split("\r\x1b[2K") if "of 2,000 sheep" in one]
    assert shown
    assert max(map(len, shown)) < 40
    assert not [one for one in shown if "meadow" in one]
    assert (seen.screen, seen.code) == (["all sheep are here"], 0)


def test_an_interrupt_leaves_a_clean_line() -> None:
    seen = on_a_terminal(until=b" of 2,000 sheep")
    assert seen.code == 130
    assert not [line for line in seen.screen if "sheep" in line]
    assert seen.sent.rindex("\x1b[?25h") > seen.sent.rindex("\x1b[?25l")  # the cursor is back


@pytest.mark.parametrize("terminal", ["dumb", "unknown"])
def test_a_terminal_that_erases_nothing_gets_no_signs(terminal: str) -> None:
    assert on_a_terminal(environment={"TERM": terminal}).sent == "all sheep are here\r\n"


@pytest.mark.parametrize("forced", [{}, {"FORCE_COLOR": "1"}])
def test_a_pipe_gets_no_signs(forced: dict[str, str]) -> None:
    assert on_a_terminal(pipe=True, environment=forced).sent == "all sheep are here\n"
