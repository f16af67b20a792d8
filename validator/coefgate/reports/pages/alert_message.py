"""The message about alerts that goes to people, and what is said of its delivery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from coefgate.core.characters import visible
from coefgate.registry.wording import count
from coefgate.reports.figures import short
from coefgate.telemetry.alerts import Alert, Severity
from coefgate.telemetry.told_alerts import DueAlerts, RememberedAlert
from coefgate.use_cases.notify import ToldAlerts

_HEADS: Final[dict[Severity, str]] = {"alert": "ALERT", "cannot-tell": "CANNOT TELL"}
_APART: Final = "\u200b"
"""Of no width: behind it ``@everyone`` calls nobody."""


class AlertMessage(NamedTuple):
    """Title and text; ``worst``: the gravest thing that it tells, ``None``: all is over."""

    title: str
    body: str
    worst: Severity | None


def alert_message(due: DueAlerts) -> AlertMessage:
    """One message about everything that somebody is to be told now."""
    on = (*due.new, *due.again)
    alerts = sum(one.severity == "alert" for one in on)
    counts = (
        (alerts, count(alerts, "alert")),
        (len(on) - alerts, f"{len(on) - alerts} × cannot tell"),
        (len(due.over), f"{len(due.over)} over"),
    )
    told = [
        *("\n".join(_alert(one)) for one in due.new),
        *("\n".join(_alert(one, "still ")) for one in due.again),
        *("\n".join(_over(one)) for one in due.over),
    ]
    worst: Severity | None = ("alert" if alerts else "cannot-tell") if on else None
    title = ", ".join(words for number, words in counts if number)
    return AlertMessage(f"coefgate monitor: {title}", "\n\n".join(told), worst)


def _alert(alert: Alert, still: str = "") -> Iterator[str]:
    yield f"{still}{_HEADS[alert.severity]}: {_subject(alert)}"
    yield _harmless(alert.message)
    if alert.next:
        yield f"next: {visible(alert.next)}"
    if alert.receipt:
        yield f"the same figure again: {visible(alert.receipt.command)}"


def _over(alert: RememberedAlert) -> Iterator[str]:
    yield f"over: {_subject(alert)}"
    yield f"it was: {_harmless(alert.message)}"


def _subject(alert: Alert | RememberedAlert) -> str:
    digest = f", digest {short(alert.digest)}" if alert.digest else ""
    return _harmless(f"{alert.kind}, {alert.subject}, {alert.week}{digest}")


def _harmless(text: str) -> str:
    """Words with names in them that others chose: they call nobody and steer nothing."""
    return visible(text).replace("@", f"@{_APART}")


def delivery_lines(told: ToldAlerts) -> Sequence[str]:
    """Who took the message and who did not, without any address."""
    lines = []
    if told.set_aside:
        lines.append(
            f"warning: who was notified before is not known, so all are notified again; what "
            f"could not be read is kept in {told.set_aside}"
        )
    for one in told.targets:
        title = alert_message(one.due).title
        if one.refusal is None:
            lines.append(f"notified {one.name}: {title}")
        else:
            lines.append(
                f"warning: {one.name} was not notified ({one.refusal}); the next run tries again: "
                f"{title}"
            )
    return lines
