"""Paths under salted names, which keep what a prediction depends on and nothing else.

A name is replaced by digits of its HMAC-SHA256, keyed with a salt that is stored nowhere beside
them: without it nobody can try names until one fits. What stays is what some path rule asks for by
name, what marks tests and documents, and the ending. The same path gets the same name, so that
another attempt at the same files is still known as one.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import Final
from unicodedata import normalize

from coefgate.core.paths import PathKinds, spelled_names
from coefgate.core.vocabulary import Deliverable

SALT_VARIABLE: Final = "COEFGATE_PATH_SALT"
"""The environment variable that a continuous import, and a recorder, take their salt from."""
LEAST_SALT: Final = 16
"""Bytes of a salt that nobody guesses."""
DIGITS: Final = 12
"""Hexadecimal digits that stand for a name, or for a part of it between what is kept."""
MARKERS: Final = (
    *("test_*", "*_test.*", "*.{test,spec}.*", "conftest.*", "{test,tests,__tests__}/**"),
    *("README*", "docs/**"),
)
"""Globs of names that are kept whatever the rules say, so that later rules find them too."""
LONGEST_PATH: Final = 1024
_ENDING: Final = re.compile(r"(?<=[^/])\.[A-Za-z0-9]{1,8}\Z")
_SALTED: Final = re.compile(f"[0-9a-f]{{{DIGITS}}}")
_TRIES: Final = 64
"""Names that are tried where digits look like something that a rule asks for."""

Redactor = Callable[[str], str]
"""From a path, or another text, to its salted name."""


def kind_keeping_redactor(
    salt: bytes,
    kinds: Sequence[PathKinds],
    globs: Collection[str],
    *,
    hidden: Collection[str] = (),
) -> Redactor:
    """What salts a path so that it keeps its file kind under all ``kinds``.

    ``globs``: of the rules behind these; what one asks for by name stays. ``hidden``: texts,
    whatever their case and form, that no salted path holds, even where a rule asks for them.
    Raises ``ValueError`` for a salt that is short; so does the function, in words without the
    path, where no salted name keeps the kinds: it never keeps more than it should.
    """
    if len(salt) < LEAST_SALT:
        raise ValueError(f"a salt has at least {LEAST_SALT} bytes, and this one has {len(salt)}")
    spelled = {name for glob in {*MARKERS, *globs} for name in spelled_names(glob)}
    names = [re.compile(_name_regex(name), re.DOTALL) for name in sorted(spelled)]

    def fits(path: str, salted: str) -> bool:
        same = all(kind(path) == kind(salted) for kind in kinds)
        return same and not any(holds(salted, text) for text in hidden)

    @lru_cache(maxsize=1 << 16)  # runners come back to the same files, and live for long
    def redact(path: str) -> str:
        kept = _kept(path, names, hidden)
        for attempt in range(_TRIES):
            salted = "".join(_salted_names(path, kept, salt, attempt))
            if len(salted) > LONGEST_PATH:
                raise ValueError(f"under salted names it is longer than {LONGEST_PATH} characters")
            if fits(path, salted):
                return salted
        raise ValueError("no salted name both keeps its file kind and hides what it should")

    return redact


def redacted(deliverables: Sequence[Deliverable], redact: Redactor) -> tuple[Deliverable, ...]:
    """These files, in their order, each under its salted path.

    Raises ``ValueError`` where one cannot be salted, or two would be one file.
    """
    found = tuple(replace(one, path=redact(one.path)) for one in deliverables)
    if len({one.path for one in found}) < len({one.path for one in deliverables}):
        raise ValueError("two of its paths have the same salted name: take another salt")
    return found


def text_redactor(salt: bytes, what: str) -> Redactor:
    """What salts whole texts of one sort (``what``: run_id, …), such as name a piece of work."""
    return lambda text: _digits(salt, what, text)


def holds(text: str, part: str) -> bool:
    """Does ``text`` hold ``part``, whatever its case, and however its letters are composed?"""
    return _read_alike(part)[0] in _read_alike(text)[0]


def _spans(text: str, part: str) -> Iterator[slice]:
    """Where ``text`` holds ``part``."""
    (whole, places), (wanted, _) = _read_alike(text), _read_alike(part)
    at = whole.find(wanted)
    while at >= 0:
        yield slice(places[at], places[at + len(wanted) - 1] + 1)
        at = whole.find(wanted, at + 1)


def _read_alike(text: str) -> tuple[str, Sequence[int]]:
    """``text`` as all that reads like it, and the place in it of each character of that.

    Some systems write a letter and its accent as one character, others as two.
    """
    if text.isascii():
        return text.lower(), range(len(text))
    letters = [normalize("NFD", normalize("NFD", one).casefold()) for one in text]
    places = [at for at, letter in enumerate(letters) for _ in letter]
    return "".join(letters), places


def _kept(path: str, names: Sequence[re.Pattern[str]], texts: Collection[str]) -> Sequence[bool]:
    """Which characters of ``path`` stay as they are."""
    kept = [False] * len(path)
    start = 0
    for name in path.split("/"):
        for regex in names:
            if match := regex.fullmatch(name):
                for begin, end in match.regs[1:]:
                    kept[start + begin : start + end] = [True] * (end - begin)
        start += len(name) + 1
    spans = [match.span() for match in _ENDING.finditer(path)]
    for begin, end in spans:
        kept[begin:end] = [True] * (end - begin)
    for text in texts:
        for span in _spans(path, text):
            kept[span] = [False] * (span.stop - span.start)
    return [stays or one in "/*" for one, stays in zip(path, kept, strict=True)]


def _salted_names(path: str, kept: Sequence[bool], salt: bytes, attempt: int) -> Iterator[str]:
    """The parts of the salted path. A part depends on all that stands before it, and its name."""
    for stays, part in groupby(range(len(path)), key=kept.__getitem__):
        places = tuple(part)
        if stays:
            yield path[places[0] : places[-1] + 1]
        else:
            name_end = (path + "/").index("/", places[-1])
            yield _digits(salt, "path", str(attempt), str(places[0]), path[:name_end])


def _digits(salt: bytes, *said: str) -> str:
    return hmac.digest(salt, "\0".join(said).encode(), "sha256").hex()[:DIGITS]


def _name_regex(name: str) -> str:
    """A group for each text that the name of a glob asks for; linear, as in ``core.paths``."""
    first, *others = (f"({re.escape(one).replace(chr(92) + '?', '.')})" for one in name.split("*"))
    if not others:
        return first
    *between, last = others
    return first + "".join(f"(?>.*?{one})" for one in between) + ".*" + last


def is_salted(path: str, salted: str) -> bool:
    """May ``salted`` be what stands for ``path``: are some of its names, or parts, only digits?"""
    reached: dict[int, set[int]] = {0: {0}}  # by place in ``salted`` the places in ``path``
    for at in range(len(salted)):
        for place in reached.pop(at, ()):
            if path[place : place + 1] == salted[at]:
                reached.setdefault(at + 1, set()).add(place + 1)
            if _SALTED.match(salted, at):
                name_end = (path + "/").index("/", place)
                reached.setdefault(at + DIGITS, set()).update(range(place + 1, name_end + 1))
    return path != salted and len(path) in reached.get(len(salted), ())


def is_salted_text(salted: str) -> bool:
    """May it be what stands for a whole text?"""
    return _SALTED.fullmatch(salted) is not None
