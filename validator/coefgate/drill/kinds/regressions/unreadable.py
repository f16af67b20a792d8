"""Files that two readers could take differently, that lead elsewhere, or that do not belong there."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import GATES, REGISTRY, FileChanges, Fileset, Link
from coefgate.drill.kinds.calls import added, eligible, new_call, unlinked
from coefgate.drill.kinds.drawing import is_overhead, one_of
from coefgate.drill.kinds.parts import NO_CATEGORY
from coefgate.drill.numbers import Number, numbers, written
from coefgate.drill.plant import Kind, NotPlantable, Plant, Planting, invalid
from coefgate.drill.yaml_text import dumped, with_text

Writing = Callable[[Number, Random], str]


def _rewritten(write: Writing) -> Planting:
    """The tokens of an overhead, written otherwise."""

    def plant(state: Fileset, rng: Random) -> Plant:
        number = one_of(rng, [one for one in numbers(state) if is_overhead(one)], NO_CATEGORY)
        text = write(number, rng)
        changed = {number.file: with_text(state.files[number.file], number.place, text)}
        return Plant(number.file, f"{number.name} {written(number.value)} → {text}", changed)

    return plant


def _not_a_number(_number: Number, rng: Random) -> str:
    return rng.choice((".nan", ".NaN", ".inf", "-.inf", "nan"))


def _quoted(number: Number, rng: Random) -> str:
    quote = rng.choice("\"'")
    return f"{quote}{written(number.value)}{quote}"


def _octal(number: Number, rng: Random) -> str:
    value = int(number.value)
    return rng.choice(
        (f"0{value:o}", f"0o{value:o}", f"0x{value:x}", f"0{value}", f"{value:_}_0", f"{value}e0")
    )


def _tagged(number: Number, rng: Random) -> str:
    tag = rng.choice(("!!int", "!!float", "!!str", "!tokens"))
    return f"{tag} {written(number.value)}"


def _out_of_range(number: Number, rng: Random) -> str:
    return rng.choice(
        (f"-{written(number.value + 1)}", "1000001", "99999999999", f"{written(number.value)}.5")
    )


def _category(state: Fileset, rng: Random, complexities: int = 1) -> str:
    """The file of a category with at least as many complexities."""
    enough = [
        file
        for file in state.categories.values()
        if len(state.document(file)["overhead"]) >= complexities
    ]
    return one_of(rng, enough, f"no category has {complexities} complexities")


def _duplicate_key(state: Fileset, rng: Random) -> Plant:
    """A second ``overhead`` below, which wins in most readers."""
    file = _category(state, rng)
    document = state.draft(file)
    for entry in document["overhead"].values():
        entry["tokens"] += rng.randint(1, 500)
    again = dumped({"overhead": document["overhead"]})
    content = _ended(state.files[file])
    return Plant(file, "overhead is written a second time", {file: content + again})


def _ended(content: bytes) -> bytes:
    return content if content.endswith(b"\n") else content + b"\n"


def _anchor(state: Fileset, rng: Random) -> Plant:
    file = _category(state, rng, 2)
    first, second = list(state.document(file)["overhead"])[:2]
    tokens = state.document(file)["overhead"][first]["tokens"]
    content = with_text(state.files[file], ("overhead", first, "tokens"), f"&tokens {tokens}")
    content = with_text(content, ("overhead", second, "tokens"), "*tokens")
    return Plant(file, f"{second}.tokens → *tokens, an alias of {first}.tokens", {file: content})


def _merge_key(state: Fileset, rng: Random) -> Plant:
    file = _category(state, rng, 2)
    first, second = list(state.document(file)["overhead"])[:2]
    tokens = state.document(file)["overhead"][first]["tokens"]
    entry = f"&first {{tokens: {tokens}, basis: {{kind: prior, reference: docs/drill.md}}}}"
    content = with_text(state.files[file], ("overhead", first), entry)
    content = with_text(content, ("overhead", second), "{<<: *first}")
    return Plant(file, f"{second} → <<: *first, {first}'s values merged in", {file: content})


def _second_document(state: Fileset, rng: Random) -> Plant:
    file = _category(state, rng)
    document = state.draft(file)
    for entry in document["overhead"].values():
        entry["tokens"] += rng.randint(1, 500)
    content = _ended(state.files[file]) + b"---\n" + dumped(document)
    return Plant(file, "a second document with other values below", {file: content})


def _falling(state: Fileset, rng: Random) -> Plant:
    file = _category(state, rng, 2)
    entries = state.document(file)["overhead"]
    order = [name for name in state.document(REGISTRY)["complexities"] if name in entries]
    lower, higher = order[:2]
    tokens = entries[lower]["tokens"]
    if tokens < 1:
        raise NotPlantable(f"{file} has an overhead of 0")
    new = rng.randrange(tokens)
    changed = {file: with_text(state.files[file], ("overhead", higher, "tokens"), str(new))}
    return Plant(file, f"{higher} {entries[higher]['tokens']} → {new}, less than {lower}", changed)


def _linked_coefficients(state: Fileset, rng: Random) -> Plant:
    file = _category(state, rng)
    away = f"docs/{rng.randint(1, 999)}.yaml"
    changed: FileChanges = {away: state.files[file], file: Link(f"../../{away}")}
    return Plant(file, f"→ a symbolic link to {away}", changed)


def _linked_samples(state: Fileset, rng: Random) -> Plant:
    file = one_of(rng, sorted({one.file for one in state.stored}), "no file of samples is stored")
    away = f"docs/{rng.randint(1, 999)}.jsonl"
    changed: FileChanges = {away: state.files[file], file: Link(f"../../{away}")}
    return Plant(file, f"→ a symbolic link to {away}", changed)


def _unknown_file(state: Fileset, rng: Random) -> Plant:
    name = rng.choice(
        ("overrides.yaml", "local.yaml", "overhead.yaml", "registry.yml", "registry.yaml.orig")
    )
    file = f"coefficients/{name}"
    return Plant(file, "a file that nobody knows", {file: state.files[REGISTRY]})


def _gates_removed(_state: Fileset, _rng: Random) -> Plant:
    return Plant(GATES, "→ gone", {GATES: None})


def _id_kept(state: Fileset, rng: Random) -> Plant:
    """Other tokens under the id of the line as it was."""
    one = rng.choice(unlinked(state, eligible(state)) or eligible(state))
    old = one.fields["actual_output_tokens"]
    new = old + rng.randint(1, 500)
    before, after = (f'"actual_output_tokens":{n}'.encode() for n in (old, new))
    lines = state.files[one.file].splitlines(keepends=True)
    spaced = lines[one.index].replace(b'": ', b'":')
    lines[one.index] = spaced.replace(before, after, 1)
    what = f"{one.id[:8]}, line {one.index + 1}: tokens {old} → {new}, the id kept"
    return Plant(one.file, what, {one.file: b"".join(lines)})


def _contradicting(state: Fileset, rng: Random) -> Plant:
    """A new call that needed more than it was billed, or more than its ceiling, and says that it did not."""
    like = rng.choice(eligible(state))
    call = new_call(like, rng.randint(1, 9999), like.fields["actual_output_tokens"])
    tokens = call["actual_output_tokens"]
    ways: list[dict[str, Any]] = [
        {"stop_reason": word} for word in ("max_tokens", "length", "MAX_TOKENS")
    ]
    ways += [{"truncated": True, "stop_reason": "end_turn"}, {"stop_reason": "refusal"}]
    ways += [{"max_output_tokens": max(1, tokens // 2)}] if tokens > 1 else []
    way = rng.choice(ways)
    changed = added([{**call, **way}])
    told = ", ".join(f"{name} {fact}" for name, fact in way.items())
    return Plant(next(iter(changed)), f"a new call like {like.id[:8]}: {told}", changed)


KINDS: Final[tuple[Kind, ...]] = (
    invalid("yaml-duplicate-key", "a key that stands twice", _duplicate_key),
    invalid("yaml-alias", "an anchor and its alias", _anchor),
    invalid("yaml-merge-key", "a merge key", _merge_key),
    invalid("yaml-tag", "a tag before a number", _rewritten(_tagged)),
    invalid("yaml-nan", "NaN or infinity for a number", _rewritten(_not_a_number)),
    invalid("yaml-quoted-number", "a number as a text", _rewritten(_quoted)),
    invalid(
        "yaml-odd-number", "a number that two YAML versions read differently", _rewritten(_octal)
    ),
    invalid("yaml-second-document", "a second document in one file", _second_document),
    invalid(
        "out-of-range", "a negative, broken or absurd number of tokens", _rewritten(_out_of_range)
    ),
    invalid("falling-overhead", "an overhead below that of a lower complexity", _falling),
    invalid(
        "coefficients-linked", "a symbolic link for a file of coefficients", _linked_coefficients
    ),
    invalid("samples-linked", "a symbolic link for a file of samples", _linked_samples),
    invalid("unknown-file", "a file in coefficients/ that does not belong there", _unknown_file),
    invalid("gates-removed", "gates.yaml taken out", _gates_removed),
    invalid("id-kept", "a stored line altered under its old id", _id_kept),
    invalid(
        "facts-contradict", "a new call of whose facts two cannot both be true", _contradicting
    ),
)
