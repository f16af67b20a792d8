"""Processes of the real command that need not import it first: forked from one that has.

Most of a command's time goes into imports. ``Warm`` starts a process that imports what the
commands import, and forks it for each call; what runs in the fork is ``coefgate.__main__.main``, a
process of its own with its own folder, environment, arguments and files for both streams. What has
to be set before Python starts (its own variables, locale, time zone, what measures it) cannot be
set in a fork: for each setting of these there is a process.

Nor need it do for the first time what every process does once: compile schemas and patterns, and
work out figures of the calls that nearly all tests share. What a process keeps in mind is found by
contents, so that a command has the same answers; but one whose memory is measured starts afresh.

A fork that is measured goes on with the measuring that it inherits: to begin anew, as coverage.py
does for processes that it starts, takes longer than most commands. It looks for no file that was
never imported (``source`` does), since the tests' own process does that once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.frozen_registry import BY_HAND

_BEFORE_PYTHON = ("PYTHON", "LC_", "LANG", "TZ", "COV")
_FOLDER = Path(__file__).parent
_ROOT = _FOLDER.parents[1]

_PROGRAM = """
import gc, io, json, os, signal, sys, traceback
import pkgutil
from contextlib import redirect_stdout
from importlib import import_module
import coefgate
from coefgate.__main__ import main
# Commands import what they need when they run, which every fork would do again; but for what
# takes pandas, pyarrow or altair, and for what no command takes: litellm asks the network.
slow = {"__main__", "chart_layers", "export", "frames", "svg"}
for module in pkgutil.walk_packages(coefgate.__path__, "coefgate."):
    last = module.name.rpartition(".")[2]
    if last not in slow and ".integrations." not in module.name:
        import_module(module.name)
for name in ("numpy", "rich.table", "rich.markdown", "jsonschema_rs", "orjson", "yaml"):
    import_module(name)

from coefgate.commands.cli import run as run_here
with redirect_stdout(io.StringIO()):
    for root in sys.argv[1:]:
        for words in (["check"], ["replay", "--format", "json"]):
            run_here([*words, "--registry", root])

def memory(what):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(what))

def run(request):
    before = request["peak"] and memory("VmRSS")
    os.chdir(request["cwd"])
    os.umask(request["umask"])
    os.environ.clear()
    os.environ.update(request["environment"])
    for name, mode, descriptor in (("stdin", os.O_RDONLY, 0), ("out", os.O_WRONLY, 1),
                                   ("err", os.O_WRONLY, 2)):
        opened = os.open(request[name], mode)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.argv[:] = ["coefgate", *request["arguments"]]
    code = 0
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            code = code or 120
    if request["peak"]:
        with open(request["peak"], "w") as peak:
            peak.write(str(memory("VmHWM") - before))
    if measured:
        measured.stop()
        measured.save()
    os._exit(code)

gc.collect()
gc.freeze()  # a fork that collects garbage would otherwise copy every page of this process
measured = "coverage" in sys.modules and sys.modules["coverage"].Coverage.current()
for line in sys.stdin:
    if measured:
        measured.get_data()  # what this process ran is put away, and not saved by every fork
    child = os.fork()
    if not child:
        run(json.loads(line))
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """Exit code and both streams of one call; ``grown``: bytes by which its memory grew."""

    code: int
    out: bytes
    err: bytes
    grown: int | None = None


class Warm:
    """A context manager; not to be shared between threads."""

    def __init__(self) -> None:
        self._processes: dict[tuple[object, ...], subprocess.Popen[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.communicate()

    def run(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        scratch: Path,
        stdin: bytes = b"",
        memory: bool = False,
    ) -> Ended:
        """Run the command; what it reads and prints goes through files in ``scratch``.

        ``memory``: tell how far it grew.
        """
        out, err, peak = (scratch / f"warm-{name}" for name in ("out", "err", "peak"))
        given = scratch / "warm-in" if stdin else Path(os.devnull)
        if stdin:
            given.write_bytes(stdin)
        out.write_bytes(b"")
        err.write_bytes(b"")
        request = {
            "arguments": list(arguments),
            "cwd": str(cwd),
            "umask": _umask(),
            "environment": dict(environment),
            "stdin": str(given),
            "out": str(out),
            "err": str(err),
            "peak": str(peak) if memory else None,
        }
        process = self._started(environment, memory=memory)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        code = int(process.stdout.readline())
        grown = int(peak.read_text()) if memory else None
        return Ended(code, out.read_bytes(), err.read_bytes(), grown)

    def _started(self, environment: Mapping[str, str], *, memory: bool) -> subprocess.Popen[str]:
        before = {
            name: value for name, value in environment.items() if name.startswith(_BEFORE_PYTHON)
        }
        is_usual = all(os.environ.get(name) == value for name, value in before.items())
        known = [str(BY_HAND)] if is_usual and not memory else []  # else it is for a few commands
        key = frozenset(before.items()), *known
        if key not in self._processes:
            others = {
                name: value
                for name, value in os.environ.items()
                if not name.startswith(_BEFORE_PYTHON)
            }
            if before.pop("COVERAGE_PROCESS_CONFIG", None):
                before["COVERAGE_PROCESS_START"] = str(_FOLDER / "warm_coverage.ini")
            self._processes[key] = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, *known],
                cwd=_ROOT,
                env=others | before,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._processes[key]


def _umask() -> int:
    """That of this process; a system only tells it to who changes it."""
    present = os.umask(0o077)
    os.umask(present)
    return present
