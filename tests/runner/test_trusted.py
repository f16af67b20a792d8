"""What is trusted of a source, and the release that contradicts it."""

from __future__ import annotations

import pytest

from coefgate.core.problems import InvalidDocument
from coefgate.core.release import Published, Release, index_of
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import Version
from coefgate.runner.trusted import Trusted
from tests.runner.remotes import snapshot, version


def _offered(made: Snapshot, text: str = "1.5.0") -> Release:
    return Release(version(text), "c" * 40, made, ())


def test_another_version_than_the_one_asked_for_is_refused() -> None:
    with pytest.raises(
        InvalidDocument, match=r"the source gave 1\.5\.0 when it was asked for 1\.6\.0"
    ):
        Trusted(index_of([], [])).check_identity(_offered(snapshot()), Version(1, 6, 0))


def test_a_moved_tag_is_refused_by_its_digest() -> None:
    offered, asked = _offered(snapshot(2)), Version(1, 5, 0)
    Trusted(index_of([], [])).check_identity(offered, asked)
    Trusted(index_of([Published(asked, "c" * 40, offered.snapshot.digest)], [])).check_identity(
        offered, asked
    )
    known = Published(asked, "c" * 40, snapshot(1).digest)
    with pytest.raises(
        InvalidDocument, match=rf"1\.5\.0 was moved at its source: it was {known.digest} "
    ):
        Trusted(index_of([known], [])).check_identity(offered, asked)
