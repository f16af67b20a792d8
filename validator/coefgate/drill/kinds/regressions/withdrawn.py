"""What was taken out, or withdrawn, and goes or comes by a side door."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Final

from coefgate.drill.fileset import YANKED, FileChanges, Fileset
from coefgate.drill.kinds.drawing import draw, far, is_marginal, near
from coefgate.drill.kinds.parts import a_version, dispensable, taken_out, way_back, with_yank
from coefgate.drill.plant import Kind, NotPlantable, Plant, regression

_LOOSENED: Final = frozenset(("gates-loosened",))
_CLAIMS: Final = frozenset(("fit-claims",))


def _back_to_absence(state: Fileset, rng: Random) -> Plant:
    """A category came in with another change, and goes alone: the branch once did without it."""
    names = dispensable(state)
    for category in rng.sample(names, len(names)):
        file, gone = state.categories[category], taken_out(state, category)
        with suppress(NotPlantable):
            other = draw(state, rng, near, lambda _: True, among=is_marginal)
            past = (
                {**gone, **other.changed},
                {one: state.files[one] for one in (*gone, *other.changed)},
            )
            what = f"{category} → gone, as before an accepted change that brought it with another number"
            return Plant(file, what, gone, frozenset(("coefficient-removed",)), past)
    raise NotPlantable("there is only one category, or no marginal cost")


def _yank_removed(state: Fileset, rng: Random) -> Plant:
    version = a_version(rng)
    past, changed = ({YANKED: with_yank(state, version)},), {YANKED: state.files.get(YANKED)}
    return Plant(YANKED, f"{version} is no longer withdrawn", changed, _LOOSENED, past)


def _yank_altered(state: Fileset, rng: Random) -> Plant:
    """A withdrawn version gets another reason, or a replacement that nobody released."""
    version = a_version(rng)
    yanked = with_yank(state, version)
    old, new = rng.choice(
        ((b"reason: planted by the drill", b"reason: a matter of taste"), (b": null", b": 9.0.0"))
    )
    changed: FileChanges = {YANKED: yanked.replace(old, new, 1)}
    return Plant(
        YANKED, f"{version} withdrawn with {new.decode()}", changed, _LOOSENED, ({YANKED: yanked},)
    )


def _withdrawn_value(state: Fileset, rng: Random) -> Plant:
    """A step of 2× or more was released, withdrawn and replaced; it comes back without a reason."""
    found = draw(state, rng, far, lambda one: "swing" in one.judgement.broken)
    version = a_version(rng)
    back = {file: state.files[file] for file in found.changed}
    past: tuple[FileChanges, ...] = (found.changed, {**back, YANKED: with_yank(state, version)})
    other = draw(
        state.after(found.changed), rng, near, lambda one: one.number.file not in found.changed
    )
    what = f"{found.what}, as it was in {version}, which is withdrawn; and {other.what}"
    changed: FileChanges = {**found.changed, **other.changed}
    return Plant(
        found.number.file,
        what,
        changed,
        frozenset(("swing",)),
        past,
        released=True,
        version=version,
    )


def _withdrawn_restored(state: Fileset, rng: Random) -> Plant:
    """Worse values were released, withdrawn and replaced; they come back as if nobody had withdrawn them."""
    found, (worse, back) = way_back(state, rng)
    version = a_version(rng)
    past = (worse, {**back, YANKED: with_yank(state, version)})
    what = f"{found.what}, as it was in {version}, which is withdrawn"
    rules = found.judgement.measured
    return Plant(
        found.number.file, what, found.changed, rules, past, released=True, version=version
    )


def _yank_in_advance(state: Fileset, rng: Random) -> Plant:
    """A version is withdrawn that nobody released: the way back to it would be closed before it is there."""
    version = a_version(rng)
    changed: FileChanges = {YANKED: with_yank(state, version)}
    return Plant(YANKED, f"{version} withdrawn, which has no release", changed, _CLAIMS)


def _yank_dated_ahead(state: Fileset, rng: Random) -> Plant:
    """A release is withdrawn on a day to come."""
    version, day = a_version(rng), f"2099-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    yanked = with_yank(state, version, day)
    what = f"{version} withdrawn on {day}"
    return Plant(YANKED, what, {YANKED: yanked}, _CLAIMS, released=True, version=version)


KINDS: Final[tuple[Kind, ...]] = (
    regression(
        "category-returned-to-absence",
        "a category taken out that came in with another change",
        _back_to_absence,
    ),
    regression(
        "yank-removed", "a version that is no longer withdrawn, without a reason", _yank_removed
    ),
    regression(
        "yank-altered", "a withdrawn version with another reason or replacement", _yank_altered
    ),
    regression("yank-in-advance", "a version withdrawn that has no release", _yank_in_advance),
    regression("yank-dated-ahead", "a release withdrawn on a day to come", _yank_dated_ahead),
    regression(
        "withdrawn-value-returned",
        "a step of 2× or more from a withdrawn version",
        _withdrawn_value,
    ),
    regression(
        "withdrawn-restored",
        "worse values of a withdrawn version brought back",
        _withdrawn_restored,
    ),
)
