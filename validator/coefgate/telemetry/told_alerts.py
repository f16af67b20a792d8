"""Who was told of which alert: what is due now, and what is remembered until the next time.

An alert is sent to a target when it begins, when it gets another severity, and again when it has
lasted for the quiet time; when it is over, that is sent once. One that goes on in a later week or
under another digest is told as that one, and not as over. What a target did not take is due again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final, get_args

from coefgate.telemetry.alerts import Alert, Severity
from coefgate.telemetry.times import HOUR

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Telling:
    """The last time that a target took an alert, in microseconds since 1970; ``None``: never."""

    at: int | None
    severity: Severity


@dataclass(frozen=True, slots=True)
class RememberedAlert:
    """An alert that was on, without what proves it; ``tellings``: by target."""

    kind: str
    subject: str
    week: str
    digest: str | None
    severity: Severity
    message: str
    tellings: Mapping[str, Telling] = field(default_factory=dict)


Memory = Mapping[str, RememberedAlert]
"""Every alert that was on, and that not everybody knows to be over, by its key."""


@dataclass(frozen=True, slots=True)
class DueAlerts:
    """What one target is to be told now: of alerts that are on, and of those that are over."""

    new: tuple[Alert, ...] = ()
    again: tuple[Alert, ...] = ()
    over: tuple[RememberedAlert, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.again or self.over)


def due_alerts(
    memory: Memory, alerts: Sequence[Alert], target: str, *, now: int, quiet_hours: int
) -> DueAlerts:
    """What ``target`` is to be told of the ``alerts`` that are on."""
    new, again = [], []
    for alert in alerts:
        known = memory.get(alert.key)
        told = known and known.tellings.get(target)
        if not told or told.at is None or told.severity != alert.severity:
            new.append(alert)
        elif not 0 <= now - told.at < quiet_hours * HOUR:  # a clock may have gone back
            again.append(alert)
    return DueAlerts(
        tuple(new),
        tuple(again),
        tuple(one for one in _over(memory, alerts).values() if target in one.tellings),
    )


def after_telling(
    memory: Memory, alerts: Sequence[Alert], target: str, due: DueAlerts, *, now: int | None
) -> Memory:
    """What is remembered once ``target`` was told at ``now``; ``None``: it did not take it."""
    kept = dict(memory)
    for alert in (*due.new, *due.again):
        known = kept.get(alert.key)
        before = known.tellings if known else {}
        telling = before.get(target, Telling(None, alert.severity))
        if now is not None:
            telling = Telling(now, alert.severity)
        kept[alert.key] = _remembered(alert, {**before, target: telling})
    if now is not None:
        over = _over(memory, alerts)
        kept |= {key: _without(one, target) for key, one in over.items()}
    return kept


def forgotten(memory: Memory, alerts: Sequence[Alert], targets: Iterable[str]) -> Memory:
    """The memory without what none of these targets needs to hear any more."""
    ended, known = {*memory} - {alert.key for alert in alerts}, {*targets}
    over = _over(memory, alerts)
    return {
        key: one
        for key, one in memory.items()
        if key not in ended or (key in over and known & {*one.tellings})
    }


def _over(memory: Memory, alerts: Sequence[Alert]) -> Memory:
    """Alerts that are on no longer, and go on under no other key."""
    on = {(alert.kind, alert.subject) for alert in alerts}
    return {key: one for key, one in memory.items() if (one.kind, one.subject) not in on}


def _remembered(alert: Alert, tellings: Mapping[str, Telling]) -> RememberedAlert:
    names = (one.name for one in fields(RememberedAlert) if one.name != "tellings")
    return RememberedAlert(**{name: getattr(alert, name) for name in names}, tellings=tellings)


def _without(one: RememberedAlert, target: str) -> RememberedAlert:
    kept = {name: telling for name, telling in one.tellings.items() if name != target}
    return replace(one, tellings=kept)


def memory_document(memory: Memory) -> dict[str, Any]:
    """The memory as plain data, for a file."""
    return {"format": FORMAT, "alerts": {key: asdict(one) for key, one in memory.items()}}


def memory_of(document: Any) -> Memory:
    """The memory that ``memory_document`` made plain data of.

    Raises ``KeyError``, ``TypeError`` or ``ValueError`` where the data are something else.
    """
    if document["format"] != FORMAT:
        raise ValueError("another format")
    tellings = [told for one in document["alerts"].values() for told in one["tellings"].values()]
    if not all(told["at"] is None or type(told["at"]) is int for told in tellings):
        raise TypeError("a time is not an integer")
    found = {
        key: RememberedAlert(
            **{
                **one,
                "tellings": {target: Telling(**told) for target, told in one["tellings"].items()},
            }
        )
        for key, one in document["alerts"].items()
    }
    for one in found.values():
        texts = (one.kind, one.subject, one.week, one.message, one.digest or "")
        if any(type(text) is not str for text in texts) or one.severity not in get_args(Severity):
            raise TypeError("a fact of an alert is invalid")
    return found
