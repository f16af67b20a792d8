"""Why foreign records make no sample: the reasons by their codes, in words, with a remedy."""

from __future__ import annotations

from typing import Final, NamedTuple


class SkipReason(NamedTuple):
    """``words`` continue "3 calls: "; ``remedy``: a sentence, where there is anything to do."""

    words: str
    remedy: str = ""


_NO_COUNT: Final = "recorded with {} tokens that are not a whole number, or out of range"
REASONS: Final = {
    # Records that cannot be read.
    "no-json": SkipReason("no JSON", "Check whether the file is of this format."),
    "no-object": SkipReason(
        "JSON, but not an object", "Check whether the file is of this format."
    ),
    "cut-off": SkipReason(
        "the last line is being written", "Import again later; nothing is doubled."
    ),
    "no-line-end": SkipReason(
        "a last line without a line end, so that more of it may come",
        "Import again later, or if that is all of it, end it: echo >> FILE",
    ),
    "too-long": SkipReason("a line of 16 MiB or more"),
    "binary": SkipReason("binary data", "Check whether the file is of this format."),
    "utf-16": SkipReason("UTF-16 text", "Write it as UTF-8: iconv -f utf-16 -t utf-8 FILE"),
    "zstd": SkipReason(
        "packed with zstd", "Unpack it in a pipe: zstd -dc FILE | … import FORMAT -"
    ),
    "length-first": SkipReason(
        "records with their lengths before them (protobuf, or packed by the Collector)",
        "Let the file exporter of the Collector write format: json, without compression.",
    ),
    "damaged-gzip": SkipReason("the gzip data end too early, or are damaged", "Pack it again."),
    "no-csv": SkipReason("not a line of CSV", "Write it with LF line endings and closed quotes."),
    "open-quote": SkipReason(
        "a quote that is not closed, or opens by mistake", "Write a quote inside of one twice."
    ),
    "other-width": SkipReason(
        "more or fewer cells than columns", "Put cells that hold the separator in quotes."
    ),
    "not-utf-8": SkipReason("no UTF-8", "Write it as UTF-8: iconv -f cp1252 -t utf-8 FILE"),
    "no-number": SkipReason(
        "output tokens that are not a whole number", "Say how they are written: --map FILE"
    ),
    "bad-record": SkipReason("a record without what this format always has"),
    # Calls that are no sample.
    "placeholder": SkipReason(
        "a token count that does not fit the visible text (1.5 to 6 characters a token)",
        "The agent wrote a placeholder. Its telemetry (otlp) has the final counts.",
    ),
    "no-count": SkipReason("no output tokens stated"),
    "not-in-range": SkipReason("output tokens outside of 1 to 1,000,000"),
    "no-files": SkipReason("it wrote no file"),
    "outside": SkipReason(
        "it wrote files outside of the workspace only", "Name it: --workspace DIR"
    ),
    "cache-hit": SkipReason("a reply from a cache: nothing was generated"),
    "side-call": SkipReason("a call of the agent for itself (titles, summaries, compaction)"),
    "not-generated": SkipReason("a message that no model wrote"),
    "unfinished": SkipReason(
        "it was still going on where its source ends", "Import again later; nothing is doubled."
    ),
    "aggregate": SkipReason("a sum over calls that are recorded one by one"),
    # Records that a runner kept of its calls.
    "no-outcome": SkipReason("how the call ended is not stated"),
    "no-file-list": SkipReason("its list of files is damaged"),
    "finished-twice": SkipReason(
        "finished a second time, with another outcome", "Say once how a call ended."
    ),
    "output-tokens": SkipReason(_NO_COUNT.format("output")),
    "input-tokens": SkipReason(_NO_COUNT.format("input")),
    "reasoning-tokens": SkipReason(_NO_COUNT.format("reasoning")),
    "max-output-tokens": SkipReason("recorded with a ceiling that is not a count of tokens"),
    "budget": SkipReason("recorded with a budget that is not a count of tokens"),
    "not-redacted": SkipReason("no salted name keeps the file kind of one of its paths"),
    "too-many-deliverables": SkipReason("recorded with more files than are kept"),
    "clock": SkipReason(
        "it ended before it began, or not in the years 2000 to 2099",
        "Set the clock of its host.",
    ),
    "contradicting-labels": SkipReason(
        "its labels contradict each other", "Check the label file."
    ),
    "not-hidden": SkipReason("no salted path keeps its file kind"),
    "stored-otherwise": SkipReason(
        "stored before with another count",
        "The record was not complete then: store a line with the count that supersedes it.",
    ),
    "stored-with-other-facts": SkipReason(
        "stored before from the same line, with other facts",
        "To replace it, delete the file of that import before it is accepted, and import again.",
    ),
    "invalid": SkipReason("it makes no valid sample"),
}


def reason_of(code: str) -> SkipReason:
    """What a code means; one that an importer from outside has is its own words."""
    return REASONS.get(code, SkipReason(code.replace("-", " ")))
