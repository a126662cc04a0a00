"""Downloads the pinned releases with the registries' own clients, into a folder of archives.

Archives are never unpacked to disk and nothing of theirs is run: wheels only from PyPI (a
source release would have to be built to be described), ``npm pack`` without scripts, and
Debian's source packages without their patches.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .. import debian
from .packages import BINARIES, DEBIAN, NPM, PYPI, SOURCES

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Release:
    """One pinned release and the archive that holds it."""

    pin: str
    archive: Path


class Unavailable(Exception):
    """A pin that its registry does not give, or a client that is not installed."""


def fetch(folder: Path) -> list[Release]:
    """Download what ``folder`` lacks; return all releases, in the order of the lists.

    Raises ``Unavailable`` with one line for each pin that could not be had.
    """
    apt = _own_apt(folder / "apt")
    jobs: list[tuple[str, Callable[[str, Path], None]]] = [
        *((pin, _from_pypi) for pin in PYPI),
        *((pin, _from_npm) for pin in NPM),
        *((pin, apt) for pin in SOURCES),
        *((pin, _from_debian) for pin in BINARIES),
    ]

    def one(job: tuple[str, Callable[[str, Path], None]]) -> Release | str:
        pin, get = job
        place = _place(folder, pin)
        if not (place / ".complete").exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            try:
                get(pin, place)
            except (subprocess.CalledProcessError, FileNotFoundError) as error:
                said = getattr(error, "stderr", None) or str(error)
                return f"{pin}: {said.strip().splitlines()[-1]}"
            (place / ".complete").touch()
            print(f"  {pin}", flush=True)
        return _release(pin, place)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(one, jobs))
    return _complete(answers)


def held(folder: Path) -> list[Release]:
    """The releases that ``folder`` has; raises ``Unavailable`` where one is missing."""
    return _complete(
        _release(pin, place)
        if (place := _place(folder, pin)).joinpath(".complete").exists()
        else f"{pin}: not downloaded; run with --fetch"
        for pin in (*PYPI, *NPM, *DEBIAN)
    )


def _complete(answers: Iterable[Release | str]) -> list[Release]:
    releases: list[Release] = []
    missing: list[str] = []
    for answer in answers:
        if isinstance(answer, Release):
            releases.append(answer)
        else:
            missing.append(answer)
    if missing:
        raise Unavailable("\n".join(missing))
    return releases


def _place(folder: Path, pin: str) -> Path:
    return folder / "archives" / pin.replace("/", "+")


def _release(pin: str, place: Path) -> Release | str:
    """Of a folder's files the archive; Debian lays its own changes and a description beside."""
    archives = sorted(
        path
        for path in place.iterdir()
        if path.name.endswith((".whl", ".tgz", ".deb"))
        or (".tar." in path.name and ".debian.tar." not in path.name)
        if not path.name.endswith(".asc")
    )
    main = [path for path in archives if ".orig-" not in path.name]
    return Release(pin, main[0]) if main else f"{pin}: the download holds no archive"


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)


def _from_pypi(pin: str, folder: Path) -> None:
    # One platform for all, and a Python of the releases' own time.
    target = ["--platform", "manylinux2014_x86_64", "--python-version", "3.9"]
    plain = ["--no-deps", "--only-binary", ":all:", *target, "--dest", str(folder)]
    pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "download"]
    _run([*pip, *plain, pin], folder)


def _from_npm(pin: str, folder: Path) -> None:
    _run(["npm", "pack", "--silent", "--ignore-scripts", pin], folder)


def _from_debian(pin: str, folder: Path) -> None:
    # apt's own user could not write here.
    _run(["apt-get", "-q", "-o", "APT::Sandbox::User=", "download", pin], folder)


def _own_apt(folder: Path) -> Callable[[str, Path], None]:
    environment: dict[str, str] = {}

    def get(pin: str, place: Path) -> None:
        debian.source(pin, place, environment)

    # Where there is no Debian each of its pins says so by itself.
    with suppress(FileNotFoundError):
        environment |= debian.source_client(folder)
    return get
