"""The version of this program; that of the coefficients is in ``core.versions``."""

from __future__ import annotations

from pathlib import Path


def program_version() -> str:
    """The version that the checkout's ``pyproject.toml`` says, else the installed package's."""
    # Imported when somebody asks: a runner that only estimates does not pay for it.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    if declared := _declared(Path(__file__).parents[3] / "pyproject.toml"):
        return declared
    try:
        return version("coefgate")
    except PackageNotFoundError:  # a copy of the package alone
        return "unknown"


def _declared(file: Path) -> str | None:
    """What a checkout declares, ``None`` where the file is not there, or another project's."""
    if not file.is_file():
        return None
    import tomllib  # noqa: PLC0415 (as above)

    try:
        project = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
    except (OSError, ValueError):
        return None
    return project.get("version") if project.get("name") == "coefgate" else None
