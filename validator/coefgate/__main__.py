"""The command ``coefgate``: its entry point, and what to install where packages are missing."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from coefgate.core.problems import ENVIRONMENT, INTERRUPTED, PASS, USAGE
from coefgate.runner.command_names import COMMANDS, LINES, extras_of
from coefgate.runner.exit_code import emit, tell

_OPTIONS: Final = ("-h", "--help", "--version")
_THREADS: Final = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""How many threads numpy's matrices take, which it reads when it is imported."""


def main() -> None:
    """Run the command line and exit with its code."""
    # Like Ctrl-C: nothing is left behind. Whoever starts it may want it to go on, though.
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_IGN:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(_run())
    except KeyboardInterrupt:  # while modules are still being imported
        sys.exit(INTERRUPTED)


def _run() -> int:
    arguments = sys.argv[1:]
    first = arguments[0] if arguments else "--help"
    if first in LINES:  # these need no package
        from coefgate.runner import command_line

        return command_line.run(first, arguments[1:])
    if first == "--version":
        from coefgate.core.program_version import program_version

        return emit(f"coefgate {program_version()}")
    if first not in COMMANDS and not first.startswith("-"):
        return _unknown(first, COMMANDS)
    # Matrices here are small: further threads would only wait for each other, at full speed.
    for name in _THREADS:
        os.environ.setdefault(name, "1")
    try:
        from coefgate.commands.cli import run
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("coefgate"):
            raise
        return _without(error.name, arguments)
    return run(arguments)


def _unknown(word: str, known: Iterable[str]) -> int:
    """Say which command or option was probably meant."""
    from difflib import get_close_matches

    near = get_close_matches(word, known, 1)
    meant = f" Did you mean {near[0]}?" if near else ""
    what = "option" if word.startswith("-") else "command"
    # What is no word may be a misplaced address with a secret in it.
    named = f"{what} {word!r}" if word.replace("-", "").isalnum() else f"such {what}"
    tell(f"coefgate: there is no {named}.{meant} See what there is with: coefgate --help")
    return USAGE


def _without(package: str, arguments: Sequence[str]) -> int:
    """Say what works without the commands' packages, and how to get them."""
    from coefgate.core.installation import MissingPackages

    first = arguments[0] if arguments else "--help"
    overview = first in _OPTIONS or list(arguments) == ["help"]
    if overview:
        further = {name: line for name, line in COMMANDS.items() if name not in LINES}
        emit(
            "Usage: coefgate COMMAND [ARGS]...\n\n"
            f"Commands that work here:\n{_listed(LINES)}\n\n"
            f"Commands that need further packages:\n{_listed(further)}\n\n"
            "Options:\n  --version   Show the program's version and exit.\n"
            "  -h, --help  Show this message and exit."
        )
    elif first not in COMMANDS:
        return _unknown(first, _OPTIONS)
    what = "every further command" if overview else "the command"
    tell(f"coefgate: {MissingPackages(what, package).beside(extras_of(arguments))}")
    return PASS if overview else ENVIRONMENT


def _listed(commands: Mapping[str, str]) -> str:
    return "\n".join(f"  {name:<10}{line}" for name, line in commands.items())


if __name__ == "__main__":
    main()
