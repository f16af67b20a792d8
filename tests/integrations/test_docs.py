"""The program on docs/how-to/recording.md runs, against a model on loopback."""

from __future__ import annotations

import asyncio
import re
from importlib import metadata
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest
from opentelemetry.sdk.trace import TracerProvider

from coefgate import Registry
from coefgate.integrations.call_facts import NAMES
from tests.integrations.litellm_module import (
    LITELLM_WARNINGS,
    TellingCallback,
    forget_callbacks,
)
from tests.model_server import Model
from tests.runner.recorded import built, records

pytestmark = LITELLM_WARNINGS
PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "recording.md").read_text("utf-8")
PROGRAM = "\n".join(re.findall(r"(?ms)^```python\n(.*?)^```$", PAGE))


def test_every_way_on_the_page_records(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Registry, "from_lock", lambda: Registry.from_snapshot(built(tmp_path)))
    monkeypatch.setattr("coefgate.integrations.litellm.CoefgateCallback", TellingCallback)
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{model.url}/v1")
    provider = TracerProvider(shutdown_on_exit=False)
    tracer = provider.get_tracer("tests")

    def instrumented() -> None:
        asked = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "claude-sonnet-4-5"}
        with tracer.start_as_current_span("chat", attributes=asked) as span:
            span.set_attribute("gen_ai.usage.output_tokens", 1218)
            span.set_attribute("gen_ai.response.finish_reasons", ["stop"])

    with (
        anthropic.Anthropic(base_url=model.url, api_key="none") as claude,
        openai.OpenAI(base_url=f"{model.url}/v1", api_key="none") as gpt,
    ):
        names: dict[str, Any] = {
            "ask": lambda **_limit: {"tokens": 1218, "stopped": "end_turn"},
            "claude": claude,
            "openai": gpt,
            "gpt": "openai/gpt-5.1",
            "messages": [{"role": "user", "content": "write the page"}],
            "provider": provider,
            "tracer": tracer,
            "ask_as_instrumented": instrumented,
        }
        try:
            exec(compile(PROGRAM, "docs/how-to/recording.md", "exec"), names)  # noqa: S102 (our own page)
            asyncio.run(_written(names))
        finally:
            forget_callbacks()
    names["registry"].record_to("other.db").close()
    rows = records(tmp_path / "telemetry.db")
    assert len(rows) == 8
    assert {one.category for one in rows} == {"docs"}
    finished = [one for one in rows if one.state == "finished"]
    assert {(one.actual_output_tokens, one.success) for one in finished} == {(1218, 1)}
    limits = [one.get("max_tokens") or one.get("max_completion_tokens") for one in model.asked]
    assert None not in limits


async def _written(names: dict[str, Any]) -> None:
    await names["write"]()
    for _ in ("that one", "and the synchronous one before"):
        await asyncio.to_thread(names["coefgate"].wait)


def test_the_page_names_every_fact() -> None:
    listed = PAGE.partition("- Facts are ")[2].partition(", as in")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == set(NAMES)


@pytest.mark.parametrize("package", ["anthropic", "openai", "litellm", "opentelemetry-sdk"])
def test_the_page_states_the_versions_that_are_tested(package: str) -> None:
    installed = ".".join(metadata.version(package).split(".")[:2])
    assert re.search(rf"tested\s+with\s+[^;]*{package}\s+{re.escape(installed)}\b", PAGE)


@pytest.mark.parametrize("package", ["litellm", "opentelemetry-sdk"])
def test_the_page_states_the_versions_that_the_extras_ask_for(package: str) -> None:
    extras = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    (least,) = re.findall(rf'= \["{package}>=([\d.]+)"\]', extras)
    assert re.search(rf"(?i)needs\s+`?{package}`?\s+{re.escape(least)}\s+or\s+newer", PAGE)
