"""How a command that needs no package ends: its exit code, and the reason on standard error."""

from __future__ import annotations

import os
import platform
import shlex
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from io import TextIOWrapper, UnsupportedOperation

from coefgate.core.characters import visible
from coefgate.core.credentials import scrubbed, without_addresses
from coefgate.core.problems import BUG, ENVIRONMENT, INTERRUPTED, PASS, CoefgateError


def exit_code_of(command: Callable[[], int], arguments: Sequence[str]) -> int:
    """Run ``command`` and turn whatever happens into an exit code."""
    # A terminal that cannot show a letter gets a question mark.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            found = encoding_of(sys.platform, os.environ, terminal=stream.isatty())
            stream.reconfigure(encoding=found, errors="replace")
    try:
        return command()
    except KeyboardInterrupt:
        tell("interrupted")
        return INTERRUPTED
    except CoefgateError as error:
        tell(f"coefgate: {scrubbed(str(error))}")
        return error.exit_code
    except OSError as error:
        tell(f"coefgate: {in_words(error)}")
        return ENVIRONMENT
    except Exception as error:  # noqa: BLE001 (this is the place where bugs end)
        if _comes_of_an_interruption(error):
            tell("interrupted")
            return INTERRUPTED
        tell(scrubbed(bug_report(arguments)))
        return BUG


def encoding_of(platform: str, environment: Mapping[str, str], *, terminal: bool) -> str | None:
    """In which encoding to print, ``None``: in the one that Python has chosen.

    Windows has one of its own for pipes and files, which no reader of JSON expects.
    """
    stays = terminal or platform != "win32" or "PYTHONIOENCODING" in environment
    return None if stays else "utf-8"


def _comes_of_an_interruption(error: BaseException) -> bool:
    """Ctrl-C while a module of C is loaded may be told as an error of that module."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, KeyboardInterrupt):
        cause = cause.__cause__ or cause.__context__
    return cause is not None


def emit(text: str) -> int:
    """Write the result to standard output; a reader that has left is no error."""
    if sys.stdout is not None:
        try:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
        except BrokenPipeError:
            silence_output()
    return PASS


def tell(text: str) -> None:
    """Write a line that is not part of the result to standard error.

    Nothing in it steers a terminal, whoever wrote it.
    """
    if sys.stderr is not None:
        lines = text.expandtabs().split("\n")
        shown = "\n".join(one if one.isprintable() else visible(one) for one in lines)
        sys.stderr.write(f"{shown}\n")


def silence_output() -> None:
    """Let go of standard output, so that what is buffered fails nobody at the end."""
    if sys.stdout is not None:
        # What is no file has no buffer of the system's behind it.
        with suppress(UnsupportedOperation):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def in_words(error: OSError) -> str:
    """An error of the system, with its place and a way to look at it."""
    if isinstance(error, FileNotFoundError) and not error.filename:  # that of asking where we are
        return "the current folder is gone. Go to one that exists with: cd FOLDER"
    place = f"{error.filename}: " if error.filename else ""
    why = error.strerror or error
    return f"{place}{why}. Check the disk and the permissions with: df -h . && ls -la"


def bug_report(arguments: Sequence[str]) -> str:
    """The present exception, ready to be pasted into a report."""
    from coefgate.core.program_version import program_version  # noqa: PLC0415 (it reads files)

    python = f"Python {platform.python_version()}, {platform.platform()}"
    return (
        "This is a bug in Coefgate, so there is no result. Please report it with the lines "
        f"below.\n```\ncoefgate {program_version()}, {python}\n$ coefgate "
        f"{shlex.join(_without_targets(arguments))}\n{traceback.format_exc().rstrip()}\n```"
    )


def _without_targets(arguments: Sequence[str]) -> list[str]:
    """The arguments without those that name who is told of alerts: such an address is a secret."""
    before = ("", *arguments)
    return [
        without_addresses(one) if "--notify" in {last, one.partition("=")[0]} else one
        for last, one in zip(before, arguments, strict=False)
    ]
