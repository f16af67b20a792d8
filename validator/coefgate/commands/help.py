"""``coefgate help``: what a command, a rule or a word is."""

from __future__ import annotations

from collections.abc import Sequence

import click

from coefgate.commands.completion import topic_completion
from coefgate.core.problems import UsageProblem
from coefgate.registry.wording import did_you_mean, listed, printable
from coefgate.reports.pages.help import topics_page
from coefgate.reports.render.console import print_page, show
from coefgate.runner.command_names import COMMANDS
from coefgate.use_cases.help_topics import rule_sections, section_on, topics, topics_like, words


@click.command()
@click.argument("topic", metavar="[TOPIC]", nargs=-1, shell_complete=topic_completion)
@click.pass_context
def command(context: click.Context, topic: Sequence[str]) -> None:
    """Explain a command, a rule or a term.

    Without TOPIC, all topics are listed. Terms are those of docs/reference/glossary.md.

    \b
    Examples:
      coefgate help
      coefgate help swing
      coefgate help exit codes
      coefgate help samples import
    """
    name = " ".join(" ".join(topic).split())
    if not name:
        show(list(topics_page(COMMANDS, rule_sections(), words())))
        return
    section, help_text = _explained(context, name)
    if section is not None:
        print_page(section)
    if help_text is not None:
        show(help_text if section is None else f"\n{help_text}")


def _explained(context: click.Context, name: str) -> tuple[str | None, str | None]:
    """The section on a topic and the help of a command of this name; one of them at least."""
    found = section_on(name), _help_of(context, name.split())
    if any(found):
        return found
    match topics_like(name):
        case [meant]:
            return section_on(meant), _help_of(context, [meant])
        case [_, *_] as several:
            listing = listed(several, "or")
            raise UsageProblem(f"{printable(name)} is no topic by itself. Did you mean {listing}?")
    remedy = did_you_mean(name, topics(), "See all topics with: coefgate help")
    raise UsageProblem(f"there is no topic {printable(name)}. {remedy}")


def _help_of(context: click.Context, topic: Sequence[str]) -> str | None:
    """What ``--help`` of this command says, or of the one below it."""
    parent = context.parent
    for word in topic:
        if parent is None or not isinstance(parent.command, click.Group):
            return None
        found = parent.command.get_command(parent, word)
        if found is None:
            return None
        parent = click.Context(found, info_name=word, parent=parent)
    return parent.get_help() if parent else None
