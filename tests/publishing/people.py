"""Somebody who is told of alerts: a web server here, which Apprise reaches with ``json://``."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

SECRET: Final = "hunter2token"  # noqa: S105 (opens nothing)


@dataclass(slots=True)
class People:
    """``heard``: the messages that came; ``status``: what the next ones are answered with."""

    place: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200

    @property
    def address(self) -> str:
        """With a secret in its user, path, header and query."""
        return f"json://{SECRET}:{SECRET}@{self.place}/{SECRET}/?+X-Token={SECRET}"


@contextmanager
def people() -> Iterator[People]:
    """Listen until the end."""
    heard = People()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if heard.status == 200:
                heard.heard.append(json.loads(body))
            self.send_response(heard.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None: ...  # noqa: A002

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard.place = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
