"""A model on loopback that speaks like Anthropic and OpenAI, whole or as a stream of events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.runner.servers import Answer, Web, status, web_server

Document = dict[str, Any]


@dataclass(slots=True)
class Model:
    """What it says of each reply; ``asked`` are the requests that came.

    ``errors``: statuses with which the next requests fail. ``states_usage``: whether it says how
    many tokens a reply had; a stream of chat says so only to those who ask, as OpenAI's does.
    ``breaks_off``: a stream ends in the middle. ``calls_tools``: whole replies do. ``text``: all
    content, also of errors.
    """

    web: Web
    text: str = "done"
    input_tokens: int = 25
    output_tokens: int = 1218
    reasoning_tokens: int = 200
    cut_off: bool = False
    states_usage: bool = True
    breaks_off: bool = False
    calls_tools: bool = False
    errors: list[int] = field(default_factory=list)
    asked: list[Document] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.web.root

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer as the path and ``stream`` ask for it."""
        request = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        self.asked.append(request)
        if self.errors:
            error = {"type": "server_error", "message": self.text}
            body = {"type": "error", "error": error}
            return _json(self.errors.pop(0), body)(handler)
        speak = {
            "/v1/messages": (self.message, self.message_events),
            "/v1/chat/completions": (self.chat, self.chat_chunks),
            "/v1/completions": (self.completion, self.chat_chunks),
            "/v1/responses": (self.response, self.response_events),
        }
        whole, stream = speak[handler.path]
        if not request.get("stream"):
            return _json(200, whole())(handler)
        events = list(stream(request))
        return _events(events[: len(events) // 2] if self.breaks_off else events)(handler)

    def message(self) -> Document:
        """A reply of Anthropic's Messages, 10 of whose input tokens come from a cache."""
        given = {"text": self.text}
        tool = {"type": "tool_use", "id": "toolu_1", "name": "write", "input": given}
        return {
            "id": "msg_013Zva2CMHLNnXjNJJKqJ2EF",
            "type": "message",
            "role": "assistant",
            "model": "claude-sonnet-4-5-20250929",
            "content": [
                {"type": "text", "text": self.text},
                *([tool] if self.calls_tools else []),
            ],
            "stop_reason": "max_tokens" if self.cut_off else "end_turn",
            "stop_sequence": None,
            "usage": self._anthropic_usage(),
        }

    def message_events(self, _request: Document) -> Iterator[tuple[str, Document]]:
        """The same as a stream, which begins with a number of tokens that is none."""
        end = self.message()
        begun = {**end["usage"], "output_tokens": 4}
        begun.pop("output_tokens_details")
        start = {**end, "content": [], "stop_reason": None, "usage": begun}
        block = {"type": "text", "text": ""}
        delta = {"stop_reason": end["stop_reason"], "stop_sequence": None}
        events: list[Document] = [
            {"type": "message_start", "message": start},
            {"type": "content_block_start", "index": 0, "content_block": block},
            {"type": "ping"},
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": self.text},
            },
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": delta, "usage": end["usage"]},
            {"type": "message_stop"},
        ]
        for event in events:
            yield event["type"], event

    def _anthropic_usage(self) -> Document:
        return {
            "input_tokens": self.input_tokens - 10,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 10,
            "output_tokens": self.output_tokens,
            "output_tokens_details": {"thinking_tokens": self.reasoning_tokens},
        }

    def chat(self) -> Document:
        """A reply of OpenAI's Chat Completions."""
        tool = {"name": "write", "arguments": json.dumps({"text": self.text})}
        message: Document = {
            "role": "assistant",
            "content": self.text,
            "refusal": None,
        }
        if self.calls_tools:
            message["tool_calls"] = [{"id": "call_1", "type": "function", "function": tool}]
        return {
            **self._chat("chat.completion"),
            "choices": [
                {"index": 0, "message": message, "finish_reason": self._finish, "logprobs": None}
            ],
            **({"usage": self._chat_usage()} if self.states_usage else {}),
        }

    def chat_chunks(self, request: Document) -> Iterator[tuple[str, Document]]:
        """The same as a stream; what it used stands in a chunk of its own, without a choice."""
        chunk = {**self._chat("chat.completion.chunk"), "usage": None}
        for delta, reason in [
            ({"role": "assistant", "content": ""}, None),
            ({"content": self.text}, None),
            ({}, self._finish),
        ]:
            choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
            yield "", {**chunk, "choices": [{**choice, "text": delta.get("content", "")}]}
        if self.states_usage and (request.get("stream_options") or {}).get("include_usage"):
            yield "", {**chunk, "choices": [], "usage": self._chat_usage()}

    def completion(self) -> Document:
        """A reply of OpenAI's Completions."""
        choice = {"index": 0, "text": self.text, "finish_reason": self._finish, "logprobs": None}
        return {
            **self._chat("text_completion"),
            "choices": [choice],
            "usage": self._chat_usage(),
        }

    @property
    def _finish(self) -> str:
        return "length" if self.cut_off else "stop"

    def _chat(self, kind: str) -> Document:
        return {
            "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
            "object": kind,
            "created": 1741569952,
            "model": "gpt-5.1-2025-11-13",
        }

    def _chat_usage(self) -> Document:
        return {
            "prompt_tokens": self.input_tokens,
            "completion_tokens": self.output_tokens,
            "total_tokens": self.input_tokens + self.output_tokens,
            "prompt_tokens_details": {"cached_tokens": 10, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": self.reasoning_tokens},
        }

    def response(self) -> Document:
        """A reply of OpenAI's Responses."""
        part = {"type": "output_text", "text": self.text, "annotations": []}
        message = {
            "type": "message",
            "id": "msg_67ccd3acc8d48190a77525dc6de64b41",
            "role": "assistant",
            "status": "completed",
            "content": [part],
        }
        return {
            **self._response("incomplete" if self.cut_off else "completed"),
            "incomplete_details": {"reason": "max_output_tokens"} if self.cut_off else None,
            "output": [message],
            "usage": {
                "input_tokens": self.input_tokens,
                "input_tokens_details": {"cached_tokens": 10, "cache_write_tokens": 0},
                "output_tokens": self.output_tokens,
                "output_tokens_details": {"reasoning_tokens": self.reasoning_tokens},
                "total_tokens": self.input_tokens + self.output_tokens,
            },
        }

    def _response(self, state: str) -> Document:
        return {
            "id": "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
            "object": "response",
            "created_at": 1741476542,
            "status": state,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "model": "gpt-5.1-2025-11-13",
            "output": [],
            "parallel_tool_calls": True,
            "temperature": 1.0,
            "tool_choice": "auto",
            "tools": [],
            "top_p": 1.0,
            "usage": None,
        }

    def response_events(self, _request: Document) -> Iterator[tuple[str, Document]]:
        """The same as a stream."""
        end = self.response()
        message = end["output"][0]
        place = {"item_id": message["id"], "output_index": 0, "content_index": 0}
        last = f"response.{end['status']}"
        events: list[Document] = [
            {"type": "response.created", "response": self._response("in_progress")},
            {
                "type": "response.output_item.added",
                "output_index": 0,
                "item": {**message, "content": []},
            },
            {
                "type": "response.content_part.added",
                **place,
                "part": {"type": "output_text", "text": "", "annotations": []},
            },
            {
                "type": "response.output_text.delta",
                **place,
                "delta": self.text,
                "logprobs": [],
            },
            {
                "type": "response.output_text.done",
                **place,
                "text": self.text,
                "logprobs": [],
            },
            {"type": "response.output_item.done", "output_index": 0, "item": message},
            {"type": last, "response": end},
        ]
        for number, event in enumerate(events):
            yield event["type"], {**event, "sequence_number": number}


@contextmanager
def model_server() -> Iterator[Model]:
    """The model until the end of the block."""
    with web_server() as web:
        model = Model(web)
        web.other = model.answer
        yield model


def _json(code: int, document: Document) -> Answer:
    body = json.dumps(document).encode()
    return status(code, {"Content-Type": "application/json"}, body)


def _events(events: Iterable[tuple[str, Document]]) -> Answer:
    said = [
        f"event: {name}\ndata: {json.dumps(event)}\n\n"
        if name
        else f"data: {json.dumps(event)}\n\n"
        for name, event in events
    ]
    chat = not said or not said[0].startswith("event")
    body = "".join([*said, "data: [DONE]\n\n" if chat else ""]).encode()
    return _sse(body)


def _sse(body: bytes) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        handler.wfile.write(body)

    return answer
