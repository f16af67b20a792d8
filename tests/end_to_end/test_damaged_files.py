"""Files that git, an editor or a broken copy left behind: one error that says what and where."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from coefgate.samples.model import stored_line
from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.stored_calls import is_eligible, new_calls, stored

Git = Callable[..., str]

DOCS = "coefficients/overhead/docs.yaml"
SAMPLES = "samples/autopack/2025-12-29-0123abcd.jsonl"
POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)
IS_POINTER = "is a pointer of Git LFS, not the content that it stands for"
IS_CONFLICT = "holds <<<<<<<, the marker of a merge conflict"
CALL = ("--category", "docs", "--complexity", "low", "create:docs/a.md")
READERS = {
    "check": ("check",),
    "gate": ("gate",),
    "replay": ("replay",),
    "coverage": ("coverage",),
    "audit": ("samples", "audit"),
    "estimate": ("estimate", *CALL),
}


def _in_conflict(content: bytes, line: int) -> bytes:
    """Both sides of a merge from ``line`` on, which they have alike."""
    lines = content.splitlines(keepends=True)
    both = [
        b"<<<<<<< HEAD\n",
        *lines[line - 1 :],
        b"=======\n",
        *lines[line - 1 :],
        b">>>>>>> theirs\n",
    ]
    return b"".join([*lines[: line - 1], *both])


def _leave(registry: Path, file: str, what: str) -> str:
    """Put it in place of a file, and say what is to be said of it."""
    path = registry / file
    if what == "pointer":
        path.write_bytes(POINTER)
        return f"{file}:1:1  the file {IS_POINTER}"
    content = path.read_bytes() if path.exists() else _lines(registry)
    path.write_bytes(_in_conflict(content, 2))
    return f"{file}:2:1  the file {IS_CONFLICT}"


def _lines(registry: Path, count: int = 2) -> bytes:
    """New calls as an import file holds them."""
    return b"".join(map(stored_line, new_calls(stored(registry, is_eligible)[0], count)))


@pytest.mark.parametrize("folder", ["coefficients", "samples"])
@pytest.mark.parametrize("what", ["a symbolic link", "a file"])
def test_what_stands_in_the_place_of_a_folder_is_the_one_problem(
    what: str, folder: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    (registry / folder).rename(registry / "elsewhere")
    if what == "a file":
        (registry / folder).write_text(
            "elsewhere", "utf-8"
        )  # a link, where git was told to make none
    else:
        (registry / folder).symlink_to("elsewhere")
    for command in ("check", "replay"):
        refused = coefgate(command)
        assert refused.code == 3, refused.text
        [problem] = [line for line in refused.text.splitlines() if ":1:1" in line]
        assert problem.startswith(f"{folder}:1:1  the folder is {what}; ")


@pytest.mark.parametrize("what", ["pointer", "conflict"])
@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize("file", [DOCS, SAMPLES, "samples/retired.yaml"])
def test_what_git_left_is_named_once(
    what: str, command: str, file: str, registry: Path, coefgate: Coefgate
) -> None:
    told = _leave(registry, file, what)
    found = coefgate(*READERS[command])
    if command == "estimate" and file != DOCS:
        assert found.code == 0, found.text
        return
    assert found.code == 3, found.text
    assert told in found.text
    assert found.text.count(f"{file}:") == 1, found.text
    remedy = (
        "with: git lfs pull\n"
        if what == "pointer"
        else "Finish the merge: keep the lines that are right"
    )
    assert remedy in found.text


@pytest.mark.parametrize("file", [DOCS, SAMPLES])
def test_a_commit_that_holds_a_pointer_is_told_so(
    file: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    git("switch", "-qc", "proposal")
    told = _leave(registry, file, "pointer")
    git("add", "-A")
    git("commit", "-qm", "kept in LFS")
    judged = coefgate("gate", "--base", "main", "--head", "proposal")
    assert (judged.code, told in judged.err) == (3, True), judged.text
    git("branch", "-f", "main", "proposal")
    git("checkout", "-q", "main~1", "--", file) if file == DOCS else (registry / file).unlink()
    # As a base it is none; the accepted state before it judges.
    judged = coefgate("gate", "--base", "main", "--head", "worktree")
    assert f"{file}: {IS_POINTER}" in " ".join(judged.out.split()), judged.text


@pytest.mark.parametrize("source", ["pointer", "conflict"])
def test_samples_add_names_it_once(
    source: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    new = registry.parent / "new.jsonl"
    new.write_bytes(POINTER if source == "pointer" else _in_conflict(_lines(registry), 1))
    added = coefgate("samples", "add", str(new))
    assert added.code == 3, added.text
    assert f"{new}:1:1  the file {IS_POINTER if source == 'pointer' else IS_CONFLICT}" in added.err
    assert added.err.count("new.jsonl:") == 1
    assert git("status", "--porcelain") == ""


def test_a_lock_and_a_snapshot_are_told_so(registry: Path, coefgate: Coefgate) -> None:
    snapshot, lock = registry / "snapshot.json", registry / "coefgate.lock"
    assert coefgate("build", "--output", str(snapshot)).code == 0
    assert (
        coefgate(
            "pin", str(snapshot), environment={"COEFGATE_CACHE": str(registry / "cache")}
        ).code
        == 0
    )
    whole = lock.read_bytes()
    for content, told in (
        (POINTER, f"1:1  {IS_POINTER}"),
        (_in_conflict(whole, 3), f"3:1  {IS_CONFLICT}"),
    ):
        lock.write_bytes(content)
        for command in (("verify",), ("show",)):
            found = coefgate(*command)
            assert (found.code, f"{lock}:{told}" in found.err) == (3, True), found.text
    snapshot.write_bytes(POINTER)
    found = coefgate("pin", str(snapshot))
    assert (found.code, f"snapshot.json:1:1  {IS_POINTER}" in found.err) == (3, True), found.text


ODD: dict[str, tuple[str, str, str]] = {
    "half a pair": (
        '"new:0"',
        r'"new\ud800"',
        r"reference holds half of a surrogate pair (\ud800)",
    ),
    "5,000 digits": ("1218", "9" * 5000, "actual_output_tokens is a number of 5,000 characters"),
    "exponent": ("1218", "1e400", "actual_output_tokens is 1e400"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_value_is_named_and_no_id_is_missed(
    name: str, registry: Path, coefgate: Coefgate
) -> None:
    old, odd, told = ODD[name]
    [draft] = new_calls(stored(registry, is_eligible)[0], 1, actual_output_tokens=1218)
    del draft["id"]
    text = json.dumps(draft, separators=(",", ":"))
    assert old in text
    new = registry.parent / "new.jsonl"
    new.write_text(text.replace(old, odd, 1) + "\n")
    added = coefgate("samples", "add", str(new))
    assert added.code == 3, added.text
    assert f"{new}:1:{text.index(old) + 1}  {told}" in added.err
    assert "id is missing" not in added.err
    assert added.err.count("new.jsonl:") == 1, added.err


def test_an_id_of_5_000_digits_is_named(registry: Path, coefgate: Coefgate) -> None:
    line = json.loads(_lines(registry, 1)) | {"id": 0}
    (registry / SAMPLES).write_text(
        json.dumps(line).replace('"id": 0', '"id": 1' + "0" * 5000) + "\n"
    )
    found = coefgate("check")
    assert found.code == 3, found.text
    assert f"{SAMPLES}:1:8  id is a number of 5,001 characters" in found.out
    assert found.out.count(f"{SAMPLES}:") == 1, found.out


BYTES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "UTF-16": (
        lambda lines: lines.decode().encode("utf-16"),
        "1:1  the file is written in UTF-16",
    ),
    "UTF-16 without a mark": (
        lambda lines: lines.decode().encode("utf-16-le"),
        "1:1  the file is written in UTF-16",
    ),
    "byte order mark": (
        lambda lines: b"\xef\xbb\xbf" + lines,
        "1:1  the file begins with a byte order mark",
    ),
    "old Mac": (
        lambda lines: lines.replace(b"\n", b"\r"),
        "  the file has old Mac line endings",
    ),
    "cut in half": (lambda lines: lines[:-200], "2:1  the file is cut off"),
    "two in a line": (
        lambda lines: lines.replace(b"\n", b" ", 1),
        "  the file holds a second sample in this line",
    ),
    "empty line": (
        lambda lines: lines.replace(b"\n", b"\n\n", 1),
        "2:1  the file holds an empty line",
    ),
}


@pytest.mark.parametrize("name", BYTES)
def test_damaged_bytes_are_one_error(name: str, registry: Path, coefgate: Coefgate) -> None:
    damage, told = BYTES[name]
    (registry / SAMPLES).write_bytes(damage(_lines(registry)))
    found = coefgate("check")
    assert found.code == 3, found.text
    assert told in found.out
    assert found.out.count(f"{SAMPLES}:") == 1, found.out


INDENTED: dict[str, tuple[str, str, int]] = {
    "first key of a block": ("    tokens: ", "     tokens: ", 6),
    "block": ("  low:", "   low:", 5),
    "no colon": ("    tokens: ", "    tokens ", 6),
    "open bracket": ("aliases: [documentation]", "aliases: [documentation", 3),
}


@pytest.mark.parametrize("name", INDENTED)
def test_yaml_is_told_at_the_line_to_mend(name: str, registry: Path, coefgate: Coefgate) -> None:
    right, wrong, line = INDENTED[name]
    path = registry / DOCS
    text = path.read_text("utf-8")
    assert right in text.split("\n")[line - 1]
    path.write_text(text.replace(right, wrong, 1), "utf-8")
    found = coefgate("check")
    assert found.code == 3
    assert f"{DOCS}:{line}:" in found.out, found.out
    assert found.out.count(f"{DOCS}:") == 1, found.out
