"""New samples come in one new file, written whole or not at all."""

from __future__ import annotations

import os
import resource
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.problems import EnvironmentProblem, InvalidInput
from coefgate.core.trees import FolderTree
from coefgate.samples.model import stored_line
from coefgate.samples.reading import read_samples
from coefgate.samples.store import add_samples, read_lines
from tests.samples.conftest import add, call, id_of, line, problems_of, write


def _files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_drafts_become_one_sorted_file_named_by_day_and_content(tmp_path: Path) -> None:
    drafts = [
        call(attempt=2, observed_at=None),
        call(attempt=1),
        call(attempt=3, observed_at="2026-02-28T23:30:00Z"),
    ]
    done = add(drafts, tmp_path)
    content = (
        line(attempt=1)
        + line(attempt=3, observed_at="2026-02-28T23:30:00Z")
        + line(attempt=2, observed_at=None)
    )
    # 09:30 at +11:00 is 22:30 in UTC the day before, an hour earlier than the other; the day is
    # the source's.
    assert done.path == f"samples/here/2026-03-01-{sha256(content).hexdigest()[:8]}.jsonl"
    assert (tmp_path / done.path).read_bytes() == content
    assert _files(tmp_path) == [done.path]
    assert [sample.attempt for sample in done.added] == [1, 3, 2]
    assert done.known == ()
    assert problems_of(tmp_path) == ()


def test_without_any_time_the_file_is_undated(tmp_path: Path) -> None:
    done = add([call(observed_at=None)], tmp_path)
    assert done.path is not None
    assert done.path.startswith("samples/here/undated-")


def test_what_is_stored_already_is_reported_and_not_written_again(tmp_path: Path) -> None:
    first = add([call()], tmp_path)
    again = add([call()], tmp_path)
    assert (again.path, again.added, [sample.id for sample in again.known]) == (
        None,
        (),
        [id_of()],
    )
    more = add([call(), call(attempt=2)], tmp_path)
    assert ([sample.attempt for sample in more.added], len(more.known)) == ([2], 1)
    assert len(_files(tmp_path)) == 2
    assert first.path in _files(tmp_path)


def test_nothing_to_add_writes_nothing(tmp_path: Path) -> None:
    assert add([], tmp_path).path is None
    assert _files(tmp_path) == []


def test_a_correction_names_the_line_that_it_corrects(tmp_path: Path) -> None:
    add([call()], tmp_path)
    with pytest.raises(InvalidInput, match="describes the same call as samples/here"):
        add([call(actual_output_tokens=900)], tmp_path)
    assert len(_files(tmp_path)) == 1
    add([call(actual_output_tokens=900, supersedes=id_of())], tmp_path)
    assert len(read_samples(FolderTree(tmp_path)).samples) == 2


def test_drafts_may_name_each_other(tmp_path: Path) -> None:
    add([call(attempt=2, duplicate_of=id_of()), call()], tmp_path)
    assert problems_of(tmp_path) == ()


def test_lines_of_a_file_are_checked_where_they_stand(tmp_path: Path) -> None:
    draft = orjson.dumps(call(unit="calls")) + b"\n"
    with pytest.raises(InvalidInput) as error:
        add_samples([line(), draft, b"{}\n", b"\n"], source="calls.jsonl", root=tmp_path)
    places = {(problem.file, problem.line, problem.code) for problem in error.value.problems}
    assert ("calls.jsonl", 2, "unknown-value") in places
    assert ("calls.jsonl", 4, "blank-line") in places
    assert (
        next(p for p in error.value.problems if p.line == 2).column == draft.index(b'"calls"') + 1
    )
    assert _files(tmp_path) == []


def test_a_line_with_an_id_must_fit_it(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="hashes to"):
        add_samples([line().replace(b"1218", b"1219")], source="calls.jsonl", root=tmp_path)
    assert add_samples([line()], source="calls.jsonl", root=tmp_path).path


@pytest.mark.parametrize("edit", [b'"attempt":1,"attempt":2', b'"attempt":NaN', b'"attempt":1.0'])
def test_a_draft_is_read_as_strictly_as_a_stored_line(tmp_path: Path, edit: bytes) -> None:
    draft = (orjson.dumps(call()) + b"\n").replace(b'"attempt":1', edit)
    with pytest.raises(InvalidInput, match="attempt"):
        add_samples([draft], source="calls.jsonl", root=tmp_path)


def test_one_import_has_one_origin(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="one import has one origin"):
        add([call(), call(origin="there")], tmp_path)
    assert _files(tmp_path) == []


def test_an_invalid_store_is_mended_first(tmp_path: Path) -> None:
    write(tmp_path, b"\n")
    with pytest.raises(InvalidInput, match=r"samples/here/2026-03-01-00000000\.jsonl:1:1"):
        add([call()], tmp_path)


def test_nothing_is_left_behind_when_writing_fails(tmp_path: Path) -> None:
    # A real failure in the middle of writing: no file may grow beyond 100 bytes.
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(EnvironmentProblem, match="cannot be written: File too large"):
            add([call()], tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert _files(tmp_path) == []
    assert not (tmp_path / "samples" / "here").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said_with_what_to_look_at(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(EnvironmentProblem, match=r"Permission denied.*ls -ld"):
        add([call()], tmp_path)


_texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9
)
_calls = st.builds(
    call,
    reference=_texts,
    phase_id=st.none() | _texts,
    category=st.none() | _texts,
    actual_output_tokens=st.integers(1, 1_000_000),
    max_output_tokens=st.none(),
    success=st.sampled_from([True, False, None]),
    observed_at=st.none()
    | st.datetimes().map(lambda day: f"20{day.year % 100:02d}-01-01T{day.hour:02d}:00:00Z"),
)


@given(st.lists(_calls, max_size=5, unique_by=lambda draft: draft["reference"]))
def test_what_is_written_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, drafts: list[dict[str, Any]]
) -> None:
    root = tmp_path_factory.mktemp("store")
    done = add(drafts, root)
    read = read_samples(FolderTree(root)).samples
    assert [sample.id for sample in read] == [sample.id for sample in done.added]
    written = (root / done.path).read_bytes() if done.path else b""
    assert sorted(written.splitlines(keepends=True)) == sorted(map(stored_line, drafts))


def test_stored_lines_are_read_by_themselves_with_every_problem() -> None:
    """Drafts are completed; these are not."""
    assert [one.attempt for one in read_lines([line(attempt=7)], source="new")] == [7]
    with pytest.raises(InvalidInput) as refused:
        read_lines([line(), b"{}\n", line(attempt=7)[:-9]], source="new")
    assert {one.line for one in refused.value.problems} == {2, 3}
