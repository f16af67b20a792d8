"""Calls as another tool may have recorded them."""

from __future__ import annotations

from pathlib import Path


def csv_of_calls(file: Path, calls: int = 40) -> Path:
    """A CSV of columns that no mapping file tells of; what a call needs goes with its files."""
    lines = ["When,Job,Effort,completion_tokens,finish_reason,task,session,Touched files,LLM"]
    for at in range(calls):
        job, effort = ("Bug Fix", "docs")[at % 2], ("low", "medium", "high")[at % 3]
        files = ["src/a.py", "docs/x.md", "tests/test_a.py"][: 1 + at % 3]
        tokens = (900 + 300 * (at % 3) + 500 * len(files)) * (7 + at * 5 % 7) // 10
        when = f"2026-10-{1 + at // 8:02}T10:{at:02}:00Z"
        row = (when, job, effort, tokens, "stop", f"t{at // 2}", f"s{at // 8}", ";".join(files))
        lines.append(",".join(map(str, (*row, "gpt-5"))))
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file
