"""What to exchange in a YAML text so that it says other data: spans as small as can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any, Final

from coefgate.registry.yaml_collection import Collection, Splice
from coefgate.registry.yaml_layout import Layout, Member, begin_of, in_braces, is_block
from coefgate.registry.yaml_text import flow_text, reads_well_in_flow

GONE: Final = object()
"""What a member becomes that is taken out."""


def same(one: object, other: object) -> bool:
    """Are they the same data? 1.0 and 1 are, true and 1 are not; keys have no order."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def splices(layout: Layout, present: object, wanted: object) -> Iterator[Splice]:
    """What makes the text, which says ``present``, say ``wanted``.

    They may touch or overlap, and then the first goes first. Each by itself leaves a text that can
    be read and is nearer to what is wanted, unless the form is an unusual one.
    """
    begin = begin_of(layout.root)
    whole = Member(begin, begin, layout.root, layout.end(layout.root))
    yield from _becoming(Collection(layout, (), "", in_flow=True), whole, present, wanted)


def _becoming(
    collection: Collection, member: Member, present: Any, wanted: Any
) -> Iterator[Splice]:
    if same(present, wanted):
        return
    if _keeps_members(collection, member, present, wanted):
        changes = (_mapping_changes if isinstance(wanted, dict) else _list_changes)(
            present, wanted
        )
        yield from _within(collection, member, changes)
    elif collection.in_flow or _is_line(wanted, was_block=is_block(member.value)):
        yield collection.as_line(member, wanted)
    else:
        yield collection.as_block(member, wanted)


def _keeps_members(collection: Collection, member: Member, present: Any, wanted: Any) -> bool:
    if isinstance(present, dict) and isinstance(wanted, dict):
        shared = bool(present.keys() & wanted.keys())
    else:
        lists = isinstance(present, list) and isinstance(wanted, list)
        shared = lists and bool(present) and bool(wanted)
    outgrows_its_line = (
        in_braces(member.value)
        and not collection.in_flow
        and reads_well_in_flow(present)
        and not reads_well_in_flow(wanted)
        and not collection.layout.comments_in(member.begin, member.end)
    )
    return shared and not outgrows_its_line


def _is_line(wanted: Any, *, was_block: bool) -> bool:
    if not wanted or not isinstance(wanted, dict | list):
        return True
    return reads_well_in_flow(wanted) and not was_block


@dataclass(frozen=True, slots=True)
class _MemberChanges:
    """What becomes of each member of a collection, and what comes in behind which (-1: first)."""

    steps: Sequence[str | int]
    present: Sequence[Any]
    becomes: Sequence[Any]
    added: Mapping[int, Any]

    def gone(self) -> Iterator[tuple[int, int]]:
        """Members side by side that go: the first, and the one behind the last."""
        first = None
        for number, data in enumerate((*self.becomes, None)):
            if data is GONE and first is None:
                first = number
            elif data is not GONE and first is not None:
                yield first, number
                first = None


def _mapping_changes(present: Mapping[str, Any], wanted: Mapping[str, Any]) -> _MemberChanges:
    keys = tuple(present)
    numbers = {key: number for number, key in enumerate(keys)}
    added: dict[int, Any] = {}
    before = -1
    for key, data in wanted.items():
        if key in numbers:
            before = numbers[key]
            # What takes the place of another key comes below the comments of that one.
            while before + 1 < len(present) and keys[before + 1] not in wanted:
                before += 1
        else:
            added.setdefault(before, {})[key] = data
    becomes = [wanted.get(key, GONE) for key in present]
    return _MemberChanges(keys, tuple(present.values()), becomes, added)


def _list_changes(present: Sequence[Any], wanted: Sequence[Any]) -> _MemberChanges:
    becomes = list(present)
    added: dict[int, Any] = {}
    texts = [[flow_text(item) for item in items] for items in (present, wanted)]
    matcher = SequenceMatcher(a=texts[0], b=texts[1], autojunk=False)
    for _, first, behind, new, new_behind in matcher.get_opcodes():
        both = min(behind - first, new_behind - new)
        becomes[first : first + both] = wanted[new : new + both]
        becomes[first + both : behind] = [GONE] * (behind - first - both)
        if rest := wanted[new + both : new_behind]:
            added[first + both - 1] = rest
    return _MemberChanges(range(len(present)), present, becomes, added)


def _within(collection: Collection, member: Member, changes: _MemberChanges) -> Iterator[Splice]:
    layout, node = collection.layout, member.value
    members = layout.members(node)
    if in_braces(node):
        inside = replace(collection, in_flow=True)
    else:
        indent = " " * layout.column(begin_of(node))
        inside = replace(collection, in_flow=False, indent=indent)
    for one, step, present, data in zip(
        members, changes.steps, changes.present, changes.becomes, strict=True
    ):
        if data is not GONE:
            yield from _becoming(
                replace(inside, path=(*collection.path, step)), one, present, data
            )
    for before, added in changes.added.items():
        yield inside.put_in(members, before, added)
    for first, behind in changes.gone():
        if (taken := inside.take_out(members, first, behind)) is not None:
            yield taken
