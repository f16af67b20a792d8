"""What two versions of the gate say of the last changes of a registry, and where they differ.

    python examples/compare_judges.py old/bin/coefgate new/bin/coefgate --last 20

Run it in the folder of the registry. Each of the last commits that touched coefficients/ or
samples/ is judged by both programs, as a change of the commit before and as a state by itself.
Nothing is written. The exit code is 1 if any of them is judged otherwise. It needs nothing but the
standard library. More: docs/how-to/upgrading.md
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn


def last_changes(count: int) -> list[tuple[str, str]]:
    """The newest commits that touched the registry, with the first line of what they say."""
    line = ["git", "log", "--first-parent", f"--max-count={count}", "--format=%h %s"]
    listed = _printed([*line, "--", "coefficients", "samples"])
    return [(commit, subject) for commit, _, subject in (one.partition(" ") for one in listed)]


def verdict(program: str, *asked: str) -> str:
    """What the gate says, without the figures and words that may differ between versions."""
    command = [program, "gate", *asked, "--format", "json"]
    done = _ran(command)
    if not done.stdout:
        return f"no verdict, exit code {done.returncode}"
    report = json.loads(done.stdout)
    rules = report["rules"]
    failed = [rule["rule"] for rule in rules if rule["status"] != "pass"]
    missed = [rule["rule"] for rule in rules if rule["status"] == "pass" and not rule["met"]]
    named = [("by", failed), ("misses", missed)]
    return " ".join(
        [report["verdict"], *(f"{word} {', '.join(names)}" for word, names in named if names)]
    )


def main(words: Sequence[str] | None = None) -> int:
    """Judge, print what is judged otherwise, and say how much that is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("old", help="the program that judges today")
    parser.add_argument("new", help="the program that would judge")
    parser.add_argument("--last", type=int, default=20, metavar="N", help="how many commits [20]")
    given = parser.parse_args(words)
    changes = last_changes(given.last)
    differ = 0
    for commit, subject in changes:
        print(f"{commit} {subject}")
        for asked in (("--base", f"{commit}^", "--head", commit), ("--at", commit)):
            old, new = (verdict(program, *asked) for program in (given.old, given.new))
            differ += old != new
            same = old if old == new else f"{old}  →  {new}"
            print(f"  gate {' '.join(asked)}: {same}")
    print(f"{differ} of {2 * len(changes)} verdicts differ")
    return int(differ > 0)


def _printed(command: Sequence[str]) -> list[str]:
    done = _ran(command)
    if done.returncode:
        _give_up(done.stderr.decode("utf-8", "replace").strip())
    return done.stdout.decode("utf-8", "replace").splitlines()


def _ran(command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(command, capture_output=True, check=False)
    except OSError as error:
        _give_up(f"{command[0]} cannot be started: {error}")


def _give_up(why: str) -> NoReturn:
    print(why, file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main())
