"""Downloads are whole, or refused: servers cut off, hang, trickle, redirect and never stop."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem
from coefgate.runner.download import downloaded
from tests.runner.servers import Answer, Web, redirect, status, web_server

MOST = 1000
SOON = 0.3
"""Seconds after which a server that hangs is given up on; all else is found without a clock."""


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    for name in (
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
    with web_server() as server:
        yield server


def _refused(web: Web, answer: Answer, *, timeout: float = 30.0) -> str:
    web.pages["/x"] = answer
    with pytest.raises(EnvironmentProblem) as caught:
        downloaded(f"{web.root}/x", most=MOST, timeout=timeout)
    said = str(caught.value)
    assert said.startswith(f"{web.root}/x was not downloaded: ")
    assert f"curl -fL -o FILE {web.root}/x" in said
    return said


def test_a_whole_file(web: Web) -> None:
    web.pages["/x"] = b"a" * MOST
    assert downloaded(f"{web.root}/x", most=MOST) == b"a" * MOST


@pytest.mark.parametrize("code", [404, 410])
def test_no_such_file(web: Web, code: int) -> None:
    web.pages["/x"] = status(code)
    assert downloaded(f"{web.root}/x", most=MOST) is None


@pytest.mark.parametrize("code", [204, 304, 400, 401, 403, 500, 503])
def test_other_answers(web: Web, code: int) -> None:
    assert f"the server answered {code}" in _refused(
        web, status(code, body=b"" if code < 400 else b"oops")
    )


def test_a_truncated_body(web: Web) -> None:
    said = _refused(web, status(200, {"Content-Length": "900"}, b"a" * 899))
    assert "it ended after 899 of 900 bytes" in said


def test_a_truncated_chunk(web: Web) -> None:
    cut = status(200, {"Transfer-Encoding": "chunked"}, b"ff\r\nshort")
    assert "IncompleteRead" in _refused(web, cut)


@pytest.mark.parametrize("way", ["hang", "hang_in_body", "trickle", "trickle_headers"])
def test_a_server_that_is_never_done(web: Web, way: str) -> None:
    assert "it was not complete after 0.3 s" in _refused(web, getattr(web, way), timeout=SOON)
    assert [
        thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)
    ] == []


def test_a_gigabyte_is_not_read(web: Web) -> None:
    assert "it sends more than 1,000 bytes" in _refused(web, web.endless)


def test_a_gigabyte_is_believed(web: Web) -> None:
    said = _refused(web, status(200, {"Content-Length": str(1024**3)}))
    assert "it has 1,073,741,824 bytes" in said


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_follows_a_redirect(web: Web, code: int) -> None:
    web.pages |= {"/a/x": redirect("../y", code), "/y": b"found"}
    assert downloaded(f"{web.root}/a/x", most=MOST) == b"found"


def test_follows_five_redirects_and_no_more(web: Web) -> None:
    web.pages |= {f"/{n}": redirect(f"/{n + 1}") for n in range(6)} | {"/6": b"found"}
    assert downloaded(f"{web.root}/1", most=MOST) == b"found"
    with pytest.raises(EnvironmentProblem, match="redirects more than 5 times"):
        downloaded(f"{web.root}/0", most=MOST)


def test_a_redirect_to_itself(web: Web) -> None:
    assert "redirects more than 5 times" in _refused(web, redirect("/x"))
    assert web.asked == ["/x"] * 6


@pytest.mark.parametrize(
    "place",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "http://example.org/x",
        "http://u:hunter2@127.0.0.1/x",
        "https://u:hunter2@example.org/x",
        "https://example.org/ä",
        "gopher://x",
        "",
    ],
)
def test_a_redirect_to_where_it_could_be_altered(web: Web, place: str) -> None:
    said = _refused(web, redirect(place))
    assert "redirects to an address that is not a plain https:// one" in said
    assert "hunter2" not in said
    assert web.asked == ["/x"]


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/x"
        with pytest.raises(EnvironmentProblem, match="Connection refused"):
            downloaded(url, most=MOST)


def test_no_http(web: Web) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")

    assert "SSH-2.0-OpenSSH" in _refused(web, answer)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 with its key, that nobody trusts yet."""
    path = tmp_path / "pair.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    subject = ["-days", "30", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")]
    subprocess.run([*command, *subject, *made], check=True, capture_output=True)
    path.write_text((tmp_path / "key").read_text() + (tmp_path / "cert").read_text())
    return path


def test_over_tls_only_from_who_is_trusted(
    web: Web, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with web_server(context) as secure:
        secure.pages |= {
            "/x": b"found",
            "/down": redirect(f"{web.root}/x"),
            "/hang": secure.trickle,
        }
        with pytest.raises(EnvironmentProblem, match="certificate verify failed"):
            downloaded(f"{secure.root}/x", most=MOST)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert downloaded(f"{secure.root}/x", most=MOST) == b"found"
        with pytest.raises(EnvironmentProblem, match="not a plain https:// one"):
            downloaded(f"{secure.root}/down", most=MOST)
        with pytest.raises(EnvironmentProblem, match="not complete after"):
            downloaded(f"{secure.root}/hang", most=MOST * MOST, timeout=SOON)
    assert web.asked == []


def test_a_handshake_that_never_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/x"
        with pytest.raises(EnvironmentProblem, match="not complete after"):
            downloaded(url, most=MOST, timeout=SOON)
