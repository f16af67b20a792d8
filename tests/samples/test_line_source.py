"""Lines are gone through again, those of a stream too, whatever its size."""

from __future__ import annotations

import os
import resource
import sys
from io import BytesIO
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.samples.line_source import LinesOf, kept, standard_input
from coefgate.samples.lines import LONGEST_LINE


def test_a_file_is_read_anew_each_time(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_bytes(b"1\n2")
    lines = LinesOf(file)
    assert list(lines) == list(lines) == [b"1\n", b"2"]
    file.write_bytes(b"3\n")
    assert list(lines) == [b"3\n"]


def test_a_stream_is_kept_to_its_end() -> None:
    with kept(BytesIO(b"1\n2\n" + b"x" * (LONGEST_LINE + 1))) as lines:
        for _ in range(2):
            assert [len(line) for line in lines] == [2, 2, LONGEST_LINE, 1]


def test_a_pipe_is_a_stream() -> None:
    read, write = os.pipe()
    os.write(write, b"1\n2\n")
    os.close(write)
    with os.fdopen(read, "rb") as stream, kept(stream) as lines:
        assert list(lines) == list(lines) == [b"1\n", b"2\n"]


def test_a_stream_that_finds_no_room_is_said_with_what_to_look_at() -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with (
            pytest.raises(EnvironmentProblem, match=r"<stdin> cannot be kept .*: File too large"),
            kept(BytesIO(b"x" * 1_000_000)),
        ):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_closed_standard_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert standard_input() is sys.stdin.buffer
    monkeypatch.setattr(sys, "stdin", None)  # as Python does where it is closed
    with pytest.raises(UsageProblem, match=r"standard input is closed: .* Name a file"):
        standard_input()
