"""A session of Codex: which items make a reply, what it was counted, where turns begin and end.

Items come first, then the count of the reply that they are, then what its tools came to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from coefgate.samples.foreign.call import ForeignCall
from coefgate.samples.foreign.json_types import mapping, text, whole_number
from coefgate.samples.foreign.transcripts.codex_replies import CodexReply
from coefgate.samples.foreign.transcripts.turns import turn_of

_COUNTS: Final = ("input_tokens", "output_tokens", "reasoning_output_tokens")
_SECOND: Final = len("2026-02-12T16:00:00")


class Rollout:
    """The state of a file.

    ``_open``: the reply whose items come in. ``_counted``: the one before, whose tools run.
    ``_told``: the tokens of a response that stated them itself, before they are told again.
    """

    def __init__(self, *, turns: bool) -> None:
        self._turns = turns
        self._started = False
        self._run: str | None = None
        self._workspace: str | None = None
        self._branch: str | None = None
        self._model: str | None = None
        self._turn: str | None = None
        self._prompts = 0
        self._copied_until: int | None = None
        self._copied_second: str | None = None
        self._total: Mapping[str, Any] = {}
        self._told: int | None = None
        self._open: CodexReply | None = None
        self._counted: CodexReply | None = None
        self._owners: dict[str, CodexReply] = {}
        self._summed: set[int] = set()
        self._calls: list[ForeignCall] = []

    def begin(self, fields: Mapping[str, Any], meta: Mapping[str, Any]) -> None:
        """The head of a file. A fork copies that of its parent behind its own, and all of it."""
        if self._started:
            return
        self._started = True
        source = mapping(mapping(meta.get("source")).get("subagent"))
        # An agent that was spawned works for the session of its parent, a fork for its own.
        parent = text(mapping(source.get("thread_spawn")).get("parent_thread_id"))
        self._run = text(meta.get("session_id")) or parent or text(meta.get("id"))
        self._workspace = text(meta.get("cwd"))
        self._branch = text(mapping(meta.get("git")).get("branch"))
        self._copied_until = whole_number(meta.get("subagent_history_start_ordinal"))
        if text(meta.get("forked_from_id")) or text(meta.get("parent_thread_id")) or source:
            self._copied_second = (text(fields.get("timestamp")) or "")[:_SECOND]

    def is_copied(self, fields: Mapping[str, Any]) -> bool:
        """Is this a line of the session that this one was forked from? It was written at once."""
        if self._copied_until is not None:
            return (whole_number(fields.get("ordinal")) or 0) < self._copied_until
        if self._copied_second:
            if (text(fields.get("timestamp")) or "").startswith(self._copied_second):
                return True
            self._copied_second = None
        return False

    def context(self, told: Mapping[str, Any]) -> Iterator[ForeignCall]:
        """What the requests to come are made with."""
        self._model = text(told.get("model")) or self._model
        self._workspace = self._workspace or text(told.get("cwd"))
        if (turn := text(told.get("turn_id"))) is not None:
            yield from self.turn(turn)

    def turn(self, turn: str | None) -> Iterator[ForeignCall]:
        """A turn begins. Old versions give it no id: there every prompt begins one."""
        if turn is not None and turn == self._turn:
            return
        last = self._open or self._counted
        yield from self.over(done=last is not None and not last.has_tools)
        self._turn = turn
        self._prompts += 1

    def prompted(self) -> Iterator[ForeignCall]:
        """The user wrote something."""
        if self._turn is None:
            yield from self.turn(None)

    def item(self, line: int, stamp: object, item: Mapping[str, Any]) -> None:
        """An item of a reply, or the output of a tool."""
        kind, name = text(item.get("type")) or "", text(item.get("call_id"))
        if kind.endswith("_output"):
            if name is not None and (owner := self._owners.get(name)) is not None:
                owner.answer(name, item.get("output"))
        elif kind == "reasoning" or kind.endswith("_call") or item.get("role") == "assistant":
            if self._open is None:
                self._open = self._reply(line, stamp)
            if (asked := self._open.take(item)) is not None:
                self._owners[asked] = self._open

    def patched(self, spelling: str, name: object, changes: object, *, done: bool) -> None:
        """What came of a patch. In a script it has an id that no call has."""
        latest = self._open if self._open is not None and self._open.has_tools else self._counted
        owner = self._owners.get(text(name) or "", latest or self._open)
        if owner is not None:
            owner.patched(spelling, changes, done=done)

    def response(
        self, line: int, stamp: object, told: Mapping[str, Any], usage: Mapping[str, Any]
    ) -> Iterator[ForeignCall]:
        """The count of a response under its own id; the total that follows tells it again.

        It may name the turn of the main conversation that an agent works for.
        """
        name, root = text(told.get("response_id")), text(told.get("root_turn_id"))
        tokens = whole_number(usage.get("output_tokens"))
        if name is None or tokens is None or hash(name) in self._summed:
            return
        self._summed.add(hash(name))
        before = self._counted
        if self._open is None and before and before.call_id is None and before.tokens == tokens:
            before.key = before.call_id = name
        else:
            yield from self._close(line, stamp, usage, name)
            self._told = tokens
        if self._counted is not None:
            self._counted.phase = root or self._counted.phase

    def total(
        self, line: int, stamp: object, info: Mapping[str, Any], *, copied: bool
    ) -> Iterator[ForeignCall]:
        """The sum so far and the last of its parts. It is told again whenever limits change."""
        total, last = mapping(info.get("total_token_usage")), mapping(info.get("last_token_usage"))
        before, self._total = self._total, total or self._total
        if (total and total == before) or copied or not (total or last):
            return
        usage = last or _difference(total, before)
        told, self._told = self._told, None
        # Without an item it tells of a response that is counted, or, with no tokens, of none.
        if self._open is None and usage.get("output_tokens") in (told, 0, None):
            return
        sums = (total.get("output_tokens"), total.get("total_tokens"))
        yield from self._close(line, stamp, usage, None)
        if self._counted is not None and self._turn is not None and total:
            self._counted.key = " ".join(map(str, (self._turn, *sums)))

    def over(self, *, done: bool | None) -> Iterator[ForeignCall]:
        """The turn is over; ``done``: it came to its end. ``None``: the file ends in it."""
        last = self._open or self._counted
        if last is not None and not last.waiting:
            last.over = done is True
        elif last is not None:
            last.unfinished = done is None
        yield from self._flush(self._counted)
        yield from self._flush(self._open)
        self._counted = self._open = self._told = None
        if self._calls and done is None:
            yield turn_of(self._calls, unusable="unfinished")
        elif self._calls:
            turn = turn_of(self._calls)
            yield replace(turn, success=False) if done is False else turn
        self._calls = []

    def _reply(self, line: int, stamp: object) -> CodexReply:
        turn = self._turn or f"{self._run or 'session'}#{self._prompts}"
        return CodexReply(
            line=line,
            stamp=text(stamp),
            run=self._run,
            phase=turn,
            workspace=self._workspace,
            branch=self._branch,
            model=self._model,
        )

    def _close(
        self, line: int, stamp: object, usage: Mapping[str, Any], name: str | None
    ) -> Iterator[ForeignCall]:
        yield from self._flush(self._counted)
        self._counted = self._open or self._reply(line, stamp)
        self._counted.count(usage)
        self._counted.key = self._counted.call_id = name
        self._open = None

    def _flush(self, one: CodexReply | None) -> Iterator[ForeignCall]:
        if one is None:
            return
        self._owners = {name: owner for name, owner in self._owners.items() if owner is not one}
        if self._turns:
            self._calls.append(one.call())
        else:
            yield one.call()


def _difference(total: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, int | None]:
    """What a total grew by; one that fell was begun anew, and says all there is."""
    now = {name: whole_number(total.get(name)) for name in _COUNTS}
    then = {name: whole_number(before.get(name)) or 0 for name in _COUNTS}
    if any((now[name] or 0) < then[name] for name in _COUNTS):
        return dict(now)
    return {name: None if one is None else one - then[name] for name, one in now.items()}
