"""``coefgate pin``: pin a version; what it does stands in ``coefgate.runner.command_line``."""

from coefgate.commands.runner_commands import RunnerCommand

command = RunnerCommand("pin")
