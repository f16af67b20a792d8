"""What click raises, what is invalid or not installed, beside what ends every command."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from coefgate.core.problems import ENVIRONMENT, INVALID, MISSING_EXTRA, PASS, USAGE, InvalidInput
from coefgate.runner import exit_code
from coefgate.runner.exit_code import silence_output, tell


def exit_code_of(command: Callable[[], object], arguments: Sequence[str]) -> int:
    """Run ``command``; whatever happens becomes an exit code, told on standard error."""
    return exit_code.exit_code_of(lambda: _run(command), arguments)


def _run(command: Callable[[], object]) -> int:
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
    except click.Abort:
        raise KeyboardInterrupt from None
    except InvalidInput as error:
        count = len(error.problems)
        tell(f"{error}\n{count} problem{'s' if count != 1 else ''}: nothing was done.")
        return INVALID
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("coefgate"):
            raise
        tell(f"coefgate: {MISSING_EXTRA.format(name=error.name)}")
        return ENVIRONMENT
    except OSError:
        silence_output()
        raise
    return code if isinstance(code, int) else PASS
