"""Importing 1,000,000 lines of a transcript against orjson on the same bytes; memory at its peak.

The lines are of a session as Claude Code writes it: two in three tell of no reply.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from benchmarks.measure import Row, inside, paired, peak_bytes
from coefgate.samples.foreign.call import SampleUnit
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.use_cases.import_samples import collect_samples

LINES = 1_000_000
FEWER = 100_000
_SESSION = {
    "isSidechain": False,
    "userType": "external",
    "cwd": "/repo/shop",
    "sessionId": "5e55a000-0000-4000-8000-000000000001",
    "version": "2.1.39",
    "gitBranch": "main",
    "timestamp": "2026-02-12T16:00:00.000Z",
}
_CALLS_OF_A_PROMPT = 10


def write_transcript(file: Path, lines: int) -> None:
    """A transcript of so many lines; ten requests of fifteen lines answer a prompt.

    Each reply reads files and writes one: it is told in three lines, with results and progress.
    """
    with file.open("wb") as out:
        number = written = 0
        while written < lines:
            records = _records(number)
            out.write(b"".join(orjson.dumps(_SESSION | one) + b"\n" for one in records))
            written += len(records)
            number += 1


def _records(number: int) -> list[dict[str, Any]]:
    path = f"/repo/shop/src/part_{number % 97}.py"
    text = f"def part_{number}():\n    return {number}\n" * 20
    message, tools = f"msg_{number:012}", [f"toolu_{number:010}{one}" for one in "abc"]
    writes = {"file_path": path, "content": text}
    blocks = [
        {"type": "tool_use", "id": tools[0], "name": "Read", "input": {"file_path": path}},
        {"type": "tool_use", "id": tools[1], "name": "Write", "input": writes},
    ]
    outcomes = [
        {"type": "text", "file": {"filePath": path, "content": text}},
        {"type": "update", "filePath": path, "content": text, "originalFile": text},
    ]
    records: list[dict[str, Any]] = []
    if number % _CALLS_OF_A_PROMPT == 0:
        asked = {"role": "user", "content": "Please go on with the next part of the plan."}
        records.append({"type": "user", "uuid": f"p{number}", "message": asked})
    for at, block in enumerate([{"type": "text", "text": "I look at it first."}, *blocks]):
        usage = {
            "input_tokens": 3,
            "cache_read_input_tokens": 9000,
            "output_tokens": (3, 3, 450)[at],
        }
        told = {
            "id": message,
            "model": "claude-opus-4-6",
            "role": "assistant",
            "content": [block],
            "stop_reason": None,
            "usage": usage,
        }
        records.append(
            {"type": "assistant", "uuid": f"a{number}.{at}", "message": told, "requestId": message}
        )
    for at, (tool, outcome) in enumerate(zip(tools, outcomes, strict=False)):
        result = {"type": "tool_result", "tool_use_id": tool, "content": text}
        said = {"role": "user", "content": [result]}
        records.append(
            {
                "type": "user",
                "uuid": f"r{number}.{at}",
                "message": said,
                "toolUseResult": outcome,
            }
        )
        hook = {"type": "hook_progress", "hookEvent": "PostToolUse", "command": "callback"}
        hooks = (f"h{number}.{at}.{one}" for one in range(5))
        records += [{"type": "progress", "uuid": one, "data": hook} for one in hooks]
    return records


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        file, fewer = Path(folder) / "session.jsonl", Path(folder) / "fewer.jsonl"
        write_transcript(file, LINES)
        write_transcript(fewer, FEWER)
        size = file.stat().st_size

        # Before anything else: a child is counted with the memory that this process has by then.
        code = (
            "import sys; from coefgate.samples.foreign.formats import ImportOptions; "
            "from coefgate.use_cases.import_samples import collect_samples; "
            "collect_samples('claude-code', sys.argv[1:], origin='here', "
            "options=ImportOptions('call'))"
        )
        many, few = (peak_bytes([sys.executable, "-c", code, str(one)]) for one in (file, fewer))
        yield Row(
            f"memory at its peak, importing {LINES:,} lines of a transcript",
            f"{many / 1e6:.0f} MB",
            f"{few / 1e6:.0f} MB, {FEWER:,} lines",
            many / few,
            "–",
        )

        def parse() -> None:
            with file.open("rb") as lines:
                for line in lines:
                    orjson.loads(line)

        def collect(unit: SampleUnit) -> Callable[[], float]:
            def run() -> None:
                options = ImportOptions(unit)
                collect_samples("claude-code", [str(file)], origin="here", options=options)

            return inside(run, clock=time.process_time)

        parsing = inside(parse, clock=time.process_time)
        units: tuple[SampleUnit, ...] = ("call", "turn")
        for unit in units:
            ours, theirs, ratio = paired(collect(unit), parsing, runs=1)
            yield Row(
                f"importing {LINES:,} lines, {size / 1e6:.0f} MB, one sample a {unit}",
                f"{ours:.1f} s of CPU",
                f"{theirs:.1f} s, orjson parsing the same lines",
                ratio,
                "–",
            )
