"""Files for others: whole or not at all, and through nobody else's link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coefgate.core.atomic_files import ready_files, write_file
from coefgate.core.problems import EnvironmentProblem


def test_a_link_that_somebody_laid_beside_the_place_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"theirs")
    (tmp_path / f".out.json.{os.getpid()}.new").symlink_to(victim)
    write_file(tmp_path / "out.json", b"ours")
    assert (victim.read_bytes(), (tmp_path / "out.json").read_bytes()) == (b"theirs", b"ours")


def test_nothing_is_left_where_nothing_was_put(tmp_path: Path) -> None:
    with ready_files({tmp_path / "new" / "a": b"a", tmp_path / "b": b"b"}):
        assert len(list(tmp_path.rglob(".*.tmp"))) == 2
    assert [path.name for path in tmp_path.rglob("*")] == ["new"]


def test_what_cannot_be_written_takes_the_others_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentProblem, match="a cannot be written: No space left on device"):
        write_file(tmp_path / "a", b"a")
    assert list(tmp_path.iterdir()) == []
