"""From a path to its file kind: the globs of ``file_kinds.yaml`` as one regular expression.

The dialect is closed; ``docs/reference/path-rules.md`` specifies it. Matching takes linear time
whatever the glob: a part that is followed by another ``*`` or ``**`` is matched at its first place
and not tried again (atomic groups), which finds a match whenever there is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from itertools import pairwise, product, starmap
from math import prod
from typing import Final

MAX_WILDCARDS: Final = 6
"""``*``, ``**`` and ``?`` in one glob."""
MAX_COMBINATIONS: Final = 64
"""Texts that the choices of one glob can stand for, taken together."""

_TOKEN: Final = re.compile(
    r"(?P<choice>\{[^{}]*\})|(?P<star>\*)|(?P<one>\?)|(?P<reserved>[\[\]{}!\\])|(?P<text>[^*?{}\[\]!\\]+)"
)
_SLASH: Final = r"/(?![^{}]*\})"
"""Between two names of a glob: none that stands in a choice."""
_ANY_FOLDER: Final = "(?>(?:.*/)?)"
"""Up to the last ``/``, an atomic group: a name holds no ``/``, so no other place can match."""

NameTokens = tuple[tuple[str, str], ...]
"""The tokens of one folder or file name: pairs of token kind and text."""
PathKinds = Callable[[str], str]
"""From a path to its file kind; threads may share it."""


@lru_cache(maxsize=4096)
def glob_regex(glob: str) -> str:
    """The regular expression of one glob, to match a whole path. ``ValueError``: what is wrong."""
    body = glob.removeprefix("/")
    names = re.split(_SLASH, body)
    if body.endswith("/"):
        raise ValueError("ends with /; write /** for everything below a folder")
    if not all(names):
        raise ValueError("has an empty folder name")
    if len(re.findall(r"\*+|\?", body)) > MAX_WILDCARDS:
        raise ValueError(f"has more than {MAX_WILDCARDS} wildcards")
    options = (choice.count(",") + 1 for choice in re.findall(r"\{[^{}]*\}", body))
    if prod(options) > MAX_COMBINATIONS:
        raise ValueError(f"has choices with more than {MAX_COMBINATIONS} combinations")
    if any(pair == ("**", "**") for pair in pairwise(names)):
        raise ValueError("has ** twice in a row")
    floating = not glob.startswith("/") and names[0] != "**"
    return _path_regex(["**", *names] if floating else names)


def _path_regex(names: Sequence[str]) -> str:
    """The parts between ``**``: each at its first place, but the last at the path's end."""
    marks = [-1, *(place for place, name in enumerate(names) if name == "**"), len(names)]
    parts = [[*map(_name_regex, names[start + 1 : end])] for start, end in pairwise(marks)]
    if len(parts) == 1:
        return "/".join(parts[0])
    first, *between, last = parts
    start = "".join(f"{regex}/" for regex in first)
    for index, part in enumerate(between):
        folders = "".join(f"{regex}/" for regex in part)
        ends_it = index == len(between) - 1 and not last
        # Before a final ** no place is worse than another, and the last one is found fastest.
        start += f"(?:.*/)?{folders}" if ends_it else f"(?>(?:[^/]*/)*?{folders})"
    return start + _end_regex(last)


def _end_regex(part: Sequence[str]) -> str:
    """The names after the last ``**``: they are the last names of the path. None: anything."""
    if not part:
        return ".+"
    if len(part) == 1:
        return f"{_ANY_FOLDER}{part[0]}"
    return f"(?>(?:.*/)?(?=[^/]*(?:/[^/]*){{{len(part) - 1}}}\\Z)){'/'.join(part)}"


def _tokens(name: str) -> NameTokens:
    if "**" in name:
        raise ValueError("has ** that is not a whole folder name")
    tokens = []
    for token in _TOKEN.finditer(name):
        kind, text = token.lastgroup or "", token.group()
        if kind == "reserved":
            raise ValueError(f"holds {text!r}, which the dialect does not use")
        if kind == "choice":
            if "," not in text:
                raise ValueError(f"has the choice {text!r} with a single option")
            if "/" in text:
                raise ValueError(f"has a folder inside the choice {text!r}")
            for option in _options(text):
                _tokens(option)
        tokens.append((kind, text))
    return tuple(tokens)


