from __future__ import annotations

import warnings
from collections.abc import Iterator
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest

from coefgate.core.stop_reasons import ending, worst
from coefgate.runner.replies import CallOutcome, outcome_of

_CONTENT = "CANARY-4711 the reply's own words"


def _object(value: Any) -> Any:
    """The same reply as a client library gives it: with attributes, all the way down."""
    if isinstance(value, dict):
        return SimpleNamespace(**{name: _object(each) for name, each in value.items()})
    return [_object(one) for one in value] if isinstance(value, list) else value


def _message(stop_reason: str | None = "end_turn", **usage: Any) -> dict[str, Any]:
    used = {"input_tokens": 15, "output_tokens": 1218, **usage}
    text = [{"type": "text", "text": _CONTENT}]
    named = {"id": "msg_1", "type": "message", "model": "claude-sonnet-4-5"}
    return {**named, "stop_reason": stop_reason, "content": text, "usage": used}


def _chat(*reasons: str | None, **usage: Any) -> dict[str, Any]:
    used = {"prompt_tokens": 25, "completion_tokens": 900, **usage}
    choices = [
        {"index": index, "finish_reason": reason, "message": {"content": _CONTENT}}
        for index, reason in enumerate(reasons)
    ]
    return {"id": "chatcmpl-1", "model": "gpt-5.1", "choices": choices, "usage": used}


def _response(status: str, **more: Any) -> dict[str, Any]:
    return {"object": "response", "id": "resp_1", "model": "gpt-5.1", "status": status, **more}


_CONVERSE = {
    "ResponseMetadata": {"RequestId": "3e1d"},
    "output": {"message": {"role": "assistant", "content": [{"text": _CONTENT}]}},
    "stopReason": "max_tokens",
    "usage": {
        "inputTokens": 20,
        "outputTokens": 512,
        "totalTokens": 537,
        "cacheReadInputTokens": 5,
    },
}


class FinishReason(Enum):
    MAX_TOKENS = 2


_GEMINI = {
    "response_id": "g1",
    "model_version": "gemini-3-pro",
    "candidates": [{"finish_reason": FinishReason.MAX_TOKENS, "index": 0}],
    "usage_metadata": {
        "prompt_token_count": 30,
        "candidates_token_count": 300,
        "thoughts_token_count": 700,
        "total_token_count": 1030,
    },
}


@pytest.mark.parametrize("form", [dict, _object])
@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        # Anthropic: what came from the cache is not in input_tokens, thinking is in output_tokens.
        (
            _message(
                cache_read_input_tokens=8,
                cache_creation_input_tokens=2,
                output_tokens_details={"thinking_tokens": 200},
            ),
            (1218, 25, 200, "end_turn", False, True, "claude-sonnet-4-5", "msg_1"),
        ),
        # OpenAI: reasoning is in completion_tokens.
        (
            _chat("length", completion_tokens_details={"reasoning_tokens": 640}, total_tokens=925),
            (900, 25, 640, "length", True, None, "gpt-5.1", "chatcmpl-1"),
        ),
        # Some who speak like OpenAI count it apart: 25 + 900 + 640 = 1565 in all.
        (
            _chat("stop", completion_tokens_details={"reasoning_tokens": 640}, total_tokens=1565),
            (1540, 25, 640, "stop", False, True, "gpt-5.1", "chatcmpl-1"),
        ),
        (
            _response(
                "incomplete",
                incomplete_details={"reason": "max_output_tokens"},
                usage={"input_tokens": 7, "output_tokens": 64, "total_tokens": 71},
            ),
            (64, 7, None, "max_output_tokens", True, None, "gpt-5.1", "resp_1"),
        ),
        # Bedrock: 20 and 5 from a cache.
        (_CONVERSE, (512, 25, None, "max_tokens", True, None, None, None)),
        # Gemini: thoughts are not in candidates_token_count.
        (_GEMINI, (1000, 30, 700, "MAX_TOKENS", True, None, "gemini-3-pro", "g1")),
    ],
)
def test_each_provider_counts_in_its_own_way(
    reply: dict[str, Any], outcome: tuple[Any, ...], form: Any
) -> None:
    names = ("output_tokens", "input_tokens", "reasoning_tokens", "stop_reason")
    fields = dict(zip((*names, "truncated", "success", "model", "call_id"), outcome, strict=True))
    assert outcome_of(form(reply)) == CallOutcome(**fields)


def test_gemini_may_have_thought_and_said_nothing() -> None:
    usage = {"promptTokenCount": 30, "thoughtsTokenCount": 700}
    reply = {"candidates": [{"finishReason": "MAX_TOKENS"}], "usageMetadata": usage}
    said = outcome_of(reply)
    assert (said.output_tokens, said.reasoning_tokens, said.truncated) == (700, 700, True)


