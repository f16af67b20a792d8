"""What the client libraries of Anthropic and OpenAI really hand over, and raise."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import anthropic
import openai
import pytest
from pydantic import BaseModel

from coefgate.runner.replies import CallOutcome, outcome_of
from coefgate.runner.watched_stream import WatchedStream
from tests.model_server import Model

_CHAT = CallOutcome(
    output_tokens=1218,
    input_tokens=25,
    reasoning_tokens=200,
    stop_reason="stop",
    truncated=False,
    success=True,
    model="gpt-5.1-2025-11-13",
    call_id="chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
)
_MESSAGE = replace(
    _CHAT,
    stop_reason="end_turn",
    model="claude-sonnet-4-5-20250929",
    call_id="msg_013Zva2CMHLNnXjNJJKqJ2EF",
)
_RESPONSE = replace(
    _CHAT,
    stop_reason="completed",
    call_id="resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
)
_ASKED: Any = [{"role": "user", "content": "write the page"}]
_MESSAGES: Any = {"model": "claude-sonnet-4-5", "max_tokens": 2000, "messages": _ASKED}
_CHATS: Any = {"model": "gpt-5.1", "messages": _ASKED}
_STREAMED: Any = {**_CHATS, "stream": True, "stream_options": {"include_usage": True}}
_RESPONSES: Any = {"model": "gpt-5.1", "input": "write the page"}


def _claude(model: Model) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=model.url, api_key="none", max_retries=0)


def _gpt(model: Model) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{model.url}/v1", api_key="none", max_retries=0)


def _read(stream: Any) -> CallOutcome:
    """What came of a stream that a caller reads to its end."""
    came: list[CallOutcome] = []
    with WatchedStream(stream, came.append) as items:
        assert len(list(items)) > 1
    return came[0]


@pytest.mark.parametrize("cut_off", [False, True])
def test_anthropic(model: Model, cut_off: bool) -> None:
    model.cut_off = cut_off
    ended: Any = (
        {"stop_reason": "max_tokens", "truncated": True, "success": None} if cut_off else {}
    )
    expected = replace(_MESSAGE, **ended)
    with _claude(model) as claude:
        assert outcome_of(claude.messages.create(**_MESSAGES)) == expected
        assert _read(claude.messages.create(**_MESSAGES, stream=True)) == expected
        events = list(claude.messages.create(**_MESSAGES, stream=True))
        assert outcome_of(events) == expected
        assert _read(claude.messages.stream(**_MESSAGES)) == expected
        with claude.messages.stream(**_MESSAGES) as stream:
            assert "".join(stream.text_stream) == "done"
            assert outcome_of(stream) == outcome_of(stream.get_final_message()) == expected


@pytest.mark.parametrize("cut_off", [False, True])
def test_openai(model: Model, cut_off: bool) -> None:
    model.cut_off = cut_off
    ended: Any = {"stop_reason": "length", "truncated": True, "success": None} if cut_off else {}
    chat = replace(_CHAT, **ended)
    with _gpt(model) as gpt:
        assert outcome_of(gpt.chat.completions.create(**_CHATS)) == chat
        assert _read(gpt.chat.completions.create(**_STREAMED)) == chat
        assert outcome_of(list(gpt.chat.completions.create(**_STREAMED))) == chat
        options: Any = {"stream_options": {"include_usage": True}}
        assert _read(gpt.chat.completions.stream(**_CHATS, **options)) == chat
        assert outcome_of(gpt.completions.create(model="gpt-5.1", prompt="write")) == chat
        ended = {**ended, "stop_reason": "max_output_tokens"} if cut_off else {}
        response = replace(_RESPONSE, **ended)
        assert outcome_of(gpt.responses.create(**_RESPONSES)) == response
        assert _read(gpt.responses.create(**_RESPONSES, stream=True)) == response
        assert _read(gpt.responses.stream(**_RESPONSES)) == response


def test_their_asynchronous_clients(model: Model) -> None:
    came: list[CallOutcome] = []

    async def read(stream: Any) -> None:
        async with WatchedStream(stream, came.append) as items:
            assert [one async for one in items]

    async def ask() -> None:
        async with anthropic.AsyncAnthropic(base_url=model.url, api_key="none") as claude:
            came.append(outcome_of(await claude.messages.create(**_MESSAGES)))
            await read(await claude.messages.create(**_MESSAGES, stream=True))
            await read(claude.messages.stream(**_MESSAGES))
        async with openai.AsyncOpenAI(base_url=f"{model.url}/v1", api_key="none") as gpt:
            came.append(outcome_of(await gpt.chat.completions.create(**_CHATS)))
            await read(await gpt.chat.completions.create(**_STREAMED))
            await read(await gpt.responses.create(**_RESPONSES, stream=True))

    asyncio.run(ask())
    assert came == [_MESSAGE, _MESSAGE, _MESSAGE, _CHAT, _CHAT, _RESPONSE]


def test_a_stream_of_chat_that_was_not_asked_for_usage_states_no_tokens(model: Model) -> None:
    with _gpt(model) as gpt, pytest.warns(RuntimeWarning, match="include_usage"):
        said = _read(gpt.chat.completions.create(**_CHATS, stream=True))
    unknown: Any = {"output_tokens": None, "input_tokens": None, "reasoning_tokens": None}
    assert said == replace(_CHAT, **unknown)


def test_a_stream_that_is_broken_off_has_no_count_of_its_own(model: Model) -> None:
    with _claude(model) as claude:
        came: list[CallOutcome] = []
        with WatchedStream(claude.messages.create(**_MESSAGES, stream=True), came.append) as items:
            next(items)
    begun = CallOutcome(
        input_tokens=25, success=False, model=_MESSAGE.model, call_id=_MESSAGE.call_id
    )
    assert came == [begun]


def test_their_errors_are_calls_that_failed(model: Model) -> None:
    model.text = "CANARY-4711"
    model.errors = [500, 429, 400]
    with _claude(model) as claude, pytest.raises(anthropic.InternalServerError) as broken:
        claude.messages.create(**_MESSAGES)
    with _gpt(model) as gpt:
        with pytest.raises(openai.RateLimitError) as limited:
            gpt.chat.completions.create(**_CHATS)
        with pytest.raises(openai.BadRequestError) as bad:
            gpt.responses.create(**_RESPONSES)
    for error in (broken, limited, bad):
        assert outcome_of(error.value) == CallOutcome(success=False)


class _Page(BaseModel):
    title: str


def test_openai_raises_what_was_cut_off_when_it_parses(model: Model) -> None:
    model.cut_off = True
    with _gpt(model) as gpt, pytest.raises(openai.LengthFinishReasonError) as cut_off:
        gpt.chat.completions.parse(**_CHATS, response_format=_Page)
    said = outcome_of(cut_off.value)
    assert (said.output_tokens, said.truncated, said.success) == (1218, True, False)
