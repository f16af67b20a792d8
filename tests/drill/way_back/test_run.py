"""What the drill plants: a release whose numbers are not those of its digest."""

from __future__ import annotations

import pytest

from coefgate.core.problems import InvalidDocument
from coefgate.core.release import Release, annotation, read_annotation
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import Version
from coefgate.drill.way_back.run import torn
from tests.core.documents import valid


def test_only_the_digest_shows_that_a_planted_release_is_torn() -> None:
    content = valid("snapshot", "everything")
    content["categories"]["docs"]["overhead"]["low"] = {"measured": False, "tokens": 4000}
    known = Snapshot.of(content).digest
    message = annotation("Words", Release(Version(1, 0, 0), None, Snapshot(content, known)))
    planted = torn(message, "1.0.9", of="1.0.0", tokens=4000)
    content["categories"]["docs"]["overhead"]["low"]["tokens"] = 2000
    with pytest.raises(
        InvalidDocument, match=f"digest is .*that of its snapshot is {Snapshot.of(content).digest}"
    ):
        read_annotation(planted, Version(1, 0, 9))
    whole = read_annotation(planted.replace(known, Snapshot.of(content).digest), Version(1, 0, 9))
    assert whole.snapshot.content == content
