"""One reply of Codex: the items that it is made of, its count, and what came of its tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from coefgate.samples.foreign.call import ForeignCall, ForeignFile
from coefgate.samples.foreign.json_types import mapping, sequence, text, whole_number
from coefgate.samples.foreign.times import observed_at
from coefgate.samples.foreign.transcripts.codex_patches import (
    asked_files,
    changed_files,
    went_well,
)


@dataclass(slots=True, kw_only=True)
class CodexReply:
    """A reply as far as it has been told.

    ``line``, ``stamp``: where and when it begins. ``run``, ``phase``, ``workspace``, ``branch``,
    ``model``: who writes it where. ``waiting``: its tools whose output is still to come, with the
    files of their patches; ``unfinished``: the file ends before it. ``over``: its turn ended with
    it. ``key``, ``call_id``: its ids.
    """

    line: int
    stamp: str | None
    run: str | None
    phase: str | None
    workspace: str | None
    branch: str | None
    model: str | None
    waiting: dict[str, tuple[ForeignFile, ...]] = field(default_factory=dict)
    has_tools: bool = False
    unfinished: bool = False
    over: bool = False
    key: str | None = None
    call_id: str | None = None
    tokens: int | None = None
    _reasoning: int | None = None
    _input: int | None = None
    _shown: bool = False
    _visible: int = 0
    _hides: bool = False
    _refused: bool = False
    _patched: list[ForeignFile] = field(default_factory=list)
    _told: dict[str, list[ForeignFile]] = field(default_factory=dict)

    def take(self, item: Mapping[str, Any]) -> str | None:
        """One more item; what comes back is the id of the tool call that it is, if any."""
        kind = text(item.get("type")) or ""
        if kind == "reasoning":
            self._hides = True
            return None
        self._shown = True
        if kind == "message":
            parts = (text(mapping(one).get("text")) for one in sequence(item.get("content")))
            self._visible += sum(len(one) for one in parts if one)
            return None
        given = item.get("arguments", item.get("input", item.get("action", "")))
        written = given if isinstance(given, str) else orjson.dumps(given).decode()
        self._visible += len(written)
        name = text(item.get("call_id"))
        if name is not None:  # A search that the provider makes has no output here.
            self.has_tools = True
            self.waiting[name] = asked_files(text(item.get("name")), written)
        return name

    def count(self, usage: Mapping[str, Any]) -> None:
        """Its count, as the provider gave it when the reply was complete."""
        self.tokens = whole_number(usage.get("output_tokens"))
        self._reasoning = whole_number(usage.get("reasoning_output_tokens"))
        self._input = whole_number(usage.get("input_tokens"))

    def answer(self, name: str, output: object) -> None:
        """The output of the tool call ``name``."""
        asked = self.waiting.pop(name, ())
        if went_well(output):
            self._patched += asked
        self._refused = self._refused or (
            isinstance(output, str) and output.startswith("failed to parse function arguments")
        )

    def patched(self, spelling: str, files: object, *, done: bool) -> None:
        """What Codex itself says of a patch; where it says anything, what was asked is nothing."""
        self._told.setdefault(spelling, []).extend(changed_files(files) if done else ())

    def call(self) -> ForeignCall:
        """What is known of it by now."""
        told = self._told.get("item_completed", self._told.get("patch_apply_end", self._patched))
        # No reason to stop is stated. What was executed was whole; and a turn is complete only
        # with a reply that is, since one that is cut off is an error to Codex.
        executed = self.has_tools and not self.waiting and not self._refused
        whole = self.tokens is not None and (executed or self.over)
        return ForeignCall(
            line=self.line,
            unit="call",
            actual_output_tokens=self.tokens,
            key=self.key,
            call_id=self.call_id,
            observed_at=observed_at(self.stamp),
            run_id=self.run,
            phase_id=self.phase,
            files=tuple(told),
            deliverables_from="reply",
            model=self.model,
            reasoning_tokens=self._reasoning,
            input_tokens=self._input,
            success=True if whole else None,
            truncated=False if whole else None,
            workspace=self.workspace,
            branch=self.branch,
            visible_characters=self._visible if self._shown else None,
            hides_thinking=self._hides,
            unusable="unfinished" if self.unfinished else None,
        )
