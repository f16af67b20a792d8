"""``yanked.yaml``: the withdrawn versions in it, and how others are put in front of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from coefgate.core.json_shapes import JsonPlace
from coefgate.core.problems import UsageProblem
from coefgate.core.yanks import Yank, read_yanks
from coefgate.registry.files import FOLDER
from coefgate.registry.yaml_edit import with_data
from coefgate.registry.yaml_reader import strict_document

FILE: Final = f"{FOLDER}/yanked.yaml"
_NEW: Final = (
    "# yaml-language-server: $schema=../schemas/yanked.schema.json\n"
    "# Released versions that were withdrawn, newest first.\n"
    "yanked: []\n"
)


def yanks(content: bytes | None) -> tuple[Yank, ...]:
    """The withdrawn versions in the file, ``None`` where there is no file.

    Raises ``InvalidInput`` where it cannot be read, ``InvalidDocument`` where it is not valid.
    """
    rows = [] if content is None else strict_document(content, FILE).list_at(("yanked",))
    valid = [row for row in rows if isinstance(row, dict)]
    return read_yanks(valid, JsonPlace(FILE, "yanked"))


def with_yanked(content: bytes | None, new: Sequence[Yank]) -> bytes:
    """The file with ``new`` in front of what it holds; comments, form and line ends stay.

    Raises ``UsageProblem`` where the form is one that cannot be kept.
    """
    before = _NEW.encode() if content is None else content
    rows = strict_document(before, FILE).at(("yanked",))
    if not isinstance(rows, list):
        raise UsageProblem(
            f"{FILE} has no list of withdrawn versions. Write `yanked: []` there, and commit that."
        )
    return with_data(before, FILE, {("yanked",): [*map(asdict, new), *rows]})
