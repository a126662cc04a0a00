"""Pinned packages, downloaded once through their registries' own clients and never run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from .tools import Missing

_SOURCES = (
    "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
    " http://deb.debian.org/debian bookworm main\n"
)


@dataclass(frozen=True, slots=True)
class Package:
    """One release; ``within`` keeps the files of that folder of an npm package only."""

    registry: str
    """``pypi``, ``npm`` or ``debian``; of Debian the authors' own source archive is taken."""
    name: str
    version: str
    within: str = ""


def folder_of(package: Package, cache: Path) -> Path:
    """Where the package lies unpacked, after it was downloaded if it was not there.

    Raises ``Missing`` where the registry's client or the registry is not to be had.
    """
    label = re.sub(r"[^\w.+~-]+", "-", f"{package.name.strip('@')}-{package.version}")
    target = cache / "packages" / package.registry / label
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    print(f"fetching {package.name} {package.version} ...", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as scratch:
        archives, unpacked = Path(scratch, "archives"), Path(scratch, "unpacked")
        archives.mkdir()
        try:
            _FETCHERS[package.registry](package, archives, cache)
        except FileNotFoundError as error:
            raise Missing(f"needs {_CLIENTS[package.registry]}") from error
        except subprocess.CalledProcessError as error:
            raise Missing(f"{package.name} {package.version} could not be fetched") from error
        for archive in sorted(archives.iterdir()):
            _unpack(archive, unpacked)
        unpacked.replace(target)
    return target


def _from_pypi(package: Package, archives: Path, cache: Path) -> None:
    # Wheels only: a source distribution would be run to learn its name.
    pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "download"]
    plain = ["--no-deps", "--only-binary", ":all:", "--platform", "any", "--dest", str(archives)]
    subprocess.run([*pip, *plain, f"{package.name}=={package.version}"], check=True)


def _from_npm(package: Package, archives: Path, cache: Path) -> None:
    pack = ["npm", "pack", "--silent", "--ignore-scripts", f"{package.name}@{package.version}"]
    subprocess.run(pack, cwd=archives, check=True, stdout=subprocess.DEVNULL)


def _from_debian(package: Package, archives: Path, cache: Path) -> None:
    # A list of packages of its own, so that any machine with apt can read the same release.
    state = (cache / "apt").resolve()
    options = [
        f"Dir::State={state}/state",
        f"Dir::State::status={state}/status",
        f"Dir::Cache={state}/cache",
        f"Dir::Etc::sourcelist={state}/sources.list",
        "Dir::Etc::sourceparts=/dev/null",
        "APT::Sandbox::User=root",  # the cache is the user's own; nobody else can write there
    ]
    apt = ["apt-get", "-qq", *(f"-o{option}" for option in options)]
    if not (state / "updated").exists():
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (state / folder).mkdir(parents=True, exist_ok=True)
        (state / "status").touch()
        (state / "sources.list").write_text(_SOURCES)
        subprocess.run([*apt, "update"], check=True, stdout=subprocess.DEVNULL)
        (state / "updated").touch()
    pin = f"{package.name}={package.version}"
    subprocess.run(
        [*apt, "source", "--download-only", "--tar-only", pin],
        cwd=archives,
        check=True,
        stdout=subprocess.DEVNULL,
    )


_FETCHERS = {"pypi": _from_pypi, "npm": _from_npm, "debian": _from_debian}
_CLIENTS = {"pypi": "pip", "npm": "npm", "debian": "apt-get"}


def _unpack(archive: Path, target: Path) -> None:
    target.mkdir(exist_ok=True)
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(target)
        return
    with tarfile.open(archive) as tar:
        # Only plain files: links and devices have nothing to say about code.
        tar.extractall(target, [one for one in tar if one.isfile()], filter="data")


def tool_folder(cache: Path, name: str, packages: tuple[str, ...]) -> Path:
    """A folder in which npm installed exactly these packages; raises ``Missing`` without npm."""
    target = cache / "tools" / name
    if target.exists():
        return target
    npm = shutil.which("npm")
    if npm is None:
        raise Missing("needs npm")
    partial = target.with_name(target.name + ".partial")
    partial.mkdir(parents=True, exist_ok=True)
    quiet = ["--silent", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        subprocess.run(
            [npm, "install", *quiet, "--prefix", str(partial), *packages],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    except subprocess.CalledProcessError as error:
        raise Missing(f"{', '.join(packages)} could not be installed by npm") from error
    partial.replace(target)
    return target
