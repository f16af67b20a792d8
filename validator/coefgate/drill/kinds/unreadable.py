"""Files that two readers could take differently, that lead elsewhere, or do not belong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import GATES, REGISTRY, FileChanges, Fileset
from coefgate.drill.kinds.lines import a_sample_file, added, eligible, in_words, new_call, unlinked
from coefgate.drill.kinds.margins import NO_CATEGORY
from coefgate.drill.kinds.stored_calls import place
from coefgate.drill.kinds.verbs import is_overhead
from coefgate.drill.numbers import numbers, written
from coefgate.drill.plant import NotPlantable, Plant, one_of, refused
from coefgate.drill.yaml_text import dumped, with_text


def _written_as(state: Fileset, rng: Random, texts: Callable[[str, int], Sequence[str]]) -> Plant:
    """The tokens of an overhead as one of ``texts``, made of what stands there and its value."""
    number = one_of(rng, list(filter(is_overhead, numbers(state))), NO_CATEGORY)
    old = written(number.value)
    new = rng.choice(texts(old, int(number.value)))
    changed = {number.file: with_text(state.files[number.file], number.key.path, new)}
    return Plant(f"{number.name} {old} → {new}", changed)


def _category(state: Fileset, rng: Random, complexities: int = 1) -> tuple[str, dict[str, Any]]:
    """The file of a category with at least as many complexities, and a draft of its overheads."""
    several = state.categories.values()
    enough = [one for one in several if len(state.document(one)["overhead"]) >= complexities]
    file = one_of(rng, enough, f"no category has {complexities} complexities")
    return file, state.draft(file)["overhead"]


def _appended(
    state: Fileset, rng: Random, what: str, separator: bytes, keys: Sequence[str] = ()
) -> Plant:
    """The overheads of a file again with more tokens, below all that stands there."""
    file, overhead = _category(state, rng)
    for entry in overhead.values():
        entry["tokens"] += rng.randint(1, 500)
    document = state.document(file)
    again = dumped({**{key: document[key] for key in keys or document}, "overhead": overhead})
    content = state.files[file]
    ended = content if content.endswith(b"\n") else content + b"\n"
    return Plant(what, {file: ended + separator + again})


def _two_overheads(state: Fileset, rng: Random) -> tuple[str, str, str, str]:
    """A category's file, its first two complexities, and the tokens of the first."""
    file, overhead = _category(state, rng, 2)
    first, second = list(overhead)[:2]
    return file, first, second, overhead[first]["tokens"]


def _anchor(state: Fileset, rng: Random) -> Plant:
    file, first, second, tokens = _two_overheads(state, rng)
    content = with_text(state.files[file], ("overhead", first, "tokens"), f"&tokens {tokens}")
    content = with_text(content, ("overhead", second, "tokens"), "*tokens")
    return Plant(f"{second}.tokens → *tokens, an alias of {first}.tokens", {file: content})


def _merge_key(state: Fileset, rng: Random) -> Plant:
    file, first, second, tokens = _two_overheads(state, rng)
    basis = "basis: {kind: prior, reference: docs/drill.md}"
    entry = f"&first {{tokens: {tokens}, {basis}}}"
    content = with_text(state.files[file], ("overhead", first), entry)
    content = with_text(content, ("overhead", second), "{<<: *first}")
    return Plant(f"{second} → <<: *first, {first}'s values merged in", {file: content})


def _falling(state: Fileset, rng: Random) -> Plant:
    file, overhead = _category(state, rng, 2)
    order = state.document(REGISTRY)["complexities"]
    lower, higher = [name for name in order if name in overhead][:2]
    tokens, old = overhead[lower]["tokens"], overhead[higher]["tokens"]
    if tokens < 1:
        raise NotPlantable(f"{file} has an overhead of 0")
    new = rng.randrange(tokens)
    changed = {file: with_text(state.files[file], ("overhead", higher, "tokens"), str(new))}
    return Plant(f"{higher} {old} → {new}, less than {lower}", changed)


