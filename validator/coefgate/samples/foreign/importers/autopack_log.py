"""Logs of Autopack: lines ``[TokenEstimationV2] predicted_output=… actual_output=…``.

A line says how many files were asked for, not which: ``--map`` names the phase definitions that
do. Without one, the files of a call are not known, and it is never scored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from coefgate.samples.foreign.call import ForeignCall, SampleUnit
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.samples.foreign.phase_definitions import PhaseDefinitions, read_phase_definitions
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.foreign.times import observed_at
from coefgate.samples.foreign.values import NotUnderstood, boolean_of, number_of, text_of
from coefgate.samples.model import Paths

FILES: Final = ("*.log", "*.txt")
UNITS: Final[tuple[SampleUnit, ...]] = ("call",)

_CALL: Final = re.compile(r"\[TokenEstimationV2\] (?=.*\bactual_output=)(.*)")
_FACT: Final = re.compile(r"(\w+)=(\S+)")
_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_RUN: Final = re.compile(r"Initialized autonomous executor for run: (\S+)|Draining: (\S+) / \S+$")
_PHASE: Final = re.compile(r"Next phase: (\S+)|Draining: \S+ / (\S+)$")
_ATTEMPT: Final = re.compile(r"\[MODEL-SELECT\] Builder: .*\battempt=([0-9]{1,5})\b")
_BUDGET: Final = re.compile(
    r"\[TOKEN_BUDGET\] phase=(\S+) .*\binput=([0-9]+) output=([0-9]+)/([0-9]+)\b"
)


@dataclass(slots=True)
class _Context:
    """What the lines before a call said of it."""

    run: str | None = None
    phase: str | None = None
    attempt: int | None = None
    budget: re.Match[str] | None = None

    def note(self, text: str) -> None:
        """Take from a line what it says."""
        if found := _RUN.search(text):
            self.run = found[1] or found[2]
        if found := _PHASE.search(text):
            self.phase = found[1] or found[2]
            self.attempt = self.budget = None
        elif found := _ATTEMPT.search(text):
            self.attempt = int(found[1]) + 1
        elif found := _BUDGET.search(text):
            self.budget = found


def calls(source: ForeignSource, options: ImportOptions) -> Iterator[ForeignCall]:
    """One call for each line of an estimate that says what was really needed."""
    defined = read_phase_definitions(options.map_file)
    context = _Context()
    for number, line in source.lines():
        text = line.decode("utf-8", "replace").rstrip()
        found = _CALL.search(text)
        if found is None:
            context.note(text)
            source.passed_over["other lines"] += 1
            continue
        if not line.endswith(b"\n"):
            source.skip(number, "no-line-end")
            continue
        when = _TIME.search(text[: found.start()])
        time = observed_at(when and when[0], naive=defined.naive_times)
        if when is not None and time is None:
            source.doubt(number, "a time without its zone")
        facts = dict(_FACT.findall(found[1]))
        try:
            call = _call(number, facts, context, defined)
        except NotUnderstood:
            source.skip(number, "bad-record")
        else:
            yield replace(call, observed_at=time)
        context.budget = None


def _call(
    line: int, facts: Mapping[str, str], context: _Context, defined: PhaseDefinitions
) -> ForeignCall:
    tokens = number_of(facts.get("actual_output"))
    budget = context.budget if context.budget and int(context.budget[3]) == tokens else None
    phase = budget[1] if budget else context.phase
    files = defined.files.get(phase or "")
    paths: Paths = "synthetic"
    if files is not None:
        complete = len(files) == number_of(facts.get("deliverables"))
        concrete = not any(one.path.endswith("/") or "*" in one.path for one in files)
        paths = "real" if complete and concrete else "partial"
    return ForeignCall(
        line=line,
        unit=UNITS[0],
        actual_output_tokens=tokens,
        run_id=context.run,
        phase_id=phase,
        attempt=context.attempt,
        category=text_of(facts.get("category")),
        complexity=text_of(facts.get("complexity")),
        files=files or (),
        deliverables_from="request",
        paths=paths,
        model=text_of(facts.get("model")),
        max_output_tokens=int(budget[4]) if budget else None,
        input_tokens=int(budget[2]) if budget else None,
        predicted_output_tokens=number_of(facts.get("predicted_output")),
        success=boolean_of(facts.get("success")),
        truncated=boolean_of(facts.get("truncated")),
        stop_reason=text_of(facts.get("stop_reason")),
    )


def recognises(_: Mapping[str, Any]) -> bool:
    """No line of it is JSON."""
    return False
