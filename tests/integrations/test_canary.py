"""Nothing of a prompt, a reply, an error or a tool's arguments is kept, logged or told."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import anthropic
import litellm
import openai
import pytest
from opentelemetry.sdk.trace import TracerProvider

from coefgate import Registry
from coefgate.integrations.opentelemetry import CoefgateSpanProcessor
from coefgate.runner.record_spool import spool_folder
from tests.integrations.litellm_module import (
    LITELLM_WARNINGS,
    TellingCallback,
    forget_callbacks,
)
from tests.model_server import Model
from tests.runner.canary import TEXT, WORD, leaks
from tests.runner.recorded import CALL, records

pytestmark = LITELLM_WARNINGS
_MESSAGES: Any = [{"role": "user", "content": TEXT}]
_TOOLS: Any = [{"name": "write", "description": TEXT, "input_schema": {"type": "object"}}]


@pytest.fixture
def canary(model: Model) -> Model:
    model.text = TEXT
    model.calls_tools = True
    return model


@pytest.fixture
def telling(registry: Registry) -> Iterator[TellingCallback]:
    made = TellingCallback(registry)
    litellm.callbacks = [made]
    litellm.suppress_debug_info = True
    yield made
    forget_callbacks()


@pytest.fixture
def told(
    recwarn: pytest.WarningsRecorder, caplog: pytest.LogCaptureFixture
) -> Callable[[], list[str]]:
    """What this program said until now; the clients' own logs are their users' affair."""
    caplog.set_level(logging.DEBUG, logger="coefgate")

    def said() -> list[str]:
        logs = [one.getMessage() for one in caplog.records if one.name.startswith("coefgate")]
        return logs + [str(one.message) for one in recwarn]

    return said


def _by_clients(registry: Registry, model: Model) -> None:
    """Ask by every client; then each is refused, and says why in the canary's words."""
    claude = anthropic.Anthropic(base_url=model.url, api_key="none", max_retries=0)
    gpt = openai.OpenAI(base_url=f"{model.url}/v1", api_key="none", max_retries=0)
    asked: Any = {"model": "claude-sonnet-4-5", "max_tokens": 2000, "messages": _MESSAGES}
    chat: Any = {"model": "gpt-5.1", "messages": _MESSAGES}
    usage: Any = {"stream": True, "stream_options": {"include_usage": True}}
    with claude, gpt:
        ways: list[Callable[[], Any]] = [
            lambda: claude.messages.create(**asked, tools=_TOOLS),
            lambda: claude.messages.create(**asked, stream=True),
            lambda: gpt.chat.completions.create(**chat),
            lambda: gpt.chat.completions.create(**chat, **usage),
            lambda: gpt.responses.create(model="gpt-5.1", input=TEXT, instructions=TEXT),
            lambda: gpt.responses.create(model="gpt-5.1", input=TEXT, stream=True),
        ]
        for code in (None, 400):
            for way in ways:
                model.errors = [] if code is None else [code]
                with (
                    suppress(anthropic.APIError, openai.APIError),
                    registry.record(**CALL) as call,
                ):
                    reply = way()
                    if isinstance(reply, anthropic.Stream | openai.Stream):
                        for _ in call.watch(reply):
                            pass
                    else:
                        call.finish_from(reply)


def _by_litellm(telling: TellingCallback, model: Model) -> None:
    facts = {**CALL}
    del facts["model"]
    asked: Any = {
        "model": "openai/gpt-5.1",
        "api_base": f"{model.url}/v1",
        "api_key": "none",
        "messages": _MESSAGES,
        "max_retries": 0,
    }
    for errors in ([], [400, 400]):
        model.errors = errors
        with suppress(litellm.exceptions.BadRequestError):
            litellm.completion(**asked, metadata={"coefgate": dict(facts)})
        telling.wait()

        async def ask() -> None:
            with suppress(litellm.exceptions.BadRequestError):
                await litellm.acompletion(**asked, metadata={"coefgate": dict(facts)})
            await asyncio.to_thread(telling.wait)

        asyncio.run(ask())


def _by_spans(registry: Registry) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(CoefgateSpanProcessor(registry))
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": TEXT,
        "gen_ai.output.messages": TEXT,
        "gen_ai.tool.call.arguments": TEXT,
        "gen_ai.response.finish_reasons": [TEXT],
        "gen_ai.response.id": TEXT,
        "coefgate.category": "docs",
        "coefgate.complexity": "low",
    }
    tracer = provider.get_tracer("tests")
    with (
        suppress(RuntimeError),
        tracer.start_as_current_span(TEXT, attributes=attributes) as span,
    ):
        span.add_event(TEXT)
        raise RuntimeError(TEXT)


def _by_hand(registry: Registry) -> None:
    """A caller that hands over what is none of what is asked for."""
    with suppress(RuntimeError), registry.record(**CALL) as call:
        raise RuntimeError(TEXT)
    for reply in (TEXT, [TEXT], {"content": TEXT}, RuntimeError(TEXT)):
        registry.record_call(reply, **CALL)
    registry.record_call(**CALL, output_tokens=5, stop_reason=TEXT, call_id=TEXT)
    with registry.record(**{**CALL, "category": TEXT, "model": TEXT}, phase_id=TEXT) as call:
        call.finish(output_tokens=5, model=TEXT)


@pytest.mark.filterwarnings("default::RuntimeWarning")
def test_nothing_of_a_call_is_kept_or_told(
    registry: Registry,
    canary: Model,
    telling: TellingCallback,
    told: Callable[[], list[str]],
    tmp_path: Path,
) -> None:
    database = tmp_path / "telemetry.db"
    (tmp_path / "snapshot.json").unlink()
    for waits in (False, True):
        with closing(sqlite3.connect(database)) as other:
            if waits:  # all that is recorded now goes to the spool
                other.execute("BEGIN IMMEDIATE")
            _by_clients(registry, canary)
            _by_litellm(telling, canary)
            _by_spans(registry)
            _by_hand(registry)
            assert any(spool_folder(database).glob("*.jsonl")) is waits
            assert leaks(tmp_path, told()) == []
    asked = [one for one in canary.asked if WORD in str(one)]
    assert len(asked) == len(canary.asked) == 32
    registry.record_to(tmp_path / "other.db").close()  # what waited is taken in
    assert len(records(database)) == 2 * (12 + 4 + 1 + 7)
    assert leaks(tmp_path, told()) == []


def test_a_leak_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "telemetry.db-wal").write_bytes(TEXT.encode())
    assert leaks(tmp_path, [f"a word: {TEXT}", "another"]) == [
        "telemetry.db-wal",
        f"a word: {TEXT}",
    ]
