"""The names of the commands, apart from all that they need when they run."""

from __future__ import annotations

from typing import Final

COMMANDS: Final = {
    "build": "Compile the registry into one file, the snapshot.",
    "check": "Read coefficients and samples strictly, and name every problem.",
    "coverage": "Show which cells have how many stored calls, and what is missing.",
    "diff": "Show what differs between two states, and what that does to predictions.",
    "doctor": "Say what the registry lacks, by trying it: settings are not evidence.",
    "drill": "Plant regressions and harmless changes in a scratch copy; see what the gate says "
    "of each.",
    "estimate": "Predict the output tokens of one call, with the reasons.",
    "explain": "Say what a value rests on and what 10% more would do, or what a rule asks.",
    "gate": "Judge a change of the registry on its stored calls.",
    "help": "Say what a command, a rule or a word is.",
    "history": "Show every number that a value had, who wrote it and when.",
    "init": "Make a registry of your own, with hooks and CI around it.",
    "monitor": "Watch recorded calls: what is wrong, what proves it, and what ends it.",
    "page": "Write the registry as a site of static pages, to publish or to open from disk.",
    "pin": "Pin a released version of a registry in coefgate.lock.",
    "publish": "Report the verdict to GitHub: a commit status and one comment.",
    "release": "Give the coefficients a version: judge them, write the changelog, make the tag.",
    "replay": "Predict every stored call and score the predictions.",
    "rollback": "Go back to the coefficients of an earlier release, and withdraw those that came "
    "after it.",
    "runners": "Show which coefficients serve calls, and who is still on withdrawn ones.",
    "samples": "Look at the stored calls, and add new ones.",
    "show": "Show which version is pinned, and what is known of it.",
    "simulate": "Draw calls from what the registry says, and see what that many calls can decide.",
    "telemetry": "Keep the records of calls: make a store, bring them in, ship, export and prune "
    "them.",
    "try": "Ask what the gate would say of other numbers, without editing a file.",
    "tune": "Fit the numbers to the stored calls, and say what the fit is worth on calls it never "
    "saw.",
    "update": "Move the pin to a newer release.",
    "verify": "Check that the pin holds: lock, cached snapshot, and the source if asked.",
}
"""Every command with its line in ``coefgate --help``."""

LINES: Final = {name: COMMANDS[name] for name in ("pin", "show", "update", "verify")}
"""Those of a runner, which need no package."""
