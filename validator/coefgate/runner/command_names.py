"""The names of the commands and of the extras that they need, apart from what they import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

COMMANDS: Final = {
    "build": "Compile the registry into one file, the snapshot.",
    "check": "Check coefficients and samples strictly, and report every problem.",
    "coverage": "Show how many stored calls each cell has, and what is missing.",
    "diff": "Show what differs between two states, and the effect on predictions.",
    "doctor": "Check by trial that estimates, hooks and CI work, and say what is missing.",
    "drill": "Plant regressions and harmless changes in a scratch copy, and check the gate's "
    "verdicts.",
    "estimate": "Predict the output tokens of one call, and show how the prediction is made up.",
    "explain": "Show what a value is based on and what 10% more would do, or explain a rule.",
    "gate": "Judge a change to the registry on its stored calls.",
    "help": "Explain a command, a rule or a term.",
    "history": "Show every number that a value has had, who wrote it and when.",
    "init": "Create your own registry, with hooks and CI.",
    "monitor": "Check recorded calls against guardrails: what is wrong, the evidence, and the "
    "remedy.",
    "page": "Write the registry as a static site, to publish or to open from disk.",
    "pin": "Pin a released version of a registry in coefgate.lock.",
    "publish": "Report the verdict to GitHub, as a commit status and one comment.",
    "release": "Release the coefficients: judge them, write the changelog and create the tag.",
    "replay": "Predict every stored call and score the predictions.",
    "rollback": "Restore the coefficients of an earlier release, and withdraw the later ones.",
    "runners": "Show which coefficients runners use, and who still uses withdrawn ones.",
    "samples": "Inspect the stored calls, and add new ones.",
    "show": "Show which version is pinned, and what is known about it.",
    "simulate": "Draw calls from the registry's numbers, and see what that many calls can decide.",
    "telemetry": "Manage recorded calls: create a store, ingest, ship, export and prune records.",
    "try": "Try other numbers: show the gate's verdict without editing a file.",
    "tune": "Fit the numbers to the stored calls, and measure the fit on unseen calls.",
    "update": "Move the pin to a newer release.",
    "verify": "Check the pin: lock, cached snapshot and, on request, the source.",
}
"""Every command with its line in ``coefgate --help``."""

LINES: Final = {name: COMMANDS[name] for name in ("pin", "show", "update", "verify")}
"""Those of a runner, which need no package."""

_DRAWING: Final = ("gate", "monitor", "replay", "telemetry report", "tune")
EXTRAS: Final = {
    "telemetry": ("monitor", "runners", "samples propose", "telemetry"),
    "prices": ("telemetry report --money",),
    "alerts": ("monitor --notify",),
    "html": ("page", "tune --figures", *(f"{one} --format html" for one in _DRAWING)),
}
"""By extra which commands need it, or with which option they do, beside ``cli``."""


def extras_of(arguments: Sequence[str]) -> list[str]:
    """The extras that a command line needs, beside ``cli``."""
    line = "".join(f"{word} " for one in arguments for word in one.split("=", 1))

    def needs(use: str) -> bool:
        command, dashes, option = use.partition(" --")
        return line.startswith(f"{command} ") and f"{dashes}{option} " in line

    return [extra for extra, uses in EXTRAS.items() if any(map(needs, uses))]
