"""Options of a command that tells people of alerts, and the telling."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from click.core import ParameterSource

from coefgate.commands.options import several
from coefgate.core.problems import ENVIRONMENT, PASS, EnvironmentProblem
from coefgate.publishing.notifications import AppriseTarget, Notification, Urgency, targets_of
from coefgate.reports.pages.alert_message import alert_message, delivery_lines
from coefgate.runner import record_values
from coefgate.runner.cache import default_cache
from coefgate.runner.exit_code import tell
from coefgate.telemetry.alerts import Alert, Severity
from coefgate.telemetry.told_alerts import DueAlerts
from coefgate.use_cases import notify

VARIABLE: Final = "COEFGATE_ALERT_URLS"
_URGENCY: Final[dict[Severity | None, Urgency]] = {
    "alert": "failure",
    "cannot-tell": "warning",
    None: "success",
}
notify_options: Final = several(
    click.option(
        "--notify",
        "notified",
        metavar="URL|FILE",
        multiple=True,
        envvar=VARIABLE,
        help="Send alerts through Apprise to this address, or to the addresses in the lines of "
        "a file; may be given several times. An address is a secret: keep it in a file or in "
        f"{VARIABLE}. Each alert is sent once, again after each quiet time that it lasts, and "
        "when it is over.",
    ),
    click.option(
        "--alert-state",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The file that records which alerts were sent to whom; by default in the cache "
        "folder.",
    ),
    click.option(
        "--require-delivery",
        is_flag=True,
        help="Exit with 5 if an alert could not be delivered.",
    ),
)
"""``notified``, ``alert_state`` and ``require_delivery``."""


def targets_at(notified: Sequence[str], *, moment: int | None) -> tuple[AppriseTarget, ...]:
    """Whom ``--notify`` names. Of a ``moment`` that is over nobody is told.

    So the command of a receipt tells nobody anew, though the environment names them.
    """
    if moment is None:
        return targets_of(notified)
    source = click.get_current_context().get_parameter_source("notified")
    if notified and source is ParameterSource.COMMANDLINE:
        raise click.UsageError("--notify is about the present: leave out --until.")
    return ()


def tell_people(
    alerts: Sequence[Alert],
    targets: Sequence[AppriseTarget],
    *,
    question: str,
    quiet_hours: int,
    alert_state: Path | None = None,
    require_delivery: bool = False,
    now: int | None = None,
) -> int:
    """Send what is due to each target, say so on standard error, and return an exit code.

    ``question``: what was asked, store and options, in the same words each time: an alert is over
    where the same question has it no more. ``now``: microseconds since 1970.
    """
    if not targets:
        return PASS
    by_id = {one.id: one for one in targets}

    def send(target: notify.AlertTarget, due: DueAlerts) -> str | None:
        message = alert_message(due)
        urgency = _URGENCY[message.worst]
        return by_id[target.id].send(Notification(message.title, message.body, urgency))

    told = notify.notify(
        alerts,
        targets,
        send,
        state=alert_state or _state_of(question),
        now=record_values.now() if now is None else now,
        quiet_hours=quiet_hours,
    )
    for line in delivery_lines(told):
        tell(f"coefgate: {line}")
    return ENVIRONMENT if require_delivery and told.undelivered else PASS


def _state_of(question: str) -> Path:
    folder = default_cache().folder
    if folder is None:
        raise EnvironmentProblem(
            "there is no place to record who was notified of alerts: neither COEFGATE_CACHE nor "
            "HOME names a folder. Name a file with --alert-state FILE"
        )
    name = hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return folder / "alerts" / f"{name}.json"
