"""From a path to its file kind: the globs of ``file_kinds.yaml`` as one regular expression.

The dialect is closed, and specified in ``docs/path-rules.md``. Matching takes time linear in the
path's length, whatever the glob: a part that is followed by another ``*`` or ``**`` is matched at
its first place and not tried again (atomic groups), which finds a match whenever there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
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
_ANY_FOLDER: Final = "(?>(?:.*/)?)"
"""Up to the last ``/``, an atomic group: a name holds no ``/``, so no other place can match."""

Name = tuple[tuple[str, str], ...]
"""The tokens of one folder or file name: pairs of token kind and text."""


@lru_cache(maxsize=4096)
def glob_regex(glob: str) -> str:
    """The regular expression of one glob, to be matched against a whole path.

    Raises ``ValueError`` with a clause that says what is wrong with the glob.
    """
    body = glob.removeprefix("/")
    names = re.split(r"/(?![^{}]*\})", body)
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
    first, *others = _split(names)
    regexes = [_name_regex(_tokens(name)) for name in first]
    if not others:
        return "/".join(regexes)
    start = "".join(f"{regex}/" for regex in regexes)
    *between, last = others
    for index, part in enumerate(between):
        folders = "".join(f"{_name_regex(_tokens(name))}/" for name in part)
        ends_it = index == len(between) - 1 and not last
        # Before a final ** no place is worse than another, and the last one is found fastest.
        start += f"(?:.*/)?{folders}" if ends_it else f"(?>(?:[^/]*/)*?{folders})"
    return start + _end_regex(last)


def _end_regex(part: Sequence[str]) -> str:
    """The names after the last ``**``: they are the last names of the path. None: anything."""
    if not part:
        return ".+"
    regex = "/".join(_name_regex(_tokens(name)) for name in part)
    if len(part) == 1:
        return f"{_ANY_FOLDER}{regex}"
    return f"(?>(?:.*/)?(?=[^/]*(?:/[^/]*){{{len(part) - 1}}}\\Z)){regex}"


def _split(names: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for name in names:
        if name == "**":
            parts.append([])
        else:
            parts[-1].append(name)
    return parts


def _tokens(name: str) -> Name:
    if "**" in name:
        raise ValueError("has ** that is not a whole folder name")
    tokens = []
    for token in _TOKEN.finditer(name):
        kind, text = token.lastgroup or "", token.group()
        if kind == "reserved":
            raise ValueError(f"holds {text!r}, which the dialect does not use")
        if kind == "choice":
            _check_choice(text)
        tokens.append((kind, text))
    return tuple(tokens)


def _check_choice(text: str) -> None:
    if "," not in text:
        raise ValueError(f"has the choice {text!r} with a single option")
    if "/" in text:
        raise ValueError(f"has a folder inside the choice {text!r}")
    for option in _options(text):
        _tokens(option)


def _name_regex(name: Name) -> str:
    """One name. Never matches an empty one."""
    stars = [index for index, (kind, _) in enumerate(name) if kind == "star"]
    choices = [index for index, (kind, _) in enumerate(name) if kind == "choice"]
    between_stars = any(stars[0] < index < stars[-1] for index in choices) if stars else False
    if between_stars or any("*" in name[index][1] for index in choices):
        plain = "|".join(_plain_name_regex(each) for each in _without_choices(name))
        return f"(?:{plain})"
    return _plain_name_regex(name)


def _plain_name_regex(name: Name) -> str:
    """A name with no choice between two stars, so that each part there has one length."""
    pieces = [""]
    for kind, text in name:
        if kind == "star":
            pieces.append("")
        else:
            pieces[-1] += _token_regex(kind, text)
    visible = "" if any(_has_length(token) for token in name) else "(?=[^/])"
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


def _has_length(token: tuple[str, str]) -> bool:
    kind, text = token
    return all(_options(text)) if kind == "choice" else kind != "star"


def _options(choice: str) -> list[str]:
    return choice[1:-1].split(",")


def _without_choices(name: Name) -> Iterator[Name]:
    """The names that a name with choices stands for."""
    alternatives = [
        [_tokens(option) for option in _options(text)] if kind == "choice" else [((kind, text),)]
        for kind, text in name
    ]
    for picked in product(*alternatives):
        yield tuple(token for tokens in picked for token in tokens)


@lru_cache(maxsize=1024)
def alternatives(glob: str) -> tuple[str, ...]:
    """What ``glob`` stands for without choices: ``*.{md,rst}`` for ``*.md`` and ``*.rst``.

    One that would read differently when written out, as ``*{a,*b}`` would, stays as it is.
    """
    parts = re.split(r"(\{[^{}]*\})", glob)
    choices = [_options(part) if part.startswith("{") else None for part in parts]
    if any(not option or "/" in option for options in choices if options for option in options):
        return (glob,)
    picks = product(*(options or [part] for part, options in zip(parts, choices, strict=True)))
    found = tuple("".join(picked) for picked in picks)
    return found if all(map(_is_glob, found)) else (glob,)


def _is_glob(text: str) -> bool:
    try:
        glob_regex(text)
    except ValueError:
        return False
    return True


class PathKinds:
    """Ordered rules from path to kind, compiled once. Callable; threads may share it."""

    __slots__ = ("_default", "_kinds", "_match")

    def __init__(self, rules: Sequence[tuple[str, Sequence[str]]], default: str) -> None:
        """``rules``: kinds with globs, the first match wins; ``default``: what none matches."""
        regexes = [f"({'|'.join(_shared_start(map(glob_regex, globs)))})" for _, globs in rules]
        regex = re.compile(rf"(?:{'|'.join(regexes)})\Z", re.DOTALL)
        self._kinds = tuple(kind for kind, _ in rules)
        self._default = default
        self._match = regex.match if regexes else None

    def __call__(self, path: str) -> str:
        """The file kind of ``path``."""
        found = self._match(path) if self._match else None
        return self._kinds[found.lastindex - 1] if found and found.lastindex else self._default


@lru_cache(maxsize=32)
def compiled_path_kinds(rules: tuple[tuple[str, tuple[str, ...]], ...], default: str) -> PathKinds:
    """``PathKinds``, one object for equal rules: compiling them is what takes the time."""
    return PathKinds(rules, default)


def _shared_start(regexes: Iterator[str]) -> list[str]:
    """The same alternatives with the start ``any folder`` tried once for all that share it."""
    every = list(regexes)
    fixed = [regex for regex in every if not regex.startswith(_ANY_FOLDER)]
    floating = [one.removeprefix(_ANY_FOLDER) for one in every if one.startswith(_ANY_FOLDER)]
    return fixed + ([f"{_ANY_FOLDER}(?:{'|'.join(floating)})"] if floating else [])
