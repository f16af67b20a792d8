"""What a monitor found: the answer, triggers with their proof, alarms with their receipts."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from coefgate.registry.files import GUARDRAILS_FILE
from coefgate.registry.guardrails import are_stated, threshold_name
from coefgate.registry.wording import count, first_of
from coefgate.reports.figures import short
from coefgate.reports.page import (
    Details,
    Item,
    Items,
    Page,
    Paragraph,
    Sign,
    TableBlock,
    Title,
    code,
    plain,
    sentence,
)
from coefgate.reports.pages.alarm_words import (
    alarm_words,
    figure_words,
    heading,
    interval_words,
    lost_words,
    remedy,
    subject_words,
)
from coefgate.reports.pages.monitor_figures import drawn_figures, figures_table
from coefgate.reports.pages.rollback_proposal import (
    act_blocks,
    act_dict,
    proposal_blocks,
    proposal_dict,
)
from coefgate.reports.render.json import as_json, picked
from coefgate.telemetry.alarms.alarm import Alarm, AlarmAnswer
from coefgate.telemetry.alarms.watch import GUARDRAIL
from coefgate.telemetry.times import moment_words, week_name
from coefgate.use_cases.monitoring.monitor import BY, Monitored, ToldAlarm
from coefgate.use_cases.monitoring.proposal import TUNE

_SIGNS: Final[dict[AlarmAnswer, Sign]] = {
    "fine": "pass",
    "alert": "fail",
    "cannot-tell": "not-measurable",
}
_SHOWN: Final = 4
"""Strata that a row has room for."""
_WORDS: Final[dict[AlarmAnswer, str]] = {
    "fine": "FINE",
    "alert": "ALERT",
    "cannot-tell": "CANNOT TELL",
}


def monitor_page(found: Monitored) -> Page:
    """The answer, what a trigger comes to, then all that is not fine, and what it rests on."""
    alerts = [one for one in found.alarms if one.alarm.answer == "alert"]
    doubts = [one for one in found.alarms if one.alarm.answer == "cannot-tell"]
    decisive = [one for one in doubts if one.decides]
    on = by_alarm(alerts)
    yield Title(_headline(found, len(on)), _SIGNS[found.answer])
    for proposal in found.proposals:
        yield from proposal_blocks(proposal, found.store)
    for done in found.acts:
        yield from act_blocks(done, found.store)
    yield from _table("Alerts", on)
    yield from _table("Cannot tell", by_alarm(decisive))
    yield from drawn_figures(found)
    fine = len(found.alarms) - len(alerts) - len(doubts)
    small = len(doubts) - len(decisive)
    others = [f"{count(fine, 'other figure')} {'is' if fine == 1 else 'are'} fine"] * bool(fine)
    others += [f"{count(small, 'figure')} of some calls cannot be judged"] * bool(small)
    if others:
        yield Paragraph("; ".join(others))
    for one in found.alarms:
        if one.alarm.name == "lost-calls" and one.alarm.answer == "fine" and one.alarm.counted:
            yield Paragraph(f"{week_name(one.alarm.week)}: {lost_words(one.alarm)}", label="note")
    receipts = list(_receipts(found, on))
    yield Details([Items(receipts, title="What the alerts are based on", section=True)])
    yield from figures_table(found)
    yield Paragraph(
        f"{found.store.shown} at {moment_words(found.now)}, held to coefficients "
        f"{found.state.version}, digest {short(found.state.digest)}"
    )
    if not are_stated(found.state.registry):
        defaults = f"no guardrail is stated in {GUARDRAILS_FILE}, so each has its default"
        yield Paragraph(defaults, label="note")
    yield Items([Item(code(one)) for one in next_commands(found)], label="next", unbroken=True)


def _headline(found: Monitored, alerts: int) -> str:
    calls = sum(found.calls.values())
    weeks = [week_name(one) for one in found.calls]
    span = weeks[0] if len(weeks) == 1 else f"{weeks[0]} to {weeks[-1]}"
    many = f"{count(alerts, 'alarm')} on, " if alerts else ""
    return f"{_WORDS[found.answer]} – {many}{count(calls, 'call')} in {span}"


AlarmGroup = Sequence[ToldAlarm]
"""What one alarm says of one week: of all its calls, or else of some, and of more strata."""


def by_alarm(rows: Iterable[ToldAlarm]) -> list[AlarmGroup]:
    """In their order."""
    found: dict[tuple[int, str], list[ToldAlarm]] = {}
    for one in rows:
        found.setdefault((one.alarm.week, one.alarm.name), []).append(one)
    return list(found.values())


def _table(title: str, groups: Sequence[AlarmGroup]) -> Iterator[TableBlock]:
    if groups:
        yield TableBlock(
            ("week", "alarm", "", "figure", "limit", "n", "95% interval"),
            [_row(one) for one in groups],
            title,
            figures=(3, 4, 5),
        )


def _row(group: AlarmGroup) -> Sequence[Any]:
    one = group[0].alarm
    return (
        plain(week_name(one.week)),
        plain(one.name),
        sentence(f"{where(one)}{alarm_words(one)}{also(group[1:])}"),
        plain(figure_words(one, one.statistic)),
        plain(figure_words(one, one.threshold)),
        plain(f"{one.calls:,}"),
        plain(interval_words(one)),
    )


def where(one: Alarm) -> str:
    """The stratum that it is of, where it is of one."""
    return f"{subject_words(one)}: " if one.by else ""


def also(others: AlarmGroup) -> str:
    """The strata that it says the same of."""
    # Of one release both shares are told, of which one is enough.
    alarms = (one.alarm for one in others if one.alarm.name != "release")
    shown = [f"{subject_words(one)} {figure_words(one, one.statistic)}" for one in alarms]
    return f". Also {first_of(shown, _SHOWN)}" if shown else ""


def _receipts(found: Monitored, groups: Sequence[AlarmGroup]) -> Iterator[Item]:
    for one in (group[0] for group in groups):
        if one.records is None:
            continue
        worst = ", ".join(map(str, one.worst))
        nested = [
            [
                plain(f"{count(one.records.count, 'record')} from "),
                code(str(one.records.first)),
                plain(" to "),
                code(str(one.records.last)),
                plain(f", sha256 {one.records.sha256}"),
            ],
            [plain("again: "), code(command(found, one))],
        ]
        if worst:
            nested.insert(0, [plain("look at: "), code(worst)])
        yield Item(heading(one.alarm), nested=nested)


def command(found: Monitored, told: ToldAlarm) -> str:
    """What gives the same figures again, from the same records, without any network."""
    words = ["coefgate", "monitor", "--store", found.store.shown]
    words += ["--week", week_name(told.alarm.week)]
    words += ["--until", moment_words(found.now), "--only", told.alarm.name]
    if told.records is not None:
        words += ["--receipt", str(told.records)]
    if tuple(found.by) != BY:
        words += [word for one in found.by for word in ("--by", one)]
    return shlex.join(words)


def next_commands(found: Monitored) -> list[str]:
    """What to type now, the most urgent first."""
    if any(one.failed is None for one in found.acts):
        # What is proposed is done, or this clone knows less than the server.
        proposals = ["git pull --tags"]
    else:
        proposals = [one.command for one in found.proposals if one.command]
    remedies = [remedy(one.alarm, found.store) for one in found.alarms if one.decides]
    if any(one.verdict == "roll-back" for one in found.proposals):
        remedies = [one for one in remedies if one != TUNE]  # what is wrong ends with it
    return list(dict.fromkeys([*proposals, *filter(None, remedies)]))


def monitor_dict(found: Monitored) -> dict[str, Any]:
    """The same for programs, with every alarm."""
    return {
        "answer": found.answer,
        "store": found.store.shown,
        "now": moment_words(found.now),
        "registry": picked(found.state, "version", "digest"),
        "weeks": [
            {"week": week_name(monday), "calls": calls} for monday, calls in found.calls.items()
        ],
        "alarms": [_alarm_dict(found, one) for one in found.alarms],
        "proposals": [proposal_dict(one) for one in found.proposals],
        "acts": [act_dict(one) for one in found.acts],
        "next": next_commands(found),
    }


def _alarm_dict(found: Monitored, told: ToldAlarm) -> dict[str, Any]:
    one, records = told.alarm, told.records
    guardrail = GUARDRAIL.get(one.name)
    return {
        **picked(one, "name", "answer"),
        "week": week_name(one.week),
        "stratum": {"by": one.by, "value": one.value} if one.by else None,
        **picked(one, "calls", "counted", "statistic", "threshold"),
        "guardrail": threshold_name(guardrail) if guardrail else None,
        "interval": as_json(one.interval),
        "p": one.p,
        "why": one.why or None,
        "decides": told.decides,
        "digest": one.digest,
        "names": list(one.names),
        "worst": list(map(str, told.worst)),
        "records": records
        and {
            "count": records.count,
            "first": str(records.first),
            "last": str(records.last),
            "sha256": records.sha256,
        },
        "command": command(found, told),
    }
