"""Lines as Claude Code writes them, with what a test does not care about filled in."""

from __future__ import annotations

from typing import Any

SESSION = "5e55a000-0000-4000-8000-000000000001"


def line(kind: str, uuid: str, **fields: Any) -> dict[str, Any]:
    """A line of the main conversation."""
    return {
        "parentUuid": None,
        "isSidechain": False,
        "userType": "external",
        "cwd": "/repo/shop",
        "sessionId": SESSION,
        "version": "2.1.39",
        "gitBranch": "main",
        "type": kind,
        "uuid": uuid,
        "timestamp": "2026-02-12T16:00:00.000Z",
    } | fields


def prompt(uuid: str, text: str = "Please write it.", **fields: Any) -> dict[str, Any]:
    """What a user asks for."""
    return line("user", uuid, message={"role": "user", "content": text}, **fields)


def reply(
    message: str, uuid: str, *content: dict[str, Any], out: int = 100, **fields: Any
) -> dict[str, Any]:
    """A line of a reply. ``stop``, ``usage``: of the message, in the place of the usual ones."""
    usage = {
        "input_tokens": 3,
        "cache_creation_input_tokens": 500,
        "cache_read_input_tokens": 1000,
        "output_tokens": out,
        "service_tier": "standard",
    }
    told = {
        "id": message,
        "type": "message",
        "role": "assistant",
        "model": fields.pop("model", "claude-opus-4-6"),
        "content": list(content),
        "stop_reason": fields.pop("stop", None),
        "stop_sequence": None,
        "usage": fields.pop("usage", usage),
    }
    return line("assistant", uuid, message=told, requestId=f"req_{message}", **fields)


def says(text: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "text", "text": text}


def thinks(text: str = "") -> dict[str, Any]:
    """A block of thinking; without its text only the signature is kept."""
    return {"type": "thinking", "thinking": text, "signature": "c2lnbmVk"}


def uses(name: str, tool: str, **given: Any) -> dict[str, Any]:
    """A block that asks for a tool."""
    return {"type": "tool_use", "id": tool, "name": name, "input": given}


def writes(tool: str, path: str = "/repo/shop/src/a.py", text: str = "x" * 300) -> dict[str, Any]:
    """A block that asks for a file."""
    return uses("Write", tool, file_path=path, content=text)


def answer(uuid: str, tool: str, outcome: Any, *, failed: bool = False, **fields: Any) -> Any:
    """The result of a tool."""
    said = fields.pop("said", "The file has been updated.")
    block = {"type": "tool_result", "tool_use_id": tool, "content": said}
    if failed:
        block["is_error"] = True
    message = {"role": "user", "content": [block]}
    return line("user", uuid, message=message, toolUseResult=outcome, **fields)


def wrote(kind: str = "create", path: str = "/repo/shop/src/a.py", **more: Any) -> dict[str, Any]:
    """What a write came to."""
    return {"type": kind, "filePath": path, "content": "…", "structuredPatch": []} | more


def written_by(message: str, number: int = 1, *, out: int = 100, **fields: Any) -> list[Any]:
    """A reply that writes ``src/NUMBER.py``, and the result."""
    tool, path = f"toolu_{message}", f"/repo/shop/src/{number}.py"
    where = {name: fields[name] for name in fields if name not in ("stop", "model")}
    return [
        reply(message, f"a-{message}", writes(tool, path), out=out, **fields),
        answer(f"r-{message}", tool, wrote("create", path), **where),
    ]


def failure(uuid: str, text: str, **fields: Any) -> dict[str, Any]:
    """What Claude Code says in the place of a reply that failed."""
    none = {"input_tokens": 0, "output_tokens": 0}
    fields |= {"isApiErrorMessage": True, "usage": none, "model": "<synthetic>"}
    return reply(uuid, uuid, says(text), stop="stop_sequence", **fields)
