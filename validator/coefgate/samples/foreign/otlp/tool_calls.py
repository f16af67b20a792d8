"""Which call the tools were asked for by: spans beside it, that began before the next call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from coefgate.core.gen_ai_attributes import first
from coefgate.samples.foreign.call import ForeignCall, ForeignFile
from coefgate.samples.foreign.file_tools import written_files
from coefgate.samples.foreign.otlp.calls import as_text, with_files
from coefgate.samples.foreign.otlp.records import OtlpRecord

MOST_WAITING: Final = 10_000
"""Calls that wait for their tools at a time; beyond it the one that waits longest is let go."""

_TOOL: Final = ("gen_ai.tool.name", "tool_name", "tool.name")
_ARGUMENTS: Final = ("gen_ai.tool.call.arguments", "tool.parameters", "input.value")
"""Claude Code names a file beside the tool instead."""
_INSIDE_A_TOOL: Final = "claude_code.tool."

Parent = tuple[str | None, str | None]


@dataclass(slots=True)
class _Siblings:
    """What is under way beside each other in one parent: the last call, and tools since."""

    call: ForeignCall | None = None
    calls: int = 0
    start: int = 0
    end: int = 0
    tools: list[tuple[int, tuple[ForeignFile, ...] | None]] = field(default_factory=list)
    overlapping: bool = False


class ToolCalls:
    """Gives calls the files that spans of tools tell, in the order in which spans come in.

    A tool belongs to the last call that began before it in the same parent. Where calls overlap
    there, nobody can tell, and none of them gets files.
    """

    def __init__(self) -> None:
        self._waiting: dict[Parent, _Siblings] = {}
        self._failed: set[Parent] = set()

    def note(self, record: OtlpRecord) -> None:
        """Take note of ``record`` if it is the span of a tool, or lies in one."""
        own, parent = record.attributes, (record.trace, record.parent)
        failed = record.failed or own.get("success") in (False, "false")
        failed = failed or own.get("decision") == "reject"
        if record.name.startswith(_INSIDE_A_TOOL):
            if failed:
                self._failed.add(parent)
            return
        if not _is_tool(record) or record.parent is None:
            return
        here = (record.trace, record.span)
        if failed or here in self._failed:
            self._failed.discard(here)
            return
        tool = as_text(first(own, _TOOL)) or ""
        files = written_files(tool, first(own, _ARGUMENTS) or own)
        if files != ():
            siblings = self._waiting.setdefault(parent, _Siblings())
            siblings.tools.append((record.start, files))

    def begun(self, record: OtlpRecord, call: ForeignCall) -> Iterator[ForeignCall]:
        """Let the ``call`` that a span tells wait for its tools; calls that need not any more."""
        call = _around(call, self._waiting.get((record.trace, record.span)))
        if record.parent is None or call.unusable:
            yield call
            return
        parent = (record.trace, record.parent)
        siblings = self._waiting.pop(parent, None) or _Siblings()
        siblings.overlapping |= record.start < siblings.end
        yield from _with_tools(siblings, before=record.start)
        siblings.tools = [one for one in siblings.tools if one[0] >= record.start]
        siblings.call, siblings.start, siblings.end = call, record.start, record.end
        siblings.calls += 1
        self._waiting[parent] = siblings
        if len(self._waiting) > MOST_WAITING:
            yield from _with_tools(self._waiting.pop(next(iter(self._waiting))), whole=False)

    def ended(self, record: OtlpRecord) -> Iterator[ForeignCall]:
        """The call that waited below the span of ``record``, which has ended."""
        siblings = self._waiting.pop((record.trace, record.span), None)
        if siblings is not None:
            yield from _with_tools(siblings)

    def rest(self) -> Iterator[ForeignCall]:
        """The calls that still wait; more tools of theirs may stand in another file."""
        while self._waiting:
            yield from _with_tools(self._waiting.pop(next(iter(self._waiting))), whole=False)


def _with_tools(
    siblings: _Siblings, *, before: int | None = None, whole: bool = True
) -> Iterator[ForeignCall]:
    call = siblings.call
    if call is None:
        return
    if siblings.overlapping or call.deliverables_from is not None:
        yield call
        return
    written = (
        files
        for start, files in siblings.tools
        if start >= siblings.start and (before is None or start < before)
    )
    yield with_files(call, written, whole=whole)


def _around(call: ForeignCall, inner: _Siblings | None) -> ForeignCall:
    """``call``, in whose span lies what ``inner`` was.

    Where both a library and its client are instrumented, the same call is told in either span. A
    span around several calls, or around other tokens, is a sum.
    """
    if inner is None or inner.call is None or call.unusable:
        return call
    counts = {inner.call.actual_output_tokens, call.actual_output_tokens}
    if inner.calls == 1 and len(counts - {None}) <= 1:
        return replace(call, key=inner.call.key)
    return replace(call, call_id=None, unusable="aggregate")


def _is_tool(record: OtlpRecord) -> bool:
    own = record.attributes
    return (
        own.get("gen_ai.operation.name") == "execute_tool"
        or own.get("openinference.span.kind") == "TOOL"
        or record.name == "claude_code.tool"
    )
