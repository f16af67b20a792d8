"""Expected errors, interruption and bugs: three different exits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper

import click

from coefgate.core.credentials import scrubbed
from coefgate.core.problems import (
    BUG,
    ENVIRONMENT,
    INTERRUPTED,
    INVALID,
    MISSING_EXTRA,
    PASS,
    USAGE,
    CoefgateError,
    InvalidInput,
)
from coefgate.runner.exit_code import bug_report, in_words, silence_output


def exit_code_of(command: Callable[[], object], arguments: Sequence[str]) -> int:
    """Run ``command``; whatever happens becomes an exit code, told on standard error."""
    _print_whatever_the_encoding()
    try:
        code = command()
    except SystemExit:  # click's answer to a reader that left while it printed help
        silence_output()
        return PASS
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except InvalidInput as error:
        _tell_problems(error)
        return INVALID
    except CoefgateError as error:
        click.echo(f"coefgate: {scrubbed(str(error))}", err=True)
        return error.exit_code
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("coefgate"):
            click.echo(scrubbed(bug_report(arguments)), err=True)
            return BUG
        click.echo(f"coefgate: {MISSING_EXTRA.format(name=error.name)}", err=True)
        return ENVIRONMENT
    except OSError as error:
        silence_output()
        click.echo(f"coefgate: {in_words(error)}", err=True)
        return ENVIRONMENT
    except Exception:  # noqa: BLE001 (this is the place where bugs end)
        click.echo(scrubbed(bug_report(arguments)), err=True)
        return BUG
    return code if isinstance(code, int) else PASS


def _print_whatever_the_encoding() -> None:
    """A terminal that cannot show a dash gets a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _tell_problems(error: InvalidInput) -> None:
    count = len(error.problems)
    click.echo(f"{error}\n{count} problem{'s' if count != 1 else ''}: nothing was done.", err=True)