@pytest.mark.parametrize(
    ("stop_reason", "truncated", "success"),
    [
        ("end_turn", False, True),
        ("tool_use", False, True),
        ("stop_sequence", False, True),
        ("max_tokens", True, None),
        ("model_context_window_exceeded", True, None),
        ("refusal", False, False),
        ("pause_turn", None, None),
        ("a_word_of_tomorrow", None, None),
    ],
)
def test_every_stop_reason_of_a_message(
    stop_reason: str, truncated: bool | None, success: bool | None
) -> None:
    said = outcome_of(_message(stop_reason))
    assert (said.stop_reason, said.truncated, said.success) == (stop_reason, truncated, success)
    assert said.output_tokens == 1218


def test_a_reply_that_does_not_say_why_it_stopped_is_not_said_to_be_whole() -> None:
    said = outcome_of(_chat(None))
    assert (said.stop_reason, said.truncated, said.success) == (None, None, None)
    assert said.output_tokens == 900
    # Anthropic's null: the reply has only begun, and its number of tokens is a placeholder.
    said = outcome_of(_message(None))
    assert (said.output_tokens, said.input_tokens, said.truncated) == (None, 15, None)


@pytest.mark.parametrize(
    ("reply", "stop_reason", "truncated", "success"),
    [
        (_chat("content_filter"), "content_filter", False, False),
        (_chat("tool_calls"), "tool_calls", False, True),
        (_chat("function_call"), "function_call", False, True),
        (_response("completed"), "completed", False, True),
        (_response("failed", error={"code": "server_error"}), "failed", False, False),
        (_response("cancelled"), "cancelled", False, False),
        (_response("in_progress"), None, None, None),
        (_response("incomplete"), "incomplete", True, None),
        (
            _response("incomplete", incomplete_details={"reason": "content_filter"}),
            "content_filter",
            False,
            False,
        ),
    ],
)
def test_every_ending_of_openai(
    reply: dict[str, Any], stop_reason: str | None, truncated: bool | None, success: bool | None
) -> None:
    with warnings.catch_warnings(record=True):
        said = outcome_of(reply)
    assert (said.stop_reason, said.truncated, said.success) == (stop_reason, truncated, success)


def test_a_model_that_refuses_and_stops_has_not_done_its_work() -> None:
    reply = _chat("stop")
    reply["choices"][0]["message"]["refusal"] = _CONTENT
    assert outcome_of(reply).success is False
    content = [{"type": "refusal", "refusal": _CONTENT}]
    with pytest.warns(RuntimeWarning, match="states no output tokens"):
        assert outcome_of(_response("completed", output=[])).success is True
    refused = _response("completed", output=[{"type": "message", "content": content}])
    assert outcome_of(refused).success is False


def test_tokens_of_several_choices_are_a_sum_that_no_ceiling_limits() -> None:
    with pytest.warns(RuntimeWarning, match="several choices"):
        said = outcome_of(_chat("stop", "length", "stop"))
    assert said == CallOutcome(
        input_tokens=25,
        stop_reason="length",
        truncated=True,
        model="gpt-5.1",
        call_id="chatcmpl-1",
    )


def test_of_several_endings_the_worst_counts() -> None:
    assert worst(map(ending, ["stop", "length", "content_filter"])) == "cut-off"
    assert worst(map(ending, ["stop", "pause_turn", "content_filter"])) is None
    assert worst(map(ending, ["stop", "content_filter"])) == "broken-off"
    assert worst([]) is None


def test_a_reply_without_usage_has_no_tokens_and_a_remedy() -> None:
    reply = _chat("stop")
    del reply["usage"]
    with pytest.warns(RuntimeWarning, match="include_usage") as said:
        outcomes = [outcome_of(reply), outcome_of(reply)]
    assert [(one.output_tokens, one.success) for one in outcomes] == [(None, True)] * 2
    assert len(said) == 1
    # A usage of nothing is LiteLLM's way of writing the same.
    assert outcome_of(_chat("stop", prompt_tokens=0, completion_tokens=0)).output_tokens is None


def test_a_stream_of_messages_is_its_last_count() -> None:
    start = _message(None, output_tokens=3, cache_read_input_tokens=10)
    stream = [
        {"type": "message_start", "message": start},
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": _CONTENT}},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "max_tokens"},
            "usage": {"output_tokens": 77},
        },
        {"type": "message_stop"},
    ]
    said = outcome_of([_object(one) for one in stream])
    assert said == CallOutcome(
        output_tokens=77,
        input_tokens=25,
        stop_reason="max_tokens",
        truncated=True,
        model="claude-sonnet-4-5",
        call_id="msg_1",
    )
    assert outcome_of(stream[:2]).output_tokens is None


