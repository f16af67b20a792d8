"""Logs of other tools become samples: the command on whole files, as a user types it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from examples import logs
from tests.end_to_end.conftest import Coefgate

FORMATS = {
    "autopack-log": "autopack.log",
    "csv": "calls.csv",
    "claude-code": "claude-code.jsonl",
    "codex": "codex.jsonl",
    "litellm": "litellm.jsonl",
    "otlp": "otlp.jsonl",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example logs; all formats tell of the same calls."""
    folder = tmp_path_factory.mktemp("logs")
    logs.write(folder)
    return folder


def _imported(coefgate: Coefgate, *words: str, code: int = 0) -> dict[str, Any]:
    done = coefgate("samples", "import", *words, "--format", "json")
    assert done.code == code, done.text
    found: dict[str, Any] = json.loads(done.out)
    return found


def _calls(found: dict[str, Any]) -> dict[str, int]:
    return {name: found[name]["calls"] for name in ("told", "taken", "known")}


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_tells_the_calls_that_were_made(
    format_name: str, written: Path, registry: Path, coefgate: Coefgate
) -> None:
    week_1, week_2 = (written / week for week in ("week-1", "week-2"))
    needs_map = format_name == "autopack-log"
    asked = ("--map", str(week_1 / "phases.json")) if needs_map else ()
    first = _imported(coefgate, format_name, str(week_1 / FORMATS[format_name]), *asked)
    week = logs.calls()[:24]
    tokens = sum(one.tokens for one in week)
    assert first["told"] == first["taken"] == {"calls": 24, "tokens": tokens}
    assert (first["left_out"], first["unreadable"], first["again"]) == ({}, {}, 0)
    lines = [json.loads(line) for line in (registry / first["path"]).read_bytes().splitlines()]
    got = {
        one["actual_output_tokens"]: {
            (f["path"], "unknown" if needs_map else f["operation"]) for f in one["deliverables"]
        }
        for one in lines
    }
    assert got == {
        one.tokens: {(path, "unknown" if needs_map else how) for path, how in one.files}
        for one in week
    }
    assert {one["paths"] for one in lines} == {"real"}
    # The same file again, under another name, and once more with the next week behind it.
    again = registry / f"again-{FORMATS[format_name]}"
    again.write_bytes((week_1 / FORMATS[format_name]).read_bytes())
    assert _calls(_imported(coefgate, format_name, str(again), *asked)) == {
        "told": 24,
        "taken": 0,
        "known": 24,
    }
    grown = week_2 / FORMATS[format_name]
    assert _calls(_imported(coefgate, format_name, str(again), str(grown), *asked)) == {
        "told": 48,
        "taken": 24,
        "known": 24,
    }
    assert coefgate("check").code == 0


def test_a_dry_run_writes_nothing_and_says_what_it_would(
    written: Path, registry: Path, coefgate: Coefgate
) -> None:
    before = sorted(registry.rglob("*"))
    source = str(written / "week-1/litellm.jsonl")
    done = coefgate("samples", "import", "litellm", source, "--dry-run")
    tokens = sum(one.tokens for one in logs.calls()[:24])
    assert done.out.splitlines()[0] == (
        f"24 calls ({tokens:,} output tokens) would be stored in samples/litellm/"
    )
    assert sorted(registry.rglob("*")) == before


def test_a_folder_and_a_packed_file_are_read_as_one(
    written: Path, registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    folder = tmp_path / "logs"
    for week in ("week-1", "week-2"):
        (folder / week).mkdir(parents=True)
        packed = gzip.compress((written / week / "otlp.jsonl").read_bytes())
        (folder / week / "spans.jsonl.gz").write_bytes(packed)
    found = _imported(coefgate, "otlp", str(folder))
    assert found["taken"]["calls"] == 48
    assert [one["name"] for one in found["files"]] == [
        "week-1/spans.jsonl.gz",
        "week-2/spans.jsonl.gz",
    ]


def test_hidden_paths_keep_their_predictions(
    written: Path, registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    source = str(written / "week-1/claude-code.jsonl")
    salt = tmp_path / "salt"
    salt.write_text("0123456789abcdef0123456789abcdef")
    words = ("--redact-paths", "--salt-file", str(salt))
    found = _imported(coefgate, "claude-code", source, "--origin", "hidden", *words)
    stored = (registry / found["path"]).read_text("utf-8")
    assert any("predictions are the same" in note for note in found["notes"])
    assert all(word not in stored for word in ("cart", "gifts", "stock", "shop/"))
    shown = _imported(coefgate, "claude-code", source, "--origin", "shown")
    assert _calls(shown) == {"told": 24, "taken": 0, "known": 24}  # one call, two origins
    paths = [
        [one["path"] for one in json.loads(line)["deliverables"]] for line in stored.splitlines()
    ]
    kinds = {path.rpartition(".")[2] for each in paths for path in each}
    assert kinds == {"md", "py", "ts"}
    # Without a salt nothing is hidden, so nothing is read.
    done = coefgate("samples", "import", "claude-code", source, "--redact-paths")
    assert done.code == 2
    assert "COEFGATE_PATH_SALT" in done.err


def test_a_log_of_another_tool_is_named(
    written: Path, registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    done = coefgate("samples", "import", "claude-code", str(written / "week-1/otlp.jsonl"))
    assert done.code == 0
    assert "these records look like another format: coefgate samples import otlp" in done.out
    (tmp_path / "empty").mkdir()
    done = coefgate("samples", "import", "claude-code", str(tmp_path / "empty"))
    assert done.out.startswith("nothing was read: no file there has a name")
    done = coefgate("samples", "import", "claude-cod", str(tmp_path / "empty"))
    assert (done.code, "Did you mean claude-code?" in done.err) == (2, True)
