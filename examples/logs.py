"""Writes small logs, each as another tool writes its own: calls to try ``samples import`` on.

    python examples/logs.py FOLDER

The calls are invented, and the same each time: 48 of a team that mends bugs, writes features and
keeps docs, in two weeks. FOLDER gets one folder for each of the weeks, with the same calls in the
forms of all tools.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

WORKSPACE: Final = "/repo/shop"
_KINDS: Final = {
    "bugfix": (500, ("src/cart.py", "src/stock.py", "tests/test_cart.py")),
    "feature": (1100, ("src/gifts.py", "src/gifts_api.py", "tests/test_gifts.py", "web/gifts.ts")),
    "docs": (350, ("manual/gifts.md", "manual/stock.md")),
}
"""By kind of work: tokens of a call beside its files, and the files that it may deliver."""
_HARDER: Final = {"easy": 1.0, "hard": 1.8}
_FIRST: Final = datetime(2026, 4, 6, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Call:
    """One call; ``number`` counts all of them. The files are created, or else modified."""

    number: int
    kind: str
    difficulty: str
    files: Sequence[tuple[str, str]]
    tokens: int

    @property
    def ticket(self) -> str:
        """The piece of work; two calls belong to each."""
        return f"SHOP-{100 + self.number // 2}"

    @property
    def at(self) -> datetime:
        """When it was made."""
        return _FIRST + timedelta(days=7 * (self.number // 24), hours=5 * (self.number % 24))


def _share(*words: object) -> float:
    """A number from 0 to 1 that a hash of ``words`` draws, the same each time."""
    return int(sha256(repr(words).encode()).hexdigest()[:12], 16) / 16**12


def _call(number: int) -> Call:
    kind = tuple(_KINDS)[number // 2 % 3]
    base, paths = _KINDS[kind]
    difficulty = "hard" if _share("difficulty", number // 2) < 0.4 else "easy"
    count = 1 + int(_share("files", number) * len(paths))
    files = [
        (path, "create" if _share("new", number, path) < 0.5 else "modify")
        for path in sorted(paths, key=lambda path: _share("which", number, path))[:count]
    ]
    needed = base * _HARDER[difficulty] + sum(400 if how == "create" else 150 for _, how in files)
    # The mean of twelve shares scatters about as a normal deviate does.
    scatter = sum(_share("scatter", number, at) for at in range(12)) - 6
    return Call(number, kind, difficulty, files, round(needed * math.exp(0.25 * scatter)))


def calls() -> list[Call]:
    """All of them."""
    return [_call(number) for number in range(48)]


def _text(one: Call) -> str:
    """What stands for the content of one of its files: some three characters for each token."""
    return "+" + "x" * (3 * one.tokens // len(one.files))


# --- One function for each tool: the lines of its log.


def table(those: Sequence[Call]) -> Iterator[Sequence[object]]:
    """A table of somebody's own, to be written as CSV."""
    yield (
        "ticket",
        "kind",
        "difficulty",
        "files",
        "completion_tokens",
        "finish_reason",
        "model",
        "at",
    )
    for one in those:
        files = ";".join(f"{'A' if how == 'create' else 'M'} {path}" for path, how in one.files)
        when = one.at.isoformat()
        yield one.ticket, one.kind, one.difficulty, files, one.tokens, "stop", "gpt-5.3", when


