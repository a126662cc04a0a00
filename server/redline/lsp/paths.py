"""Where a document of the client lies in a project, for files and for what is no file yet."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pygls.uris import to_fs_path

from redline.syntax.filenames import EXTENSIONS
from redline.syntax.languages import language_named

_DRIVE = re.compile(r"^/([a-z]):/")


def path_of(uri: str) -> Path | None:
    """The file that a URI names; None where it names none on this machine.

    An untitled document that was given a path is taken for the file that it will be.
    """
    if uri.startswith("untitled:"):
        name = unquote(urlsplit(uri).path)
        return Path(name) if name.startswith("/") and "\0" not in name else None
    try:
        path = to_fs_path(uri)
    except ValueError:
        return None
    if path is None or "\0" in path:
        return None
    # Clients spell a drive's letter in either case.
    return Path(_DRIVE.sub(lambda found: f"/{found[1].upper()}:/", path))


def untitled_name(uri: str, language_id: str) -> str | None:
    """A name at a project's root for a document that has none yet; None for other documents.

    Its units can be protected whatever it will be called; its ending tells its language.
    """
    if not uri.startswith("untitled:") or path_of(uri) is not None:
        return None
    name = re.sub(r"[^\w.-]", "-", unquote(urlsplit(uri).path)) or "untitled"
    language = language_named(language_id)
    if language is None or "." in name:
        return name
    ending = next((one for one, told in EXTENSIONS.items() if told == language.name), None)
    return f"{name}.{ending}" if ending else name
