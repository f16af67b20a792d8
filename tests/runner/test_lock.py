"""``coefgate.lock``: what `pin` writes comes back, and what a hand did to it is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate import Registry
from coefgate.core.problems import EnvironmentProblem, InvalidDocument
from coefgate.core.versions import Version
from coefgate.runner.lock import (
    MAX_BYTES,
    NAME,
    Lock,
    Trust,
    _lock,
    found_lock,
    lock_bytes,
    read_lock,
)
from tests.core.documents import schema_errors
from tests.core.test_versions import versions

DIGEST = f"sha256:{'1' * 64}"
LOCK = {
    "format": 1,
    "url": "https://github.com/OWNER/REPO",
    "version": "1.4.0",
    "commit": "a" * 40,
    "digest": DIGEST,
    "trust": "transport",
}
MEND = "Write it again with: coefgate pin URL@VERSION"
_line = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=40)
locks = st.builds(
    lambda url, release, trust: Lock(url, release[0], release[1], DIGEST, trust),
    _line.filter(lambda url: not url.startswith("-")),
    st.just((None, None)) | st.tuples(versions, st.just("a1" * 20)),
    st.builds(Trust, st.lists(_line, max_size=3).map(tuple)),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / NAME


def said(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(InvalidDocument) as error:
        read_lock(path)
    return str(error.value)


def written(**changes: Any) -> bytes:
    return json.dumps(LOCK | changes).encode()


@given(locks)
def test_a_lock_comes_back_and_fits_its_schema(lock: Lock) -> None:
    data = lock_bytes(lock)
    assert _lock(data, "the lock") == lock
    assert lock_bytes(_lock(data, "the lock")) == data
    assert schema_errors("lock", json.loads(data)) == []


def test_the_file_is_this(path: Path) -> None:
    lock = Lock("https://github.com/OWNER/REPO", Version(1, 4, 0), "a" * 40, DIGEST, Trust())
    assert lock_bytes(lock).decode() == (
        "{\n"
        '  "format": 1,\n'
        '  "url": "https://github.com/OWNER/REPO",\n'
        '  "version": "1.4.0",\n'
        f'  "commit": "{"a" * 40}",\n'
        f'  "digest": "{DIGEST}",\n'
        '  "trust": "transport"\n'
        "}\n"
    )
    path.write_bytes(lock_bytes(lock))
    assert read_lock(path) == lock


def test_the_version_that_an_estimate_carries() -> None:
    assert Lock("x", Version(1, 4, 0), None, DIGEST, Trust()).registry_version == "1.4.0"
    assert Lock("x", None, None, DIGEST, Trust()).registry_version == "0.0.0+unversioned"


def test_signers_are_the_lines_of_their_file(path: Path) -> None:
    lines = ("a@example.org ssh-ed25519 AAAA", "*@example.org\tssh-rsa BBBB a comment")
    path.write_bytes(written(trust={"allowed_signers": lines}))
    assert read_lock(path).trust == Trust(lines)


URL = (
    "it is an address or a path on one line of visible characters, and does not begin "
    "with - or a space"
)
TRUST = 'it is "transport", or {"allowed_signers": [...]}'
SIGNER = "it is one line of an ssh allowed_signers file"
COMMIT = "it is the full hash of a commit, or null"
VERSION = "it is a version MAJOR.MINOR.PATCH, or null"
BOTH = "a release has both, and anything else neither"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"ref": "main"},
            ": ref is not known here; the keys are format, url, version, commit, digest, trust",
        ),
        ({"format": 0}, ": format is 0; it is 1"),
        ({"format": True}, ": format is true; it is 1"),
        ({"url": ""}, f": url is not an address; {URL}"),
        ({"url": None}, f": url is not an address; {URL}"),
        ({"url": "--upload-pack=touch x"}, f": url is not an address; {URL}"),
        ({"url": " https://a.example"}, f": url is not an address; {URL}"),
        ({"url": "x" * 4097}, f": url is not an address; {URL}"),
        ({"version": "v1.4.0"}, f': version is "v1.4.0"; {VERSION}'),
        ({"version": 1.4}, f": version is 1.4; {VERSION}"),
        ({"version": ""}, f': version is ""; {VERSION}'),
        ({"commit": "main"}, f': commit is "main"; {COMMIT}'),
        ({"commit": None}, f": commit is null beside a version; {BOTH}"),
        ({"version": None}, f": commit is given without a version; {BOTH}"),
        (
            {"digest": "1" * 64},
            f': digest is "{"1" * 56}...; it is sha256: and 64 hexadecimal digits',
        ),
        ({"trust": None}, f": trust is null; {TRUST}"),
        ({"trust": "everybody"}, f': trust is "everybody"; {TRUST}'),
        ({"trust": ["transport"]}, f": trust is a list; {TRUST}"),
        ({"trust": {}}, ": trust.allowed_signers is missing; the keys are allowed_signers"),
        ({"trust": {"allowed_signers": []}}, f": trust.allowed_signers is empty; {TRUST}"),
        (
            {"trust": {"allowed_signers": "a b c"}},
            ': trust.allowed_signers is "a b c"; it is a list',
        ),
        ({"trust": {"allowed_signers": [""]}}, f': trust.allowed_signers[0] is ""; {SIGNER}'),
        (
            {"trust": {"allowed_signers": ["a\nb"]}},
            f': trust.allowed_signers[0] is "a\\nb"; {SIGNER}',
        ),
        ({"trust": {"allowed_signers": [7]}}, f": trust.allowed_signers[0] is 7; {SIGNER}"),
    ],
)
def test_every_error_names_its_place(path: Path, changes: dict[str, Any], message: str) -> None:
    assert said(path, written(**changes)) == f"{path}{message}. {MEND}"


@pytest.mark.parametrize("key", LOCK)
def test_every_key_is_needed(path: Path, key: str) -> None:
    rest = {name: value for name, value in LOCK.items() if name != key}
    allowed = (
        "it is 1"
        if key == "format"
        else "the keys are format, url, version, commit, digest, trust"
    )
    assert said(path, json.dumps(rest).encode()) == f"{path}: {key} is missing; {allowed}. {MEND}"


@pytest.mark.parametrize(
    "url", ["https://u:hunter2@a.example\n", "\thttps://u:hunter2@a.example", ["hunter2"]]
)
def test_an_address_is_never_shown(path: Path, url: Any) -> None:
    assert "hunter2" not in said(path, written(url=url))


def test_a_newer_lock_asks_for_a_newer_program_and_for_nothing_else(path: Path) -> None:
    assert said(path, written(format=2, more=1)) == (
        f"{path} has the format 2, and this program reads up to 1. "
        "Get a newer one from where this one came from (README, Installation) with: "
        "python -m pip install --force-reinstall 'coefgate @ git+https://HOST/OWNER/REPOSITORY'"
    )


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", " is not valid JSON: it is empty"),
        (
            b"<<<<<<< HEAD\n{}",
            (
                ":1:1  holds <<<<<<<, the marker of a merge conflict. "
                "Finish the merge: keep the lines that are right, and delete every marker"
            ),
        ),
        (b"\xff\xfe{\x00", " is not valid JSON: it is written in UTF-16"),
        (
            b'{"format": 1, "format": 1}',
            ' is not valid JSON: the key "format" appears twice in one object',
        ),
        (b'{"trust": ' * 100_000, " is not valid JSON: it is nested too deep"),
        (b"[]", " is a list; it is an object"),
        (b" " * (MAX_BYTES + 1), " has more than 1,048,576 bytes; no lock needs that many"),
    ],
)
def test_what_is_no_lock(path: Path, data: bytes, found: str) -> None:
    assert said(path, data) == f"{path}{found}. {MEND}"


def test_a_lock_that_cannot_be_read(path: Path) -> None:
    with pytest.raises(EnvironmentProblem) as missing:
        read_lock(path)
    assert str(missing.value) == (
        f"{path}: cannot be read: No such file or directory. Write one with: coefgate pin "
        "URL@VERSION"
    )
    path.mkdir()
    with pytest.raises(EnvironmentProblem, match="Is a directory"):
        read_lock(path)


def test_the_nearest_lock_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "a/b"
    inner.mkdir(parents=True)
    (tmp_path / NAME).touch()
    (tmp_path / "a" / NAME).mkdir()  # a folder of that name is none
    assert found_lock(inner) == tmp_path.resolve() / NAME
    (inner / NAME).touch()
    assert found_lock(inner) == inner.resolve() / NAME


def test_no_lock_anywhere(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem) as error:
        found_lock(tmp_path)
    where = f"no coefgate.lock in {tmp_path.resolve()} or a folder above it"
    assert str(error.value) == f"{where}. Write one with: coefgate pin URL@VERSION"


def test_a_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(
        EnvironmentProblem, match=r"no coefgate\.lock can be looked for in \.: .* ls -ld \."
    ):
        found_lock(Path())
    with pytest.raises(EnvironmentProblem, match="can be looked for"):
        Registry.from_lock()
