"""One call is one call: however its time is written, whoever corrects it, wherever its line is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from coefgate.samples.model import Sample, fields_of, stored_line
from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.stored_calls import add, correct, is_eligible, judged, new_calls, stored

Git = Callable[..., str]


def _utc(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


def _tenths(text: str) -> str:
    return f"{text[:19]}.0{text[19:]}"


@pytest.fixture
def one(registry: Path) -> Sample:
    """A stored call with a time."""
    return next(one for one in stored(registry, is_eligible) if one.observed_at)


def _dated(one: Sample, write: Callable[[str], str]) -> bytes:
    assert one.observed_at is not None
    cheaper = {
        "observed_at": write(one.observed_at),
        "actual_output_tokens": 100,
        "max_output_tokens": None,
    }
    return stored_line(fields_of(one) | cheaper)


@pytest.mark.parametrize("write", [_utc, _tenths], ids=["utc", "tenths"])
def test_the_same_instant_in_other_words_is_the_same_call(
    registry: Path, git: Git, coefgate: Coefgate, one: Sample, write: Callable[[str], str]
) -> None:
    (registry / "cheap.jsonl").write_bytes(_dated(one, write))
    refused = coefgate("samples", "add", "cheap.jsonl")
    assert refused.code == 3, refused.text
    assert (
        f"cheap.jsonl:1:1  the file describes the same call as {one.file}:{one.line}"
        in refused.err
    )
    assert f'"supersedes":"{one.id}"' in refused.err
    by_hand = registry / one.file
    by_hand.with_name("2026-01-01-00000000.jsonl").write_bytes(_dated(one, write))
    assert judged(coefgate)[0] == 3


@pytest.mark.parametrize(
    "left_out", [("observed_at",), ("attempt", "observed_at"), ("run_id", "phase_id")]
)
def test_a_call_with_facts_left_out_is_the_same_call(
    registry: Path, git: Git, coefgate: Coefgate, one: Sample, left_out: Sequence[str]
) -> None:
    cheaper = {
        "actual_output_tokens": one.actual_output_tokens * 9 // 10,
        **dict.fromkeys(left_out),
    }
    line = stored_line(fields_of(one) | cheaper)
    (registry / "cheap.jsonl").write_bytes(line)
    refused = coefgate("samples", "add", "cheap.jsonl")
    assert refused.code == 3, refused.text
    assert (
        f"cheap.jsonl:1:1  the file may describe the same call as {one.file}:{one.line}"
        in refused.err
    )
    assert f'"duplicate_of":"{one.id}"' in refused.err
    by_hand = (registry / one.file).with_name("undated-00000000.jsonl")
    by_hand.write_bytes(line)
    assert judged(coefgate)[0] == 3
    by_hand.unlink()
    add(registry, [fields_of(one) | cheaper | {"duplicate_of": one.id}])
    assert judged(coefgate) == (0, {})


def test_another_instant_is_another_call(
    registry: Path, git: Git, coefgate: Coefgate, one: Sample
) -> None:
    line = _dated(one, lambda text: f"{text[:19]}.5{text[19:]}")
    (registry / "other.jsonl").write_bytes(line)
    assert coefgate("samples", "add", "other.jsonl").code == 0


def test_a_line_is_corrected_once_whoever_the_correction_says_it_is(
    registry: Path, git: Git, coefgate: Coefgate, one: Sample
) -> None:
    correct(registry, one, actual_output_tokens=one.actual_output_tokens + 1)
    again = fields_of(one) | {"supersedes": one.id, "phase_id": "another"}
    (registry / "again.jsonl").write_bytes(stored_line(again))
    refused = coefgate("samples", "add", "again.jsonl")
    assert refused.code == 3
    assert "names the line that " in refused.err


def test_stored_files_do_not_grow(
    registry: Path, git: Git, coefgate: Coefgate, one: Sample
) -> None:
    with (registry / one.file).open("ab") as file:
        file.writelines(_new_lines(one))
    code, red = judged(coefgate)
    assert code == 1
    message = red["sample-changed"]
    assert message.count(f"was appended to the stored file {one.file}") == 2
    assert "new calls come in a new file, with: coefgate samples add FILE" in message
    lines = len((registry / one.file).read_bytes().splitlines())
    assert f"{one.file}:{lines - 1}, {one.file}:{lines}" in coefgate("gate").out


def _new_lines(like: Sample) -> Sequence[bytes]:
    return [stored_line(draft) for draft in new_calls(like, 2)]


def test_a_new_file_is_named_by_its_content(
    registry: Path, git: Git, coefgate: Coefgate, one: Sample
) -> None:
    right, _ = add(registry, new_calls(one, 1))
    assert judged(coefgate) == (0, {})
    wrong = registry / right.replace(right[-14:], "01234567.jsonl")
    (registry / right).rename(wrong)
    for head in ("worktree", "index", "HEAD"):
        if head == "index":
            git("add", "-A")
        if head == "HEAD":
            git("switch", "-qc", "proposal")
            git("commit", "-qm", "add a call")
        code, red = judged(coefgate, "--head", head)
        assert code == 1, head
        assert (
            f"was added under a name whose hash is not that of its content; name it {right}"
            in (red["sample-changed"])
        )
    git("switch", "-q", "main")
    git("merge", "-q", "--ff-only", "proposal")
    assert judged(coefgate, "--base", "main") == (0, {})  # what is stored keeps its name


def test_calls_are_not_altered_in_place_nor_told_twice(
    registry: Path, git: Git, coefgate: Coefgate, one: Sample
) -> None:
    path = registry / one.file
    lines = path.read_bytes().splitlines(keepends=True)
    altered = orjson.loads(lines[one.line - 1]) | {"actual_output_tokens": 3}
    lines[one.line - 1] = stored_line(altered)
    path.write_bytes(b"".join(lines))
    message = judged(coefgate)[1]["sample-changed"]
    assert "was altered: actual_output_tokens" in message
    assert "appended" not in message


# --- Stored files


def test_an_empty_stored_file_does_not_grow(
    registry: Path, git: Git, coefgate: Coefgate, one: Sample
) -> None:
    empty = registry / "samples/autopack/undated-e3b0c442.jsonl"
    empty.write_bytes(b"")
    assert judged(coefgate) == (0, {})
    git("add", "-A")
    git("commit", "-qm", "an empty file")
    path, _ = add(registry, new_calls(one, 1))
    (registry / path).rename(empty)
    code, red = judged(coefgate)
    assert (code, set(red)) == (1, {"sample-changed"})
    assert (
        "was appended to the stored file samples/autopack/undated-e3b0c442.jsonl"
        in red["sample-changed"]
    )


def test_a_stored_file_is_not_written_anew(
    registry: Path, git: Git, coefgate: Coefgate, one: Sample
) -> None:
    file = registry / one.file
    file.write_bytes(b"".join(reversed(file.read_bytes().splitlines(keepends=True))))
    code, red = judged(coefgate)
    assert (code, set(red)) == (1, {"sample-changed"})
    assert f"the stored file {one.file} was rewritten" in red["sample-changed"]


def test_two_people_may_import_one_log(
    registry: Path, git: Git, coefgate: Coefgate, one: Sample
) -> None:
    mine = new_calls(one, 3)
    earlier = {**mine[0], "reference": "earlier.log:1", "observed_at": "2025-12-01T00:00:00+00:00"}
    git("checkout", "-qb", "theirs")
    add(registry, [earlier, *mine])
    git("add", "-A")
    git("commit", "-qm", "their import")
    git("checkout", "-q", "main")
    add(registry, mine)
    git("add", "-A")
    git("commit", "-qm", "my import")
    git("checkout", "-q", "theirs")
    git("merge", "-q", "--no-edit", "main")
    assert judged(coefgate, "--base", "main", "--head", "HEAD") == (0, {})
