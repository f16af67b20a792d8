"""The version of this program; that of the coefficients is in ``releases.version``."""

from __future__ import annotations

from pathlib import Path


def program_version() -> str:
    """The version in ``pyproject.toml`` of the checkout that runs, else that of the installed package."""
    # Imported when somebody asks: a runner that only estimates does not pay for them.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    if 'name = "coefgate"' in text:
        import tomllib  # noqa: PLC0415

        declared: str = tomllib.loads(text)["project"]["version"]
        return declared
    try:
        return version("coefgate")
    except PackageNotFoundError:  # a copy of the package alone
        return "unknown"
