"""Where a document of the client lies in a project, for files and for what is no file yet."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pygls.uris import to_fs_path

from redline.syntax.filenames import EXTENSIONS
from redline.syntax.languages import language_named

_LONGEST = 100
"""Characters of a name that is made up."""
_DRIVE = re.compile(r"^([a-z]):(?=[\\/])")


def path_of(uri: str) -> Path | None:
    """The file that a URI names; None where it names none on this machine.

    An untitled document that was given a path is taken for the file that it will be.
    """
    try:
        if uri.startswith("untitled:"):
            name = unquote(urlsplit(uri).path)
        else:
            name = _local(to_fs_path(uri) or "", urlsplit(uri).netloc)
        # What the system cannot spell names no file.
        os.fsencode(name)
    except ValueError:
        return None
    if "\0" in name or not os.path.isabs(name):
        return None
    # Clients spell a drive's letter in either case; two dots must not lead out of a folder.
    return Path(os.path.normpath(_DRIVE.sub(lambda found: f"{found[1].upper()}:", name)))


def _local(name: str, host: str) -> str:
    """A name without the host that a URI tells; empty for a file of another machine."""
    if os.name != "posix" or not name.startswith("//"):
        return name
    if host not in ("", "localhost"):
        return ""
    return "/" + name.removeprefix(f"//{host}").lstrip("/")


def untitled_name(uri: str, language_id: str) -> str | None:
    """A name at a project's root for a document that has none yet; None for other documents.

    Its units can be protected whatever it will be called; its ending tells its language.
    """
    if not uri.startswith("untitled:") or path_of(uri) is not None:
        return None
    name = re.sub(r"[^\w.-]", "-", unquote(uri.removeprefix("untitled:")))[:_LONGEST] or "untitled"
    language = language_named(language_id)
    if language is None or "." in name:
        return name
    ending = next((one for one, told in EXTENSIONS.items() if told == language.name), None)
    return f"{name}.{ending}" if ending else name
