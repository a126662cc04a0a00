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

from scripts import debian

from .tools import Missing


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
    environment = debian.source_client(cache / "apt")
    debian.source(f"{package.name}={package.version}", archives, environment)


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
