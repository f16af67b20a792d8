"""A runner's commands, by the standard library alone: ``pin``, ``update``, ``verify``, ``show``.

Why so: docs/decisions/0030-commands-of-a-runner.md
"""

from __future__ import annotations

import shlex
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

from coefgate.core import problems
from coefgate.core.credentials import scrubbed
from coefgate.core.problems import PASS, EnvironmentProblem, UsageProblem
from coefgate.core.versions import Version
from coefgate.runner.cache import default_cache
from coefgate.runner.channel import LATEST
from coefgate.runner.command_names import LINES
from coefgate.runner.exit_code import emit, exit_code_of, tell
from coefgate.runner.lock import NAME, Trust, found_lock
from coefgate.runner.pin import PinChange, pin, update
from coefgate.runner.pin_texts import pinned_json, pinned_text, show_json, show_text, verified_text
from coefgate.runner.serving import yank_words
from coefgate.runner.verify import PinStatus, show, verify

_WIDTH: Final = 100


class _Parser(ArgumentParser):
    """Raises what is wrong, and never repeats what may hold a secret."""

    def error(self, message: str) -> NoReturn:
        sentence = message if message.endswith("?") else f"{message}."
        raise UsageProblem(f"{scrubbed(sentence)} See what it takes with: {self.prog} --help")