def _linked(state: Fileset, file: str, away: str) -> Plant:
    changed: FileChanges = {file: f"../../{away}", away: state.files[file]}
    return Plant(f"→ a symbolic link to {away}", changed)


def _linked_coefficients(state: Fileset, rng: Random) -> Plant:
    file, _ = _category(state, rng)
    return _linked(state, file, f"docs/{rng.randint(1, 999)}.yaml")


def _linked_samples(state: Fileset, rng: Random) -> Plant:
    file = a_sample_file(state, rng)
    return _linked(state, file, f"docs/{rng.randint(1, 999)}.jsonl")


def _unknown_file(state: Fileset, rng: Random) -> Plant:
    names = ("overrides.yaml", "local.yaml", "overhead.yaml", "registry.yml", "registry.yaml.orig")
    changed = {f"coefficients/{rng.choice(names)}": state.files[REGISTRY]}
    return Plant("a file that nobody knows", changed)


def _gates_removed(_state: Fileset, _rng: Random) -> Plant:
    return Plant("→ gone", {GATES: None})


def _id_kept(state: Fileset, rng: Random) -> Plant:
    one = rng.choice(unlinked(state) or eligible(state))
    new = one.tokens + rng.randint(1, 500)
    before, after = (f'"actual_output_tokens":{n}'.encode() for n in (one.tokens, new))
    stored = state.files[one.file].splitlines(keepends=True)
    stored[one.index] = stored[one.index].replace(b'": ', b'":').replace(before, after, 1)
    what = f"{place(one)}: tokens {one.tokens} → {new}, the id kept"
    return Plant(what, {one.file: b"".join(stored)})


def _contradicting(state: Fileset, rng: Random) -> Plant:
    """A new call that needed more than its ceiling, or was cut off, and says that it was not."""
    like = rng.choice(eligible(state))
    call = new_call(like, rng.randint(1, 9999), like.tokens)
    ways: list[dict[str, Any]] = [
        *({"stop_reason": word} for word in ("max_tokens", "length", "MAX_TOKENS")),
        {"truncated": True, "stop_reason": "end_turn"},
        {"stop_reason": "refusal"},
        *([{"max_output_tokens": like.tokens // 2}] if like.tokens > 1 else []),
    ]
    way = rng.choice(ways)
    return Plant(f"a new call like {like.id[:8]}: {in_words(way)}", added([{**call, **way}]))


# fmt: off
REGRESSIONS: Final = (
    refused("yaml-duplicate-key", "a key that stands twice",  # the second one wins in most readers
        partial(_appended, what="overhead is written a second time", separator=b"",
            keys=("overhead",))),
    refused("yaml-alias", "an anchor and its alias", _anchor),
    refused("yaml-merge-key", "a merge key", _merge_key),
    *(
        refused(name, about, partial(_written_as, texts=texts))
        for name, about, texts in (
            ("yaml-tag", "a tag before a number",
                lambda old, _: [f"!{tag} {old}" for tag in ("!int", "!float", "!str", "tokens")]),
            ("yaml-nan", "NaN or infinity for a number",
                lambda *_: (".nan", ".NaN", ".inf", "-.inf", "nan")),
            ("yaml-quoted-number", "a number as a text", lambda old, _: (f'"{old}"', f"'{old}'")),
            ("yaml-odd-number", "a number that two YAML versions read differently",
                lambda old, n: (
                    f"0{n:o}", f"0o{n:o}", f"0x{n:x}", f"0{old}", f"{n:_}_0", f"{old}e0",
                )),
        )
    ),
    refused("yaml-second-document", "a second document in one file",
        partial(_appended, what="a second document with other values below", separator=b"---\n")),
    refused("out-of-range", "a negative, broken or absurd number of tokens",
        partial(_written_as,
            texts=lambda old, n: (f"-{n + 1}", "1000001", "99999999999", f"{old}.5"))),
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
