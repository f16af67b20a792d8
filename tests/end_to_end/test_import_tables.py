"""Tables of any columns, as a user types it: a guess, a mapping, and what is wrong with either."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate

TABLE = """\
created;what for;difficulty;changed files;completion_tokens;finish_reason
2026-03-01 10:00;docs;easy;docs/a.md, docs/b.md;1,200;stop
2026-03-01 11:00;docs;hard;docs/c.md;2,400;stop
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "calls.csv"
    file.write_text(TABLE, "utf-8")
    return file


def test_a_guess_is_a_mapping_file(table: Path, tmp_path: Path, coefgate: Coefgate) -> None:
    guess = coefgate("samples", "import", "csv", str(table), "--guess", cwd=tmp_path)
    assert (guess.code, guess.err) == (0, "")
    assert "  actual_output_tokens: completion_tokens\n" in guess.out
    columns = tmp_path / "columns.yaml"
    # Nobody can tell what the column "what for" holds.
    columns.write_text(guess.out.replace("columns:", "columns:\n  category: what for"), "utf-8")
    done = coefgate("samples", "import", "csv", str(table), "--map", str(columns), "--dry-run")
    assert done.out.startswith("2 calls (3,600 output tokens) would be stored in samples/csv/")
    assert "not known, so not scored" not in done.out
    done = coefgate("samples", "import", "csv", str(table), "--dry-run")
    assert "columns by their names and values: actual_output_tokens from completion" in done.out


def test_a_table_from_a_pipe(coefgate: Coefgate) -> None:
    done = coefgate("samples", "import", "csv", "-", "--dry-run", stdin=TABLE.encode())
    assert done.out.startswith("2 calls (3,600 output tokens) would be stored")


def test_a_mapping_that_is_wrong_is_told_with_its_place(
    table: Path, tmp_path: Path, coefgate: Coefgate
) -> None:
    columns = tmp_path / "columns.yaml"
    columns.write_text("columns:\n  actual_output_tokens: completion_token\n", "utf-8")
    done = coefgate("samples", "import", "csv", str(table), "--map", str(columns))
    assert done.code == 3
    assert "columns.yaml:2:25  columns.actual_output_tokens is " in done.err
    assert "Did you mean completion_tokens?" in done.err
    columns.write_text("columns:\n  tokens: completion_tokens\n", "utf-8")
    done = coefgate("samples", "import", "csv", str(table), "--map", str(columns))
    assert done.code == 3
    assert "columns.yaml:2:3  columns.tokens is not a key here" in done.err


def test_what_there_is_to_do_where_no_guess_is_possible(
    table: Path, tmp_path: Path, coefgate: Coefgate
) -> None:
    table.write_text("a;b\n1;2\n", "utf-8")
    done = coefgate("samples", "import", "csv", str(table))
    assert (done.code, done.out) == (2, "")
    assert "import with --map FILE:\n\n# What the columns of calls.csv hold." in done.err
    done = coefgate("samples", "import", "codex", str(table), "--guess")
    assert (done.code, "there is nothing to guess" in done.err) == (2, True)
    (tmp_path / "empty").mkdir()
    done = coefgate("samples", "import", "csv", str(tmp_path / "empty"), "--guess")
    assert (done.code, "no file that is named *.csv or *.tsv" in done.err) == (2, True)


def test_a_large_table_is_read_in_little_memory(tmp_path: Path, coefgate: Coefgate) -> None:
    """96 MB of rows that each hold a reply of 1 MB, of which nothing is kept."""
    table = tmp_path / "large.csv"
    row = b"2026-03-01T10:00:00Z,docs,low,docs/a.md,1200,stop," + b"x" * 1_000_000 + b"\n"
    with table.open("wb") as stream:
        stream.write(b"created,category,complexity,files,output_tokens,stop_reason,text\n")
        stream.writelines([row] * 96)
    done = coefgate("samples", "import", "csv", str(table), "--dry-run", measured=True)
    assert done.out.startswith("96 calls (115,200 output tokens) would be stored")
    assert done.grown < 60_000_000


def test_records_of_an_agent_are_no_table(tmp_path: Path, coefgate: Coefgate) -> None:
    file = tmp_path / "session.jsonl"
    line = '{"type":"user","sessionId":"s","message":{"content":"a secret"}}\n'
    file.write_text(line * 2, "utf-8")
    done = coefgate("samples", "import", "csv", str(file))
    assert done.code == 2
    assert done.err.endswith(
        "another format. Import them with: coefgate samples import claude-code SRC\n"
    )
    assert "secret" not in done.err
    row = '{"request_id":"r","completion_tokens":9,"startTime":"","spend":1,"cache_hit":true}\n'
    file.write_text(row, "utf-8")
    done = coefgate("samples", "import", "jsonl", str(file), "--dry-run")
    assert "look like another format: coefgate samples import litellm SRC" in done.out


def test_an_origin_is_a_name(table: Path, coefgate: Coefgate) -> None:
    for origin in ("../x", "", "Two words"):
        done = coefgate("samples", "import", "csv", str(table), "--origin", origin)
        assert done.code == 2
        assert f"origin={origin} is not a fact: an origin is named by small letters" in done.err


def test_a_unit_that_a_format_does_not_have(table: Path, coefgate: Coefgate) -> None:
    done = coefgate("samples", "import", "litellm", str(table), "--unit", "turn")
    assert done.code == 2
    assert "a sample of litellm is a call, not a turn. Import it without --unit turn." in done.err
