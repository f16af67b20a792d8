"""Files for others to take: written beside their place first, then put there in one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from coefgate.core.atomic_files import written_beside
from coefgate.core.problems import EnvironmentProblem, UsageProblem


def keep_out_of_the_registry(output: Path, root: Path) -> None:
    """Raise ``UsageProblem`` for a place in the registry's folders, which hold nothing else."""
    for folder in ("coefficients", "samples"):
        if output.resolve().is_relative_to((root / folder).resolve()):
            raise UsageProblem(
                f"{output} lies in {folder}/, which holds nothing else. Name a place outside of "
                "it."
            )


@contextmanager
def ready_files(files: Mapping[Path, bytes]) -> Iterator[Callable[[], None]]:
    """Write ``files`` beside their places and give what puts them there.

    Nothing is left behind where it is not called. Raises ``EnvironmentProblem`` where one cannot
    be written, ``UsageProblem`` where something else than a file is in its place.
    """
    with ExitStack() as stack:
        ready = {_place(path): content for path, content in files.items()}
        beside = {path: _written_beside(path, content, stack) for path, content in ready.items()}

        def put() -> None:
            for path, temporary in beside.items():
                try:
                    temporary.replace(path)
                except OSError as error:
                    raise _refused(path, error) from error

        yield put


def write_file(path: Path, content: bytes) -> None:
    """Write one file in one step: whatever fails, the old one stays."""
    with ready_files({path: content}) as put:
        put()


def _place(path: Path) -> Path:
    """Where the content goes: a link stays a link."""
    place = path.resolve() if path.is_symlink() else path
    if place.exists() and not place.is_file():
        raise UsageProblem(f"{path} is no regular file. Name a file, or - for standard output.")
    return place


def _written_beside(path: Path, content: bytes, stack: ExitStack) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = written_beside(path, content)
    except OSError as error:
        raise _refused(path, error) from error
    stack.callback(_gone, beside)
    return beside


def _gone(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _refused(path: Path, error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"{path} cannot be written: {error.strerror}. "
        f"Look at the disk and the folder with: df -h {path.parent} && ls -ld {path.parent}"
    )
