"""Foreign files are streamed; what cannot be read is counted with its place."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.samples.foreign.source import LONGEST_RECORD, ForeignSource, foreign_files, opened


def _read(content: bytes) -> tuple[list[tuple[int, dict[str, object]]], ForeignSource]:
    source = ForeignSource("log", io.BytesIO(content))
    return list(source.records()), source


def _reasons(source: ForeignSource) -> dict[str, list[str]]:
    return {reason: found.places for reason, found in source.unreadable.items()}


def test_records_have_their_lines_and_the_rest_is_counted() -> None:
    records, source = _read(b'\xef\xbb\xbf{"a":1}\n\n[1]\nnot json\n{"b":2}\r\n{"c":')
    assert records == [(1, {"a": 1}), (5, {"b": 2})]
    assert _reasons(source) == {
        "no-object": ["log:3"],
        "no-json": ["log:4"],
        "cut-off": ["log:6"],
    }
    # 3 of the mark + 8 + 1 + 4 + 9 + 9 + 5 bytes.
    assert (source.count, source.size) == (6, 39)


def test_of_many_bad_records_the_first_places_are_kept() -> None:
    _, source = _read(b"x\n" * 10)
    assert source.unreadable["no-json"].count == 10
    assert source.unreadable["no-json"].places == ["log:1", "log:2", "log:3"]


def test_a_line_without_end_costs_no_memory_and_hides_no_other() -> None:
    long = b'{"a":"' + b"x" * (2 * LONGEST_RECORD) + b'"}\n'
    records, source = _read(long + b'{"b":2}\n')
    assert records == [(2, {"b": 2})]
    assert _reasons(source) == {"too-long": ["log:1"]}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"a":1}\n'.encode("utf-16"), "utf-16"),
        (b"\x00\x01\x02\n", "binary"),
        (b"\xff{}\n", "no-json"),
    ],
)
def test_other_encodings_and_binaries_are_named(content: bytes, reason: str) -> None:
    records, source = _read(content)
    assert records == []
    assert _reasons(source) == {reason: ["log:1"]}


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def make(name: str, content: bytes) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    return make


def test_gzip_is_unpacked_and_zstd_is_named(make: Callable[[str, bytes], Path]) -> None:
    with opened("a", make("a.jsonl.gz", gzip.compress(b'{"a":1}\n'))) as source:
        assert list(source.records()) == [(1, {"a": 1})]
    with opened("z", make("z.jsonl", b"\x28\xb5\x2f\xfd....")) as source:
        assert list(source.records()) == []
        assert _reasons(source) == {"zstd": ["z:1"]}


@pytest.mark.parametrize(
    "record", [b"\n\x9a\x01\n", b'{"resourceSpans":[]}', b"\x28\xb5\x2f\xfd....", b"\x1f\x8b.."]
)
def test_records_with_their_lengths_first_are_named_once(
    make: Callable[[str, bytes], Path], record: bytes
) -> None:
    content = (len(record).to_bytes(4, "big") + record) * 3
    with opened("p", make("p.json", content)) as source:
        assert list(source.records()) == []
        assert _reasons(source) == {"length-first": ["p:1"]}


def test_of_a_damaged_archive_what_can_be_read_is(make: Callable[[str, bytes], Path]) -> None:
    lines = b"".join(b'{"number":%d}\n' % number for number in range(100_000))
    packed = gzip.compress(lines)
    with opened("a", make("a.gz", packed[: len(packed) // 2])) as source:
        read = list(source.records())
        assert read[0] == (1, {"number": 0})
        assert source.unreadable["damaged-gzip"].places == [f"a:{source.count + 1}"]


def test_an_empty_file_holds_nothing(make: Callable[[str, bytes], Path]) -> None:
    with opened("a", make("a", b"")) as source:
        assert list(source.records()) == []
        assert source.unreadable == {}


def test_what_cannot_be_opened_is_an_error_of_the_environment(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot be read"), opened("a", tmp_path / "no"):
        pass


def test_a_folder_means_its_files_each_once(make: Callable[[str, bytes], Path]) -> None:
    first = make("in/a.jsonl", b"")
    make("in/deep/b.jsonl.gz", b"")
    make("in/deep/a.jsonl", b"")
    make("in/notes.txt", b"")
    folder = first.parent
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "again.jsonl").symlink_to(first)
    found = foreign_files([str(folder), str(first), "-", "-"], ["*.jsonl"])
    # a.jsonl names two files, so each has its folder; b stands alone. A link to a file that is
    # read anyway adds none, and a folder that links to itself is not entered.
    assert [name for name, _ in found] == [
        "a.jsonl",
        "deep/a.jsonl",
        "b.jsonl.gz",
        "standard-input",
    ]


def test_the_files_of_a_folder_come_before_those_of_folders_in_it(
    make: Callable[[str, bytes], Path],
) -> None:
    session = make("in/5e55.jsonl", b"")
    make("in/5e55/subagents/agent-a.jsonl", b"")
    make("in/5e55/subagents/packed.jsonl.zst", b"")
    found = foreign_files([str(session.parent)], ["*.jsonl"])
    assert [name for name, _ in found] == ["5e55.jsonl", "agent-a.jsonl", "packed.jsonl.zst"]


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="is not there"):
        foreign_files([str(tmp_path / "no")], ["*"])
    (tmp_path / "empty").mkdir()
    assert foreign_files([str(tmp_path / "empty")], ["*"]) == []


def test_standard_input_that_is_closed_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UsageProblem, match="standard input is closed"), opened("-", None):
        pass


def test_a_variable_that_is_empty_is_not_the_current_folder() -> None:
    with pytest.raises(UsageProblem, match="a SRC is empty"):
        foreign_files([""], ["*"])


def test_a_name_does_not_spell_a_home_directory(make: Callable[[str, bytes], Path]) -> None:
    files = [
        make(f"in/{folder}/a.jsonl", b"")
        for folder in ("-home-ann-shop", "C--Users-ann-till", "week-1")
    ]
    names = [name for name, _ in foreign_files([str(files[0].parent.parent)], ["*.jsonl"])]
    assert names == ["shop/a.jsonl", "till/a.jsonl", "week-1/a.jsonl"]
