"""Guardrails that are opened, or changed as they may be: what monitoring is held to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import GUARDRAILS, Fileset, dumped
from coefgate.drill.kinds.verbs import small_change, together
from coefgate.drill.numbers import acknowledgement, exact, plain, written
from coefgate.drill.plant import Plant, one_of, passes, stopped_by
from coefgate.registry.wording import dotted

Draft = dict[str, Any]
_YEAR: Final = 8760
_CALLS: Final = 10**9


@dataclass(frozen=True, slots=True)
class Guardrail:
    """One number of monitoring: its place, its default, the least and the most that may stand.

    ``falls``: it gets looser where it is lower. ``whole``: it is an integer.
    """

    place: tuple[str, ...]
    default: str
    least: str
    most: int
    whole: bool = False
    falls: bool = False

    def at(self, state: Fileset) -> Fraction:
        """The number that holds."""
        inside = _section(_draft(state), self.place)
        return exact(inside[self.place[-1]]) if self.is_stated(state) else Fraction(self.default)

    def is_stated(self, state: Fileset) -> bool:
        """Does the file say it?"""
        return self.place[-1] in _section(_draft(state), self.place)

    def steps(self, state: Fileset, times: Iterable[Fraction]) -> list[Fraction]:
        """Other numbers that may stand there: the one that holds, times each of these."""
        old, parts = self.at(state), 1 if self.whole else 10_000
        found = {Fraction(round(parts * old * factor), parts) for factor in times} - {old}
        return sorted(one for one in found if Fraction(self.least) <= one <= self.most)

    def to(self, state: Fileset, new: Fraction, since: Fraction | None = None) -> Plant:
        """Another number; ``since``: where the step begins that is acknowledged, if one is."""
        document, key = _draft(state), self.place[-1]
        inside = _section(document, self.place)
        inside[key] = plain(new)
        what = f"{dotted(self.place)} {written(self.at(state))} → {written(new)}"
        if since is not None:
            inside["acknowledge"] = {key: acknowledgement(since, new)}
            what += f", acknowledged as a step from {written(since)}"
        return Plant(what, {GUARDRAILS: dumped(document)})

    def left_out(self, state: Fileset) -> Plant:
        """The number goes, and its section where it is the last one there."""
        document = _draft(state)
        inside = _section(document, self.place)
        del inside[self.place[-1]]
        kept = {key: value for key, value in document.items() if value != {}}
        what = f"{dotted(self.place)} {written(self.at(state))} left out, which is {self.default}"
        return Plant(what, {GUARDRAILS: dumped(kept)})


_WAITING: Final = (
    Guardrail(("min_calls",), "50", "1", _CALLS, whole=True),
    Guardrail(("silent_hours",), "24", "1", _YEAR, whole=True),
    Guardrail(("quiet_hours",), "24", "0", _YEAR, whole=True),
)
_CALL: Final = (
    Guardrail(("call", "underestimated_above"), "1.2", "1", 1000),
    Guardrail(("call", "overestimated_above"), "4", "1", 1000),
    Guardrail(("call", "smape_above"), "100", "0.001", 200),
    Guardrail(("call", "share_to"), "0.1", "0", 1),
)
_WEEK: Final = (
    Guardrail(("limits", "truncation_rate_to"), "0.05", "0.001", 1),
    Guardrail(("limits", "underestimation_rate_below"), "0.1", "0.001", 1),
    Guardrail(("limits", "smape_mean_below"), "50", "0.001", 200),
    Guardrail(("limits", "waste_median_to"), "1.5", "0.001", 1000),
    Guardrail(("limits", "waste_p75_to"), "2", "0.001", 1000),
    Guardrail(("limits", "waste_p90_to"), "3", "0.001", 1000),
    Guardrail(("limits", "fallback_share_to"), "0.05", "0", 1),
    Guardrail(("limits", "sizes_unknown_share_to"), "0.2", "0", 1),
    Guardrail(("limits", "endings_unknown_share_to"), "0.2", "0", 1),
)
_TRIGGER: Final = (Guardrail(("rollback", "truncation_rate_above"), "0.1", "0", 1),)
_CHANGED: Final = (
    Guardrail(("drift", "p_below"), "0.0009", "0.0001", 1, falls=True),
    Guardrail(("drift", "calls_from"), "30", "2", 10**6, whole=True),
    Guardrail(("release", "e_value_from"), "400", "1", 10**6),
)
GUARDRAILS_HELD: Final = (*_WAITING, *_CALL, *_WEEK, *_TRIGGER, *_CHANGED)
"""Every number of monitoring, written down once more: what the gate holds is not asked of it."""
_LOOSER: Final = tuple(Fraction(times, 10) for times in range(12, 60))
_TIGHTER: Final = tuple(Fraction(times, 100) for times in range(50, 100, 5))


def _draft(state: Fileset) -> Draft:
    """The file to be changed; an empty one where it is not there."""
    document: Draft = state.draft(GUARDRAILS) if GUARDRAILS in state.files else {}
    return document


def _section(document: Draft, place: tuple[str, ...]) -> Draft:
    """Where the last key of a place stands; it is made where it is not there."""
    for key in place[:-1]:
        document = document.setdefault(key, {})
    return document


def _drawn(
    state: Fileset, rng: Random, among: Iterable[Guardrail], *, looser: bool
) -> tuple[Guardrail, Fraction]:
    steps = [
        (one, new)
        for one in among
        for new in one.steps(state, _LOOSER if looser != one.falls else _TIGHTER)
    ]
    return one_of(rng, steps, "no guardrail can be moved this way")


def _moved(state: Fileset, rng: Random, among: Iterable[Guardrail], *, looser: bool) -> Plant:
    one, new = _drawn(state, rng, among, looser=looser)
    return one.to(state, new)


def _acknowledged(state: Fileset, rng: Random) -> Plant:
    one, new = _drawn(state, rng, GUARDRAILS_HELD, looser=True)
    return one.to(state, new, one.at(state))


def _stale(state: Fileset, rng: Random) -> Plant:
    one, new = _drawn(state, rng, GUARDRAILS_HELD, looser=True)
    between = [step for step in one.steps(state, _LOOSER + _TIGHTER) if step != new]
    return one.to(state, new, one_of(rng, between, "there is no other step"))


def _forgotten(state: Fileset, rng: Random) -> Plant:
    """A number that asks more than by default goes; base is made to hold one first."""
    default = state.after({GUARDRAILS: None})
    one, strict = _drawn(default, rng, GUARDRAILS_HELD, looser=False)
    past = one.to(state, strict).changed
    return replace(one.left_out(state.after(past)), past=(past,))


def _file_gone(state: Fileset, rng: Random) -> Plant:
    """The same, with all of the file."""
    past = _forgotten(state, rng).past
    return Plant(
        "guardrails.yaml, which asked more than by default", {GUARDRAILS: None}, past=past
    )


def _default_left_out(state: Fileset, rng: Random) -> Plant:
    """A number that is stated as it is by default goes; base is made to state it first."""
    one = rng.choice(GUARDRAILS_HELD)
    past = one.to(state, Fraction(one.default)).changed
    return replace(one.left_out(state.after(past)), past=(past,))


_any_looser: Final = partial(_moved, among=GUARDRAILS_HELD, looser=True)

# fmt: off
REGRESSIONS: Final = stopped_by("gates-loosened",
    *(
        (f"guardrail-{word}-loosened", f"{about} made looser",
            partial(_moved, among=among, looser=True))
        for word, about, among in (
            ("call", "a limit on single calls", _CALL),
            ("week", "a limit on a week", _WEEK),
            ("trigger", "the trigger of a rollback", _TRIGGER),
            ("change", "what shows drift, or a worse release,", _CHANGED),
            ("waiting", "the least calls, or the hours of silence or quiet,", _WAITING),
        )
    ),
    ("guardrail-stale", "a guardrail loosened with the acknowledgement of another step", _stale),
    ("guardrail-left-out", "a guardrail that is stricter than by default left out", _forgotten),
    ("guardrails-removed", "guardrails that are stricter than by default removed", _file_gone),
    ("guardrail-with-coefficient", "a guardrail loosened with a coefficient",
        together(_any_looser, small_change)),
)
HARMLESS: Final = (
    passes("guardrail-tightened", "a guardrail made tighter",
        partial(_moved, among=GUARDRAILS_HELD, looser=False)),
    passes("guardrail-loosened-acknowledged", "a guardrail loosened by itself, acknowledged",
        _acknowledged),
    passes("guardrail-default-left-out", "a guardrail that states its default left out",
        _default_left_out),
)
# fmt: on
