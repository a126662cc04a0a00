"""A project to serve, and clients of several abilities."""

from __future__ import annotations

import pytest

from repositories import Sample

from .client import Process

PUSH = {
    "textDocument": {
        "publishDiagnostics": {
            "versionSupport": True,
            "relatedInformation": True,
            "dataSupport": True,
            "codeDescriptionSupport": True,
        },
        "codeAction": {"dataSupport": True},
    }
}
PULL = {
    "textDocument": {**PUSH["textDocument"], "diagnostic": {"dynamicRegistration": True}},
    "workspace": {"diagnostics": {"refreshSupport": True}},
}


@pytest.fixture
def maze(tmp_path, monkeypatch):
    """A repository with graders, and an index and a cache of its own."""
    monkeypatch.setenv("REDLINE_INDEX", str(tmp_path / "state" / "index.sqlite"))
    monkeypatch.setenv("REDLINE_CACHE", str(tmp_path / "cache"))
    # No assistant of whoever runs the tests is read.
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home" / ".config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home" / ".local" / "share"))
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "COPILOT_HOME"):
        monkeypatch.delenv(name, raising=False)
    sample = Sample.new(tmp_path / "maze")
    sample.commit("Begin", {"graders/way.py": "def grade(answer):\n    return answer == 4\n"})
    return sample


@pytest.fixture
def start(maze):
    """Start a server for the project and say hello: ``start(capabilities, **options)``."""
    running = []

    def started(capabilities=PUSH, folders=None, words=(), answers=None, **options):
        client = Process(*words)
        client.answers = answers or {}
        running.append(client)
        uris = [maze.root.as_uri()] if folders is None else folders
        told = [{"uri": uri, "name": "maze"} for uri in uris]
        client.able = client.initialize(
            uris[0] if uris else None,
            capabilities,
            workspaceFolders=told,
            initializationOptions={"sessions": False, "watchFiles": False, **options},
        )
        return client

    yield started
    for client in running:
        client.__exit__()
