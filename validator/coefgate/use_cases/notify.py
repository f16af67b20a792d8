"""Tell people of alerts, once each, and remember who was told."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from coefgate.core import file_lock
from coefgate.core.atomic_files import write_whole
from coefgate.core.problems import UsageProblem, explained
from coefgate.telemetry.alerts import Alert
from coefgate.telemetry.told_alerts import (
    DueAlerts,
    Memory,
    after_telling,
    due_alerts,
    forgotten,
    memory_document,
    memory_of,
)

WAIT: Final = 120.0
"""Seconds that one monitor waits until another has told its alerts."""
_OTHER: Final = "Name another file with --alert-state FILE"


class AlertTarget(Protocol):
    """Somebody who is told. ``id``: the same from one time to the next."""

    @property
    def name(self) -> str: ...
    @property
    def id(self) -> str: ...


Send = Callable[[AlertTarget, DueAlerts], str | None]
"""Tell a target; return why it was not taken, ``None`` where it was."""


@dataclass(frozen=True, slots=True)
class ToldTarget:
    """What a target was told; ``refusal``: why it was not taken, ``None`` where it was."""

    name: str
    due: DueAlerts
    refusal: str | None


@dataclass(frozen=True, slots=True)
class ToldAlerts:
    """Who was told of what. ``set_aside``: the memory before, where it could not be read."""

    targets: tuple[ToldTarget, ...]
    set_aside: Path | None = None

    @property
    def undelivered(self) -> tuple[ToldTarget, ...]:
        """Those who did not take it."""
        return tuple(one for one in self.targets if one.refusal is not None)


def notify(
    alerts: Sequence[Alert],
    targets: Sequence[AlertTarget],
    send: Send,
    *,
    state: Path,
    now: int,
    quiet_hours: int,
) -> ToldAlerts:
    """Send each target what it does not know yet of the alerts that are on, or are over.

    ``state``: the file that remembers it; whoever else uses it waits until this is done. ``now``:
    microseconds since 1970. Raises ``EnvironmentProblem`` where the file cannot be written,
    ``UsageProblem`` where something else than a file is in its place.
    """
    with explained(f"{state}, which records who was notified, cannot be written", _OTHER):
        if state.exists() and not state.is_file():
            raise UsageProblem(f"{state} is no regular file. {_OTHER}")
        state.parent.mkdir(parents=True, exist_ok=True)
        lock = state.with_name(f"{state.name}.lock")
        with file_lock.held(lock, wait=WAIT, remedy=_OTHER):
            memory, set_aside = _read(state)
            told = []
            for target in targets:
                due = due_alerts(memory, alerts, target.id, now=now, quiet_hours=quiet_hours)
                if not due:
                    continue
                refusal = send(target, due)
                told.append(ToldTarget(target.name, due, refusal))
                at = now if refusal is None else None
                memory = after_telling(memory, alerts, target.id, due, now=at)
                _write(state, memory)
            _write(state, forgotten(memory, alerts, [one.id for one in targets]))
    return ToldAlerts(tuple(told), set_aside)


def _read(state: Path) -> tuple[Memory, Path | None]:
    """What is remembered; what cannot be understood is set aside, under the name returned."""
    try:
        return memory_of(json.loads(state.read_bytes())), None
    except FileNotFoundError:
        return {}, None
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        aside = state.with_name(f"{state.name}.damaged")
        state.replace(aside)
        return {}, aside


def _write(state: Path, memory: Memory) -> None:
    text = json.dumps(memory_document(memory), indent=1, sort_keys=True)
    write_whole(state, f"{text}\n".encode(), mode=0o600)
