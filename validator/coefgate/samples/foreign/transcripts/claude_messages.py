"""One reply of Claude over the lines that tell of it: a line for each block, each with a count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from coefgate.core.stop_reasons import ending
from coefgate.samples.foreign.call import ForeignCall, ForeignFile
from coefgate.samples.foreign.json_types import mapping, sequence, text, whole_number
from coefgate.samples.foreign.times import observed_at
from coefgate.samples.foreign.transcripts.claude_tools import (
    ToolUse,
    shown_text,
    tool_use,
    written_file,
)
from coefgate.samples.foreign.visible_text import fits_text

_INPUT: Final = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_INVALID_INPUT: Final = "InputValidationError"


@dataclass(slots=True, kw_only=True)
class Message:
    """A reply as far as it has been told.

    ``line``: where it begins. ``key``, ``call_id``: its ids. ``run``, ``phase``, ``workspace``,
    ``branch``: where it was written. ``side``: a call of the agent for itself. ``waiting``: tools
    whose results are still to come; ``unfinished``: the file ends before them. ``interrupted``:
    the user stopped it. ``over``: the agent went on to wait for its user, so that the reply had
    come to its end. ``cut_off``: it hit its ceiling, which was ``ceiling``.
    """

    line: int
    key: str | None
    call_id: str | None
    run: str | None
    phase: str | None
    workspace: str | None
    branch: str | None
    side: bool = False
    waiting: dict[str, ToolUse] = field(default_factory=dict)
    unfinished: bool = False
    interrupted: bool = False
    over: bool = False
    cut_off: bool = False
    ceiling: int | None = None
    _tokens: int | None = None
    _reasoning: int | None = None
    _input: int | None = None
    _model: str | None = None
    _stop_reason: str | None = None
    _first: str | None = None
    _visible: int = 0
    _hides: bool = False
    _unseen: bool = False
    _executed: bool = False
    _refused: bool = False
    _blocks: set[int] = field(default_factory=set)
    _files: list[ForeignFile] = field(default_factory=list)

    def take(self, stamp: str | None, message: Mapping[str, Any]) -> list[str]:
        """One more line of it; what comes back are the ids of tools that it asks for.

        Blocks that were told before are known; of times the earliest counts. So the order of
        lines does not matter, nor does a line that is repeated.
        """
        if stamp is not None and (self._first is None or stamp < self._first):
            self._first = stamp
        self.count(message.get("usage"), message.get("stop_reason"), message.get("model"))
        content = message.get("content")
        blocks = [{"type": "text", "text": content}] if type(content) is str else content
        asked = []
        for block in map(mapping, sequence(blocks)):
            kind = block.get("type")
            if kind == "tool_use":
                # Nothing can answer a tool use without an id: it waits for ever.
                name = text(block.get("id")) or f"block {len(self._blocks)}"
                if self._is_new(text(block.get("id")) or orjson.dumps(block)):
                    self._visible += len(orjson.dumps(block.get("input")).decode())
                    self.waiting[name] = use = tool_use(block)
                    self._unseen = self._unseen or use.writes_unseen
                    asked.append(name)
            elif kind in ("text", "thinking"):
                # Thinking that is shown may be a summary, so there was more of it than is seen.
                self._hides = self._hides or kind == "thinking"
                shown = text(block.get(kind)) or ""
                if self._is_new((kind, shown)):
                    self._visible += len(shown)
            elif kind == "redacted_thinking":
                self._hides = True
        return asked

    def count(self, usage: object, stop_reason: object, model: object = None) -> None:
        """Take a count as a whole: the largest there is, of equal ones the last."""
        said = mapping(usage)
        tokens = whole_number(said.get("output_tokens"))
        if tokens is not None and (self._tokens is None or tokens >= self._tokens):
            details = mapping(said.get("output_tokens_details"))
            self._tokens = tokens
            self._reasoning = whole_number(details.get("thinking_tokens"))
            sent = [whole_number(said[name]) for name in _INPUT if name in said]
            self._input = sum(filter(None, sent)) if sent and None not in sent else self._input
            self._model = text(model) or self._model
        self._stop_reason = text(stop_reason) or self._stop_reason

    def answer(self, name: str, block: Mapping[str, Any], outcome: object) -> None:
        """The result of the tool ``name``."""
        use = self.waiting.pop(name)
        if file := written_file(use, block, outcome):
            self._files.append(file)
        failed = block.get("is_error") is True
        self._executed = self._executed or not failed
        self._refused = self._refused or (
            failed and _INVALID_INPUT in shown_text(block.get("content"))
        )

    def call(self) -> ForeignCall:
        """What is known of it by now."""
        truncated, success = self._ending()
        tokens, ceiling = self._tokens, self.ceiling
        # Until a reason to stop is stated the provider has not said that the count is the last.
        final = self._stop_reason is not None
        fits = tokens is None or fits_text(tokens, self._visible, hidden=True, final=final)
        unusable = None if fits else "placeholder"
        if self.side or self.unfinished:
            unusable = "side-call" if self.side else "unfinished"
        return ForeignCall(
            line=self.line,
            unit="call",
            actual_output_tokens=tokens,
            key=self.key,
            call_id=self.call_id,
            observed_at=observed_at(self._first),
            run_id=self.run,
            phase_id=self.phase,
            files=tuple(self._files),
            deliverables_from="reply",
            paths="partial" if self._unseen else "real",
            model=self._model,
            reasoning_tokens=self._reasoning,
            max_output_tokens=ceiling if ceiling and (tokens or 0) <= ceiling else None,
            input_tokens=self._input,
            success=success,
            truncated=truncated,
            stop_reason=self._stop_reason,
            workspace=self.workspace,
            branch=self.branch,
            visible_characters=self._visible,
            hides_thinking=self._hides,
            unusable=unusable,
        )

    def _ending(self) -> tuple[bool | None, bool | None]:
        """Was it cut off, and could it be used?

        Many versions state no reason to stop. A reply all of whose tools have been executed was
        whole even so, since an input that is cut off is refused; and so was one after which the
        agent waited for its user, since it reports a reply that is cut off as an error.
        """
        how = ending(self._stop_reason)
        if how is not None:
            return how == "cut-off", {"finished": True, "broken-off": False}.get(how)
        if self.cut_off:
            return True, None
        executed = self._executed and not self.waiting and not self._refused
        whole = (executed or self.over) and not self.interrupted
        return (False, True) if whole else (None, None)

    def _is_new(self, block: object) -> bool:
        told = len(self._blocks)
        self._blocks.add(hash(block))
        return len(self._blocks) > told