def test_a_stream_of_chat_begins_with_no_name_at_azure() -> None:
    chunk = {"id": "chatcmpl-1", "model": "gpt-5.1", "usage": None}
    stream = [
        {"id": "", "model": "", "choices": [], "prompt_filter_results": [_CONTENT]},
        {
            **chunk,
            "choices": [{"index": 0, "delta": {"content": _CONTENT}, "finish_reason": None}],
        },
        {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {**chunk, "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4}},
    ]
    said = outcome_of(stream)
    assert (said.call_id, said.model, said.success) == ("chatcmpl-1", "gpt-5.1", True)
    assert (said.output_tokens, said.input_tokens) == (4, 9)


def test_a_stream_of_bedrock() -> None:
    stream = [
        {"messageStart": {"role": "assistant"}},
        {"contentBlockDelta": {"delta": {"text": _CONTENT}}},
        {"messageStop": {"stopReason": "end_turn"}},
        {"metadata": {"usage": {"inputTokens": 3, "outputTokens": 40}}},
    ]
    said = outcome_of(stream)
    assert (said.output_tokens, said.stop_reason, said.success) == (40, "end_turn", True)


@pytest.mark.parametrize(
    ("line", "tokens", "success"),
    [
        ({"custom_id": "a", "result": {"type": "succeeded", "message": _message()}}, 1218, True),
        ({"custom_id": "a", "result": {"type": "errored", "error": {"type": "x"}}}, None, False),
        ({"custom_id": "a", "result": {"type": "expired"}}, None, False),
        ({"id": "batch_req_1", "error": None, "response": {"body": _chat("stop")}}, 900, True),
        ({"type": "error", "error": {"type": "overloaded", "message": _CONTENT}}, None, False),
    ],
)
def test_a_line_of_a_batch_holds_a_reply(
    line: dict[str, Any], tokens: int | None, success: bool
) -> None:
    said = outcome_of(line)
    assert (said.output_tokens, said.success) == (tokens, success)
    assert said.call_id in {None, "msg_1", "chatcmpl-1"}


def test_an_error_is_a_call_that_failed_and_may_hold_what_was_paid_for() -> None:
    assert outcome_of(TimeoutError(_CONTENT)) == CallOutcome(success=False)
    cut_off = ValueError(_CONTENT)
    cut_off.completion = _object(_chat("length"))  # type: ignore[attr-defined] # as openai's
    said = outcome_of(cut_off)
    assert (said.output_tokens, said.truncated, said.success) == (900, True, False)


class _Hostile:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(_CONTENT)


@pytest.mark.parametrize(
    "reply", [None, 7, _CONTENT, b"x", {}, [], object(), _Hostile, iter([_message()]), [_CONTENT]]
)
def test_what_cannot_be_read_is_unknown_and_told_once_without_its_content(reply: Any) -> None:
    if reply is _Hostile:
        reply = _Hostile()
    with pytest.warns(RuntimeWarning, match="cannot be read") as said:
        outcomes = [outcome_of(reply), outcome_of(reply)]
    assert outcomes == [CallOutcome(), CallOutcome()]
    assert [_CONTENT in str(one.message) for one in said] == [False]


def test_an_iterator_is_left_to_its_caller() -> None:
    items: Iterator[Any] = iter([_message()])
    with pytest.warns(RuntimeWarning, match="list_iterator"):
        outcome_of(items)
    assert len(list(items)) == 1


def test_a_caller_for_whom_warnings_are_errors_is_not_stopped() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert outcome_of(object()) == CallOutcome()


def test_a_word_with_spaces_is_content_and_no_name() -> None:
    said = outcome_of({**_message(_CONTENT), "id": _CONTENT, "model": "m" * 201})
    assert (said.stop_reason, said.call_id, said.model) == (None, None, None)


@pytest.mark.parametrize("tokens", [True, "12", 1.5, None, [3]])
def test_what_is_no_whole_number_is_no_count(tokens: Any) -> None:
    assert outcome_of(_message(output_tokens=tokens)).output_tokens is None


def test_an_absurd_number_is_handed_on_so_that_the_record_can_say_so() -> None:
    assert outcome_of(_message(output_tokens=-5)).output_tokens == -5
    assert outcome_of(_message(output_tokens=10**12)).output_tokens == 10**12


def test_a_list_that_cannot_be_read_on_stops_nobody() -> None:
    class Lazy(list[Any]):
        def __iter__(self) -> Any:
            yield {"usage": {"output_tokens": 5, "input_tokens": 3}, "stop_reason": "end_turn"}
            raise RuntimeError("the customer's words")

    assert outcome_of(Lazy([1])).output_tokens == 5


def test_ollama_states_its_tokens_beside_the_reply() -> None:
    reply = {
        "model": "llama3",
        "response": "text",
        "done": True,
        "done_reason": "length",
        "eval_count": 290,
        "prompt_eval_count": 26,
    }
    begun = {"model": "llama3", "response": "te", "done": False}
    expected = CallOutcome(
        output_tokens=290, input_tokens=26, stop_reason="length", truncated=True, model="llama3"
    )
    assert outcome_of(reply) == outcome_of([begun, reply]) == expected


def test_a_prompt_that_gemini_refuses_is_a_call_that_failed() -> None:
    reply = {
        "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
        "usageMetadata": {"promptTokenCount": 4, "totalTokenCount": 4},
    }
    found = outcome_of(reply)
    assert (found.success, found.truncated) == (False, False)
    assert (found.stop_reason, found.input_tokens) == ("PROHIBITED_CONTENT", 4)
