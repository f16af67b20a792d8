"""What is an address, what is a version behind it, and what is refused without being repeated."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath
from urllib.parse import unquote, urlsplit

import pytest

from coefgate.core.problems import UsageProblem
from coefgate.runner.address import (
    Address,
    address_of,
    before_drive,
    index_url,
    is_loopback,
    local_path,
    named_version,
    request_of,
    source_key,
    url_of_version,
)
from tests.runner.remotes import version

HERE = Path.cwd().as_uri()
SECRET = "hunter2"  # noqa: S105 (opens nothing)


@pytest.mark.parametrize(
    ("text", "url", "is_git", "wish"),
    [
        ("https://h.example/o/r.git@1.4.0", "https://h.example/o/r.git", True, "1.4.0"),
        ("https://h.example/o/r", "https://h.example/o/r", True, None),
        ("HTTPS://H.example:8443/o/r@main", "https://h.example:8443/o/r", True, "main"),
        (
            "https://h.example/r@coefficients/v1.4.0",
            "https://h.example/r",
            True,
            "coefficients/v1.4.0",
        ),
        (
            "ssh://git@h.example:22/o/r.git@v1.4.0",
            "ssh://git@h.example:22/o/r.git",
            True,
            "v1.4.0",
        ),
        ("ssh://git@h.example/o/r.git", "ssh://git@h.example/o/r.git", True, None),
        ("git@h.example:o/r.git", "git@h.example:o/r.git", True, None),
        ("git@h.example:o/r.git@1.4.0", "git@h.example:o/r.git", True, "1.4.0"),
        ("h.example:o/r@1.4.0", "h.example:o/r", True, "1.4.0"),
        ("https://h.example/c-1.4.0.json", "https://h.example/c-1.4.0.json", False, None),
        ("http://127.0.0.1:80/c.json", "http://127.0.0.1:80/c.json", False, None),
        ("http://[::1]:80/r.git", "http://[::1]:80/r.git", True, None),
        ("file:///srv/r%20s.git@1.4.0", "file:///srv/r%20s.git", True, "1.4.0"),
        ("file://localhost/srv/c.json", "file:///srv/c.json", False, None),
        ("/srv/there is none.git@1.4.0", "file:///srv/there%20is%20none.git", True, "1.4.0"),
        ("some/../r", f"{HERE}/r", True, None),
        ("nowhere/c.json@1.0.0", f"{HERE}/nowhere/c.json", False, "1.0.0"),
    ],
)
def test_an_address(text: str, url: str, is_git: bool, wish: str | None) -> None:
    address, asked = request_of(text)
    assert (address.url, address.is_git, asked) == (url, is_git, wish)
    assert address_of(address.url) == address


def test_a_path_that_is_there_is_taken_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "a@1.0.0"
    folder.mkdir()
    assert request_of(str(folder))[1] is None
    assert request_of(f"{folder}@2.0.0")[1] == "2.0.0"
    assert local_path(request_of(str(folder))[0].url) == folder
    (tmp_path / "x.json").mkdir()
    assert address_of(str(tmp_path / "x.json")).is_git


@pytest.mark.parametrize(
    "text",
    [
        f"https://user:{SECRET}@h.example/r.git",
        f"https://{SECRET}@h.example/r.git@1.4.0",
        f"http://u:{SECRET}@127.0.0.1/r.git",
        f"ssh://git:{SECRET}@h.example/r.git",
        f"https://h.example/c.json?token={SECRET}",
        f"https://h.example/r.git#{SECRET}",
        f"ssh://git@h.example/r?{SECRET}",
        f"file:///srv/r?{SECRET}",
        f"user:{SECRET}@h.example/r.git",
        f"user:{SECRET}@h.example:r.git",
        f"user:{SECRET}@h.example/r.git@1.4.0",
        f"//user:{SECRET}@h.example/r.git",
        f"https:user:{SECRET}@h.example/r.git@1.4.0",
        f"https://u:{SECRET}@h.example:port/r",
        f"ftp://u:{SECRET}@h.example/r",
    ],
)
def test_a_secret_is_refused_and_never_repeated(text: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        request_of(text)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not empty"),
        ("-r", "begin with a dash"),
        ("--upload-pack=x", "begin with a dash"),
        ("https://h.example/r@-x", "is not a version"),
        ("https://h.example/r@", "is not a version"),
        ("https://-h/r", "malformed"),
        ("ssh://-oProxyCommand=x/r", "malformed"),
        ("ssh://-x@h/r", "malformed"),
        ("-x@h:r", "begin with a dash"),
        ("git@-h:r", "begin with a dash"),
        ("https:///r", "malformed"),
        ("https://h:port/r", "malformed"),
        ("https://[::1/r", "malformed"),
        ("https://h/ä", "malformed"),
        ("https://h/a b", "malformed"),
        ("https://h/a\nb", "one line"),
        (" https://h/a", "one line"),
        ("http://h.example/r", "Use https://h.example/r"),
        ("git://h.example/r", "git:// is not accepted"),
        ("ext::sh -c x", "start other programs"),
        ("file://server/share", "three slashes"),
    ],
)
def test_what_is_no_address(text: str, words: str) -> None:
    with pytest.raises(UsageProblem, match=words) as caught:
        request_of(text)
    assert "coefgate pin" in str(caught.value) or "Use https" in str(caught.value)


def test_loopback() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.9.9.9", "::1")))
    assert not any(
        map(is_loopback, ("127.0.0.1.example.org", "localhost.example", "10.0.0.1", ""))
    )


def test_addresses_of_snapshot_files() -> None:
    url = "https://github.com/o/r/releases/download/coefficients/v1.4.0/coefficients-1.4.0.json"
    other = (
        "https://github.com/o/r/releases/download/coefficients/v1.14.0/coefficients-1.14.0.json"
    )
    assert named_version(url) == version("1.4.0")
    assert url_of_version(url, version("1.14.0")) == other
    assert index_url(url) == "https://github.com/o/r/releases/latest/download/index.json"
    assert source_key(url) == source_key(other) != url
    plain = "https://10.0.0.1/x/coefficients.json"
    assert named_version(plain) is None
    assert index_url(plain) == "https://10.0.0.1/x/index.json"
    assert source_key(plain) == plain == url_of_version(plain, version("1.0.0"))
    assert source_key("file:///srv/r-1.4.0.git") == "file:///srv/r-1.4.0.git"
    assert source_key("git@h:c-1.4.0.json") == "git@h:c-1.4.0.json"
    assert (
        url_of_version("https://1.2.3.4/c-1.2.3.json", version("9.9.9"))
        == "https://1.2.3.4/c-9.9.9.json"
    )
    assert Address(plain, is_git=False) == address_of(plain)


def test_an_address_of_a_file_leads_back_to_it_on_windows() -> None:
    file = PureWindowsPath(r"C:\Some Folder\coefficients-1.4.0.json")
    path = unquote(urlsplit("file:///C:/Some%20Folder/coefficients-1.4.0.json").path)
    assert path == "/C:/Some Folder/coefficients-1.4.0.json"
    assert PureWindowsPath(before_drive(path)) == file
    assert before_drive("/srv/C:/a.json") == "/srv/C:/a.json"
