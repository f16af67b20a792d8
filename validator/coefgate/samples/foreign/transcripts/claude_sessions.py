"""A session of Claude Code: whose lines are whose, and where turns begin and end.

A line of the kind ``assistant`` tells of a block of a reply, whose results come in lines of the
kind ``user``. A prompt begins a turn; the work of a subagent is a turn of its own, in the phase of
the prompt that it serves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from coefgate.samples.foreign.call import ForeignCall
from coefgate.samples.foreign.json_types import mapping, sequence, text
from coefgate.samples.foreign.transcripts.claude_messages import Message
from coefgate.samples.foreign.transcripts.claude_results import (
    ceiling_hit,
    notice_call,
    run_of,
    succeeded,
    turn_by_result,
)
from coefgate.samples.foreign.transcripts.claude_tools import shown_text
from coefgate.samples.foreign.transcripts.turns import turn_of

_FOR_ITSELF: Final = ("acompact", "aside_question")
"""How ids of agents begin that sum a session up or answer beside it: they tell it again."""
_TURN_IS_OVER: Final = ("turn_duration", "stop_hook_summary")
_MOST_OPEN: Final = 8
"""Replies of one agent that are kept for results; a request needs those of all before it."""
_MAIN: Final = ""


@dataclass(slots=True)
class _Chain:
    """What the main conversation, or one subagent, says one after the other.

    ``open``: replies that may still be told of. ``last``: the newest, as long as nothing follows
    it. ``broken``: an error or the user broke the turn off. ``calls``: those of the open turn.
    """

    phase: str | None = None
    prompt: str | None = None
    open: dict[str, Message] = field(default_factory=dict)
    last: Message | None = None
    streamed: str | None = None
    broken: bool = False
    calls: list[ForeignCall] = field(default_factory=list)


class Session:
    """The state of a file: what is open of its chains, and where its sessions work."""

    def __init__(self, *, turns: bool) -> None:
        self._turns = turns
        self._chains: dict[str, _Chain] = {}
        self._workspaces: dict[str | None, str] = {}
        self._asked: dict[str, Message] = {}
        self._roots: dict[str, str] = {}
        self._summed: set[int] = set()
        self._results = 0

    def reply(self, line: int, fields: Mapping[str, Any]) -> Iterator[ForeignCall]:
        """A line of a reply."""
        message = fields["message"]
        if message.get("model") == "<synthetic>" or fields.get("isApiErrorMessage") is True:
            yield from self._notice(line, fields)
            return
        name, chain = self._chain(fields)
        call_id = text(message.get("id"))
        key = call_id or text(fields.get("requestId")) or text(fields.get("uuid"))
        one = chain.open.get(key or f"line {line}")
        if one is None:
            # A request needs the results of those before it, so they have all there is of them.
            answered = [each for each, other in chain.open.items() if not other.waiting]
            for each in answered or list(chain.open)[: max(len(chain.open) - _MOST_OPEN, 0)]:
                yield from self._flush(chain, each)
            run = run_of(fields)
            one = Message(
                line=line,
                key=key,
                call_id=call_id,
                run=run,
                phase=chain.phase or f"{run or 'session'}#{self._results + 1}",
                workspace=self._workspace(run, fields),
                branch=text(fields.get("gitBranch")),
                side=name.startswith(_FOR_ITSELF),
            )
            chain.open[key or f"line {line}"] = one
        for asked in one.take(text(fields.get("timestamp")), message):
            self._asked[asked] = one
        chain.last, chain.broken = one, False

    def _notice(self, line: int, fields: Mapping[str, Any]) -> Iterator[ForeignCall]:
        """What Claude Code says itself instead of a reply: errors, most of all."""
        _, chain = self._chain(fields)
        if fields.get("isApiErrorMessage") is True:
            if chain.last is not None and (hit := ceiling_hit(fields)) is not None:
                chain.last.cut_off, chain.last.ceiling = True, hit or None
            chain.broken, chain.last = True, None
        if not self._turns:
            yield notice_call(line, fields)

    def user(self, fields: Mapping[str, Any]) -> Iterator[ForeignCall]:
        """A line of results, or of what the user wrote."""
        name, chain = self._chain(fields)
        self._workspace(run_of(fields), fields)
        content = mapping(fields.get("message")).get("content")
        prompt = text(fields.get("promptId"))
        blocks = [mapping(one) for one in sequence(content)]
        results = [one for one in blocks if one.get("type") == "tool_result"]
        outcome = fields.get("toolUseResult", fields.get("tool_use_result"))
        for block in results:
            asked = text(block.get("tool_use_id")) or ""
            if (owner := self._asked.pop(asked, None)) is not None:
                owner.answer(asked, block, outcome if len(results) == 1 else None)
        if results:
            chain.last, chain.phase = None, chain.phase or prompt
        elif shown_text(content).startswith("[Request interrupted by user"):
            chain.broken = True
            if chain.last is not None:
                chain.last.interrupted = True
        elif _is_prompt(fields, blocks or [{"text": content}]):
            prompt_or_line = prompt or text(fields.get("uuid"))
            if prompt_or_line is None or prompt_or_line != chain.prompt:
                yield from self._begin(name, chain, prompt, prompt_or_line)

    def _begin(
        self, name: str, chain: _Chain, prompt: str | None, prompt_or_line: str | None
    ) -> Iterator[ForeignCall]:
        """A prompt: what went before is over, for the main conversation with all its agents."""
        ended = list(self._chains.values()) if name == _MAIN else [chain]
        for one in ended:
            yield from self._end(one, over=True)
        if name == _MAIN:
            self._chains, self._asked, self._roots = {_MAIN: chain}, {}, {}
        main = self._chains.get(_MAIN)
        above = main.phase if main is not None and name != _MAIN else None
        chain.prompt = prompt_or_line
        chain.phase = prompt or above or prompt_or_line

    def system(self, fields: Mapping[str, Any]) -> None:
        """A notice that may say where the session works, or that the agent waits for its user."""
        self._workspace(run_of(fields), fields)
        if text(fields.get("subtype")) in _TURN_IS_OVER:
            _, chain = self._chain(fields)
            if chain.last is not None and not chain.last.waiting:
                chain.last.over = True

    def event(self, fields: Mapping[str, Any]) -> None:
        """A piece of a stream: the last of them has the final count."""
        event = mapping(fields.get("event"))
        kind = event.get("type")
        if kind == "message_start":
            _, chain = self._chain(fields)
            chain.streamed = text(mapping(event.get("message")).get("id"))
        elif kind == "message_delta":
            _, chain = self._chain(fields)
            if (one := chain.open.get(chain.streamed or "")) is not None:
                one.count(event.get("usage"), mapping(event.get("delta")).get("stop_reason"))

    def result(self, line: int, fields: Mapping[str, Any]) -> Iterator[ForeignCall]:
        """The end of a turn of ``claude -p``, with the count of all its requests."""
        main = self._chains.setdefault(_MAIN, _Chain())
        for name, chain in self._chains.items():
            if name != _MAIN:
                yield from self._end(chain, over=True)
        if main.last is not None and not main.last.waiting:
            main.last.over = succeeded(fields)
        for key in list(main.open):
            yield from self._flush(main, key)
        if self._turns:
            yield turn_by_result(line, fields, main.calls)
        self._chains, self._asked, self._roots = {}, {}, {}
        self._results += 1

    def end(self) -> Iterator[ForeignCall]:
        """What is open where the file ends."""
        for chain in self._chains.values():
            yield from self._end(chain, over=False)

    def _end(self, chain: _Chain, *, over: bool) -> Iterator[ForeignCall]:
        going_on = chain.last is None or bool(chain.last.waiting)
        for one in chain.open.values():
            one.unfinished = bool(one.waiting) and not (over or chain.broken)
        if chain.last is not None and over and not going_on:
            chain.last.over = True
        for key in list(chain.open):
            yield from self._flush(chain, key)
        if chain.calls:
            # Whether it ended is told by what follows; stored before, it would never be scored.
            open_end = going_on or chain.calls[-1].truncated is None
            if open_end and not (over or chain.broken):
                yield turn_of(chain.calls, unusable="unfinished")
            else:
                turn = turn_of(chain.calls)
                yield replace(turn, success=False) if going_on or chain.broken else turn
        chain.calls, chain.last, chain.broken = [], None, False

    def _flush(self, chain: _Chain, key: str) -> Iterator[ForeignCall]:
        one = chain.open.pop(key)
        for asked in one.waiting:
            self._asked.pop(asked, None)
        if not self._turns:
            yield one.call()
        elif hash(key) not in self._summed:
            self._summed.add(hash(key))
            chain.calls.append(one.call())

    def _workspace(self, run: str | None, fields: Mapping[str, Any]) -> str | None:
        """The first folder of a session: later it may be one within."""
        found = self._workspaces.get(run)
        if found is None and (found := text(fields.get("cwd"))) is not None:
            self._workspaces[run] = found
        return found

    def _chain(self, fields: Mapping[str, Any]) -> tuple[str, _Chain]:
        """Whose line it is: of the main conversation, or of which agent."""
        name = text(fields.get("parent_tool_use_id")) or _MAIN
        if fields.get("isSidechain") is True:
            name = text(fields.get("agentId")) or self._root(fields)
        chain = self._chains.get(name)
        if chain is None:
            main = self._chains.get(_MAIN)
            chain = self._chains[name] = _Chain(main.phase if main is not None else None)
        return name, chain

    def _root(self, fields: Mapping[str, Any]) -> str:
        """The first line of an agent that has no name, by way of each line's parent."""
        line = text(fields.get("uuid")) or "agent"
        root = self._roots.get(text(fields.get("parentUuid")) or "", f"agent from {line}")
        return self._roots.setdefault(line, root)


def _is_prompt(fields: Mapping[str, Any], blocks: Sequence[Mapping[str, Any]]) -> bool:
    """Did the user write it? Not what the agent tells the model, nor a summary.

    A stream shows prompts or does not, and its results end turns; only transcripts say sessionId.
    """
    if "sessionId" not in fields or True in (fields.get("isMeta"), fields.get("isCompactSummary")):
        return False
    texts = (text(one.get("text")) or "" for one in blocks)
    return any(one and (one[0] != "<" or one.startswith("<command-")) for one in texts)