def run(name: str, arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; never raises."""
    return exit_code_of(lambda: _run(name, arguments), [name, *arguments])


def help_of(name: str) -> str:
    """What ``coefgate NAME --help`` prints."""
    return _parser(name).format_help().rstrip()


def _run(name: str, arguments: Sequence[str]) -> int:
    if {"-h", "--help"} & set(arguments):
        return emit(help_of(name))
    parser = _parser(name)
    options, beyond = parser.parse_known_args(arguments)
    if beyond:  # not repeated: it may be a misplaced address with a secret in it
        words = "argument" if len(beyond) == 1 else "arguments"
        parser.error(f"{len(beyond)} {words} too many{_meant(parser, beyond)}")
    return _WORK[name](options)


def _meant(parser: ArgumentParser, beyond: Sequence[str]) -> str:
    """The option that was probably meant, as a question."""
    from difflib import get_close_matches  # noqa: PLC0415 (only an error needs it, and it takes a while)

    options = parser._option_string_actions  # noqa: SLF001 (argparse has no other way to them)
    known = [word for word in options if word.startswith("--")]
    asked = (word.partition("=")[0] for word in beyond if word.startswith("--"))
    near = [found for word in asked for found in get_close_matches(word, known, 1)]
    return f". Did you mean {near[0]}?" if near else ""


def _parser(name: str) -> ArgumentParser:
    parser = _Parser(
        prog=f"coefgate {name}",
        description=LINES[name],
        epilog=_EPILOGS[name],
        formatter_class=partial(RawDescriptionHelpFormatter, width=_WIDTH, max_help_position=32),
        allow_abbrev=False,
        add_help=False,
    )
    add = parser.add_argument
    if name == "pin":
        add(
            "url",
            metavar="URL[@VERSION]",
            help="A git repository (https://, ssh://, git@host:path, file:// or a path), or a "
            "snapshot file (https://, file:// or a path, ending in .json).",
        )
        signers = (
            "Accept only releases whose tag is signed by one of these ssh keys. The lines have "
            "the format of ssh-keygen, and are copied into the lock."
        )
        add("--allowed-signers", metavar="FILE", type=Path, help=signers)
    elif name == "update":
        add("--to", metavar="VERSION", help="Pin exactly this release.")
        channel = (
            "Which releases to take: latest (the default), a line such as 1 or 1.4, "
            "or pinned, which keeps the version and only learns about withdrawn ones."
        )
        add("--channel", metavar="CH", default=LATEST, help=channel)
    elif name == "verify":
        online = (
            "Also ask the source whether the version exists there with the same digest, is signed "
            "as the lock requires, and was withdrawn. Without --strict, a withdrawn version is "
            "only a warning."
        )
        strict = (
            "Exit with 1 if the pinned version is known to be withdrawn, and with 4 if nothing "
            "here confirms that the digest belongs to that version."
        )
        add("--online", action="store_true", help=online)
        add("--strict", action="store_true", help=strict)
    else:
        offline = "Do not ask the source for newer releases."
        add("--offline", action="store_true", help=offline)
    form = "text (the default), or json for programs."
    add("--format", choices=("text", "json"), default="text", help=form)
    where = f"The lock to use; by default the nearest {NAME} at or above this folder."
    add("--lock", metavar="FILE", type=Path, help=where)
    add("-h", "--help", action="store_true", help="Show this message and exit.")
    return parser


def _pin(options: Namespace) -> int:
    path = Path(NAME)
    with suppress(EnvironmentProblem):
        path = options.lock or found_lock(Path())
    trust = None if options.allowed_signers is None else _signers(options.allowed_signers)
    done = pin(options.url, lock_path=path, cache=default_cache(), trust=trust)
    code = _told(path, done, options)
    if done.lock != done.before:
        tell(f"Next: commit {path}, then load what it pins with coefgate.Registry.from_lock()")
        if done.lock.url.startswith("file:"):
            tell(
                f"coefgate: warning: {path} names a path of this machine, {done.lock.url}, which "
                "others do not have. For them, pin one that they can reach: coefgate pin URL"
            )
    return code


def _update(options: Namespace) -> int:
    to = None if options.to is None else Version.spelled(options.to)
    if to is None and options.to is not None:
        example = "for example: coefgate update --to 1.4.0"
        raise UsageProblem(f"--to takes a release, {example}; found {options.to!r}")
    path = options.lock or found_lock(Path())
    return _told(path, update(path, default_cache(), to=to, channel=options.channel), options)


def _verify(options: Namespace) -> int:
    path = options.lock or found_lock(Path())
    found = verify(path, default_cache(), online=options.online)
    _tell_status(path, found, options, verified_text)
    if options.strict and found.yank is not None:
        return problems.GATE_FAILED
    return problems.NOT_MEASURABLE if options.strict and found.checked == "no" else PASS


def _show(options: Namespace) -> int:
    path = options.lock or found_lock(Path())
    found = show(path, default_cache(), offline=options.offline)
    return _tell_status(path, found, options, show_text)


def _told(path: Path, done: PinChange, options: Namespace) -> int:
    _warn(*done.warnings)
    return emit((pinned_json if options.format == "json" else pinned_text)(path, done))


def _tell_status(
    path: Path, found: PinStatus, options: Namespace, text: Callable[[Path, PinStatus], str]
) -> int:
    _warn(*found.warnings, found.trouble, yank_words(found.yank) if found.yank else None)
    return emit((show_json if options.format == "json" else text)(path, found))


def _warn(*sentences: str | None) -> None:
    for sentence in filter(None, sentences):
        tell(f"coefgate: warning: {scrubbed(sentence)}")


def _signers(path: Path) -> Trust:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = f"{path} cannot be read: {error}"
        raise EnvironmentProblem(
            f"{why}. Check it with: ls -l {shlex.quote(str(path))}"
        ) from error
    lines = tuple(
        line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")
    )
    if not lines or not all(line.isprintable() for line in lines):
        raise UsageProblem(
            f"{path} names no signer; each line is a name and an ssh public key, for example made "
            f'with: echo "releases@example.org $(cat KEY.pub)" > {shlex.quote(str(path))}'
        )
    return Trust(lines)


_EPILOGS: Final = {
    "pin": "Without a version, the newest release that is not withdrawn is pinned. A branch, a "
    "commit or a part\nof a version is refused, because it may change. See "
    "docs/how-to/pinning.md.\n\nExamples:\n"
    "  coefgate pin https://github.com/example/registry.git@1.4.0\n"
    "  coefgate pin git@example.org:registry.git --allowed-signers signers\n"
    "  coefgate pin https://example.org/coefficients-1.4.0.json",
    "update": "Never moves to a lower version, unless the pinned one was withdrawn or --to names "
    "it.\n\nExamples:\n"
    "  coefgate update\n  coefgate update --channel 1.4\n  coefgate update --to 1.4.0",
    "verify": "Examples:\n"
    "  coefgate verify\n  coefgate verify --online\n  coefgate verify --online --strict",
    "show": "Examples:\n  coefgate show\n  coefgate show --offline --format json",
}
_WORK: Final = {"pin": _pin, "update": _update, "verify": _verify, "show": _show}
