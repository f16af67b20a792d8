"""How often alarms would have fired over a store's records, with other guardrails as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from pathlib import Path

from coefgate.core.git_process import NoRepository
from coefgate.git.commit_log import last_changed
from coefgate.git.repository import Repository
from coefgate.git.working_tree import uncommitted
from coefgate.registry.files import FOLDER, GUARDRAILS_FILE
from coefgate.registry.guardrails import Guardrails, guardrails_of, threshold_name
from coefgate.replay.state import State
from coefgate.samples.files import FOLDER as SAMPLES
from coefgate.telemetry.alarms.alarm import AlarmName
from coefgate.telemetry.alarms.week import HISTORY
from coefgate.telemetry.backtest import Backtest, backtest
from coefgate.telemetry.spool import waiting_records
from coefgate.telemetry.store import open_store
from coefgate.telemetry.times import DAY, SECOND
from coefgate.telemetry.watching import read_watch
from coefgate.use_cases.monitoring.stored_needs import stored_needs
from coefgate.use_cases.state import state_at


@dataclass(frozen=True, slots=True)
class ChangedGuardrail:
    """A threshold that base and the folder have otherwise."""

    name: str
    base: int | Fraction
    head: int | Fraction


@dataclass(frozen=True, slots=True)
class Backtested:
    """What alarms would have answered by the guardrails of the folder, and by those of a base.

    ``base``: ``None`` where nobody asked for one; ``changed``: what differs between both.
    """

    store: str
    state: State
    head: Backtest
    base: Backtest | None = None
    changed: tuple[ChangedGuardrail, ...] = ()


def backtest_store(
    root: Path,
    store: str,
    *,
    now: int,
    base: str | None = None,
    since: int | None = None,
    by: Sequence[str],
    only: Sequence[AlarmName] = (),
) -> Backtested:
    """Replay the alarms over the weeks of a store that are over ``now``, in microseconds.

    ``base``: a revision, whose guardrails are held against the folder's. ``since``: the Monday of
    the first week, in days. ``by``: what a week's calls are grouped by. ``only``: these alarms.
    """
    drifts = not only or "drift" in only
    state = state_at(root, calls=drifts)
    rails = guardrails_of(state.registry)
    with open_store(store) as opened, opened.read() as connection:
        watch = read_watch(
            connection,
            [since or 7 * HISTORY, now // DAY],
            registry=state.table,
            guardrails=rails,
            now=now,
            waiting=waiting_records(opened.address),
            by=by,
            stored=stored_needs(state) if drifts else {},
        )
        shown = opened.address.shown

    def replayed(by_rails: Guardrails) -> Backtest:
        return backtest(
            replace(watch, guardrails=by_rails),
            history=HISTORY,
            since=since,
            stored_from=_known_from(root) if watch.stored else None,
            only=only,
        )

    if base is None:
        return Backtested(shown, state, replayed(rails))
    before = guardrails_of(state_at(root, base, calls=False).registry)
    return Backtested(shown, state, replayed(rails), replayed(before), _changed(before, rails))


def _changed(base: Guardrails, head: Guardrails) -> tuple[ChangedGuardrail, ...]:
    both = ((one.name, getattr(base, one.name), getattr(head, one.name)) for one in fields(head))
    return tuple(
        ChangedGuardrail(threshold_name(name), was, now) for name, was, now in both if was != now
    )


def _known_from(root: Path) -> int | None:
    """From when on the registry and its samples were as they are; ``None``: nobody knows."""
    try:
        with Repository(root) as repository:
            commit = repository.head()
            changed = {*uncommitted(repository, FOLDER, SAMPLES)} - {GUARDRAILS_FILE}
            if commit is None or changed:
                return None
            at = last_changed(repository, commit, FOLDER, SAMPLES, f":!{GUARDRAILS_FILE}")
    except NoRepository:
        return None
    return None if at is None else int(at * SECOND)
