"""Who runs on what, who is still on withdrawn coefficients, and how long the way back took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from coefgate.core.versions import Version
from coefgate.registry.wording import count, listed
from coefgate.reports.figures import duration, short
from coefgate.reports.page import Cells, Item, Items, Page, Paragraph, TableBlock, code, plain
from coefgate.reports.pages.telemetry_status import waiting_items
from coefgate.reports.render.json import picked
from coefgate.telemetry.runners import (
    ReachState,
    RollbackReach,
    RunnerState,
    ServedRunner,
    VersionServed,
)
from coefgate.telemetry.times import SECOND, second_words
from coefgate.use_cases.runners import WhoRunsOnWhat

_STATES: Final[Mapping[RunnerState, str]] = {
    "standing": "",
    "withdrawn": "ON WITHDRAWN",
    "silent": "no call lately: not known",
}
_BACK: Final[Mapping[ReachState, str]] = {
    "back": "back",
    "withdrawn": "still on it",
    "not-seen": "not seen since",
}


def runners_page(found: WhoRunsOnWhat) -> Page:
    """The answer, every runner with what served it, the ways back, and what to do."""
    yield Paragraph(_answer(found), emphasis="warning" if found.answer == "alert" else "strong")
    yield from waiting_items(found.waiting, found.address)
    if found.wrong_clocks:
        yield Paragraph(listed(found.wrong_clocks), label="when these made calls is not known")
    if found.runners:
        columns = ("runner", "version", "digest", "last hour", "lately", "last call", "")
        title = f"What served calls; lately: since {second_words(found.since)}"
        rows = [row for one in found.runners for row in _rows(one)]
        yield TableBlock(columns, rows, title, figures=(3, 4))
    for one in found.rollbacks:
        yield from _rollback(one)
    if found.answer == "alert":
        yield Items(
            [Item(code("coefgate show")), Item(code("coefgate update"))],
            label="next, where such a runner is",
        )


def _answer(found: WhoRunsOnWhat) -> str:
    states = Counter(one.state for one in found.runners)
    heard = len(found.runners) - states["silent"]
    if found.answer == "alert":
        who = listed([one.name for one in found.runners if one.state == "withdrawn"])
        of = f"{states['withdrawn']:,} of {count(heard, 'runner')} that made calls"
        return f"ON WITHDRAWN COEFFICIENTS – {of} since {second_words(found.since)}: {who}"
    if found.answer == "fine":
        silent = f"; {count(states['silent'], 'other')} made no call" if states["silent"] else ""
        return f"{count(heard, 'runner')} made calls, none on withdrawn coefficients{silent}"
    if not heard:
        return f"CANNOT TELL – no call was recorded since {second_words(found.since)}"
    doubtful = [one.name for one in found.runners if one.state == "silent" and one.on_withdrawn]
    if not doubtful:
        return f"CANNOT TELL – the clock of {count(len(found.wrong_clocks), 'runner')} is wrong"
    return (
        f"CANNOT TELL – made no call since {second_words(found.since)}, and the last ones were on "
        f"withdrawn coefficients: {listed(doubtful)}"
    )


def _rows(runner: ServedRunner) -> Iterator[Cells]:
    name, state = runner.name, _STATES[runner.state]
    for one in runner.served:
        if one.lately or one is runner.served[0]:
            note = "withdrawn" if one.withdrawn else ""
            yield (
                code(name) if name else "",
                code(one.version),
                code(short(one.digest)),
                plain(f"{one.recent:,}"),
                plain(f"{one.lately:,}"),
                plain(second_words(one.last)),
                "; ".join(filter(None, (note, state))),
            )
            name, state = "", ""


def _rollback(found: RollbackReach) -> Page:
    versions = listed(_versions(found))
    title = f"{found.withdrawal.release} took back {versions} at {second_words(found.at)}"
    yield TableBlock(
        ("runner", "last call on it", "after", ""),
        [
            (
                code(one.runner),
                plain(second_words(one.last_withdrawn)),
                plain(duration(one.after / SECOND) if one.after else "before"),
                _BACK[one.state],
            )
            for one in found.runners
        ],
        title,
    )
    took, number = found.reached_all_after, len(found.runners)
    if took is not None:
        who = count(number, "runner")
        yield Paragraph(f"reached all {who} that were on it after {duration(took / SECOND)}")
    else:
        states = Counter(one.state for one in found.runners)
        left = (f"{states[one]} {_BACK[one]}" for one in ("withdrawn", "not-seen") if states[one])
        yield Paragraph(
            f"not known to have reached everybody: {states['back']} of {number} back, "
            f"{', '.join(left)}"
        )


def _versions(found: RollbackReach) -> list[str]:
    return sorted(found.withdrawal.versions, key=lambda one: Version.parsed(one) or one)


def runners_document(found: WhoRunsOnWhat) -> dict[str, Any]:
    """The same for programs."""
    return {
        "answer": found.answer,
        "since": second_words(found.since),
        "now": second_words(found.now),
        "waiting_records": found.waiting,
        "wrong_clocks": list(found.wrong_clocks),
        "runners": [
            {
                **picked(one, "state", "on_withdrawn", runner="name"),
                "last_call": second_words(one.last),
                "versions": list(map(_version_dict, one.served)),
            }
            for one in found.runners
        ],
        "rollbacks": list(map(_rollback_dict, found.rollbacks)),
    }


def _version_dict(one: VersionServed) -> dict[str, Any]:
    return {
        **picked(one, "version", "digest", "withdrawn", last_hour="recent", lately="lately"),
        "last_call": second_words(one.last),
    }


def _rollback_dict(found: RollbackReach) -> dict[str, Any]:
    took = found.reached_all_after
    return {
        "release": found.withdrawal.release,
        "made_at": second_words(found.at),
        "versions": _versions(found),
        "runners": [
            {
                **picked(one, "runner", "state"),
                "last_withdrawn_call": second_words(one.last_withdrawn),
                "after_seconds": one.after / SECOND,
            }
            for one in found.runners
        ],
        "reached_all_after_seconds": None if took is None else took / SECOND,
    }