def claude_code(those: Sequence[Call]) -> Iterator[dict[str, Any]]:
    """A session of Claude Code: a prompt, the reply, and what its writes came to."""
    for one in those:
        common = {
            "sessionId": "5e55a000-0000-4000-8000-00000000000" + str(one.number // 24),
            "cwd": WORKSPACE,
            "gitBranch": f"{one.kind}/{one.ticket.lower()}",
            "version": "2.4.1",
            "isSidechain": False,
            "userType": "external",
            "timestamp": one.at.isoformat().replace("+00:00", "Z"),
        }
        yield common | {
            "type": "user",
            "uuid": f"u-{one.number}",
            "promptId": one.ticket,
            "message": {"role": "user", "content": "…"},
        }
        tools = [
            {
                "type": "tool_use",
                "id": f"toolu_{one.number}_{at}",
                "name": "Write",
                "input": {"file_path": f"{WORKSPACE}/{path}", "content": _text(one)},
            }
            for at, (path, _) in enumerate(one.files)
        ]
        yield common | {
            "type": "assistant",
            "uuid": f"a-{one.number}",
            "requestId": f"req_{one.number}",
            "message": {
                "id": f"msg_{one.number:04}",
                "type": "message",
                "role": "assistant",
                "model": "claude-opus-4-6",
                "content": tools,
                "stop_reason": "tool_use",
                "usage": {"input_tokens": 2000, "output_tokens": one.tokens},
            },
        }
        for at, (path, how) in enumerate(one.files):
            result = {"type": "tool_result", "tool_use_id": f"toolu_{one.number}_{at}"}
            kind = "create" if how == "create" else "update"
            yield common | {
                "type": "user",
                "uuid": f"r-{one.number}-{at}",
                "message": {"role": "user", "content": [result | {"content": "done"}]},
                "toolUseResult": {"type": kind, "filePath": f"{WORKSPACE}/{path}"},
            }


def codex(those: Sequence[Call]) -> Iterator[dict[str, Any]]:
    """A rollout of Codex: a turn for each call, whose patch is applied, with its token count."""

    def record(one: Call, kind: str, **payload: Any) -> dict[str, Any]:
        when = one.at.isoformat().replace("+00:00", "Z")
        return {"timestamp": when, "type": kind, "payload": payload}

    first, total = those[0], 0
    session = f"0199aaaa-0000-7000-8000-00000000000{first.number // 24}"
    yield record(first, "session_meta", id=session, cwd=WORKSPACE, cli_version="0.149.0")
    for one in those:
        turn = f"{one.ticket}-{one.number}"
        yield record(one, "turn_context", turn_id=turn, model="gpt-5.3-codex", cwd=WORKSPACE)
        yield record(one, "event_msg", type="task_started", turn_id=turn)
        patch = [
            line
            for path, how in one.files
            for line in (f"*** {'Add' if how == 'create' else 'Update'} File: {path}", _text(one))
        ]
        changes = {
            f"{WORKSPACE}/{path}": (
                {"type": "add", "content": "…"}
                if how == "create"
                else {"type": "update", "unified_diff": "…", "move_path": None}
            )
            for path, how in one.files
        }
        yield record(
            one,
            "response_item",
            type="custom_tool_call",
            name="apply_patch",
            call_id=f"call_{one.number}",
            status="completed",
            input="\n".join(["*** Begin Patch", *patch, "*** End Patch"]),
        )
        total += one.tokens
        usage = {"input_tokens": 0, "cached_input_tokens": 0, "reasoning_output_tokens": 0}
        yield record(
            one,
            "event_msg",
            type="token_count",
            info={
                "total_token_usage": usage | {"output_tokens": total, "total_tokens": total},
                "last_token_usage": usage
                | {"output_tokens": one.tokens, "total_tokens": one.tokens},
            },
        )
        yield record(
            one,
            "response_item",
            type="custom_tool_call_output",
            call_id=f"call_{one.number}",
            output="Success. Updated the files.",
        )
        yield record(
            one,
            "event_msg",
            type="patch_apply_end",
            call_id=f"call_{one.number}",
            turn_id=turn,
            success=True,
            changes=changes,
        )
        yield record(one, "event_msg", type="task_complete", turn_id=turn)


def litellm(those: Sequence[Call]) -> Iterator[dict[str, Any]]:
    """Rows of LiteLLM's spend log, with what a caller sends along as metadata."""
    for one in those:
        when = one.at.strftime("%Y-%m-%d %H:%M:%S.%f")
        told = {
            "phase": one.ticket,
            "category": one.kind,
            "complexity": one.difficulty,
            "deliverables": [f"{how}:{path}" for path, how in one.files],
        }
        yield {
            "request_id": f"chatcmpl-{one.number:04}",
            "call_type": "acompletion",
            "spend": 0.02,
            "model": "openai/gpt-5.3",
            "startTime": when,
            "endTime": when,
            "prompt_tokens": 2000,
            "completion_tokens": one.tokens,
            "total_tokens": 2000 + one.tokens,
            "cache_hit": "False",
            "status": "success",
            "session_id": f"week-{one.number // 24}",
            "metadata": json.dumps({"spend_logs_metadata": told, "status": "success"}),
            "response": json.dumps({"choices": [{"finish_reason": "stop"}]}),
        }


def otlp(those: Sequence[Call]) -> Iterator[dict[str, Any]]:
    """Spans as an OpenTelemetry Collector writes them, one to a line."""

    def given(key: str, value: object) -> dict[str, Any]:
        if isinstance(value, list):
            values = [{"stringValue": each} for each in value]
            return {"key": key, "value": {"arrayValue": {"values": values}}}
        form = "intValue" if isinstance(value, int) else "stringValue"
        return {"key": key, "value": {form: str(value)}}

    for one in those:
        nanoseconds = str(int(one.at.timestamp()) * 10**9)
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.response.model": "gpt-5.3",
            "gen_ai.response.id": f"resp_{one.number:04}",
            "gen_ai.response.finish_reasons": ["stop"],
            "gen_ai.usage.output_tokens": one.tokens,
            "gen_ai.conversation.id": f"week-{one.number // 24}",
            "coefgate.phase": one.ticket,
            "coefgate.category": one.kind,
            "coefgate.complexity": one.difficulty,
            "coefgate.deliverables": [f"{how}:{path}" for path, how in one.files],
        }
        span = {
            "traceId": f"{one.number + 1:032x}",
            "spanId": f"{one.number + 1:016x}",
            "name": "chat gpt-5.3",
            "kind": 3,
            "startTimeUnixNano": nanoseconds,
            "endTimeUnixNano": nanoseconds,
            "attributes": [given(key, value) for key, value in attributes.items()],
            "status": {},
        }
        scope = {"scope": {"name": "shop-agent"}, "spans": [span]}
        yield {"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [scope]}]}


def autopack(those: Sequence[Call]) -> Iterator[str]:
    """Lines of Autopack's log, which say how many files were asked for."""
    for one in those:
        yield f"[{one.at:%Y-%m-%d %H:%M:%S}Z] INFO: Next phase: {one.ticket}-{one.number}"
        facts = {
            "predicted_output": 5000,
            "actual_output": one.tokens,
            "category": one.kind,
            "complexity": one.difficulty,
            "deliverables": len(one.files),
            "success": True,
            "stop_reason": "end_turn",
            "truncated": False,
            "model": "gpt-5.3",
        }
        told = " ".join(f"{name}={value}" for name, value in facts.items())
        yield f"[{one.at:%Y-%m-%d %H:%M:%S}Z] INFO: [TokenEstimationV2] {told}"


def phases(those: Sequence[Call]) -> dict[str, Any]:
    """The definitions of the phases in that log, which say the files."""
    return {
        "phases": [
            {
                "phase_id": f"{one.ticket}-{one.number}",
                "scope": {"deliverables": [path for path, _ in one.files]},
            }
            for one in those
        ]
    }


_LOGS: Final[dict[str, Callable[[Sequence[Call]], Iterator[dict[str, Any]]]]] = {
    "claude-code.jsonl": claude_code,
    "codex.jsonl": codex,
    "litellm.jsonl": litellm,
    "otlp.jsonl": otlp,
}


def write(folder: Path) -> None:
    """Write the logs of both weeks below ``folder``."""
    every = calls()
    for week, those in (("week-1", every[:24]), ("week-2", every[24:])):
        there = folder / week
        there.mkdir(parents=True, exist_ok=True)
        with (there / "calls.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(table(those))
        lines = "".join(f"{line}\n" for line in autopack(those))
        (there / "autopack.log").write_text(lines, encoding="utf-8")
        (there / "phases.json").write_text(json.dumps(phases(those), indent=1), encoding="utf-8")
        for name, log in _LOGS.items():
            text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in log(those))
            (there / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
