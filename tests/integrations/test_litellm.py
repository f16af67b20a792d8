"""The callback in the real LiteLLM, which asks a server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import litellm
import pytest

from coefgate import Registry
from coefgate.runner.call_record import CallRecord
from tests.integrations.litellm_module import (
    LITELLM_WARNINGS,
    TellingCallback,
    forget_callbacks,
)
from tests.model_server import Model
from tests.runner.recorded import records

pytestmark = LITELLM_WARNINGS
_FACTS: Any = {"category": "docs", "complexity": "low", "deliverables": ["create:docs/guide.md"]}
_ENDED = (1218, 25, 200, "stop", 0, 1)


@pytest.fixture
def callback(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Iterator[TellingCallback]:
    made = TellingCallback(registry)
    monkeypatch.setattr(litellm, "callbacks", [made])
    monkeypatch.setattr(litellm, "suppress_debug_info", True)
    yield made
    forget_callbacks()


def _gpt(model: Model, **more: Any) -> dict[str, Any]:
    asked = {"model": "openai/gpt-5.1", "api_base": f"{model.url}/v1", "api_key": "none"}
    return {**asked, **_request(), **more}


def _claude(model: Model, **more: Any) -> dict[str, Any]:
    asked = {"model": "anthropic/claude-sonnet-4-5", "api_base": model.url, "api_key": "none"}
    return {**asked, **_request(), **more}


def _request() -> dict[str, Any]:
    messages = [{"role": "user", "content": "write the page"}]
    return {"messages": messages, "metadata": {"coefgate": dict(_FACTS)}, "max_retries": 0}


def _end(row: CallRecord) -> tuple[Any, ...]:
    names = ("actual_output_tokens", "input_tokens", "reasoning_tokens", "stop_reason")
    return tuple(getattr(row, name) for name in (*names, "truncated", "success"))


def _run(callback: TellingCallback, ask: Callable[[], Awaitable[Any]], *, ends: int = 1) -> None:
    """Ask in a loop of its own, until LiteLLM has told how it ended, and what failed before."""

    async def asked() -> None:
        reply = await ask()
        if hasattr(reply, "__aiter__"):
            async for _ in reply:
                pass
        for _ in range(ends):
            await asyncio.to_thread(callback.wait)

    asyncio.run(asked())


def _told(callback: TellingCallback, stream: Iterable[Any]) -> None:
    """Read a stream until LiteLLM has told of its end."""
    assert list(stream)
    callback.wait()


@pytest.mark.parametrize("asked", [_gpt, _claude])
def test_a_call_gets_its_budget_and_is_recorded(
    asked: Callable[..., dict[str, Any]],
    registry: Registry,
    callback: TellingCallback,
    model: Model,
    tmp_path: Path,
) -> None:
    answers = asked(model)["model"].partition("/")[2]
    estimate = registry.estimate(**_FACTS, model=answers)
    litellm.completion(**callback.budgeted(**asked(model)))
    callback.wait()
    list(litellm.completion(**callback.budgeted(**asked(model), stream=True), **_usage()))
    callback.wait()
    _run(callback, lambda: litellm.acompletion(**asked(model)))
    _run(callback, lambda: litellm.acompletion(**asked(model), stream=True, **_usage()))
    rows = records(tmp_path / "telemetry.db")
    assert [_end(one) for one in rows] == [_ENDED] * 4
    assert {one.max_output_tokens for one in rows} == {estimate.budget()}
    assert all(str(one.model).startswith(answers) for one in rows)
    assert {one.predicted_tokens for one in rows} == {estimate.tokens}
    sent = [one.get("max_tokens") or one.get("max_completion_tokens") for one in model.asked]
    assert sent == [estimate.budget()] * 4


def _usage() -> dict[str, Any]:
    return {"stream_options": {"include_usage": True}}


def test_the_callers_own_ceiling_stands(
    callback: TellingCallback, model: Model, tmp_path: Path
) -> None:
    for limit in ({"max_tokens": 99}, {"max_completion_tokens": 99}):
        litellm.completion(**callback.budgeted(**_gpt(model, **limit)))
        callback.wait()
        _run(callback, lambda limit=limit: litellm.acompletion(**_gpt(model, **limit)))  # type: ignore[misc]
    assert [one.max_output_tokens for one in records(tmp_path / "telemetry.db")] == [99] * 4
    assert [one["max_completion_tokens"] for one in model.asked] == [99] * 4


def test_responses_are_recorded_whole_and_as_a_stream(
    registry: Registry, callback: TellingCallback, model: Model, tmp_path: Path
) -> None:
    model.cut_off = True
    asked = _gpt(model, input="write the page")
    del asked["messages"], asked["max_retries"]
    litellm.responses(**callback.budgeted(**asked))
    callback.wait()
    stream: Any = litellm.responses(**callback.budgeted(**asked), stream=True)
    _told(callback, stream)
    _run(callback, lambda: litellm.aresponses(**asked))
    _run(callback, lambda: litellm.aresponses(**asked, stream=True))
    rows = records(tmp_path / "telemetry.db")
    assert [_end(one)[:3] for one in rows] == [_ENDED[:3]] * 4
    assert {(one.stop_reason, one.truncated) for one in rows} == {("max_output_tokens", 1)}
    budget = registry.estimate(**_FACTS, model="gpt-5.1").budget()
    assert [one["max_output_tokens"] for one in model.asked] == [budget] * 4
    assert [one.max_output_tokens for one in rows] == [budget] * 4


def test_every_attempt_is_a_record_of_its_own(
    registry: Registry, callback: TellingCallback, model: Model, tmp_path: Path
) -> None:
    deployment = {name: each for name, each in _gpt(model).items() if name in _DEPLOYED}
    # Of two, one is asked at once where the other fails; with one alone LiteLLM would sleep first.
    models = [{"model_name": "writer", "litellm_params": deployment}] * 2
    router = litellm.router.Router(model_list=models, num_retries=1, retry_after=0)
    asked = {**_request(), "model": "writer"}
    del asked["max_retries"]
    model.errors = [500]
    router.completion(**callback.budgeted(**asked))
    callback.wait()
    callback.wait()
    model.errors = [500]
    _run(callback, lambda: router.acompletion(**asked), ends=2)
    failed = (None, None, None, None, None, 0)
    assert [_end(one) for one in records(tmp_path / "telemetry.db")] == [failed, _ENDED] * 2
    # Which model a router takes is not known before; its retries ask for what was asked first.
    before, chosen = (registry.estimate(**_FACTS, model=name) for name in (None, "gpt-5.1"))
    budgets = [before.budget()] * 2 + [chosen.budget()] * 2
    assert [one["max_completion_tokens"] for one in model.asked] == budgets


_DEPLOYED = ("model", "api_base", "api_key")


def test_what_fails_is_recorded_without_its_words(
    callback: TellingCallback, model: Model, tmp_path: Path
) -> None:
    model.errors = [400, 400]
    with pytest.raises(litellm.exceptions.BadRequestError):
        litellm.completion(**_gpt(model))
    with pytest.raises(litellm.exceptions.BadRequestError):
        asyncio.run(litellm.acompletion(**_gpt(model)))
    model.breaks_off = True
    with pytest.raises(litellm.exceptions.MidStreamFallbackError):
        list(litellm.completion(**_gpt(model, stream=True)))
    callback.wait()
    callback.wait()
    callback.wait()
    rows = records(tmp_path / "telemetry.db")
    assert [(one.state, one.success) for one in rows] == [("finished", 0)] * 3
    assert {one.actual_output_tokens for one in rows} == {None}


def test_tokens_that_litellm_counted_itself_are_not_recorded(
    callback: TellingCallback, model: Model, tmp_path: Path
) -> None:
    model.states_usage = False
    with pytest.warns(RuntimeWarning, match="include_usage"):
        _told(callback, litellm.completion(**_gpt(model, stream=True)))
    litellm.completion(**_gpt(model))
    callback.wait()
    unknown = (None, None, None, "stop", 0, 1)
    assert [_end(one) for one in records(tmp_path / "telemetry.db")] == [unknown] * 2


def test_a_call_without_facts_is_left_alone(
    callback: TellingCallback, model: Model, tmp_path: Path
) -> None:
    for metadata in (None, {}, {"coefgate": None}, {"coefgate": "docs, low"}):
        asked = _gpt(model, metadata=metadata)
        assert callback.budgeted(**asked) == asked
        litellm.completion(**asked)
        callback.wait()
    litellm.embedding  # noqa: B018 (there, and never given a ceiling)
    assert records(tmp_path / "telemetry.db") == []
    assert [one.get("max_completion_tokens") for one in model.asked] == [None] * 4


def test_facts_may_come_as_json_through_a_proxy(
    callback: TellingCallback, model: Model, tmp_path: Path
) -> None:
    sent = '{"category": "docs", "complexity": "low", "phase_id": "p-7", "deliverables": []}'
    metadata = {"requester_metadata": {"coefgate": sent}}
    litellm.completion(**_gpt(model, metadata=metadata))
    callback.wait()
    (row,) = records(tmp_path / "telemetry.db")
    assert (row.category, row.phase_id, row.basis) == ("docs", "p-7", "fallback")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"catgory": "docs"}, "'catgory' is not a fact of a call; they are category, complexity"),
        ({"workspace": "/etc"}, "'workspace' is not a fact"),
        ({"category": "docs", "deliverables": ["build:a.md"]}, "begins with no operation"),
    ],
)
def test_facts_that_cannot_be_used_stop_no_call(
    facts: dict[str, Any], words: str, callback: TellingCallback, model: Model, tmp_path: Path
) -> None:
    asked = _gpt(model, metadata={"coefgate": facts})
    with pytest.warns(RuntimeWarning, match=words):
        assert callback.budgeted(**asked) == asked
    litellm.completion(**asked)
    callback.wait()
    assert records(tmp_path / "telemetry.db") == []


def test_an_answer_from_a_cache_is_no_call(callback: TellingCallback, tmp_path: Path) -> None:
    # LiteLLM tells of its end alone. Its cache itself cannot be imported without its proxy.
    told = {"litellm_call_id": "c1", "cache_hit": True, "litellm_params": _request()}
    callback.log_success_event(told, {}, None, None)
    assert records(tmp_path / "telemetry.db") == []


def test_calls_of_which_no_end_is_told_do_not_pile_up(
    callback: TellingCallback, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coefgate.integrations.call_facts.MOST_OPEN", 1)
    for _ in range(2):
        stream = litellm.completion(**_gpt(model, stream=True, **_usage()))
        next(stream)
    litellm.completion(**_gpt(model))
    callback.wait()
    callback._registry.record_to(tmp_path / "other.db")  # closes the file, with all that was left
    states = [one.state for one in records(tmp_path / "telemetry.db")]
    assert states == ["unfinished", "unfinished", "finished"]
