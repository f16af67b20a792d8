"""Signs of life: on a terminal only, and only when it takes long."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from coefgate.reports.render.console import progress

CODE = """
import threading
from coefgate.reports.render.console import progress
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
