"""What was done with a store of records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from coefgate.core.credentials import scrubbed
from coefgate.registry.wording import count
from coefgate.reports.page import Item, Items, Page, Paragraph, TableBlock, Words, code, plain
from coefgate.samples.foreign.skipped import Skipped
from coefgate.telemetry.adding import AddedRecords
from coefgate.telemetry.record_rows import Refusal
from coefgate.telemetry.times import second_words
from coefgate.use_cases.telemetry_store import (
    SPOOL,
    ExportedStore,
    FilledStore,
    MadeStore,
    PrunedStore,
    ShippedStore,
)

_REFUSED: Final[dict[Refusal, str]] = {
    "cut-off": "a line that ends in the middle",
    "not-json": "no JSON",
    "not-a-record": "not what a recorder writes",
    "control-character": "NUL, a line end or half a character in a text",
    "too-long": "a text that is too long",
    "conflict": "differs from the record of that name in the store",
    "not-a-file": "a folder, a pipe or a device where a file belongs; it was not opened",
    "pruned": "the store has let go of records from before it",
}


def made_page(made: MadeStore) -> Page:
    """What became of the store."""
    where = code(made.address.shown)
    words: Words
    match made.before:
        case None:
            words = ["made the store ", where, f", version {made.version}"]
        case made.version:
            words = [where, f" is a store of the version {made.version}; nothing to do"]
        case _:
            words = ["migrated ", where, f" from the version {made.before} to {made.version}"]
    yield Paragraph(words, emphasis="strong")
    yield Items([Item(code(made.address.command("telemetry status")))], label="next")


def filled_page(filled: FilledStore) -> Page:
    """What came from where, and what was refused."""
    told = [one for one in filled.sources if one[0] != SPOOL or one[1].added or one[1].refused]
    for source, added in told:
        yield Paragraph([code(scrubbed(source)), f": {_counts(added)}"], emphasis="strong")
        yield from _refused(added)
    if not told:
        yield Paragraph(
            ["nothing waits in the spool of ", code(filled.address.shown)], emphasis="strong"
        )


def filled_dict(filled: FilledStore) -> dict[str, Any]:
    """The same for programs."""
    return {
        "store": filled.address.shown,
        "sources": [
            {"source": scrubbed(source), **added_dict(added)} for source, added in filled.sources
        ],
    }


def shipped_page(done: ShippedStore) -> Page:
    """What was brought to the other store."""
    records = done.shipped.records
    words: Words = ["shipped ", count(records.added, "record"), " to ", code(done.target.shown)]
    yield Paragraph(words, emphasis="strong")
    if done.shipped.away:
        yield Paragraph(f"it was away {count(done.shipped.away, 'time')} meanwhile")
    yield from _refused(records)


def shipped_dict(done: ShippedStore) -> dict[str, Any]:
    """The same for programs."""
    return {
        "store": done.address.shown,
        "target": done.target.shown,
        "away": done.shipped.away,
        **added_dict(done.shipped.records),
    }


def exported_page(done: ExportedStore) -> Page:
    """What was written where."""
    yield Paragraph(
        ["wrote ", count(done.records, "record"), " to ", code(str(done.path))], emphasis="strong"
    )


def pruned_page(done: PrunedStore) -> Page:
    """What went, or would go."""
    where, moment = code(done.address.shown), second_words(done.before)
    if not done.old:
        yield Paragraph(
            ["no record of ", where, f" may go that began before {moment}"], emphasis="strong"
        )
        return
    records = sum(one.records for one in done.old)
    what = f"{count(records, 'record')} of {count(len(done.old), 'recorder')}"
    goes = "would go" if done.dry_run else "went"
    yield Paragraph([f"{what} from before {moment} {goes} from ", where], emphasis="strong")
    if lost := sum(one.lost for one in done.old):
        yield Paragraph(f"{count(lost, 'call')} among them had no record: lost, and still known")


def pruned_dict(done: PrunedStore) -> dict[str, Any]:
    """The same for programs."""
    return {
        "store": done.address.shown,
        "before": second_words(done.before),
        "records": sum(one.records for one in done.old),
        "recorders": len(done.old),
        "lost": sum(one.lost for one in done.old),
        "dry_run": done.dry_run,
    }


def added_dict(added: AddedRecords) -> dict[str, Any]:
    """What became of rows."""
    return {
        "added": added.added,
        "known": added.known,
        "refused": {name: some.count for name, some in _by_count(added)},
    }


def is_whole(added: AddedRecords) -> bool:
    """Was everything taken in that may be?"""
    return not added.refused.keys() - {"pruned"}


def _counts(added: AddedRecords) -> str:
    told = [f"{added.added:,} records added", f"{added.known:,} known already"]
    refused = sum(one.count for one in added.refused.values())
    return ", ".join([*told, *([f"{refused:,} refused"] if refused else [])])


def _by_count(added: AddedRecords) -> list[tuple[Refusal, Skipped]]:
    """The most frequent first."""
    return sorted(added.refused.items(), key=lambda one: (-one[1].count, one[0]))


def _refused(added: AddedRecords) -> Iterator[TableBlock]:
    if added.refused:
        rows = [
            (code(name), plain(f"{some.count:,}"), code(", ".join(some.places)), _REFUSED[name])
            for name, some in _by_count(added)
        ]
        yield TableBlock(("refused", "number", "where", "what it is"), rows, figures=(1,))
