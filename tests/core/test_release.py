"""``index.json``: releases and yanks, the newest first, to the byte."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.problems import InvalidDocument
from coefgate.core.release import (
    MAX_INDEX_BYTES,
    Published,
    index_bytes,
    index_of,
    is_commit,
    is_digest,
    read_index,
)
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank
from tests.core.documents import schema_errors
from tests.core.test_versions import versions
from tests.core.test_yanks import yanks

WHAT = "https://host.example/index.json"
MEND = "Write it again with: coefgate release --assets TAG --output FOLDER"
_hex = st.sampled_from("0123456789abcdef")
published = st.lists(
    st.builds(
        Published,
        versions,
        st.text(_hex, min_size=40, max_size=40) | st.text(_hex, min_size=64, max_size=64),
        st.text(_hex, min_size=64, max_size=64).map("sha256:{}".format),
    ),
    unique_by=lambda one: one.version,
    max_size=6,
)
ONE = {"version": "1.4.0", "commit": "a" * 40, "digest": f"sha256:{'1' * 64}"}


def written(**changes: Any) -> bytes:
    return json.dumps({"format": 1, "versions": [ONE], "yanked": []} | changes).encode()


def said(data: bytes) -> str:
    with pytest.raises(InvalidDocument) as error:
        read_index(data, WHAT)
    return str(error.value)


@given(published, yanks)
def test_an_index_comes_back_and_fits_its_schema(
    releases: list[Published], withdrawn: tuple[Yank, ...]
) -> None:
    index = index_of(releases, withdrawn)
    data = index_bytes(index)
    assert read_index(data, WHAT) == index
    assert index_bytes(read_index(data, WHAT)) == data
    assert schema_errors("index", json.loads(data)) == []


@given(published.flatmap(lambda them: st.tuples(st.just(them), st.permutations(them))))
def test_the_order_of_releases_changes_no_byte(
    both: tuple[list[Published], list[Published]],
) -> None:
    one, other = both
    assert index_bytes(index_of(one, ())) == index_bytes(index_of(other, ()))


def test_the_newest_stands_first() -> None:
    releases = [
        Published(Version(1, minor, 0), "a" * 40, f"sha256:{'1' * 64}") for minor in (9, 10, 2)
    ]
    assert [str(version) for version in index_of(releases, ()).versions] == [
        "1.10.0",
        "1.9.0",
        "1.2.0",
    ]


def test_the_file_is_this() -> None:
    index = index_of(
        [Published(Version(1, 4, 0), "a" * 40, f"sha256:{'1' * 64}")],
        [Yank("1.3.0", "2026-11-30", "\u00e9", None)],
    )
    assert index_bytes(index).decode() == (
        "{\n"
        '  "format": 1,\n'
        '  "versions": [\n'
        "    {\n"
        '      "version": "1.4.0",\n'
        f'      "commit": "{"a" * 40}",\n'
        f'      "digest": "sha256:{"1" * 64}"\n'
        "    }\n"
        "  ],\n"
        '  "yanked": [\n'
        "    {\n"
        '      "version": "1.3.0",\n'
        '      "date": "2026-11-30",\n'
        '      "reason": "\\u00e9",\n'
        '      "replacement": null\n'
        "    }\n"
        "  ]\n"
        "}\n"
    )


COMMIT = "it is the full hash of a commit"
DIGEST = "it is sha256: and 64 hexadecimal digits"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"latest": "1.4.0"}, ": latest is not known here; the keys are format, versions, yanked"),
        ({"format": 0}, ": format is 0; it is 1"),
        ({"versions": {}}, ": versions is an object; it is a list"),
        ({"versions": ["1.4.0"]}, ': versions[0] is "1.4.0"; it is an object'),
        (
            {"versions": [{}]},
            ": versions[0].version is missing; the keys are version, commit, digest",
        ),
        (
            {"versions": [ONE | {"version": "1.4"}]},
            ': versions[0].version is "1.4"; it is a version MAJOR.MINOR.PATCH',
        ),
        (
            {"versions": [ONE | {"commit": "3f2c1ab"}]},
            f': versions[0].commit is "3f2c1ab"; {COMMIT}',
        ),
        ({"versions": [ONE | {"digest": None}]}, f": versions[0].digest is null; {DIGEST}"),
        (
            {"versions": [ONE, ONE]},
            ": versions[1].version is 1.4.0 again; each version appears once",
        ),
        ({"yanked": None}, ": yanked is null; it is a list"),
        (
            {"yanked": [{}]},
            ": yanked[0].version is missing; the keys are version, date, reason, replacement",
        ),
    ],
)
def test_every_error_names_its_place(changes: dict[str, Any], message: str) -> None:
    assert said(written(**changes)) == f"{WHAT}{message}. {MEND}"


def test_a_newer_index_asks_for_a_newer_program() -> None:
    assert said(written(format=2, more=1)) == (
        f"{WHAT} has the format 2, and this program reads up to 1. "
        "Get a newer one from where this one came from (README, Installation) with: "
        "python -m pip install --force-reinstall 'coefgate @ git+https://HOST/OWNER/REPOSITORY'"
    )


def test_what_is_no_index() -> None:
    assert said(b"<!DOCTYPE html>") == (
        f"{WHAT} is not valid JSON: Expecting value: line 1 column 1 (char 0). {MEND}"
    )
    assert said(b"[]") == f"{WHAT} is a list; it is an object. {MEND}"
    assert said(b" " * (MAX_INDEX_BYTES + 1)) == (
        f"{WHAT} has 4,194,305 bytes; no index has more than 4,194,304. {MEND}"
    )


def test_the_largest_index_is_read() -> None:
    many = [ONE | {"version": f"1.{number}.0"} for number in range(24_000)]
    data = written(versions=many)
    assert 3_500_000 < len(data) < MAX_INDEX_BYTES
    assert len(read_index(data, WHAT).versions) == 24_000


def test_commits_and_digests() -> None:
    assert is_commit("a1" * 20)
    assert is_commit("a1" * 32)
    assert not any(
        map(is_commit, ("", "a" * 39, "a" * 41, "A" * 40, "a" * 40 + "\n", "a" * 63, "g" * 40))
    )
    assert is_digest(f"sha256:{'a1' * 32}")
    assert not any(
        map(
            is_digest,
            ("", "a1" * 32, f"sha256:{'A1' * 32}", f"sha256:{'a' * 63}", f"sha256:{'a' * 64}\n"),
        )
    )
