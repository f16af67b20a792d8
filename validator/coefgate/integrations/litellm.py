"""A callback of LiteLLM: it sets the budget where the caller set no ceiling, and records calls.

What LiteLLM tells its callbacks, and when: docs/decisions/0086-what-litellm-lets-a-callback-do.md
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import litellm
from litellm.integrations.custom_logger import CustomLogger

from coefgate.integrations.call_facts import (
    KEY,
    drop_oldest,
    estimate_arguments,
    record_arguments,
    unharmed,
)
from coefgate.runner.recorded_call import RecordedCall
from coefgate.runner.registry import Registry
from coefgate.runner.warn_once import warn_once

_CHAT: Final = ("max_tokens", "max_completion_tokens")
_CEILINGS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("completion", "acompletion", "text_completion", "atext_completion"), _CHAT),
    **dict.fromkeys(("responses", "aresponses"), ("max_output_tokens",)),
    "anthropic_messages": ("max_tokens",),
}
"""The kinds of calls that write, and what each calls its ceiling; the first is set."""
_SENT: Final = ("max_tokens", "max_completion_tokens", "max_output_tokens", "maxTokens")
_UNKNOWN: Final = {"output_tokens": None, "input_tokens": None, "reasoning_tokens": None}


class CoefgateCallback(CustomLogger):
    """For ``litellm.callbacks``; ``registry`` records somewhere: ``record_to`` was called.

        litellm.callbacks = [CoefgateCallback(registry)]
        litellm.acompletion(..., metadata={"coefgate": {"category": "docs", "complexity": "low",
                                                        "deliverables": ["create:docs/a.md"]}})

    A call without such metadata is left alone. LiteLLM lets no callback change a synchronous call:
    give that ``**callback.budgeted(...)``. ``risk``, ``floor``, ``ceiling``: as in
    ``Estimate.budget``; ``workspace``: as in ``Registry.estimate``.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        risk: float | None = None,
        floor: int | None = None,
        ceiling: int | None = None,
        workspace: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__()
        self._registry = registry
        self._limits: dict[str, Any] = {"risk": risk, "floor": floor, "ceiling": ceiling}
        self._workspace = workspace
        self._open: dict[str, RecordedCall] = {}

    def budgeted(self, **request: Any) -> dict[str, Any]:
        """What ``completion`` or ``responses`` is asked, with a ceiling unless it has one."""
        kind = "completion" if "messages" in request or "prompt" in request else "responses"
        return self._with_ceiling(request, _CEILINGS[kind])

    async def async_pre_call_deployment_hook(
        self, kwargs: dict[str, Any], call_type: Any
    ) -> dict[str, Any]:
        return self._with_ceiling(kwargs, _CEILINGS.get(getattr(call_type, "value", call_type)))

    def log_pre_api_call(self, model: Any, messages: Any, kwargs: dict[str, Any]) -> None:
        facts = _facts(kwargs.get("litellm_params") or {})
        if facts is None or kwargs.get("call_type") not in _CEILINGS:
            return
        self._finish(kwargs, success=False)  # it is tried again, so it failed before
        with unharmed("metadata of a call through LiteLLM"):
            sent = kwargs.get("optional_params") or {}
            call = self._registry.record(
                **record_arguments(facts),
                **self._limits,
                model=model,
                workspace=self._workspace,
                max_output_tokens=next((sent[name] for name in _SENT if sent.get(name)), None),
            )
            self._open[str(kwargs.get("litellm_call_id"))] = call
        drop_oldest(self._open)

    def log_success_event(
        self, kwargs: dict[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        call = self._open.pop(str(kwargs.get("litellm_call_id")), None)
        if call is None:
            return
        if _counted_here(kwargs, response_obj):
            warn_once(
                "a stream through LiteLLM states no tokens, so they are not recorded; ask for "
                "them with stream_options={'include_usage': True}"
            )
            call.finish_from(response_obj, **_UNKNOWN)
        else:
            call.finish_from(response_obj)

    async def async_log_success_event(
        self, kwargs: dict[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        self.log_success_event(kwargs, response_obj, start_time, end_time)

    def log_failure_event(
        self, kwargs: dict[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        self._finish(kwargs, success=False)

    async def async_log_failure_event(
        self, kwargs: dict[str, Any], response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        self._finish(kwargs, success=False)

    def _finish(self, kwargs: Mapping[str, Any], *, success: bool) -> None:
        call = self._open.pop(str(kwargs.get("litellm_call_id")), None)
        if call is not None:
            call.finish(success=success)

    def _with_ceiling(
        self, request: dict[str, Any], names: tuple[str, ...] | None
    ) -> dict[str, Any]:
        if names is None or any(request.get(name) is not None for name in names):
            return request
        facts = _facts(request)
        if facts is None:
            return request
        with unharmed("metadata of a call through LiteLLM"):
            estimate = self._registry.estimate(
                **estimate_arguments(facts),
                model=_model(request),
                workspace=self._workspace,
            )
            return {**request, names[0]: estimate.budget(**self._limits)}
        return request


def _facts(request: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the metadata of a request says of it, also where it came through LiteLLM's proxy."""
    for place in ("metadata", "litellm_metadata"):
        metadata = request.get(place)
        for one in (metadata, _get(metadata, "requester_metadata")):
            found = _get(one, KEY)
            if isinstance(found, str):
                with suppress(ValueError):
                    found = json.loads(found)
            if isinstance(found, Mapping):
                return found
    return None


def _model(request: Mapping[str, Any]) -> str | None:
    """The model by the name that a callback is told later; ``None``: a router knows which."""
    model = str(request.get("model"))
    provider, _, rest = model.partition("/")
    if rest and provider in litellm.provider_list:
        return rest
    return model if model in litellm.model_cost else None


def _counted_here(kwargs: Mapping[str, Any], reply: Any) -> bool:
    """Did LiteLLM count the tokens of a stream by itself, since nobody stated them?"""
    sent = kwargs.get("optional_params") or {}
    if not (sent.get("stream") or kwargs.get("stream")):
        return False
    asked = _get(sent.get("stream_options"), "include_usage")
    usage = getattr(reply, "usage", None)
    return not asked and _get(usage, "prompt_tokens_details") is None


def _get(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)
