"""The server's own process stays light: what judges is loaded where texts are judged."""

import subprocess
import sys

HEAVY = (
    "numpy",
    "re2",
    "sqlite3",
    "tree_sitter",
    "yaml",
    "redline.check",
    "redline.detect",
    "redline.indexer",
    "redline.matching.prints",
    "redline.matching.store",
    "redline.live.workroom",
    "redline.policy.load",
    "redline.project.engine",
)


def test_the_server_loads_nothing_that_judges():
    code = (
        "from redline.lsp.wire_types import load_types; load_types()\n"
        "from redline.lsp.server import Server; Server()\n"
        "import sys; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert sorted(set(done.stdout.split()) & set(HEAVY)) == []
