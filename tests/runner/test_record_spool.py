"""Calls begun are counted where a death is noticed; records wait for a file beside it."""

from __future__ import annotations

import os
import shutil
from dataclasses import astuple
from pathlib import Path
from struct import unpack

import pytest

from coefgate.core import file_lock
from coefgate.runner import record_spool
from coefgate.runner.record_spool import BegunCalls, RecordSpool, rows_of, spool_folder
from tests.runner.records import record

_ROWS = [astuple(record(sequence=number)) for number in (1, 2, 3)]


def test_nobody_finds_a_counter_that_is_not_locked_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[list[Path]] = []
    take = file_lock.take

    def taken(descriptor: int) -> bool:
        found.append(list(tmp_path.glob("*.begun")))
        return take(descriptor)

    monkeypatch.setattr(file_lock, "take", taken)
    counter = BegunCalls(tmp_path, "a" * 32)
    assert found == [[]]
    assert [one.name for one in tmp_path.iterdir()] == [f"{'a' * 32}.begun"]
    counter.close(settled=True)


def test_a_counter_that_somebody_cuts_ends_no_process(tmp_path: Path) -> None:
    counter = BegunCalls(tmp_path, "a" * 32)
    (file,) = tmp_path.iterdir()
    child = os.fork()
    if not child:
        os.truncate(file, 0)
        counter.count(7)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert unpack("<q", file.read_bytes()) == (7,)
    counter.close(settled=True)


def test_a_folder_that_goes_while_it_is_made_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, made = tmp_path / "spool", Path.mkdir

    def mkdir(self: Path, **options: bool) -> None:  # another recorder ends just then
        made(self, **options)
        monkeypatch.setattr(Path, "mkdir", made)
        self.rmdir()

    monkeypatch.setattr(Path, "mkdir", mkdir)
    BegunCalls(folder, "a" * 32).close(settled=True)
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: None)
    with pytest.raises(OSError, match="again and again"):
        BegunCalls(folder, "a" * 32)


def test_a_spool_that_is_deleted_under_way_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    spool = RecordSpool(folder, "a" * 32)
    spool.append(_ROWS[0])
    shutil.rmtree(folder)
    spool.append(_ROWS[1])
    shutil.rmtree(folder)
    folder.write_text("in the way")
    with pytest.raises(OSError, match="exists"):
        spool.append(_ROWS[2])
    folder.unlink()
    spool.set_aside()
    (file,) = spool.whole_files()
    assert [*rows_of(file.read_bytes())] == _ROWS[:2]
    spool.append(_ROWS[2])
    spool.close()


def test_what_is_not_saved_from_a_deleted_spool_is_still_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "spool"
    spool = RecordSpool(folder, "a" * 32)
    spool.append(_ROWS[0])
    shutil.rmtree(folder)
    with monkeypatch.context() as patch:
        patch.setattr("os.write", lambda *_: 0)
        with pytest.raises(OSError, match="no more"):
            spool.append(_ROWS[1])
    spool.append(_ROWS[1])
    spool.set_aside()
    (file,) = spool.whole_files()
    assert [*rows_of(file.read_bytes())] == _ROWS[:2]


def test_a_file_and_a_link_to_it_have_one_spool(tmp_path: Path) -> None:
    database, link = tmp_path / "telemetry.db", tmp_path / "link.db"
    link.symlink_to(database)
    assert spool_folder(link) == spool_folder(database) == tmp_path / "telemetry.db-spool"


def test_where_no_open_file_is_renamed_or_deleted_it_is_closed_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows has it: what is left, and what may be taken in, is the same."""
    monkeypatch.setattr(record_spool, "_OPEN_FILES_STAY", True)
    counter = BegunCalls(tmp_path / "spool", "a" * 32)
    counter.count(7)
    (file,) = (tmp_path / "spool").iterdir()
    assert (file.name, unpack("<q", file.read_bytes())) == (f"{'a' * 32}.begun", (7,))
    spool = RecordSpool(tmp_path / "spool", "a" * 32)
    spool.append(_ROWS[0])
    spool.set_aside()
    assert not spool.has_open
    (whole,) = spool.whole_files()
    assert [*rows_of(whole.read_bytes())] == _ROWS[:1]
    whole.unlink()
    counter.close(settled=True)
    assert [*tmp_path.iterdir()] == []
