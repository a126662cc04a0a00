"""What the disk says of a path that is watched; links are never followed."""

from __future__ import annotations

import os


def identity(path: str) -> tuple[int, int]:
    """Device and inode: whether a name still means the same folder; zeros where it is gone."""
    try:
        info = os.stat(path)
    except OSError:
        return 0, 0
    return info.st_dev, info.st_ino


def is_folder(path: str) -> bool:
    """Tell whether a folder lies there, and no link to one."""
    return os.path.isdir(path) and not os.path.islink(path)


def is_unicode(path: str) -> bool:
    """Tell whether a name can be handed to what knows Unicode only."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_readable(path: str) -> bool:
    """Tell whether the folder is there and may be looked into."""
    return is_folder(path) and os.access(path, os.R_OK | os.X_OK)


def entries(folder: str) -> list[os.DirEntry[str]]:
    """What lies in a folder, by name; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []
