"""The packs that are shipped: where they are, and their bytes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

DEFAULT: Final = "evals-default"


@cache
def _folder() -> Path:
    package = Path(__file__).resolve().parents[1]
    # In a wheel the packs lie in the package; in a checkout, where people edit them, at its top.
    return next(
        (folder for folder in (package / "rules", package.parents[1] / "rules") if folder.is_dir()),
        package / "rules",
    )


@cache
def builtin_names() -> tuple[str, ...]:
    """The names that ``builtin:NAME`` knows."""
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


def builtin_path(name: str) -> Path:
    """Where a shipped pack lies. Raises KeyError for what cannot be the name of one."""
    # Any other name could climb out of the folder.
    if not name.replace("-", "").isalnum():
        raise KeyError(name)
    return _folder() / f"{name}.yaml"


def builtin_pack(name: str) -> bytes:
    """The bytes of a shipped pack. Raises KeyError for an unknown name."""
    try:
        return builtin_path(name).read_bytes()
    except OSError:
        raise KeyError(name) from None
