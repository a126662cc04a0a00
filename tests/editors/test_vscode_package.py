"""VS Code's package: its sources hold to their rules, and it carries what it should, no more."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from dataclasses import fields
from pathlib import Path

import pytest

from redline import __version__
from redline.lsp.settings import Settings

from .code_server import node
from .editor import TOOLS, needed

CHECKOUT = Path(__file__).resolve().parents[2]
SOURCES = CHECKOUT / "editors" / "vscode"
MANIFEST = json.loads((SOURCES / "package.json").read_text(encoding="utf-8"))
MOST = 6_000_000
"""Bytes of the whole package, which everybody downloads."""


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A copy of the sources as they lie in the checkout, with what npm installed for the package.

    Building and testing write beside the sources; a test does not write into the checkout.
    """
    found = TOOLS / "extension" / "node_modules"
    modules = needed(found, "what VS Code's package is built with", "make test gets it")
    copy = tmp_path_factory.mktemp("checkout")
    left = shutil.ignore_patterns("node_modules", "dist", "build", "bundled", "*.vsix")
    inner = copy / "editors" / "vscode"
    shutil.copytree(SOURCES, inner, ignore=left)
    shutil.copytree(CHECKOUT / "docs", copy / "docs")
    (inner / "node_modules").symlink_to(modules)
    return inner


@pytest.fixture(scope="module")
def package():
    """The very file that users install."""
    found = TOOLS / "extension" / "redline.vsix"
    with zipfile.ZipFile(needed(found, "VS Code's package", "make test builds it")) as archive:
        yield archive


@pytest.mark.parametrize("script", ["check", "lint", "test"])
def test_the_sources_hold_to_their_rules(sources, script):
    program = node()
    npm = program.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = os.environ | {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [program, npm, "run", "--silent", script],
        cwd=sources,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_carries_what_runs_and_what_is_read_and_no_more(package):
    held = [Path(name).relative_to("extension") for name in package.namelist() if "/" in name]
    tops = {path.parts[0] for path in held}
    known = {"bundled", "dist", "media", "schemas", "walkthrough"}
    read = {"changelog.md", "license", "license.txt", "package.json", "readme.md"}
    assert {top.lower() for top in tops} <= known | read | {"package.nls.json"}
    assert not [path for path in held if path.suffix in {".ts", ".mjs", ".map"}]
    assert [str(path) for path in held if path.parts[0] == "dist"] == ["dist/extension.js"]
    assert sum(one.compress_size for one in package.infolist()) < MOST


def test_the_server_in_it_is_this_one(package):
    (wheel,) = (name for name in package.namelist() if name.endswith(".whl"))
    assert wheel.startswith(f"extension/bundled/redline_lint-{__version__}-")
    assert json.loads(package.read("extension/package.json"))["version"] == __version__
    assert MANIFEST["version"] == __version__


def test_no_text_of_the_package_names_the_machine_that_built_it(package):
    texts = (".js", ".json", ".md", ".svg", ".txt", ".vsixmanifest")
    read = {name: package.read(name) for name in package.namelist() if name.endswith(texts)}
    home = str(Path.home()).encode()
    assert not [name for name, text in read.items() if str(CHECKOUT).encode() in text]
    assert not [name for name, text in read.items() if home + b"/" in text]


def test_npm_installs_what_was_locked_from_whatever_registry_it_is_set_to():
    lock = json.loads((SOURCES / "package-lock.json").read_text(encoding="utf-8"))
    assert not [path for path, one in lock["packages"].items() if "resolved" in one]
    assert all("integrity" in one for path, one in lock["packages"].items() if path)


def _settings() -> dict[str, dict]:
    told = MANIFEST["contributes"]["configuration"]
    groups = told if isinstance(told, list) else [told]
    return {name: one for group in groups for name, one in group["properties"].items()}


def test_every_setting_of_the_server_can_be_set():
    offered = {name.lower().rpartition(".")[2] for name in _settings()}
    wanted = {field.name.replace("_", "") for field in fields(Settings)}
    # VS Code means the encoding that it names, so nobody has to overrule it.
    assert wanted - {"positionencoding"} <= offered


def test_settings_and_commands_say_what_they_are():
    for name, one in _settings().items():
        words = one.get("markdownDescription") or one.get("description")
        assert words, f"{name} says nothing"
        assert "default" in one, f"{name} has no default"
    for one in MANIFEST["contributes"]["commands"]:
        assert one["title"], one["command"]
        assert one["category"] == "Redline", one["command"]
