"""A clock that jumps changes nothing: a runner never reads it, and its waits have another one."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem
from coefgate.runner.cache import Cache
from tests.runner.remotes import snapshot

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "validator" / "coefgate"
READS = {
    "time": {
        "time",
        "time_ns",
        "localtime",
        "gmtime",
        "ctime",
        "asctime",
        "strftime",
        "clock_gettime",
    },
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}


def _reads(source: str) -> Iterator[str]:
    """Each place in which a program reads the clock on the wall."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (
                f"from time import {one.name}" for one in node.names if one.name in READS["time"]
            )
        if isinstance(node, ast.Attribute):
            owner = (
                node.value.attr
                if isinstance(node.value, ast.Attribute)
                else getattr(node.value, "id", "")
            )
            if node.attr in READS.get(owner, ()):
                yield f"{owner}.{node.attr}"


@pytest.mark.parametrize("package", ["core", "runner"])
def test_no_module_that_a_runner_runs_reads_the_wall_clock(package: str) -> None:
    """Deadlines and pauses go by ``time.monotonic`` and ``Event.wait``, which no one sets.

    Only a record says when its call was made.
    """
    found = {
        path.name: list(_reads(path.read_text("utf-8")))
        for path in (PACKAGE / package).glob("*.py")
    }
    assert found.pop("record_values.py", ["time.time_ns"]) == ["time.time_ns"]
    assert found
    assert {name: reads for name, reads in found.items() if reads} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import time\nend = time.time() + 5",
        "import time\nwhile time.time_ns() < end: pass",
        "from time import time",
        "import datetime\ndatetime.datetime.now()",
        "from datetime import date\ndate.today()",
    ],
)
def test_a_module_that_reads_it_is_found(source: str) -> None:
    assert list(_reads(source))


@pytest.mark.parametrize("jump", [366 * 86400.0, -366 * 86400.0])
def test_a_wait_for_another_process_takes_as_long_when_the_clock_jumps(
    jump: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jumps = count(time.time(), jump)
    monkeypatch.setattr(time, "time", lambda: next(jumps))
    cache = Cache(tmp_path, wait=0.2)
    with cache.locked():
        begin = time.monotonic()
        with pytest.raises(EnvironmentProblem, match="another process holds"):
            cache.keep(snapshot())
        assert time.monotonic() - begin >= 0.2
