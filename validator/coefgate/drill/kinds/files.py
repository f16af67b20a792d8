"""Files beside the numbers, the same ones in another form, and some that must not be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import PurePosixPath
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import GATES, REGISTRY, FileChanges, Fileset, dumped, with_text
from coefgate.drill.kinds.calls import place
from coefgate.drill.kinds.lines import a_sample_file, added, eligible, in_words, new_call
from coefgate.drill.kinds.margins import NO_CATEGORY
from coefgate.drill.kinds.verbs import is_overhead, new_file, small_change, together
from coefgate.drill.numbers import numbers, written
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import NotPlantable, Plant, one_of, passes, refused, stopped_by

JUDGE_FILE: Final = "validator/coefgate/gates/drill_{}.py"
LENIENT: Final = b'"""Let everything through."""\n'
_LET_THROUGH: Final = b"# Let everything through.\n"
PAGE: Final = new_file(
    b"# A page\n\nNothing else changes.\n", "docs/drill-{}.md", what="a new page"
)
"""Add a page of documentation."""


def _call(state: Fileset, rng: Random) -> Plant:
    like = rng.choice(eligible(state))
    lines = added([new_call(like, rng.randint(1, 999), predicted(state, like.fields))])
    return Plant(next(iter(lines)), lines)


def _yaml_file(state: Fileset, rng: Random) -> str:
    return rng.choice(sorted(path for path in state.files if path.startswith("coefficients/")))


def _comment(state: Fileset, rng: Random) -> Plant:
    file = _yaml_file(state, rng)
    line_end = b"\r\n" if b"\r\n" in state.files[file] else b"\n"
    lines = state.files[file].splitlines()
    at = rng.choice([0, len(lines)])
    lines.insert(at, b"# Looked at by the drill.")
    return Plant(f"a comment in line {at + 1}", {file: line_end.join([*lines, b""])})


def _reformatted(state: Fileset, rng: Random) -> Plant:
    file, indent = _yaml_file(state, rng), rng.choice((2, 3, 4, 6))
    content = dumped(state.document(file), indent=indent)
    return Plant(f"rewritten, indented by {indent}", {file: content})


def _reordered(state: Fileset, rng: Random) -> Plant:
    file = _yaml_file(state, rng)
    content = dumped(_shuffled(state.document(file), rng))
    return Plant("the keys of every mapping in another order", {file: content})


def _shuffled(data: Any, rng: Random) -> Any:
    if isinstance(data, dict):
        items = list(data.items())
        rng.shuffle(items)
        return {key: _shuffled(value, rng) for key, value in items}
    return [_shuffled(value, rng) for value in data] if isinstance(data, list) else data


def _written_as(state: Fileset, rng: Random, texts: Callable[[str, int], Sequence[str]]) -> Plant:
    """The tokens of an overhead as one of ``texts``, made of what stands there and its value."""
    number = one_of(rng, list(filter(is_overhead, numbers(state))), NO_CATEGORY)
    old = written(number.value)
    new = rng.choice(texts(old, int(number.value)))
    path = number.key.path_in(state.document(number.file))
    changed = {number.file: with_text(state.files[number.file], path, new)}
    return Plant(f"{number.name} {old} → {new}", changed)


def _category(state: Fileset, rng: Random, complexities: int = 1) -> tuple[str, dict[str, Any]]:
    """The file of a category with at least as many complexities, and a draft of its overheads."""
    several = state.categories.values()
    enough = [one for one in several if len(state.document(one)["overhead"]) >= complexities]
    file = one_of(rng, enough, f"no category has {complexities} complexities")
    return file, state.draft(file)["overhead"]


def _overheads_again(
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


def _anchored(
    state: Fileset, rng: Random, *, at: tuple[str, ...], first: str, second: str, what: str
) -> Plant:
    """``first`` and ``second``, which leads to it, at this place of two complexities of a file."""
    file, overhead = _category(state, rng, 2)
    lower, higher = list(overhead)[:2]
    anchor = first.format(overhead[lower]["tokens"])
    content = with_text(state.files[file], ("overhead", lower, *at), anchor)
    content = with_text(content, ("overhead", higher, *at), second)
    return Plant(what.format(lower=lower, higher=higher), {file: content})


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


def _linked(state: Fileset, rng: Random, one_of_them: Callable[[Fileset, Random], str]) -> Plant:
    file = one_of_them(state, rng)
    away = f"docs/{rng.randint(1, 999)}{PurePosixPath(file).suffix}"
    changed: FileChanges = {file: f"../../{away}", away: state.files[file]}
    return Plant(f"→ a symbolic link to {away}", changed)


def _unknown_file(state: Fileset, rng: Random) -> Plant:
    names = ("overrides.yaml", "local.yaml", "overhead.yaml", "registry.yml", "registry.yaml.orig")
    changed = {f"coefficients/{rng.choice(names)}": state.files[REGISTRY]}
    return Plant("an unknown file", changed)


def _id_kept(state: Fileset, rng: Random) -> Plant:
    one = rng.choice(eligible(state))
    new = one.tokens + rng.randint(1, 500)
    before, after = (f'"actual_output_tokens":{n}'.encode() for n in (one.tokens, new))
    stored = state.files[one.file].splitlines(keepends=True)
    stored[one.index] = stored[one.index].replace(b'": ', b'":').replace(before, after, 1)
    what = f"{place(one)}: tokens {one.tokens} → {new}, the id kept"
    return Plant(what, {one.file: b"".join(stored)})


def _contradicting(state: Fileset, rng: Random) -> Plant:
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
REGRESSIONS: Final = stopped_by("judge-and-values",
    ("validator-with-values", "a file of validator/ with a coefficient",
        together(new_file(LENIENT, JUDGE_FILE), small_change)),
    ("schemas-with-samples", "a file of schemas/ with a stored call",
        together(new_file(b"{}\n", "schemas/drill-{}.schema.json"), _call)),
    ("action-with-values", "a file that runs the gate with a coefficient",
        together(new_file(_LET_THROUGH,
            *("action.yml", ".github/workflows/gate.yml", ".github/CODEOWNERS"),
            *("pyproject.toml", ".pre-commit-config.yaml", ".pre-commit-hooks.yaml"),
        ), small_change)),
    ("makefile-with-values", "a file of commands that a CI runs with a coefficient",
        together(new_file(_LET_THROUGH,
            *("Makefile", "GNUmakefile", "tox.ini", "noxfile.py", ".travis.yml", ".drone.yml"),
        ), small_change)),
    ("surroundings-with-values", "a file that chooses what the gate runs in, with a coefficient",
        together(new_file(_LET_THROUGH,
            *("Dockerfile", "Containerfile.drill", "docker-compose.yml", ".python-version"),
            *("mise.toml", "uv.toml", "setup.cfg", "pip.conf", "environment.yml", "lefthook.yml"),
            *(".husky/pre-push", "justfile", "Taskfile.yml", ".cirrus.yml", ".semaphore/gate.yml"),
            *("buildspec.yml", "yaml.py"),
        ), small_change)),
    ("lock-with-samples", "a lock file with a stored call",
        together(new_file(b"numpy==0.0.1\n",
            *("requirements/lock.txt", "requirements.txt", "uv.lock", "sub/poetry.lock"),
            *("pylock.toml", "pylock.drill.toml", "packages.lock.json"),
        ), _call)),
)
UNREADABLE: Final = (
    refused("yaml-duplicate-key", "a key that stands twice",  # the second one wins in most readers
        partial(_overheads_again, what="overhead is written a second time", separator=b"",
            keys=("overhead",))),
    refused("yaml-alias", "an anchor and its alias",
        partial(_anchored, at=("tokens",), first="&tokens {}", second="*tokens",
            what="{higher}.tokens → *tokens, an alias of {lower}.tokens")),
    refused("yaml-merge-key", "a merge key",
        partial(_anchored, at=(), second="{<<: *first}",
            first="&first {{tokens: {}, basis: {{kind: prior, reference: docs/how-to/drill.md}}}}",
            what="{higher} → <<: *first, {lower}'s values merged in")),
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
        partial(_overheads_again, what="a second document with other values below",
            separator=b"---\n")),
    refused("out-of-range", "a negative, broken or absurd number of tokens",
        partial(_written_as,
            texts=lambda old, n: (f"-{n + 1}", "1000001", "99999999999", f"{old}.5"))),
    refused("falling-overhead", "an overhead below that of a lower complexity", _falling),
    refused("coefficients-linked", "a symbolic link for a file of coefficients",
        partial(_linked, one_of_them=lambda state, rng: _category(state, rng)[0])),
    refused("samples-linked", "a symbolic link for a file of samples",
        partial(_linked, one_of_them=a_sample_file)),
    refused("unknown-file", "a file in coefficients/ that does not belong there", _unknown_file),
    refused("gates-removed", "gates.yaml removed",
        lambda *_: Plant("→ gone", {GATES: None})),
    refused("id-kept", "a stored line altered under its old id", _id_kept),
    refused("facts-contradict", "a new call of whose facts two cannot both be true",
        _contradicting),
)
HARMLESS: Final = (
    passes("comment", "a comment added", _comment),
    passes("reformatted", "a file written in another style", _reformatted),
    passes("keys-reordered", "the keys of a file in another order", _reordered),
    passes("documents-only", "a page of documentation", PAGE),
    passes("judge-alone", "a file of validator/ by itself",
        new_file(b'"""Nothing of the registry changes with it."""\n', JUDGE_FILE)),
)
# fmt: on
