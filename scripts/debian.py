"""A client of apt with lists of its own: a machine's are mostly without sources."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_MACHINES = Path("/etc/apt/sources.list.d/debian.sources")


def source_client(folder: Path) -> dict[str, str]:
    """The environment in which ``apt-get source`` knows the packages of this machine's release.

    Its lists are kept in ``folder``, fetched the first time. Raises ``FileNotFoundError`` without
    apt or a list of Debian's, and ``CalledProcessError`` where the lists cannot be had.
    """
    folder = folder.resolve()
    environment = os.environ | {"APT_CONFIG": str(folder / "apt.conf")}
    if (folder / ".complete").exists():
        return environment
    text = _MACHINES.read_text(encoding="utf-8")
    (folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (folder / "parts").mkdir(exist_ok=True)
    sources = text.replace("Types: deb\n", "Types: deb-src\n")
    (folder / "parts" / "debian.sources").write_text(sources, encoding="utf-8")
    (folder / "apt.conf").write_text(
        'Dir::Etc::SourceList "/dev/null";\n'
        f'Dir::Etc::SourceParts "{folder / "parts"}";\n'
        f'Dir::State::Lists "{folder / "lists"}";\n'
        # Root's own downloads need no other user, who could not write here.
        'APT::Sandbox::User "";\n',
        encoding="utf-8",
    )
    download(["update"], folder, environment)
    (folder / ".complete").touch()
    return environment


def download(arguments: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run ``apt-get`` in ``folder``; raises ``CalledProcessError`` with what it said."""
    command = ["apt-get", "-q", *arguments]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)


def source(pin: str, folder: Path, environment: dict[str, str]) -> None:
    """Download the authors' archive of ``name=version`` into ``folder``, unpacking nothing."""
    download(["source", "--download-only", "--tar-only", pin], folder, environment)
