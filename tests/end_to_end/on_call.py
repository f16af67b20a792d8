"""The command as a program that other programs start, without its imports: it asks a warm process.

What starts ``coefgate`` by itself (a hook, a workflow) gets a small program in its place. That
hands its arguments, its folder and its environment on, and ends with the output and the exit code
of the real command."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler, UnixStreamServer
from tempfile import TemporaryDirectory
from threading import Thread

from tests.end_to_end.warm import Warm

_PROGRAM = """
import json, os, socket, sys
address, *arguments = sys.argv[1:]
request = {"arguments": arguments, "cwd": os.getcwd(), "environment": dict(os.environ)}
with socket.socket(socket.AF_UNIX) as to:
    to.connect(address)
    to.sendall(json.dumps(request).encode() + b"\\n")
    with to.makefile("rb") as answer:
        code, out, err = json.load(answer)
for stream, text in ((sys.stdout, out), (sys.stderr, err)):
    stream.buffer.write(text.encode("latin-1"))
    stream.flush()
sys.exit(code)
"""


@contextmanager
def on_call() -> Iterator[tuple[str, ...]]:
    """The words that are a ``coefgate`` for any program, as long as this lasts."""
    # Not in a folder of pytest: the address of a socket must be short.
    with TemporaryDirectory(prefix="coefgate-") as name, Warm() as warm:
        folder = Path(name)
        program, address = folder / "coefgate.py", folder / "socket"
        program.write_text(_PROGRAM, encoding="utf-8")
        with UnixStreamServer(str(address), _handler(warm, folder)) as server:
            thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield sys.executable, "-IS", str(program), str(address)
            finally:
                server.shutdown()
                thread.join()


@contextmanager
def on_path(folder: Path) -> Iterator[Path]:
    """The same as a program called ``coefgate`` in ``folder``, to be put on ``PATH``."""
    with on_call() as words:
        program = folder / "coefgate"
        program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        yield folder


def _handler(warm: Warm, scratch: Path) -> type[StreamRequestHandler]:
    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            asked = json.loads(self.rfile.readline())
            ended = warm.run(
                asked["arguments"],
                cwd=Path(asked["cwd"]),
                environment=asked["environment"],
                scratch=scratch,
            )
            answer = [ended.code, ended.out.decode("latin-1"), ended.err.decode("latin-1")]
            self.wfile.write(json.dumps(answer).encode())

    return Handler
