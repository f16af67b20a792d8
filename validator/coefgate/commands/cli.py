"""The command ``coefgate``: finds the module of a command and imports nothing for the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from io import StringIO
from typing import Final

import click

from coefgate.core.credentials import without_addresses
from coefgate.core.garbage_collector import collector_paused
from coefgate.core.installation import MissingPackages
from coefgate.core.problems import INVALID, PASS, USAGE, InvalidInput
from coefgate.runner import exit_code
from coefgate.runner.command_names import COMMANDS, LINES, extras_of
from coefgate.runner.exit_code import silence_output, tell

_MODULES: Final = {"try": "try_numbers"}
"""Modules that cannot have their command's name, because Python keeps the word."""


class _RunnerCommand(click.Command):
    """A command of a runner: ``coefgate.runner.command_line`` does it, without click."""

    def __init__(self, name: str) -> None:
        super().__init__(name, help=LINES[name], add_help_option=False)

    def get_help(self, ctx: click.Context) -> str:
        from coefgate.runner.command_line import help_of

        return help_of(str(self.name))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.args = args
        return args

    def invoke(self, ctx: click.Context) -> int:
        from coefgate.runner.command_line import run

        return run(str(self.name), ctx.args)


class _Commands(click.Group):
    """Commands by name, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @collector_paused()
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name in LINES:
            return _RunnerCommand(cmd_name)
        command: click.Command = import_module(
            f"coefgate.commands.{_MODULES.get(cmd_name, cmd_name)}"
        ).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from coefgate.core.program_version import program_version

        click.echo(f"coefgate {program_version()}")
        ctx.exit()


@click.command(
    cls=_Commands,
    epilog="Exit codes: 0 pass, 1 a gate failed, 2 usage, 3 registry or samples invalid, "
    "4 not measurable, 5 environment, 70 a bug in Coefgate, 130 interrupted.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the program's version and exit.",
)
def cli() -> None:
    """Predict how many output tokens an LLM coding agent needs; gate every change of coefficients.

    \b
    Example:
      coefgate gate
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; never raises."""
    return exit_code_of(
        lambda: cli.main(list(arguments), prog_name="coefgate", standalone_mode=False), arguments
    )


def exit_code_of(command: Callable[[], object], arguments: Sequence[str]) -> int:
    """Run ``command``; whatever happens becomes an exit code, told on standard error."""
    return exit_code.exit_code_of(lambda: _run(command, arguments), arguments)


def _run(command: Callable[[], object], arguments: Sequence[str]) -> int:
    """What click raises, what is invalid or not installed, beside what ends every command."""
    try:
        code = command()
    except SystemExit:  # click's answer to a reader that left while it printed help
        silence_output()
        return PASS
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        shown = StringIO()
        error.show(shown)
        # An address in the wrong place may be one of those that are secrets as a whole.
        tell(without_addresses(shown.getvalue().rstrip("\n")))
        return USAGE
    except click.Abort:
        raise KeyboardInterrupt from None
    except InvalidInput as error:
        from coefgate.reports.pages.problems import problems_text

        tell(problems_text(error.problems))
        return INVALID
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("coefgate"):
            raise
        missing = MissingPackages("the command", error.name)
        raise missing.beside(extras_of(arguments)) from error
    except MissingPackages as error:
        raise error.beside(extras_of(arguments)) from error
    except OSError:
        silence_output()
        raise
    return code if isinstance(code, int) else PASS