def _name_regex(name: str) -> str:
    """One name. Never matches an empty one."""
    tokens = _tokens(name)
    stars = [index for index, (kind, _) in enumerate(tokens) if kind == "star"]
    choices = [index for index, (kind, _) in enumerate(tokens) if kind == "choice"]
    between_stars = any(stars[0] < index < stars[-1] for index in choices) if stars else False
    if between_stars or any("*" in tokens[index][1] for index in choices):
        each = (_tokens(re.sub(r"\*+", "*", spelled)) for spelled in _without_choices(name))
        return f"(?:{'|'.join(map(_plain_name_regex, each))})"
    return _plain_name_regex(tokens)


def _plain_name_regex(name: NameTokens) -> str:
    """A name with no choice between two stars, so that each part there has one length."""
    pieces = [""]
    for kind, text in name:
        if kind == "star":
            pieces.append("")
        else:
            pieces[-1] += _token_regex(kind, text)
    visible = "(?=[^/])"
    if any(all(_options(text)) if kind == "choice" else kind != "star" for kind, text in name):
        visible = ""
    if len(pieces) == 1:
        return visible + pieces[0]
    first, *between, last = pieces
    middle = "".join(f"(?>[^/]*?{piece})" for piece in between if piece)
    return f"{visible}{first}{middle}[^/]*{last}"


def _token_regex(kind: str, text: str) -> str:
    if kind == "one":
        return "[^/]"
    if kind == "choice":
        options = [_tokens(option) for option in _options(text)]
        return f"(?:{'|'.join(''.join(starmap(_token_regex, one)) for one in options)})"
    return re.escape(text)


def _options(choice: str) -> list[str]:
    return choice[1:-1].split(",")


def _without_choices(glob: str) -> tuple[str, ...]:
    """What a glob with choices stands for."""
    parts = re.split(r"(\{[^{}]*\})", glob)
    picks = product(*(_options(part) if part.startswith("{") else [part] for part in parts))
    return tuple(map("".join, picks))


@lru_cache(maxsize=1024)
def alternatives(glob: str) -> tuple[str, ...]:
    """What ``glob`` stands for without choices: ``*.{md,rst}`` for ``*.md`` and ``*.rst``.

    One that would read differently when written out, as ``*{a,*b}`` would, stays as it is.
    """
    options = (one for choice in re.findall(r"\{[^{}]*\}", glob) for one in _options(choice))
    if any(not option or "/" in option for option in options):
        return (glob,)
    found = _without_choices(glob)
    try:
        for one in found:
            glob_regex(one)
    except ValueError:
        return (glob,)
    return found


def spelled_names(glob: str) -> tuple[str, ...]:
    """The folder and file names that ``glob`` asks for, without ``**`` and choices written out."""
    names = re.split(_SLASH, glob.removeprefix("/"))
    return tuple(
        re.sub(r"\*+", "*", spelled)
        for name in names
        if name != "**"
        for spelled in _without_choices(name)
    )


@lru_cache(maxsize=1024)  # a change of many globs looks at each by itself
def compiled_path_kinds(rules: tuple[tuple[str, tuple[str, ...]], ...], default: str) -> PathKinds:
    """What gives a path its file kind; cached, because compiling the rules takes long.

    ``rules``: kinds with globs, the first match wins; ``default``: what none matches.
    """
    regexes = (f"({rule_regex(globs)})" for _, globs in rules)
    match = re.compile(rf"(?:{'|'.join(regexes)})\Z", re.DOTALL).match
    # No closure: a registry can be handed to another process, as ``multiprocessing`` does it.
    return partial(_kind_of, match, tuple(kind for kind, _ in rules), default)


def rule_regex(globs: Sequence[str]) -> str:
    """The regular expression of the paths that one of ``globs`` matches, to match a whole path."""
    return "|".join(_shared_start([*map(glob_regex, globs)]))


@lru_cache(maxsize=4096)  # agents come back to the same files
def _kind_of(
    match: Callable[[str], re.Match[str] | None], kinds: Sequence[str], default: str, path: str
) -> str:
    found = match(path)
    return kinds[found.lastindex - 1] if found and found.lastindex else default


def _shared_start(regexes: Sequence[str]) -> list[str]:
    """The same alternatives with the start ``any folder`` tried once for all that share it."""
    fixed = [regex for regex in regexes if not regex.startswith(_ANY_FOLDER)]
    floating = [one.removeprefix(_ANY_FOLDER) for one in regexes if one.startswith(_ANY_FOLDER)]
    return fixed + ([f"{_ANY_FOLDER}(?:{'|'.join(floating)})"] if floating else [])
