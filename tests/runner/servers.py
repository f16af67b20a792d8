"""A web server here that does as it is told: serves, hangs, trickles, lies, never stops."""

from __future__ import annotations

import os
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(slots=True)
class Web:
    """``pages``: what is answered to each path; ``other``: the answer to all other paths.

    ``asked``: the paths that were asked for.
    ``first`` is set once anything was asked, ``closing`` when the test is over.
    """

    root: str = ""
    pages: dict[str, bytes | Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    other: Answer = field(default_factory=lambda: status(404))
    closing: threading.Event = field(default_factory=threading.Event)
    first: threading.Event = field(default_factory=threading.Event)

    def hang(self, _handler: BaseHTTPRequestHandler) -> None:
        """Say nothing until the test is over."""
        self.closing.wait(60)

    def hang_in_body(self, handler: BaseHTTPRequestHandler) -> None:
        """Promise a body, and give one byte of it."""
        _begin(handler, 200, {"Content-Length": "1000"})
        handler.wfile.write(b"{")
        handler.wfile.flush()
        self.closing.wait(60)

    def trickle(self, handler: BaseHTTPRequestHandler) -> None:
        """Give a byte now and then: never silent for long, and never done."""
        _begin(handler, 200, {"Content-Length": "900"})
        self._drip(handler)

    def trickle_headers(self, handler: BaseHTTPRequestHandler) -> None:
        """Begin an answer that never comes to its body."""
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Long: ")
        self._drip(handler)

    def endless(self, handler: BaseHTTPRequestHandler) -> None:
        """Give 1 GB, without saying so before."""
        _begin(handler, 200, {})
        piece = b" " * 65536
        for _ in range(1024**3 // len(piece)):
            if self.closing.is_set():
                break
            handler.wfile.write(piece)

    def _drip(self, handler: BaseHTTPRequestHandler) -> None:
        while not self.closing.wait(0.02):
            handler.wfile.write(b"x")
            handler.wfile.flush()


def status(code: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
    """An answer with this status."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        _begin(handler, code, {"Content-Length": str(len(body)), **(headers or {})})
        handler.wfile.write(body)

    return answer


def redirect(place: str, code: int = 302) -> Answer:
    """An answer that sends elsewhere."""
    return status(code, {"Location": place})


def git_server(folder: Path) -> Answer:
    """An answer as a git server gives it, for the repositories in ``folder``."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        path, _, query = handler.path.partition("?")
        asked = {
            "GIT_PROJECT_ROOT": str(folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": handler.command,
            "CONTENT_TYPE": handler.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": handler.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": handler.headers.get("Git-Protocol", ""),
        }
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        command, environment = ["git", "http-backend"], {**os.environ, **asked}
        done = subprocess.run(
            command, input=body, env=environment, check=True, capture_output=True
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        code = int(headers.pop("Status", "200").split()[0])
        status(code, headers, content)(handler)

    return answer


def _begin(handler: BaseHTTPRequestHandler, code: int, headers: dict[str, str]) -> None:
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()


def _handler(web: Web) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append(self.path)
            web.first.set()
            page = web.pages.get(self.path, web.other)
            answer = status(200, body=page) if isinstance(page, bytes) else page
            try:
                answer(self)
            except OSError:  # who asked has left
                self.close_connection = True

        do_POST = do_GET  # noqa: N815 (names that http.server asks for)

        def log_message(self, *_arguments: Any) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # its end waits for every answer, so that no socket outlives a test

    def handle_error(self, *_arguments: Any) -> None:
        """A client that leaves in the middle is what these tests are about."""


@contextmanager
def web_server(context: ssl.SSLContext | None = None) -> Iterator[Web]:
    """A server until the end of the block; over TLS with a ``context``."""
    web = Web()
    with _Server(("127.0.0.1", 0), _handler(web)) as server:
        web.root = f"http{'' if context is None else 's'}://127.0.0.1:{server.server_port}"
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield web
        finally:
            web.closing.set()
            server.shutdown()
            thread.join()
