"""What an erasure writes: the files of the registry, and what rewrites the history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import orjson

from coefgate.core.trees import Tree
from coefgate.registry.files import FOLDER as REGISTRY
from coefgate.registry.files import GATES_FILE
from coefgate.registry.yaml_edit import with_data
from coefgate.samples.erasure import with_lines
from coefgate.samples.files import ERASED, FOLDER, RETIRED
from coefgate.samples.model import Sample, SampleStore, fields_of, stored_line

_FIRST_LINES: Final = b"# Lines that gave way to others under salted names.\nerased: []\n"


def erased_files(
    tree: Tree, store: SampleStore, instead: Mapping[str, Sample], reason: str
) -> dict[str, tuple[bytes | None, bytes]]:
    """What each file that changes holds, and what it is to hold."""
    there = {one.path for folder in (FOLDER, REGISTRY) for one in tree.entries(folder)}
    found: dict[str, tuple[bytes | None, bytes]] = {}
    for file in _imports(tree):
        content = tree.read(file)
        found[file] = content, with_lines(content, instead)
    for file in {RETIRED, GATES_FILE} & there:
        content = new = tree.read(file)
        for name, line in instead.items():
            new = new.replace(name.encode(), line.id.encode())
        found[file] = content, new
    known = tree.read(ERASED) if ERASED in there else None
    told = [{"id": one.id, "by": one.by, "reason": one.reason} for one in store.erased.values()]
    told += [{"id": name, "by": line.id, "reason": reason} for name, line in instead.items()]
    found[ERASED] = known, with_data(known or _FIRST_LINES, ERASED, {("erased",): told})
    return {file: both for file, both in found.items() if both[0] != both[1]}


def _imports(tree: Tree) -> Iterator[str]:
    return (one.path for one in tree.entries(FOLDER) if one.path.endswith(".jsonl"))


def expressions(tree: Tree, instead: Mapping[str, Sample]) -> Iterator[bytes]:
    """Each line that goes, and then each id, with what takes its place, for git filter-repo."""
    for file in _imports(tree):
        for line in tree.read(file).splitlines():
            if (new := instead.get(orjson.loads(line)["id"])) is not None:
                yield b"literal:" + line + b"==>" + stored_line(fields_of(new))
    for name, one in instead.items():
        yield f"literal:{name}==>{one.id}\n".encode()
