"""``coefgate monitor``: recorded calls are watched by the guardrails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import click

from coefgate.commands.notify import notify_options, targets_at, tell_people
from coefgate.commands.options import (
    format_option,
    registry_option,
    revision_option,
    spelled,
    store_option,
    verbose_option,
)
from coefgate.core.atomic_files import ready_files
from coefgate.core.problems import ENVIRONMENT
from coefgate.reports.page import Page, Words
from coefgate.reports.pages.monitor import monitor_dict, monitor_page
from coefgate.reports.pages.monitor_alerts import alerts_of
from coefgate.reports.pages.monitor_gauges import monitor_gauges
from coefgate.reports.render.console import progress, show
from coefgate.reports.render.formats import rendered
from coefgate.reports.render.prometheus import prometheus_text
from coefgate.runner.record_values import now
from coefgate.telemetry.alarms.alarm import ANSWER_CODES
from coefgate.telemetry.alarms.receipt import GivenReceipt
from coefgate.telemetry.alarms.watch import ALARMS
from coefgate.telemetry.strata import ALL, DIMENSIONS
from coefgate.telemetry.times import SECOND, moment_of, week_spelled
from coefgate.use_cases.monitoring.monitor import BY, Monitored, monitor

_TITLE: Final = "What the guardrails say of recorded calls"


@click.command()
@store_option
@click.option(
    "--since",
    metavar="WEEK",
    callback=spelled(week_spelled),
    help="The first week to judge, such as 2026-W48 or a day in it; by default the last "
    "complete week.",
)
@click.option(
    "--week", metavar="WEEK", callback=spelled(week_spelled), help="Judge only this week."
)
@click.option(
    "--until",
    metavar="MOMENT",
    help="Judge as of this moment, without calls that ended later: an age (6h, 7d), a day "
    "(2026-11-30) or a time, in UTC unless it has an offset.",
)
@click.option(
    "--by",
    type=click.Choice([one for one in DIMENSIONS if one != ALL]),
    multiple=True,
    default=BY,
    show_default=True,
    help="How to group the calls of a week; may be given several times.",
)
@click.option(
    "--only",
    type=click.Choice(ALARMS),
    multiple=True,
    help="Only these alarms; may be given several times.",
)
@click.option(
    "--receipt",
    metavar="COUNT:SHA256",
    callback=spelled(GivenReceipt.parsed),
    help="Check that the store still has exactly the records that a figure was based on, as "
    "stated in its receipt; if not, the exit code is 3.",
)
@click.option(
    "--act",
    "act_on_it",
    is_flag=True,
    help="Carry out a proved rollback in a separate clone, and push it. This happens once per "
    "week, whoever tries.",
)
@click.option(
    "--backtest",
    "replays",
    is_flag=True,
    help="Say how often each alarm would have fired in the weeks of the store from --since on, "
    "each judged by what was known at its end.",
)
@revision_option(
    "--base",
    told="With --backtest: also judge by the guardrails of this revision.",
)
@notify_options
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the result to this file, atomically, and print nothing. Not for text.",
)
@verbose_option
@registry_option
@format_option("text", "json", "markdown", "html", "prometheus")
def command(
    store: str,
    since: int | None,
    week: int | None,
    until: str | None,
    by: tuple[str, ...],
    only: tuple[Any, ...],
    receipt: GivenReceipt | None,
    act_on_it: bool,
    replays: bool,
    base: str | None,
    notified: tuple[str, ...],
    alert_state: Path | None,
    require_delivery: bool,
    output: Path | None,
    rest: Words,
    root: Path,
    output_format: str,
) -> int:
    """Check recorded calls against guardrails: what is wrong, the evidence, and the remedy.

    Each alarm gives one of three answers: fine, alert, or cannot tell (for example because nothing
    was recorded). Exit codes: 0 fine, 1 alert, 3 the records are not those of --receipt, 4 cannot
    tell, 5 --act failed. See docs/how-to/monitoring.md.

    \b
    Examples:
      coefgate monitor
      coefgate monitor --store postgresql://records@db.example.org/records --since 2026-W40
      coefgate monitor --week 2026-W48 --only truncation-rate
      coefgate monitor --backtest --base main
      coefgate monitor --notify recipients.txt
      coefgate monitor --format prometheus --output /var/lib/node_exporter/coefgate.prom
    """
    if output is not None and output_format == "text":
        raise click.UsageError("--output needs --format json, markdown, html or prometheus.")
    if base is not None and not replays:
        raise click.UsageError("--base needs --backtest: other guardrails are tried on old weeks.")
    if receipt is not None and (week is None or len(only) != 1):
        raise click.UsageError("--receipt is of one alarm in one week: give --week and --only.")
    moment = None if until is None else moment_of(until, now=now())
    at = now() // SECOND * SECOND if moment is None else moment
    if replays:
        if act_on_it or notified or receipt or week is not None or output_format == "prometheus":
            raise click.UsageError(
                "--backtest only looks at the past: leave out --act, --notify, --week, "
                "--receipt and --format prometheus."
            )
        from coefgate.reports.pages.backtest import backtest_dict, backtest_page
        from coefgate.use_cases.monitoring.backtest import backtest_store

        back = backtest_store(root, store, now=at, base=base, since=since, by=by, only=only)
        told = rendered(
            output_format,
            lambda: backtest_page(back),
            lambda: backtest_dict(back),
            title="How often each alarm would have fired",
        )
        _give(told, output)
        return ANSWER_CODES["fine" if back.head.weeks else "cannot-tell"]
    targets = targets_at(notified, moment=moment)
    found = monitor(
        root,
        store,
        since=since,
        week=week,
        now=at,
        by=by,
        only=only,
        receipt=receipt,
        act_on_it=act_on_it,
        progress=progress,
    )
    _give(_told(found, output_format, rest), output)
    delivered = tell_people(
        alerts_of(found),
        targets,
        question=json.dumps([found.store.shown, str(root.resolve()), since, week, by, only]),
        quiet_hours=found.guardrails.quiet_hours,
        alert_state=alert_state,
        require_delivery=require_delivery,
    )
    if any(one.failed for one in found.acts):
        return ENVIRONMENT
    return delivered or ANSWER_CODES[found.answer]


def _told(found: Monitored, output_format: str, rest: Words) -> str | Page:
    if output_format == "prometheus":
        return prometheus_text(monitor_gauges(found))
    return rendered(
        output_format,
        lambda: monitor_page(found),
        lambda: monitor_dict(found),
        title=_TITLE,
        rest=rest,
    )


def _give(told: str | Page, output: Path | None) -> None:
    """Print the result, or put it into the place of a file that others may be reading."""
    if output is None or not isinstance(told, str):
        show(told)
        return
    with ready_files({output: f"{told}\n".encode()}) as put:
        put()
