"""One file from a web server: bounded in time and size, and refused where it is not whole."""

from __future__ import annotations

import shlex
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from socket import SHUT_RDWR, socket
from typing import Final, Self
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from coefgate.core.credentials import scrubbed
from coefgate.core.problems import EnvironmentProblem
from coefgate.runner.address import is_loopback

TIMEOUT: Final = 30.0
"""Seconds for a whole download, redirects included."""
REDIRECTS: Final = 5
_SILENCE: Final = 10.0
"""Seconds without a byte after which a server counts as hanging."""
_PIECE: Final = 64 * 1024
_MOVED: Final = (301, 302, 303, 307, 308)
_HEADERS: Final = {"User-Agent": "coefgate", "Accept-Encoding": "identity"}


def downloaded(url: str, *, most: int, timeout: float | None = None) -> bytes | None:
    """What the server gives for ``url``, at most ``most`` bytes; ``None``: it has no such file.

    ``timeout``: seconds for all. Raises ``EnvironmentProblem`` for whatever else is wrong.
    """
    seconds = TIMEOUT if timeout is None else timeout
    with _Deadline(seconds) as deadline:
        late = _failed(url, f"it was not complete after {seconds:g} s")
        try:
            found = _content(url, deadline, most)
        except (HTTPException, OSError) as error:
            if deadline.over:
                raise late from None
            reason = error.reason if isinstance(error, URLError) else error
            raise _failed(url, str(reason) or type(error).__name__) from None
        if deadline.over:  # what was cut in its headers looks like an empty file
            raise late
        return found


def _content(url: str, deadline: _Deadline, most: int) -> bytes | None:
    opener = deadline.opener()
    here = url
    for _ in range(REDIRECTS + 1):
        request = Request(here, headers=_HEADERS)  # noqa: S310 (the opener knows two schemes only)
        answer: HTTPResponse | None = opener.open(request, timeout=min(_SILENCE, deadline.left))
        if answer is None:
            raise AssertionError("the opener speaks HTTP only")
        with answer:
            if answer.status not in _MOVED:
                return _body(answer, url, most)
            here = _next_place(url, here, answer.headers.get("Location", ""))
    raise _failed(url, f"the server redirects more than {REDIRECTS} times")


def _next_place(url: str, here: str, location: str) -> str:
    place = urljoin(here, location)
    parts = urlsplit(place)
    safe = parts.scheme == "https" or (
        parts.scheme == "http" and here.startswith("http:") and is_loopback(parts.hostname or "")
    )
    if not location or not safe or parts.username is not None or not place.isascii():
        raise _failed(url, "the server redirects to an address that is not a plain https:// one")
    return place


def _body(answer: HTTPResponse, url: str, most: int) -> bytes | None:
    if answer.status in (404, 410):
        return None
    if answer.status != 200:
        raise _failed(url, f"the server answered {answer.status}")
    promised = answer.headers.get("Content-Length", "")
    announced = int(promised) if promised.isascii() and promised.isdecimal() else None
    if announced is not None and announced > most:
        raise _failed(url, f"it has {announced:,} bytes, and such a file has at most {most:,}")
    found = bytearray()
    while piece := answer.read(_PIECE):
        found += piece
        if len(found) > most:
            raise _failed(url, f"it sends more than {most:,} bytes, the most of such a file")
    if announced is not None and len(found) != announced and not answer.chunked:
        raise HTTPException(f"it ended after {len(found):,} of {announced:,} bytes")
    return bytes(found)


def _failed(url: str, why: str) -> EnvironmentProblem:
    look = f"Look at it with: curl -fL -o FILE {shlex.quote(url)}"
    return EnvironmentProblem(scrubbed(f"{url} was not downloaded: {why}. {look}"))


class _Deadline:
    """Ends every connection of one download when its time is over, wherever it hangs."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._sockets: list[socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    @property
    def left(self) -> float:
        """Seconds; never nothing, which would mean no limit."""
        return max(self._end - time.monotonic(), 0.001)

    @property
    def over(self) -> bool:
        return time.monotonic() >= self._end

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        self._timer.join()
        for known in self._sockets:
            known.close()

    def opener(self) -> OpenerDirector:
        """What opens http:// and https://, by the environment's proxies, and nothing else."""
        watch = self._watch

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                self.sock.settimeout(_SILENCE)  # from here on the deadline itself can end it
                watch(self.sock)

        class Secure(HTTPSConnection, Plain):
            """Connects as ``Plain`` does, so that the deadline holds for the handshake too."""

        class OpenPlain(HTTPHandler):
            def http_open(self, req: Request) -> HTTPResponse:
                return self.do_open(Plain, req)

        class OpenSecure(HTTPSHandler):
            def https_open(self, req: Request) -> HTTPResponse:
                return self.do_open(Secure, req)

        opener = OpenerDirector()
        for handler in (ProxyHandler(), OpenPlain(), OpenSecure()):
            opener.add_handler(handler)
        return opener

    def _watch(self, made: socket) -> None:
        self._sockets.append(made.dup())  # TLS takes the socket itself over
        if self.over:
            self._cut()

    def _cut(self) -> None:
        for known in list(self._sockets):
            with suppress(OSError):
                known.shutdown(SHUT_RDWR)
