"""Bad samples in the real command: a clear error and place, exit 3, bounded memory and time."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coefgate.samples.model import sample_id, stored_line
from tests.end_to_end.conftest import Coefgate

MIB = 1024 * 1024
FILE = "samples/autopack/2025-12-29-0123abcd.jsonl"
Change = Callable[[dict[str, Any]], None]


def _first_line(registry: Path) -> dict[str, Any]:
    """An eligible call of the shipped samples, as a draft to change."""
    for path in sorted((registry / "samples").rglob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            sample: dict[str, Any] = json.loads(line)
            if sample["paths"] == "real" and sample["success"] and not sample["truncated"]:
                return sample
    raise AssertionError("no eligible sample is shipped")


def _stored(sample: dict[str, Any]) -> bytes:
    """The draft as the line of another call, with the id that belongs to it."""
    sample["reference"] = "another.log:1"
    sample["id"] = sample_id(sample)
    return stored_line(sample)


def _field(name: str, value: Any) -> Callable[[dict[str, Any]], bytes]:
    def line(sample: dict[str, Any]) -> bytes:
        sample[name] = value
        return _stored(sample)

    return line


def _path(path: str) -> Callable[[dict[str, Any]], bytes]:
    return _field("deliverables", [{"path": path, "operation": "create", "bytes_before": None}])


def _text(old: str, new: str) -> Callable[[dict[str, Any]], bytes]:
    def line(sample: dict[str, Any]) -> bytes:
        sample["actual_output_tokens"] = 1218
        stored = _stored(sample)
        assert old.encode() in stored
        return stored.replace(old.encode(), new.encode("utf-8", "surrogateescape"), 1)

    return line


TOKENS = '"actual_output_tokens":1218'
CASES: dict[str, tuple[Callable[[dict[str, Any]], bytes], list[str]]] = {
    "NaN": (_text(TOKENS, '"actual_output_tokens":NaN'), ["actual_output_tokens", "NaN"]),
    "infinity": (
        _text(TOKENS, '"actual_output_tokens":Infinity'),
        ["actual_output_tokens", "infinite"],
    ),
    "negative": (_text(TOKENS, '"actual_output_tokens":-1218'), ["actual_output_tokens", "-1218"]),
    "decimal": (
        _text(TOKENS, '"actual_output_tokens":1218.5'),
        ["actual_output_tokens", "1218.5"],
    ),
    "whole decimal": (
        _text(TOKENS, '"actual_output_tokens":1218.0'),
        ["actual_output_tokens", "1218.0"],
    ),
    "boolean": (_text(TOKENS, '"actual_output_tokens":true'), ["actual_output_tokens", "boolean"]),
    "text": (_text(TOKENS, '"actual_output_tokens":"1218"'), ["actual_output_tokens"]),
    "absurd": (
        _text(TOKENS, '"actual_output_tokens":1000001'),
        ["actual_output_tokens", "1,000,000"],
    ),
    "duplicate key": (_text(TOKENS, f"{TOKENS},{TOKENS}"), ["actual_output_tokens", "twice"]),
    "unknown field": (_text('"model":', '"modle":'), ["modle", "model"]),
    "invalid UTF-8": (_text('"another.log:1"', '"caf\udce9"'), ["UTF-8"]),
    "NUL": (_text('"another.log:1"', '"a\0b"'), []),
    "id of another line": (_text(TOKENS, '"actual_output_tokens":1219'), ["id"]),
    "half-written": (lambda sample: _stored(sample)[:-40], ["cut off"]),
    "path to a folder above": (_path("../secrets.txt"), ["..", "deliverables"]),
    "absolute path": (_path("/etc/passwd"), ["deliverables"]),
    "folder as a real path": (_path("src/"), ["partial"]),
    "glob as a real path": (_path("src/*.py"), ["partial"]),
    "no time zone": (_field("observed_at", "2025-12-29T19:40:02"), ["observed_at"]),
    "dangling link": (_field("duplicate_of", "0" * 32), ["duplicate_of"]),
    "other origin": (_field("origin", "elsewhere"), ["origin"]),
    "deep nesting": (lambda _sample: b"[" * 200_000, []),
    "not an object": (lambda _sample: b"[1, 2]", []),
    "empty line": (lambda sample: b"\n" + _stored(sample), []),
}


def _end(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n"


@pytest.mark.parametrize("name", CASES)
def test_is_refused_with_its_place(name: str, registry: Path, coefgate: Coefgate) -> None:
    make, expected = CASES[name]
    line = make(_first_line(registry))
    (registry / FILE).write_bytes(line if name == "half-written" else _end(line))
    outcome = coefgate("check", measured=True)
    assert outcome.code == 3, outcome.text
    assert f"{FILE}:1:" in outcome.out, outcome.out
    assert not [words for words in expected if words not in outcome.out], outcome.out
    assert outcome.grown < 50 * MIB


@pytest.mark.parametrize("spoil", ["link", "fifo", "unknown"])
def test_what_is_no_file_of_samples_is_refused(
    spoil: str, registry: Path, coefgate: Coefgate
) -> None:
    path = registry / FILE
    if spoil == "link":
        path.symlink_to("/etc/hostname")
    elif spoil == "fifo":
        os.mkfifo(path)
    else:
        path = registry / "samples/autopack/notes.txt"
        path.write_text("x")
    outcome = coefgate("check")
    assert outcome.code == 3
    assert path.relative_to(registry).as_posix() in outcome.out


def test_a_sample_with_10000_paths_is_read_and_scored(registry: Path, coefgate: Coefgate) -> None:
    sample = _first_line(registry)
    sample["deliverables"] = [
        {"path": f"src/part_{n // 100}/module_{n}.py", "operation": "create", "bytes_before": None}
        for n in range(10_000)
    ]
    (registry / FILE).write_bytes(_end(_stored(sample)))
    assert coefgate("check").code == 0
    outcome = coefgate("replay", "--samples", FILE, "--format", "json")
    assert outcome.code == 0, outcome.text[:2000]
    [scored] = json.loads(outcome.out)["samples"]
    assert scored["predicted"] > 10_000 * 100


def test_30_mb_of_samples_are_read_within_memory(registry: Path, coefgate: Coefgate) -> None:
    draft = _first_line(registry)
    size = 0
    with (registry / FILE).open("wb") as file:
        number = 0
        while size < 30 * MIB:
            draft["phase_id"] = f"phase-{number}"
            draft["attempt"] = number % 7 + 1
            size += file.write(_end(_stored(draft)))
            number += 1
    outcome = coefgate("check", "--format", "json", measured=True)
    assert outcome.code == 0, outcome.text[:2000]
    assert json.loads(outcome.out)["samples"] == number + 152
    assert outcome.grown < 7 * size


def test_100_mb_of_garbage_are_refused_within_memory(registry: Path, coefgate: Coefgate) -> None:
    (registry / FILE).write_bytes(b"x\n" * (50 * MIB))
    outcome = coefgate("check", measured=True)
    assert outcome.code == 3
    assert f"{FILE}:1:" in outcome.out
    assert "more problems" in outcome.out
    assert outcome.grown < 130 * MIB


def test_100_mb_in_one_line_are_refused_within_memory(registry: Path, coefgate: Coefgate) -> None:
    (registry / FILE).write_bytes(b'{"id": "' + b"x" * (100 * MIB))
    outcome = coefgate("check", measured=True)
    assert outcome.code == 3
    assert f"{FILE}:1:" in outcome.out
    assert outcome.grown < 230 * MIB


def test_a_registry_without_samples_is_not_measurable(registry: Path, coefgate: Coefgate) -> None:
    for path in (registry / "samples").rglob("*.jsonl"):
        path.unlink()
    outcome = coefgate("gate")
    assert outcome.code == 4, outcome.text
    assert "not measurable" in outcome.text or "not-measurable" in outcome.text
