"""What a test with LiteLLM needs: its warnings, a callback that tells, and an end."""

from __future__ import annotations

import gc
import threading
from typing import Any

import litellm
import pytest

from coefgate import Registry
from coefgate.integrations.litellm import CoefgateCallback

LITELLM_WARNINGS = [  # its own, about pydantic's classes and its own loops and sockets
    pytest.mark.filterwarnings("ignore:Items? .* using the `ReadOnly` qualifier:UserWarning"),
    pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning"),
    pytest.mark.filterwarnings("ignore:Accessing the 'model_.*' attribute:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:unclosed (event loop|<socket):ResourceWarning"),
]


class TellingCallback(CoefgateCallback):
    """Tells when LiteLLM told it of an end, which another thread or task may do."""

    def __init__(self, registry: Registry) -> None:
        super().__init__(registry)
        self._ended: set[str] = set()
        self._told = threading.Semaphore(0)

    def log_success_event(self, kwargs: dict[str, Any], *told: Any, **by_name: Any) -> None:
        super().log_success_event(kwargs, *told, **by_name)
        self._tell(kwargs)

    def log_failure_event(self, kwargs: dict[str, Any], *told: Any, **by_name: Any) -> None:
        super().log_failure_event(kwargs, *told, **by_name)
        self._tell(kwargs)

    async def async_log_failure_event(
        self, kwargs: dict[str, Any], *told: Any, **by_name: Any
    ) -> None:
        await super().async_log_failure_event(kwargs, *told, **by_name)
        self._tell(kwargs)

    def _tell(self, kwargs: dict[str, Any]) -> None:
        """Of the end of some streams, LiteLLM tells in a thread and in a task."""
        if kwargs["litellm_call_id"] not in self._ended:
            self._ended.add(kwargs["litellm_call_id"])
            self._told.release()

    def wait(self) -> None:
        """Until it told of one more end."""
        assert self._told.acquire(timeout=30)


def forget_callbacks() -> None:
    """Take callbacks from wherever LiteLLM put them, beside where it was given them."""
    litellm.callbacks = []
    for name in dir(litellm):
        if name.endswith("_callback") and isinstance(getattr(litellm, name), list):
            getattr(litellm, name).clear()
    gc.collect()  # what it leaves open, while that is no error
