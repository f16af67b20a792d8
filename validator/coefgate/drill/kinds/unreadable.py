"""Files that two readers could take differently, that lead elsewhere, or do not belong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import GATES, REGISTRY, FileChanges, Fileset, Link
from coefgate.drill.kinds.draws import is_overhead
from coefgate.drill.kinds.lines import added, eligible, in_words, new_call, sample_files, unlinked
from coefgate.drill.kinds.margins import NO_CATEGORY
from coefgate.drill.kinds.stored_calls import place
from coefgate.drill.kinds.verbs import one_of
from coefgate.drill.numbers import numbers, written
from coefgate.drill.plant import NotPlantable, Plant, Planting, refused
from coefgate.drill.yaml_text import dumped, with_text


def _written_as(texts: Callable[[str, int], Sequence[str]]) -> Planting:
    """The tokens of an overhead as one of ``texts``, made of what stands there and its value."""

    def planting(state: Fileset, rng: Random) -> Plant:
        number = one_of(rng, list(filter(is_overhead, numbers(state))), NO_CATEGORY)
        old = written(number.value)
        new = rng.choice(texts(old, int(number.value)))
        changed = {number.file: with_text(state.files[number.file], number.place, new)}
        return Plant(f"{number.name} {old} → {new}", changed)

    return planting


def _category(state: Fileset, rng: Random, complexities: int = 1) -> tuple[str, dict[str, Any]]:
    """The file of a category with at least as many complexities, and a draft of its overheads."""
    enough = [
        file
        for file in state.categories.values()
        if len(state.document(file)["overhead"]) >= complexities
    ]
    file = one_of(rng, enough, f"no category has {complexities} complexities")
    return file, state.draft(file)["overhead"]


def _with_more(overhead: dict[str, Any], rng: Random) -> dict[str, Any]:
    for entry in overhead.values():
        entry["tokens"] += rng.randint(1, 500)
    return overhead


def _ended(content: bytes) -> bytes:
    return content if content.endswith(b"\n") else content + b"\n"


def _duplicate_key(state: Fileset, rng: Random) -> Plant:
    """A second ``overhead`` below, which wins in most readers."""
    file, overhead = _category(state, rng)
    again = dumped({"overhead": _with_more(overhead, rng)})
    return Plant("overhead is written a second time", {file: _ended(state.files[file]) + again})


def _second_document(state: Fileset, rng: Random) -> Plant:
    file, overhead = _category(state, rng)
    second = dumped({**state.document(file), "overhead": _with_more(overhead, rng)})
    content = _ended(state.files[file]) + b"---\n" + second
    return Plant("a second document with other values below", {file: content})


def _anchor(state: Fileset, rng: Random) -> Plant:
    file, overhead = _category(state, rng, 2)
    first, second = list(overhead)[:2]
    anchored = f"&tokens {overhead[first]['tokens']}"
    content = with_text(state.files[file], ("overhead", first, "tokens"), anchored)
    content = with_text(content, ("overhead", second, "tokens"), "*tokens")
    return Plant(f"{second}.tokens → *tokens, an alias of {first}.tokens", {file: content})


def _merge_key(state: Fileset, rng: Random) -> Plant:
    file, overhead = _category(state, rng, 2)
    first, second = list(overhead)[:2]
    basis = "basis: {kind: prior, reference: docs/drill.md}"
    entry = f"&first {{tokens: {overhead[first]['tokens']}, {basis}}}"
    content = with_text(state.files[file], ("overhead", first), entry)
    content = with_text(content, ("overhead", second), "{<<: *first}")
    return Plant(f"{second} → <<: *first, {first}'s values merged in", {file: content})


def _falling(state: Fileset, rng: Random) -> Plant:
    file, overhead = _category(state, rng, 2)
    order = [name for name in state.document(REGISTRY)["complexities"] if name in overhead]
    lower, higher = order[:2]
    tokens, old = overhead[lower]["tokens"], overhead[higher]["tokens"]
    if tokens < 1:
        raise NotPlantable(f"{file} has an overhead of 0")
    new = rng.randrange(tokens)
    changed = {file: with_text(state.files[file], ("overhead", higher, "tokens"), str(new))}
    return Plant(f"{higher} {old} → {new}, less than {lower}", changed)


def _linked(state: Fileset, file: str, away: str) -> Plant:
    changed: FileChanges = {file: Link(f"../../{away}"), away: state.files[file]}
    return Plant(f"→ a symbolic link to {away}", changed)


def _linked_coefficients(state: Fileset, rng: Random) -> Plant:
    file, _ = _category(state, rng)
    return _linked(state, file, f"docs/{rng.randint(1, 999)}.yaml")


def _linked_samples(state: Fileset, rng: Random) -> Plant:
    file = rng.choice(sample_files(state))
    return _linked(state, file, f"docs/{rng.randint(1, 999)}.jsonl")


def _unknown_file(state: Fileset, rng: Random) -> Plant:
    names = ("overrides.yaml", "local.yaml", "overhead.yaml", "registry.yml", "registry.yaml.orig")
    changed = {f"coefficients/{rng.choice(names)}": state.files[REGISTRY]}
    return Plant("a file that nobody knows", changed)


def _gates_removed(_state: Fileset, _rng: Random) -> Plant:
    return Plant("→ gone", {GATES: None})


def _id_kept(state: Fileset, rng: Random) -> Plant:
    """Other tokens under the id of the line as it was."""
    one = rng.choice(unlinked(state, eligible(state)) or eligible(state))
    old = one.fields["actual_output_tokens"]
    new = old + rng.randint(1, 500)
    before, after = (f'"actual_output_tokens":{n}'.encode() for n in (old, new))
    lines = state.files[one.file].splitlines(keepends=True)
    spaced = lines[one.index].replace(b'": ', b'":')
    lines[one.index] = spaced.replace(before, after, 1)
    what = f"{place(one)}: tokens {old} → {new}, the id kept"
    return Plant(what, {one.file: b"".join(lines)})


def _contradicting(state: Fileset, rng: Random) -> Plant:
    """A new call that needed more than its ceiling, or was cut off, and says that it was not."""
    like = rng.choice(eligible(state))
    call = new_call(like, rng.randint(1, 9999), like.fields["actual_output_tokens"])
    tokens = call["actual_output_tokens"]
    ways: list[dict[str, Any]] = [
        {"stop_reason": word} for word in ("max_tokens", "length", "MAX_TOKENS")
    ]
    ways += [{"truncated": True, "stop_reason": "end_turn"}, {"stop_reason": "refusal"}]
    ways += [{"max_output_tokens": max(1, tokens // 2)}] if tokens > 1 else []
    way = rng.choice(ways)
    return Plant(f"a new call like {like.id[:8]}: {in_words(way)}", added([{**call, **way}]))


def _in_other_bases(old: str, value: int) -> Sequence[str]:
    return f"0{value:o}", f"0o{value:o}", f"0x{value:x}", f"0{old}", f"{value:_}_0", f"{old}e0"


# fmt: off
REGRESSIONS: Final = (
    refused("yaml-duplicate-key", "a key that stands twice", _duplicate_key),
    refused("yaml-alias", "an anchor and its alias", _anchor),
    refused("yaml-merge-key", "a merge key", _merge_key),
    refused("yaml-tag", "a tag before a number",
        _written_as(
            lambda old, _: [f"{tag} {old}" for tag in ("!!int", "!!float", "!!str", "!tokens")]
        )),
    refused("yaml-nan", "NaN or infinity for a number",
        _written_as(lambda *_: (".nan", ".NaN", ".inf", "-.inf", "nan"))),
    refused("yaml-quoted-number", "a number as a text",
        _written_as(lambda old, _: (f'"{old}"', f"'{old}'"))),
    refused("yaml-odd-number", "a number that two YAML versions read differently",
        _written_as(_in_other_bases)),
    refused("yaml-second-document", "a second document in one file", _second_document),
    refused("out-of-range", "a negative, broken or absurd number of tokens",
        _written_as(lambda old, value: (f"-{value + 1}", "1000001", "99999999999", f"{old}.5"))),
    refused("falling-overhead", "an overhead below that of a lower complexity", _falling),
    refused("coefficients-linked", "a symbolic link for a file of coefficients",
        _linked_coefficients),
    refused("samples-linked", "a symbolic link for a file of samples", _linked_samples),
    refused("unknown-file", "a file in coefficients/ that does not belong there", _unknown_file),
    refused("gates-removed", "gates.yaml taken out", _gates_removed),
    refused("id-kept", "a stored line altered under its old id", _id_kept),
    refused("facts-contradict", "a new call of whose facts two cannot both be true",
        _contradicting),
)
# fmt: on
